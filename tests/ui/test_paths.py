"""The paths part of the traffic page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ecom.store import open_store
from tests.conftest import SHOP, stage
from tests.ui.conftest import open_app, words


@pytest.fixture
def visited(database: str) -> str:
    """Two visits from the home page to a product, one of which buys."""
    steps = ("page_view", "view_item", "purchase")
    rows = [
        {
            "event_id": f"{visitor} {step}",
            "event_at": datetime(2026, 3, 9, 4) + timedelta(minutes=number),
            "event_date": date(2026, 3, 9),
            "event_name": step,
            "page": "/",
            "visitor_id": visitor,
        }
        for visitor, count in (("a", 3), ("b", 2))
        for number, step in enumerate(steps[:count])
    ]
    with open_store(database) as store:
        store.load(stage("events", rows))
    return database


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_part_opens_without_data(database: str, language: str) -> None:
    app = open_app("traffic", traffic_part="paths", lang=language)
    assert not app.exception
    assert not app.error


def test_without_an_event_log_it_says_what_would_fill_it(filled: str) -> None:
    app = open_app("traffic", traffic_part="paths")
    assert not app.exception
    assert "- Paths of visits" in words(app)


@pytest.mark.parametrize("look", ["landing", "between", "leaving"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_look_is_drawn(visited: str, look: str, language: str) -> None:
    app = open_app("traffic", traffic_part="paths", traffic_look=look, lang=language)
    assert not app.exception
    assert not app.error
    assert len(app.get("plotly_chart")) == 1


def test_the_two_steps_are_chosen_on_the_page(visited: str) -> None:
    app = open_app("traffic", traffic_part="paths", traffic_look="between")
    assert "1 of 2 visits with “Viewed a product” went on to “Purchased” (50.0%)." in words(app)
    app.selectbox(key="traffic_start.en").select("purchase").run()
    assert not app.exception
    assert "No visit went from “Purchased” to “Purchased”." in words(app)


def test_a_shop_without_an_event_log_is_named_and_told_what_it_lacks(filled: str) -> None:
    app = open_app("traffic", traffic_part="paths", shop=SHOP.shop_id, lang="en")
    assert not app.exception
    assert f": {SHOP.shop_name}." in words(app)
    assert "- Paths of visits" in words(app)
    assert app.button(key="traffic_clear")
