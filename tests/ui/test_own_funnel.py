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


def _path(app: AppTest) -> str:
    """The line of steps in the address."""
    return str(app.query_params["funnel_path"])


def _with_panel(place: int, **choices: object) -> AppTest:
    """The page with the panel of a step open."""
    app = _open(**choices)
    app.session_state[f"funnel_step.{place}"] = True
    return app.run()


def test_steps_are_followed_as_the_link_says(logged: str) -> None:
    app = _open(funnel_path="purchase>sign_up")
    assert not app.exception
    assert "1 of 1 visitors reached “sign\\_up”" in words(app)
    assert _path(app) == "purchase>sign_up"


def test_a_link_keeps_what_narrows_a_step(logged: str) -> None:
    app = _open(funnel_path="purchase{category=Lamps&value=100..}@30m")
    assert not app.exception
    assert "Purchased (Lamps, from 100) within 30 minutes; all within 7 days" in words(app)
    assert "1 of 1 visitors reached" in words(app)
    assert "0 of 1 visitors reached" in words(_open(funnel_path="purchase{value=100.01..}"))


@pytest.mark.parametrize("line", ["purchase{value=much..}", "purchase@a while", "purchase{mood=x}"])
def test_a_line_that_can_not_be_read_is_said_and_forgotten(logged: str, line: str) -> None:
    app = _open(funnel_path=line)
    assert not app.exception
    assert len(app.error) == 1
    assert "Visitors\\: Visit → Viewed a product → Added to cart → Purchased; all" in words(app)
    app.run()
    assert not app.error
    assert "funnel_path" not in app.query_params


def test_steps_that_the_log_has_not_are_left_out_of_the_link(logged: str) -> None:
    app = _open(funnel_path="purchase>dance>sign_up")
    assert "Visitors\\: Visit → Purchased → sign\\_up; all" in words(app)
    assert _path(app.run()) == "purchase>sign_up"


def test_a_step_is_added_at_the_end(logged: str) -> None:
    app = _open(funnel_path="view_item")
    app.selectbox(key="funnel_add.en").select("view_item").run()
    assert not app.exception
    assert _path(app) == "view_item>view_item"
    assert app.selectbox(key="funnel_add.en").value is None
    assert "0 of 1 visitors reached “Viewed a product, no. 2”" in words(app)


def test_a_step_is_narrowed_in_its_panel(logged: str) -> None:
    app = _with_panel(0, funnel_path="view_item>purchase")
    app.multiselect(key="funnel_step.0.category.en").set_value(["Lamps"]).run()
    app.number_input(key="funnel_step.0.at_least.en").set_value(100.5).run()
    app.selectbox(key="funnel_step.0.within.en").select("30m").run()
    app.toggle(key="funnel_step.0.skip.en").set_value(True).run()
    assert not app.exception
    assert _path(app) == "view_item?{category=Lamps&value=100.5..}@30m>purchase"
    app.selectbox(key="funnel_step.0.event.en").select("add_to_cart").run()
    assert _path(app) == "add_to_cart>purchase"


@pytest.mark.parametrize(
    ("press", "expected"),
    [
        ("arrow_back", "purchase>view_item>sign_up"),
        ("arrow_forward", "view_item>sign_up>purchase"),
        ("content_copy", "view_item>purchase>purchase>sign_up"),
        ("delete", "view_item>sign_up"),
    ],
)
def test_a_step_is_moved_repeated_and_removed(logged: str, press: str, expected: str) -> None:
    app = _with_panel(1, funnel_path="view_item>purchase>sign_up")
    app.button(key=f"funnel_step.1.{press}.en").click().run()
    assert not app.exception
    assert _path(app) == expected


def test_a_usual_way_fills_in_its_steps(logged: str) -> None:
    app = _open(funnel_path="purchase{value=500..}")
    app.session_state["funnel_usual"] = True
    app.run()
    button = next(one for one in app.button if one.label == "Search to paid")
    button.click().run()
    assert not app.exception
    shown = words(app)
    assert "Visit → Searched → Viewed a product → Added to cart (optional)" in shown
    assert "1 of 1 visitors reached “Purchased”" in shown


def test_rarer_rules_are_counted_on_their_button(logged: str) -> None:
    app = _open(funnel_same="category", funnel_without="sign_up")
    assert not app.exception
    assert "not if they did this in between\\: sign\\_up" in words(app)
    assert "all steps with the same category" in words(app)


def test_a_store_without_a_log_names_the_exports(database: str) -> None:
    shown = words(open_app("funnel", funnel_part="own_funnel"))
    assert "Events (our template)" in shown
