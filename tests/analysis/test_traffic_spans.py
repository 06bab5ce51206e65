"""Runs of days from one source and the switches between them, against rows counted by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.analysis.traffic import report
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop

SITE = Shop("site", "own", "The site", "CNY", "Asia/Shanghai")
TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
NOW = Period(date(2026, 3, 9), date(2026, 3, 14))  # compared with the 3rd to the 8th
SCOPE = Scope(period=NOW)
EN = Language("en")
SHOP = "Shop totals"
CHANNELS = "Channels added up: a visitor counts once per channel"
TOTAL = "Whole-shop row of a channel export"


def event(day: int) -> dict[str, object]:
    return {
        "event_id": f"e{day}",
        "event_at": datetime(2026, 3, day, 1),
        "event_date": date(2026, 3, day),
        "event_name": "page_view",
        "visitor_id": "ann",
        "page": "/",
    }


def row(first: int, last: int | None = None, **more: object) -> dict[str, object]:
    return {
        "source": "sycm",
        "period_start": date(2026, 3, first),
        "period_end": date(2026, 3, last or first),
        "hour": -1,
        "grain": "shop",
        "is_rollup": False,
        "uv": 10,
        **more,
    }


def by_channel(day: int) -> dict[str, object]:
    return row(day, grain="channel", channel_l1="搜索")


def whole(day: int) -> dict[str, object]:
    return row(day, grain="channel", channel_l1="全店", is_rollup=True)


def spans(answer, use_of: str = "Totals") -> list[tuple[object, ...]]:
    frame = answer.source_spans.frame
    frame = frame[[EN.say(use) == use_of for use in frame["use"]]]
    return [
        (line.shop, line.start.day, line.end.day, line.days, EN.say(line.source), line.system)
        for line in frame.itertuples()
    ]


def switches(answer) -> list[str]:
    return [EN.say(one.said) for one in answer.switches]


def notices(answer) -> list[str]:
    said = [EN.say(notice.text) for notice in answer.notices]
    return [text for text in said if text.startswith("Counted from another source")]


def test_a_run_ends_at_another_source_at_a_hole_and_at_the_period(store, load):
    # The shop's totals on the 7th to 9th and on the 12th; channels on all days but the 11th.
    load(store, "traffic_agg", [row(day) for day in (7, 8, 9, 12)], shop=TMALL)
    load(
        store,
        "traffic_agg",
        [by_channel(day) for day in (7, 8, 9, 10, 12, 13, 14)],
        shop=TMALL,
        when=datetime(2026, 1, 2),
    )

    answer = report(store, SCOPE)

    assert spans(answer) == [
        ("Tmall", 7, 8, 2, SHOP, "sycm"),
        ("Tmall", 9, 9, 1, SHOP, "sycm"),
        ("Tmall", 10, 10, 1, CHANNELS, "sycm"),
        ("Tmall", 12, 12, 1, SHOP, "sycm"),
        ("Tmall", 13, 14, 2, CHANNELS, "sycm"),
    ]
    assert switches(answer) == [
        f"Tmall on 10 Mar 2026 from {SHOP} (Sycm) to {CHANNELS} (Sycm)",
        f"Tmall on 12 Mar 2026 from {CHANNELS} (Sycm) to {SHOP} (Sycm)",
        f"Tmall on 13 Mar 2026 from {SHOP} (Sycm) to {CHANNELS} (Sycm)",
    ]


def test_every_kind_takes_its_turn_by_the_policy(store, load):
    load(store, "events", [event(12)], shop=SITE)
    sources = ([by_channel(day) for day in (9, 10, 11, 12)], [whole(10), whole(11), whole(12)])
    for rows in (sources[0] + sources[1], [row(11), row(12)]):
        load(store, "traffic_agg", rows, shop=SITE)

    answer = report(store, SCOPE)

    assert spans(answer) == [
        ("The site", 9, 9, 1, CHANNELS, "sycm"),
        ("The site", 10, 10, 1, TOTAL, "sycm"),
        ("The site", 11, 11, 1, SHOP, "sycm"),
        ("The site", 12, 12, 1, "Event log", "events"),
    ]
    # Only channels and the log tell channels.
    assert spans(answer, "Channels") == [
        ("The site", 9, 11, 3, CHANNELS, "sycm"),
        ("The site", 12, 12, 1, "Event log", "events"),
    ]
    assert [one.day.day for one in answer.switches] == [10, 11, 12]
    assert [one.day.day for one in answer.channel_switches] == [12]


def test_from_the_base_to_the_period_is_a_switch_of_that_shop_only(store, load):
    load(store, "events", [event(day) for day in (7, 8, 9, 14)], shop=SITE)
    load(store, "traffic_agg", [row(8)], shop=TMALL)
    load(store, "traffic_agg", [row(9, source="own")], shop=TMALL)

    answer = report(store, SCOPE)

    (one,) = answer.switches
    assert (one.shop, one.day, one.system_before, one.system_after) == (
        "Tmall",
        date(2026, 3, 9),
        "sycm",
        "own",
    )
    assert notices(answer) == [
        "Counted from another source: Tmall on 9 Mar 2026 from Shop totals (Sycm) to Shop totals "
        "(our template). Part of a change may be the counting."
    ]
    alone = report(store, Scope(period=NOW, comparison=Comparison.NONE))
    assert alone.switches == ()
    assert notices(alone) == []


def test_a_row_of_several_days_is_one_run(store, load):
    load(store, "traffic_agg", [row(9, 11), row(12, 14)], shop=TMALL)

    answer = report(store, SCOPE)

    assert spans(answer) == [("Tmall", 9, 14, 6, SHOP, "sycm")]
    assert answer.switches == ()


@pytest.mark.parametrize(("days", "rest"), [(range(9, 14), None), (range(8, 14), 1)])
def test_a_notice_names_five_switches_and_counts_the_rest(store, load, days, rest):
    # From the day before on, a back office and another by turns: one switch a day.
    load(store, "events", [event(14)], shop=SITE)
    before = [row(days[0] - 1)]
    turns = [row(day, source=("own", "sycm")[place % 2]) for place, day in enumerate(days)]
    load(store, "traffic_agg", before + turns, shop=TMALL)

    answer = report(store, SCOPE)

    assert len(answer.switches) == len(days)
    (text,) = notices(answer)
    assert text.count(" from Shop totals") == 5
    assert (" more. " in text) is (rest is not None)
    if rest:
        assert f", {rest} more. " in text
