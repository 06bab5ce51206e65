"""The part "who comes when" of the traffic page, and the way to it from the heat map."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from ecom.analysis.traffic import report
from ecom.charts import traffic as charts
from ecom.i18n import Language
from ecom.model import Scope
from ecom.store import open_store
from tests.conftest import stage
from tests.ui.conftest import open_app, words


@pytest.fixture
def visited(database: str) -> str:
    """On Monday at nine 40 phones, of which 20 buy for 10; at eight in the evening 60 desks, of 6.

    On the shop's clock, eight hours before UTC.
    """
    rows = [
        {
            "event_id": f"{hour} {visitor} {event}",
            "event_at": datetime(2026, 3, 9, hour - 8) + timedelta(minutes=place),
            "event_date": date(2026, 3, 9),
            "event_name": event,
            "visitor_id": f"{hour} {visitor}",
            "device": device,
            "value": 10 if event == "purchase" else None,
        }
        for hour, device, people, buyers in ((9, "mobile", 40, 20), (20, "desktop", 60, 6))
        for visitor in range(people)
        for place, event in enumerate(["page_view", *(["purchase"] if visitor < buyers else [])])
    ]
    with open_store(database) as store:
        store.load(stage("events", rows))
    return database


def said_by(app: AppTest) -> str:
    """What the page says, without the marks that keep a colon from being read as formatting."""
    return words(app).replace("\\:", ":")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_part_opens_without_data(database: str, language: str) -> None:
    app = open_app("traffic", traffic_part="hours", lang=language)
    assert not app.exception
    assert not app.error


def test_without_an_event_log_it_says_what_would_fill_it(filled: str) -> None:
    app = open_app("traffic", traffic_part="hours")
    assert not app.exception
    assert "- Visits by hour and weekday" in said_by(app)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Mon, 09:00 to 10:00: 40 visits, 40 a week, 40.0% of all."),
        ("zh_CN", "周一 09:00至10:00：40 次访问，每周 40 次，占全部的 40.0%。"),
    ],
)
def test_a_link_holds_the_hour(visited: str, language: str, said: str) -> None:
    app = open_app(
        "traffic", traffic_part="hours", traffic_weekday="0", traffic_hour="9", lang=language
    )
    assert not app.exception
    assert not app.error
    assert said in said_by(app)
    assert [one.value for one in app.metric][:2] == ["40.00", "50.0%"]
    # The hours that buy, and the groups that stand out.
    assert len(app.get("plotly_chart")) == 2


def test_the_hour_is_chosen_on_the_page_and_nonsense_means_all(visited: str) -> None:
    app = open_app("traffic", traffic_part="hours", traffic_hour="25", traffic_weekday="x")
    assert "All hours: 100 visits" in said_by(app)
    app.selectbox(key="traffic_hour.en").select("20").run()
    assert "Every day, 20:00 to 21:00: 60 visits" in said_by(app)
    assert app.query_params["traffic_hour"] in ("20", ["20"])
    app.selectbox(key="traffic_hour.en").select("3").run()
    assert not app.exception
    assert "Every day, 03:00 to 04:00: no visit." in said_by(app)


def test_every_cell_of_the_heat_map_has_a_point_row_by_row(visited: str) -> None:
    with open_store(visited) as store:
        figure = charts.hours(report(store, Scope()), Language("en")).figure
    cells, points = figure.data
    for place in (0, 23, 24, 9, 167):
        weekday, hour = divmod(place, 24)
        assert (points.y[place], points.x[place]) == (cells.y[weekday], cells.x[hour])
    assert points.text[9] == "40.00"
    assert "Click an hour to see who comes then." in words(open_app("traffic"))
