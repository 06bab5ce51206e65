"""A shop that has no log is told what it lacks, not that its filter leaves nothing."""

from __future__ import annotations

import pytest

from tests.ui.conftest import open_app, words


@pytest.mark.parametrize("part", ["leaks", "own_funnel", "step_segments", "carts"])
def test_a_chosen_shop_names_what_it_lacks(filled: str, part: str) -> None:
    app = open_app("funnel", funnel_part=part, shop="shop")
    assert not app.exception
    said = words(app)
    assert "For these shops it may not have been loaded:" in said
    assert "Events (our template)" in said
    assert "The shop." in said  # its name, not its id
