"""The drill-down: opened by a name, back by the path, carried by the address."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecom.store import Batch, open_store
from tests.analysis.test_drilldown import BRAND, DIRECT, SITE, event
from tests.ui.conftest import open_app, words


@pytest.fixture
def log(database: str, load: Callable[..., Batch]) -> str:
    with open_store(database) as store:
        rows = [
            event("ann", 11, page="/lamps", **BRAND),
            event("bob", 12, page="/", **DIRECT),
            event("cat", 13, page="/", **BRAND),
        ]
        load(store, "events", rows, shop=SITE)
    return database


def test_open_a_channel_a_campaign_and_go_back(log: str) -> None:
    app = open_app("traffic", traffic_part="drilldown", lang="en")
    opener = next(one for one in app.selectbox if one.label == "Open: Channel")
    assert opener.options == ["Paid Search", "Direct"]
    opener.set_value("Paid Search").run()
    assert "traffic_opened" in app.query_params
    opener = next(one for one in app.selectbox if one.label == "Open: Source and campaign")
    opener.set_value("google / brand").run()
    assert app.query_params["traffic_opened"] == ["Paid Search", "google / brand"]
    assert "Paid Search, google / brand" in words(app)
    next(one for one in app.button if one.label == "All sources").click().run()
    assert "traffic_opened" not in app.query_params
    assert "##### All sources" in words(app)
    assert not app.exception


@pytest.mark.parametrize(("language", "said"), [("en", "All sources"), ("zh_CN", "全部来源")])
def test_a_link_is_a_view(log: str, language: str, said: str) -> None:
    app = open_app(
        "traffic",
        traffic_part="drilldown",
        traffic_opened=["Paid Search", "google / brand", "/lamps"],
        lang=language,
    )
    assert not app.exception
    labels = [one.label for one in app.button]
    assert said in labels
    assert "› google / brand" in labels
    assert next(one for one in app.button if one.label == "› /lamps").disabled


def test_a_link_keeps_the_kind_that_stands_first(log: str) -> None:
    app = open_app(
        "traffic",
        traffic_part="drilldown",
        traffic_first="kind",
        traffic_opened=["Paid Search", "Paid Search", "google / brand"],
        lang="en",
    )
    assert not app.exception
    assert "Open: First page" in [one.label for one in app.selectbox]


def test_a_link_to_what_is_not_there_says_so(log: str) -> None:
    app = open_app("traffic", traffic_part="drilldown", traffic_opened=["nobody"], lang="en")
    assert not app.exception
    assert "There is nothing to show for this choice." in words(app)
