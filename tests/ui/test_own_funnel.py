"""Your own steps on the funnel page, from the URL to the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from ecom.store import Batch, open_store
from tests.ui.conftest import open_app, words

NAMES = ("view_search_results", "view_item", "add_to_cart", "purchase", "sign_up")


@pytest.fixture
def logged(filled: str, load: Callable[..., Batch]) -> str:
    """One visitor who did everything once, a minute apart, for 100 a piece."""
    with open_store(filled) as store:
        rows = [
            {
                "event_id": str(place),
                "event_at": datetime(2026, 3, 2, 9, place),
                "event_date": date(2026, 3, 2),
                "event_name": name,
                "visitor_id": "v",
                "category": "Lamps",
                "value": 100,
            }
            for place, name in enumerate(NAMES)
        ]
        load(store, "events", rows)
    return filled


def _open(**choices: object) -> AppTest:
    return open_app("funnel", funnel_part="own_funnel", period="2026-03-01..2026-03-31", **choices)


def test_steps_are_followed_as_the_link_says(logged: str) -> None:
    app = _open(funnel_path=["purchase", "sign_up"])
    assert not app.exception
    chosen = next(box for box in app.multiselect if str(box.key).startswith("funnel_path"))
    assert chosen.value == ["purchase", "sign_up"]
    assert "1 of 1 visitors reached “sign\\_up”" in words(app)


def test_a_link_keeps_what_narrows_a_step(logged: str) -> None:
    narrow = {
        "funnel_step.purchase.from": "100",
        "funnel_step.purchase.category": "Lamps",
        "funnel_step.purchase.within": "30m",
    }
    app = _open(funnel_path=["purchase"], **narrow)
    assert not app.exception
    assert "Purchased (Lamps, from 100) within 30 minutes; all within 7 days" in words(app)
    assert "1 of 1 visitors reached" in words(app)
    dearer = _open(funnel_path=["purchase"], **{**narrow, "funnel_step.purchase.from": "100.01"})
    assert "0 of 1 visitors reached" in words(dearer)


def test_what_a_link_can_not_mean_is_left_out(logged: str) -> None:
    odd = {"funnel_step.purchase.from": "much", "funnel_step.purchase.within": "a while"}
    app = _open(funnel_path=["purchase"], **odd)
    assert not app.exception
    assert "Visitors\\: Visit → Purchased; all within 7 days" in words(app)


def test_a_usual_way_fills_in_its_steps(logged: str) -> None:
    app = _open(**{"funnel_step.purchase.from": "500"})
    button = next(one for one in app.button if one.label == "Search to paid")
    button.click().run()
    assert not app.exception
    shown = words(app)
    assert "Visit → view\\_search\\_results → Viewed a product → Added to cart (optional)" in shown
    assert "1 of 1 visitors reached “Purchased”" in shown


def test_a_store_without_a_log_names_the_exports(database: str) -> None:
    shown = words(open_app("funnel", funnel_part="own_funnel"))
    assert "Events (our template)" in shown
