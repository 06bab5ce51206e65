"""The map of the provinces on the traffic page."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.store import open_store
from tests.conftest import stage
from tests.ui.conftest import open_app, words


def visit(day: int, number: int, region: str, event: str = "page_view") -> dict[str, object]:
    """One event at noon on a day of March."""
    return {
        "event_id": f"{day} {number} {region} {event}",
        "event_at": datetime(2026, 3, day, 4),
        "event_date": date(2026, 3, day),
        "event_name": event,
        "visitor_id": f"{region} {number}",
        "region": region,
        "value": 10 if event == "purchase" else None,
    }


def visited(url: str, home: str) -> None:
    """40 visitors from a region, of whom 4 buy, and 10 from Kyoto."""
    rows = [visit(9, number, home) for number in range(40)]
    rows += [visit(9, number, home, "purchase") for number in range(4)]
    rows += [visit(9, number, "Kyoto") for number in range(10)]
    with open_store(url) as store:
        store.load(stage("events", rows))


@pytest.fixture
def from_zhejiang(database: str) -> str:
    visited(database, "浙江")
    return database


@pytest.mark.parametrize(
    ("language", "title", "left_out", "hint"),
    [
        (
            "en",
            "Zhejiang brings most visitors: 80.0%",
            "Other places 20.0% of these",
            "Click a province to see only its visitors.",
        ),
        ("zh_CN", "浙江带来的访客最多：80.0%", "其他地方 20.0%", "点击省份，只看该省访客。"),
    ],
)
def test_the_map_stands_beside_the_bars(
    from_zhejiang: str, language: str, title: str, left_out: str, hint: str
) -> None:
    app = open_app("traffic", lang=language)
    said = words(app).replace("\\:", ":")

    assert not app.exception
    assert not app.error
    for part in (title, left_out, hint):
        assert said.count(part) == 1
    regions = {"en": "Which regions are they in?", "zh_CN": "访客来自哪些地区？"}[language]
    assert said.count(regions) == 1


def test_what_is_coloured_is_chosen_and_kept_in_the_address(from_zhejiang: str) -> None:
    app = open_app("traffic")
    app.segmented_control(key="traffic_map.en").set_value("conversion").run()

    assert not app.exception
    assert "Zhejiang\\: Conversion 10.0%" in words(app)
    assert app.query_params["traffic_map"] in ("conversion", ["conversion"])

    app = open_app("traffic", traffic_map="nonsense")
    assert "Zhejiang brings most visitors" in words(app)


def test_a_shop_abroad_keeps_its_bars_without_a_word(database: str) -> None:
    visited(database, "California")
    app = open_app("traffic")
    said = words(app)

    assert not app.exception
    assert "Which regions are they in?" in said
    assert "Colour the map by" not in [one.label for one in app.segmented_control]
    assert "on the map" not in said


def test_an_older_link_finds_its_province_under_the_name_it_goes_by_now(database: str) -> None:
    """The filter offers one name of a province, and an old link may have another of them."""
    with open_store(database) as store:
        rows = [visit(9, number, "Zhejiang") for number in range(30)]
        rows += [visit(9, number, "浙江") for number in range(10)]
        rows += [visit(9, number, "Kyoto") for number in range(10)]
        store.load(stage("events", rows))
    app = open_app("traffic", region="Zhejiang")

    assert not app.exception
    (regions,) = (one for one in app.multiselect if one.label == "Regions")
    assert regions.value == ["浙江"]
    assert sorted(regions.options) == ["Kyoto", "Zhejiang"]  # as the reader's language has them
    assert app.query_params["region"] in ("浙江", ["浙江"])
    visits = next(one for one in app.metric if one.label == "Visits")
    assert visits.value == "40"
