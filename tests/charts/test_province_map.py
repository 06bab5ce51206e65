"""The map of the provinces: where the squares lie, what their colours and its words say."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.analysis.traffic import report
from ecom.charts.palette import BAD, GOOD, cells_around_zero, good_bad
from ecom.charts.province_map import SQUARES, coloured_by, province_map
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.provinces import PROVINCES
from ecom.store import Shop

NOW = Period(date(2026, 3, 9), date(2026, 3, 10))
EN, ZH = Language("en"), Language("zh_CN")

# Latitude and longitude of the capitals, in whole degrees.
CAPITALS = {
    "AH": (32, 117), "BJ": (40, 116), "CQ": (30, 107), "FJ": (26, 119), "GD": (23, 113),
    "GS": (36, 104), "GX": (23, 108), "GZ": (27, 107), "HA": (35, 114), "HB": (31, 114),
    "HE": (38, 115), "HI": (20, 110), "HK": (22, 114), "HL": (46, 127), "HN": (28, 113),
    "JL": (44, 125), "JS": (32, 119), "JX": (29, 116), "LN": (42, 123), "MO": (22, 114),
    "NM": (41, 112), "NX": (38, 106), "QH": (37, 102), "SC": (31, 104), "SD": (37, 117),
    "SH": (31, 121), "SN": (34, 109), "SX": (38, 113), "TJ": (39, 117), "TW": (25, 122),
    "XJ": (44, 88), "XZ": (30, 91), "YN": (25, 103), "ZJ": (30, 120),
}  # fmt: skip
FAR_NORTH, FAR_EAST = 7, 8  # degrees that no square may turn round


def test_every_province_has_a_square_of_its_own() -> None:
    assert {square.province.code for square in SQUARES} == {one.code for one in PROVINCES}
    assert len({(square.row, square.column) for square in SQUARES}) == len(SQUARES) == 34


def test_north_is_up_and_east_is_right() -> None:
    placed = {square.province.code: square for square in SQUARES}
    # Xinjiang is as far north as Jilin, and Tibet as Zhejiang: the west has two squares only.
    west = {"XJ", "XZ"}
    for one, (north, east) in CAPITALS.items():
        for other, (north_too, east_too) in CAPITALS.items():
            if north - north_too >= FAR_NORTH and not {one, other} & west:
                assert placed[one].row < placed[other].row, (one, other)
            if east - east_too >= FAR_EAST:
                assert placed[one].column > placed[other].column, (one, other)


def visits(region: str, now: int, before: int = 0, buyers: int = 0) -> list[dict[str, object]]:
    """So many visitors on 9 March, of whom some buy, and on the 7th, its base."""
    return [
        {
            "event_id": f"{region} {day} {number} {event}",
            "event_at": datetime(2026, 3, day, 4),
            "event_date": date(2026, 3, day),
            "event_name": event,
            "visitor_id": f"{region} {number}",
            "region": region,
            "value": 10 if event == "purchase" else None,
        }
        for day, people in ((9, now), (7, before))
        for number in range(people)
        for event in ("page_view", *(["purchase"] if day == 9 and number < buyers else []))
    ]


@pytest.fixture
def answer(store, load):
    """40 (30 before, 4 bought), 30 (60 before, 9 bought), 20 (2 bought) and 10 from abroad."""
    rows = visits("广东", 40, 30, 4) + visits("Zhejiang", 30, 60, 9) + visits("西藏", 20, 0, 2)
    load(store, "events", rows + visits("Kyoto", 10))
    return report(store, Scope(period=NOW))


def shown(chart) -> dict[str, str]:
    """What stands in each square: name -> number."""
    return dict(text.split("<br>") for text in chart.figure.data[-1].text)


def test_shares_stand_in_the_squares_and_abroad_is_said(answer):
    chart = province_map(answer, EN)

    numbers = shown(chart)
    assert (numbers["GD"], numbers["ZJ"], numbers["XZ"]) == ("40.0", "30.0", "20.0")
    assert sum(number != "0" for number in numbers.values()) == 3
    assert chart.title == "Guangdong brings most visitors: 40.0%"
    assert "Not on the map: Other places 10.0% of these." in chart.subtitle
    assert "Guangdong 40.0%, Zhejiang 30.0%, Tibet 20.0%" in chart.alt


def test_each_number_stands_on_the_square_of_its_colour(answer):
    cells, points = province_map(answer, EN).figure.data

    assert list(cells.x) == list(points.x)
    assert list(cells.y) == list(points.y)
    for value, text in zip(cells.z, points.text, strict=True):
        assert float(text.split("<br>")[1]) == pytest.approx(value * 100)


def test_conversion_is_not_told_of_too_few(answer):
    chart = province_map(answer, EN, by="conversion")

    # 4 of 40 and 9 of 30; 2 of 20 are too few.
    numbers = shown(chart)
    assert (numbers["GD"], numbers["ZJ"], numbers["XZ"]) == ("10.0", "30.0", "–")
    # 9 of 30 are too few buyers to call it a finding.
    assert chart.title == "Conversion differs between provinces no more than by chance"
    assert "Paying buyers ÷ visitors" in chart.subtitle
    assert "–: fewer than 30 visitors" in chart.subtitle


def test_the_highest_conversion_is_no_finding_when_chance_may_have_made_it(store, load):
    # Tibet's 9 of 30 are too few; Zhejiang's 50 of 200 stand against 49 of 430.
    rows = visits("广东", 400, buyers=40) + visits("浙江", 200, buyers=50)
    load(store, "events", rows + visits("西藏", 30, buyers=9))
    answer = report(store, Scope(period=NOW))
    chart = province_map(answer, EN, by="conversion")

    assert shown(chart)["XZ"] == "30.0"
    assert chart.title == "Visitors from Zhejiang buy clearly more often: 25.0%"
    differences = answer.provinces.frame.set_index("code")["difference"]
    assert differences["ZJ"] == pytest.approx(50 / 200 - 49 / 430)
    assert differences.isna()["XZ"]


def test_who_buys_less_is_said_when_nobody_buys_clearly_more(store, load):
    # 2 of 200 against 60 of 600; 20 of 200 against 42 of 600 are within chance.
    rows = visits("广东", 200, buyers=20) + visits("浙江", 200, buyers=2)
    rows += visits("四川", 200, buyers=20) + visits("江苏", 200, buyers=20)
    load(store, "events", rows)
    chart = province_map(report(store, Scope(period=NOW)), EN, by="conversion")

    assert chart.title == "Visitors from Zhejiang buy clearly less often: 1.00%"


def test_change_is_coloured_around_zero(answer):
    chart = province_map(answer, EN, by="change")

    # 40 after 30 is a third more, 30 after 60 half.
    numbers = shown(chart)
    assert (numbers["GD"], numbers["ZJ"], numbers["XZ"]) == ("+33", "-50", "–")
    assert chart.title == "Zhejiang fell most: -50.0%"
    cells = chart.figure.data[0]
    assert cells.zmin == -cells.zmax == pytest.approx(-0.5)
    red = province_map(answer, EN, by="change", good_is_red=True).figure.data[0]
    assert [colour for _, colour in red.colorscale] == [
        colour for _, colour in reversed(cells.colorscale)
    ]


def test_a_rise_has_the_hue_of_good() -> None:
    for is_red in (False, True):
        good, _ = good_bad(is_red)
        *_, (_, rise) = cells_around_zero(is_red)
        red, _, blue = (int(rise[place : place + 2], 16) for place in (1, 3, 5))
        assert (red > blue) == (good == BAD)
        assert (red < blue) == (good == GOOD)


def test_squares_are_named_in_chinese(answer):
    chart = province_map(answer, ZH)

    assert shown(chart)["浙江"] == "30.0"
    assert chart.title == "广东带来的访客最多：40.0%"
    assert "其他地方 10.0%" in chart.subtitle


def test_only_what_is_known_can_be_chosen(store, answer):
    alone = report(store, Scope(period=NOW, comparison=Comparison.NONE))

    assert list(coloured_by(answer)) == ["share", "conversion", "change"]
    assert list(coloured_by(alone)) == ["share", "conversion"]


def test_under_a_filter_everybody_is_from_there(store, answer):
    one = report(store, Scope(period=NOW, regions=("Zhejiang",)))

    chart = province_map(one, EN, is_filtered=True)

    assert chart.title == "All visitors are from Zhejiang"
    assert "All are on the map." in chart.subtitle
    # Beside no other it can be neither first nor last.
    titles = [
        province_map(one, EN, by=by, is_filtered=True).title for by in ("conversion", "change")
    ]
    assert titles == ["Zhejiang: Conversion 30.0%", "Zhejiang: Change -50.0%"]
    # Of the others nothing was asked, so they have no nought.
    numbers = shown(chart)
    assert numbers.pop("ZJ") == "100.0"
    assert set(numbers.values()) == {"–"}


def test_the_hover_says_the_numbers_in_full(answer):
    points = province_map(answer, EN).figure.data[-1]
    hovers = dict(zip(points.text, points.hovertext, strict=True))

    assert hovers["GD<br>40.0"].split("<br>") == [
        "<b>Guangdong</b>",
        "Visitors, counted once a day: 40",
        "Share of visitors: 40.0%",
        "Conversion: 10.0%",
        "Change: +33.3%",
    ]


def test_shops_without_regions_are_said(store, load, answer):
    tmall = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
    day = date(2026, 3, 9)
    row = {"source": "sycm", "hour": -1, "is_rollup": False, "uv": 300, "grain": "shop"}
    load(store, "traffic_agg", [{**row, "period_start": day, "period_end": day}], shop=tmall)

    chart = province_map(report(store, Scope(period=NOW)), EN)

    # 300 of 400.
    assert "Without Tmall, 75.0% of all visitors: no region is told there." in chart.subtitle
    assert "Other places 10.0% of these." in chart.subtitle
