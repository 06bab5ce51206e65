"""The traffic page against literal rows; the expected numbers are added up by hand."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from ecom.analysis.traffic import report
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop

SITE = Shop("site", "own", "The site", "CNY", "Asia/Shanghai")
TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
NOW = Period(date(2026, 3, 9), date(2026, 3, 10))  # Monday and Tuesday
SCOPE = Scope(period=NOW)  # compared with Saturday the 7th and Sunday the 8th
EN = Language("en")


def visit(visitor: str, day: int, hour: int = 9, **more: object) -> dict[str, object]:
    return {
        "event_id": f"{visitor}-{day}-{hour}-{more.get('event_name')}",
        "event_at": datetime(2026, 3, day, hour - 8, 0),
        "event_date": date(2026, 3, day),
        "event_name": "page_view",
        "visitor_id": visitor,
        "page": "/",
        "device": "mobile",
        "region": "Zhejiang",
        "source": "(direct)",
        "medium": "(none)",
        **more,
    }


SEARCH = {"source": "google", "medium": "organic", "device": "desktop"}


@pytest.fixture
def visits(store, load):
    load(
        store,
        "events",
        [
            # Before: 1 direct on the 7th, 1 search on the 8th.
            visit("ann", 7),
            visit("bob", 8, **SEARCH),
            # Now: the 9th ann and cat direct; the 10th ann direct, dan by search, buying for 50.
            visit("ann", 9),
            visit("cat", 9, hour=10),
            visit("ann", 10),
            visit("dan", 10, **SEARCH),
            visit("dan", 10, event_name="purchase", value=50, order_id="o1", **SEARCH),
        ],
        shop=SITE,
    )
    return store


def kpis(answer):
    return {one.metric: one for one in answer.kpis}


def test_key_figures_with_their_comparison(visits):
    figures = kpis(report(visits, SCOPE))

    assert figures["visitors"].delta.value == 3  # ann, cat, dan
    assert figures["visitors"].delta.base == 2
    assert figures["daily_visitors"].delta.value == 2  # 2 on each day
    assert figures["daily_visitors"].delta.relative == pytest.approx(1.0)
    assert figures["sessions"].delta.value == 4
    assert figures["conversion"].delta.value == pytest.approx(1 / 4)
    assert figures["revenue_per_visitor"].delta.value == pytest.approx(12.5)
    assert figures["new_visitor_share"].delta.value == pytest.approx(2 / 4)  # cat and dan
    assert figures["daily_visitors"].points == ((date(2026, 3, 9), 2), (date(2026, 3, 10), 2))


def test_channels_contribute_exactly_the_change(visits):
    answer = report(visits, SCOPE)
    channels = answer.channels.frame.set_index("channel")

    # Direct 3 visitor days in 2 days now, 1 before; search 1 and 1.
    assert channels["daily_visitors"].to_dict() == {"Direct": 1.5, "Organic Search": 0.5}
    assert channels["difference"].to_dict() == {"Direct": 1.0, "Organic Search": 0.0}
    assert channels["share"].to_dict() == {"Direct": 0.75, "Organic Search": 0.25}
    assert channels["contribution"].sum() == pytest.approx(answer.channel_change.relative)
    assert channels.loc["Organic Search", "conversion"] == 1
    assert channels.loc["Organic Search", "revenue_per_visitor"] == 50


def test_the_headline_says_it_with_numbers(visits):
    said = EN.say(report(visits, SCOPE).headline)

    assert said == (
        "2 visitors a day, 100.0% more than before; the largest move is Direct with 1 more. 25.0% "
        "of them bought."
    )


def test_hours_are_means_of_weekdays_in_local_time(visits):
    hours = report(visits, SCOPE).hours.frame.set_index(["weekday", "hour"])["sessions"]

    assert hours.to_dict() == {(0, 9): 1, (0, 10): 1, (1, 9): 2}


def test_devices_regions_and_landing_pages(visits):
    answer = report(visits, SCOPE)

    assert answer.devices.frame["device"].tolist() == ["mobile", "desktop"]
    assert answer.devices.frame["share"].tolist() == [0.75, 0.25]
    assert answer.regions.frame["region"].tolist() == ["Zhejiang"]
    (page,) = answer.landing_pages.frame.to_dict("records")
    assert (page["landing_page"], page["sessions"], page["change"]) == ("/", 4, 1.0)


def test_series_shares_add_up_on_every_day(visits):
    series = report(visits, SCOPE).channel_series.frame

    assert series.groupby("start")["share"].sum().tolist() == pytest.approx([1, 1])
    assert series["visitors"].tolist() == [2, 1, 1]


def test_new_and_returning_add_up_to_visitors(visits):
    days = report(visits, SCOPE).daily.frame

    assert days["new_visitor_days"].tolist() == [1, 1]
    assert days["returning_visitors"].tolist() == [1, 1]


def test_a_shop_with_an_export_only_is_named(visits, load):
    load(
        visits,
        "traffic_agg",
        [
            {
                "source": "sycm",
                "period_start": day,
                "period_end": day,
                "hour": -1,
                "grain": "shop",
                "is_rollup": False,
                "uv": 10,
                "pv": 30,
            }
            for day in (date(2026, 3, 9), date(2026, 3, 10))
        ],
        shop=TMALL,
    )

    answer = report(visits, SCOPE)
    figures = kpis(answer)

    assert figures["daily_visitors"].delta.value == 12
    assert figures["visitors"].delta.value is None
    assert "Tmall" in EN.say(figures["visitors"].note)
    assert EN.say(figures["sessions"].note) == "Without Tmall: not told there."
    sources = answer.sources.frame[["shop", "system", "days"]].to_dict("records")
    assert {"shop": "Tmall", "system": "sycm", "days": 2} in sources
    assert any("same number of days" in EN.say(notice.text) for notice in answer.notices)


def test_filters_that_visits_cannot_honour_are_said(visits):
    answer = report(visits, Scope(period=NOW, categories=("lamps",), devices=("desktop",)))

    assert kpis(answer)["daily_visitors"].delta.value == 1  # dan, on one day
    assert any("category" in EN.say(notice.text) for notice in answer.notices)


def test_without_a_comparison_nothing_is_compared(visits):
    answer = report(visits, Scope(period=NOW, comparison=Comparison.NONE))

    assert kpis(answer)["daily_visitors"].delta.base is None
    assert answer.channels.frame["change"].isna().all()
    assert EN.say(answer.headline).startswith("2 visitors a day, most from Direct (75.0%).")


def test_an_empty_store_says_what_would_fill_the_page(store):
    answer = report(store, Scope())

    assert all(one.delta.value is None for one in answer.kpis)
    assert answer.gaps[0].layouts[0] == "own_events"
    assert EN.say(answer.headline) == "No visits are known for these days."


def test_every_table_can_be_written_as_json(visits):
    answer = report(visits, SCOPE)

    for name in (
        "channels",
        "channel_series",
        "daily",
        "hours",
        "devices",
        "landing_pages",
        "sources",
    ):
        frame = getattr(answer, name).frame
        assert json.loads(frame.to_json(orient="records", default_handler=str)) is not None
