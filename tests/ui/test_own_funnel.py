"""Your own steps on the funnel page, from the URL to the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from ecom.store import Batch, open_store
from tests.ui.conftest import open_app, words


def test_steps_are_followed_as_the_link_says(filled: str, load: Callable[..., Batch]) -> None:
    names = ("view_item", "add_to_cart", "purchase", "sign_up")
    with open_store(filled) as store:
        rows = [
            {
                "event_id": str(place),
                "event_at": datetime(2026, 3, 2, 9, place),
                "event_date": date(2026, 3, 2),
                "event_name": name,
                "visitor_id": "v",
            }
            for place, name in enumerate(names)
        ]
        load(store, "events", rows)
    app = open_app(
        "funnel",
        funnel_part="own_funnel",
        funnel_path=["purchase", "sign_up"],
        period="2026-03-01..2026-03-31",
    )
    assert not app.exception
    chosen = next(box for box in app.multiselect if str(box.key).startswith("funnel_path"))
    assert chosen.value == ["purchase", "sign_up"]
    assert "1 of 1 visitors reached “sign\\_up”" in words(app)


def test_a_store_without_a_log_names_the_exports(database: str) -> None:
    shown = words(open_app("funnel", funnel_part="own_funnel"))
    assert "Events (our template)" in shown
