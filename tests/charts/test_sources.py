"""The strip of sources: where bars begin and end, what is blank, and where a switch is marked."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from ecom.analysis.traffic import report
from ecom.charts.sources import source_strip
from ecom.charts.traffic import new_and_returning, share
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop

TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
NOW = Period(date(2026, 3, 9), date(2026, 3, 14))
EN = Language("en")
DAY = 24 * 60 * 60 * 1000
TOTALS, CHANNELS = "Shop totals", "Channels added up"


def row(day: int, **more: object) -> dict[str, object]:
    return {
        "source": "sycm",
        "period_start": date(2026, 3, day),
        "period_end": date(2026, 3, day),
        "hour": -1,
        "grain": "shop",
        "is_rollup": False,
        "uv": 10,
        "new_uv": 4,
        **more,
    }


@pytest.fixture
def answer(store, load):
    """Totals on the 8th to the 10th; channels on the 8th to the 14th, but not on the 12th."""
    channels = [row(day, grain="channel", channel_l1="搜索") for day in (8, 9, 10, 11, 13, 14)]
    load(store, "traffic_agg", [row(day) for day in (8, 9, 10)] + channels, shop=TMALL)
    return report(store, Scope(period=NOW))


def bars(figure) -> dict[str, list[tuple[int, float, float]]]:
    """Name -> (day it begins on, days, middle of its row)."""
    return {
        trace.name: [
            (pd.Timestamp(start).day, width / DAY, base + height / 2)
            for start, width, base, height in zip(
                trace.x, trace.width, trace.base, trace.y, strict=True
            )
        ]
        for trace in figure.data
    }


def lines(figure) -> list[str]:
    return [str(pd.Timestamp(shape.x0)) for shape in figure.layout.shapes]


def test_a_bar_covers_its_days_and_a_day_without_a_source_is_blank(answer):
    figure = source_strip(answer, EN).figure

    # First row: totals; second: the channels, which the shop's totals can't tell.
    assert bars(figure) == {
        TOTALS: [(9, 2, 0)],
        CHANNELS: [(11, 1, 0), (13, 2, 0), (9, 3, 1), (13, 2, 1)],
    }
    assert list(figure.layout.yaxis.ticktext) == ["Tmall<br>Totals", "Tmall<br>Channels"]
    assert "10 Mar 2026" in figure.data[0].hovertext[0]
    assert "Shop totals (Sycm)" in figure.data[0].hovertext[0]


def test_a_switch_is_marked_where_the_day_begins(answer):
    figure = source_strip(answer, EN).figure

    # A day stands around its midnight; coming back after a hole is no switch.
    assert lines(figure) == ["2026-03-10 12:00:00"]
    assert [note.text for note in figure.layout.annotations] == ["11 Mar"]


def test_a_trend_is_marked_by_the_source_of_its_own_numbers(answer):
    totals, channels = new_and_returning(answer, EN).figure, share(answer, EN).figure

    assert lines(totals) == ["2026-03-10 12:00:00"]
    assert [note.text for note in totals.layout.annotations] == ["Tmall: other source"]
    assert lines(channels) == []


def test_a_switch_from_the_base_is_marked_at_the_left_edge_of_the_strip_only(store, load):
    load(store, "traffic_agg", [row(8, source="own")], shop=TMALL)
    load(store, "traffic_agg", [row(9), row(14)], shop=TMALL)

    answer = report(store, Scope(period=NOW))
    alone = report(store, Scope(period=NOW, comparison=Comparison.NONE))

    assert lines(source_strip(answer, EN).figure) == ["2026-03-08 12:00:00"]
    assert lines(new_and_returning(answer, EN).figure) == []
    assert lines(source_strip(alone, EN).figure) == []


@pytest.mark.parametrize(
    ("code", "policy"), [("en", "never a sum of several"), ("zh_CN", "每天只取一个来源")]
)
def test_the_policy_and_the_runs_are_said(answer, code, policy):
    chart = source_strip(answer, Language(code))

    assert policy in chart.subtitle
    assert "2026" in chart.subtitle
    assert "Tmall" in chart.alt
