"""The costly leaks on the funnel page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecom.store import Batch, open_store
from tests.analysis.test_funnel import WEEK, crowd
from tests.ui.conftest import open_app, words


@pytest.mark.parametrize(
    ("language", "said"), [("en", "The costliest leak"), ("zh_CN", "损失最大的流失点")]
)
def test_the_costliest_leak_is_said(
    filled: str, load: Callable[..., Batch], language: str, said: str
) -> None:
    with open_store(filled) as store:
        rows = crowd(WEEK.start, "p", 200, 180, 0, 0, 20, device="mobile")
        rows += crowd(WEEK.start, "d", 300, 150, 75, 0, 75, device="desktop")
        load(store, "events", rows)
    app = open_app("funnel", funnel_part="leaks", lang=language)
    assert not app.exception
    assert said in words(app)
