"""Traffic charts draw the report's numbers and say them in words, in both languages."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.analysis.traffic import report
from ecom.charts import traffic as charts
from ecom.charts.labels import shortened
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope

NOW = Period(date(2026, 3, 9), date(2026, 3, 10))
ALL = (
    charts.share,
    charts.channel_moves,
    charts.hours,
    charts.new_and_returning,
    charts.devices,
    charts.regions,
)


@pytest.fixture
def answer(store, load):
    """Visitor days of two days each. Direct: 1 before, 2 now; search: 1 and 1."""
    origins = {"ann": ("(direct)", "(none)"), "bob": ("google", "organic")}
    days = [("ann", 7), ("bob", 8), ("ann", 9), ("bob", 9), ("ann", 10)]
    rows = [
        {
            "event_id": f"{visitor}{day}",
            "event_at": datetime(2026, 3, day, 1),
            "event_date": date(2026, 3, day),
            "event_name": "page_view",
            "visitor_id": visitor,
            "page": "/",
            "device": "mobile",
            "region": "Zhejiang",
            "source": origins[visitor][0],
            "medium": origins[visitor][1],
        }
        for visitor, day in days
    ]
    load(store, "events", rows)
    return report(store, Scope(period=NOW))


@pytest.mark.parametrize("draw", ALL)
@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_every_chart_has_words_and_an_alternative_text(answer, draw, code):
    chart = draw(answer, Language(code))

    assert chart.title
    assert chart.alt
    assert "2026" in chart.subtitle
    assert chart.figure.to_json()


def test_shares_stack_to_one(answer):
    figure = charts.share(answer, Language("en")).figure

    stacked = [sum(values) for values in zip(*(trace.y for trace in figure.data), strict=True)]
    assert stacked == pytest.approx([1.0, 1.0])


def test_moves_are_coloured_by_good_and_bad_as_the_team_likes(answer):
    green = charts.channel_moves(answer, Language("en")).figure.data[0]
    red = charts.channel_moves(answer, Language("en"), good_is_red=True).figure.data[0]

    # Direct went from 0.5 to 1 a day, search stayed at 0.5.
    assert dict(zip(green.y, green.x, strict=True)) == {"Direct": 0.5, "Organic Search": 0.0}
    assert green.marker.color != red.marker.color


def test_an_hour_map_says_when_it_is_busiest(answer):
    # One in the morning UTC is nine in Shanghai; two on Monday, one on Tuesday.
    assert "busiest on Mon from 9:00 with 2.00 visits" in charts.hours(answer, Language("en")).alt


def test_without_a_comparison_channels_show_their_size(store, load, answer):
    alone = report(store, Scope(period=NOW, comparison=Comparison.NONE))

    chart = charts.channel_moves(alone, Language("en"))

    assert chart.title == "Which channels bring most visitors?"
    assert dict(zip(chart.figure.data[0].y, chart.figure.data[0].x, strict=True)) == {
        "Direct": 1.0,
        "Organic Search": 0.5,
    }


def test_an_unfinished_week_is_hatched(store, load, answer):
    # 46 days up to a Tuesday: the last bar is a week with five days to come.
    weekly = report(store, Scope(period=Period(date(2026, 1, 24), date(2026, 3, 10))))

    (first, *_) = charts.share(weekly, Language("en")).figure.data

    assert first.marker.pattern.shape == ("", "/")


def test_channels_are_named_in_the_readers_language(answer):
    bars = charts.channel_moves(answer, Language("zh_CN")).figure.data[0]

    assert set(bars.y) == {"直接访问", "自然搜索"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Taobao search", "Taobao search"),
        ("Taobao recommendations", "Taobao recomme…"),
        ("/pages/light-guide", "…es/light-guide"),
        ("流明 暖光台灯 L12 白", "流明 暖光台灯…"),
    ],
)
def test_a_long_name_is_cut_where_it_says_least(name: str, shown: str) -> None:
    assert shortened(name) == shown
