"""Traffic measures against literal rows that can be added up by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.metrics import metric
from ecom.model import Comparison, Period, Scope
from ecom.queries.scope import resolve
from ecom.queries.traffic import landing_pages, traffic_measures
from ecom.queries.traffic_facts import traffic_facts, traffic_splits
from ecom.store import Shop

ONE, TWO = date(2026, 3, 2), date(2026, 3, 3)  # a Monday and a Tuesday
PERIOD = Period(ONE, TWO)
SITE = Shop("site", "own", "The site", "CNY", "Asia/Shanghai")
TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")


def event(visitor: str, at: str, name: str = "page_view", **more: object) -> dict[str, object]:
    # Local days are given; UTC is eight hours earlier.
    moment = datetime.fromisoformat(f"2026-03-0{at}")
    return {
        "event_id": f"{visitor} {at} {name}",
        "event_at": moment.replace(hour=moment.hour - 8),
        "event_date": moment.date(),
        "event_name": name,
        "visitor_id": visitor,
        "device": "mobile",
        "source": "(direct)",
        "medium": "(none)",
        **more,
    }


EVENTS = [
    # Ann: Monday two pages in 60 s, buys for 100; Tuesday one page.
    event("ann", "2T09:00:00", page="/a"),
    event("ann", "2T09:00:30", page="/b"),
    event("ann", "2T09:01:00", name="purchase", order_id="o1", value=100),
    event("ann", "3T09:00:00", page="/a"),
    # Bob: Monday, one page, from a search on a desktop.
    event("bob", "2T10:00:00", page="/a", source="google", medium="organic", device="desktop"),
    # Cat: Tuesday, two visits an hour apart, one page each.
    event("cat", "3T11:00:00", page="/c"),
    event("cat", "3T12:00:00", page="/c"),
]


def row(day: date, grain: str = "shop", **more: object) -> dict[str, object]:
    return {
        "source": "sycm",
        "period_start": day,
        "period_end": day,
        "hour": -1,
        "grain": grain,
        "is_rollup": False,
        **more,
    }


def asked(store, **scope):
    return resolve(store, Scope(period=PERIOD, comparison=Comparison.NONE, **scope))


def test_events_give_visitors_visits_and_ratios(store, load):
    load(store, "events", EVENTS, shop=SITE)

    measures = traffic_measures(store, asked(store), PERIOD)

    assert measures["visitors"] == 3
    assert measures["visitor_days"] == 4  # Mon ann, bob; Tue ann, cat
    assert measures["days"] == 2
    assert measures["page_views"] == 6
    assert measures["sessions"] == 5  # ann 2, bob 1, cat 2
    assert measures["bounced_sessions"] == 4  # all but Ann's first
    assert measures["stay_seconds"] == 60
    assert measures["engaged_sessions"] == 1
    assert measures["new_visitor_days"] == 3  # everyone once
    assert measures["buyer_days"] == 1
    assert measures["traffic_gmv"] == 100
    assert metric("conversion").value(measures) == pytest.approx(1 / 4)
    assert metric("revenue_per_visitor").value(measures) == pytest.approx(25)
    assert metric("bounce_rate").value(measures) == pytest.approx(4 / 5)
    assert metric("stay").value(measures) == pytest.approx(12)


def test_days_add_up_to_the_period(store, load):
    load(store, "events", EVENTS, shop=SITE)

    daily = traffic_facts(store, asked(store), (PERIOD,))[0].daily

    assert list(daily.index) == [ONE, TWO]
    assert daily["visitors"].tolist() == [2, 2]
    assert daily["sessions"].tolist() == [2, 3]


def test_events_speak_before_an_export_of_the_same_day_and_are_never_added(store, load):
    load(store, "events", EVENTS[:3], shop=SITE)  # Monday only: ann
    load(
        store,
        "traffic_agg",
        [row(ONE, uv=50, pv=80), row(TWO, uv=40, pv=70, paid_buyers=4, paid_amount=200)],
        shop=SITE,
    )

    measures = traffic_measures(store, asked(store), PERIOD)

    assert measures["visitor_days"] == 1 + 40
    assert measures["page_views"] == 2 + 70
    assert measures["visitors"] is None  # Tuesday has no distinct count that joins Monday's
    assert measures["traffic_gmv"] == 100 + 200


def test_an_export_by_channel_counts_leaves_once_and_takes_its_own_total(store, load):
    leaves = [
        row(ONE, "channel", channel_l1="付费", channel_l2="直通车", channel="直通车", uv=30),
        row(ONE, "channel", channel_l1="免费", channel_l2="搜索", channel="搜索", uv=60),
        row(ONE, "channel", channel_l1="免费", channel_l2="首页", channel="首页", uv=20),
    ]
    subtotal = row(ONE, "channel", channel_l1="免费", channel_l2="汇总", uv=70, is_rollup=True)
    whole = row(ONE, "channel", channel_l1="汇总", uv=90, is_rollup=True)
    load(store, "traffic_agg", [*leaves, subtotal], shop=TMALL)
    load(store, "traffic_agg", [*leaves, subtotal, whole], shop=SITE)

    (facts,) = traffic_facts(store, asked(store), (PERIOD,))
    (by_channel,) = traffic_facts(store, asked(store), (PERIOD,), by="channel")

    totals = facts.rows.set_index("shop_id")
    assert totals.loc["tmall", "visitor_days"] == 110  # 30 + 60 + 20, counted per channel
    assert totals.loc["tmall", "kind"] == "channels"
    assert totals.loc["site", "visitor_days"] == 90  # the whole-shop row
    assert by_channel.parts["visitor_days"].to_dict() == {"直通车": 60, "搜索": 120, "首页": 40}


def test_shop_rows_give_totals_and_channel_rows_give_channels(store, load):
    load(store, "traffic_agg", [row(ONE, uv=100, pv=300, paid_buyers=5)], shop=TMALL)
    load(store, "traffic_agg", [row(ONE, "channel", channel="搜索", uv=120)], shop=TMALL)

    measures = traffic_measures(store, asked(store), PERIOD)
    filtered = traffic_measures(store, asked(store, channels=("搜索",)), PERIOD)

    assert measures["visitor_days"] == 100
    assert filtered["visitor_days"] == 120


def test_split_rows_beside_whole_rows_are_not_added(store, load):
    load(
        store,
        "traffic_agg",
        [
            row(ONE, "channel", carrier="全店", channel="搜索", uv=100),
            row(ONE, "channel", carrier="淘宝APP", channel="搜索", uv=90),
            row(TWO, device="", uv=80),
            row(TWO, device="mobile", uv=70),
        ],
        shop=TMALL,
    )

    assert traffic_measures(store, asked(store), PERIOD)["visitor_days"] == 100 + 80
    assert traffic_measures(store, asked(store, devices=("mobile",)), PERIOD)["visitor_days"] == 70


def test_hours_add_up_for_visits_but_not_for_visitors(store, load):
    hours = [
        row(ONE, "channel", channel="Direct", hour=9, uv=10, sessions=12, pv=20),
        row(ONE, "channel", channel="Direct", hour=10, uv=5, sessions=6, pv=10),
    ]
    load(store, "traffic_agg", hours, shop=SITE)

    measures = traffic_measures(store, asked(store), PERIOD)
    (by_hour,) = traffic_facts(store, asked(store), (PERIOD,), by="hour")

    assert measures["sessions"] == 18
    assert measures["visitor_days"] is None
    assert by_hour.parts["sessions"].to_dict() == {"9": 12, "10": 6}


def test_a_row_of_several_days_counts_only_inside_and_without_daily_rows(store, load):
    week = {"period_end": date(2026, 3, 8), "uv": 500, "sessions": 700}
    load(store, "traffic_agg", [row(ONE) | week], shop=TMALL)
    load(store, "traffic_agg", [row(ONE) | week], shop=SITE)
    load(store, "traffic_agg", [row(TWO, uv=60, sessions=65)], shop=SITE)
    seven = Period(ONE, date(2026, 3, 8))
    resolved = resolve(store, Scope(period=seven, comparison=Comparison.NONE))

    (facts,) = traffic_facts(store, resolved, (seven,))
    (short,) = traffic_facts(store, resolved, (PERIOD,))

    assert facts.measures["sessions"] == 700 + 65
    assert facts.measures["visitor_days"] == 60  # a week's visitors are nobody's day
    assert facts.choice.left_out["shop_id"].tolist() == ["site"]
    assert set(short.rows["shop_id"]) == {"site"}
    assert set(short.choice.left_out["shop_id"]) == {"site", "tmall"}


def test_visitors_of_a_range_are_known_from_a_row_of_exactly_that_range(store, load):
    load(store, "traffic_agg", [row(ONE) | {"period_end": TWO, "uv": 70}], shop=TMALL)

    assert traffic_measures(store, asked(store), PERIOD)["visitors"] == 70


def test_orders_fill_in_where_the_source_tells_no_buyers(store, load):
    load(store, "traffic_agg", [row(ONE, uv=10), row(TWO, uv=20)], shop=TMALL)
    sales = [
        ("a", "ann", ONE, 30),
        ("b", "ann", ONE, 20),
        ("c", None, TWO, 50),
        ("d", None, TWO, 5),
    ]
    load(
        store,
        "orders",
        [
            {
                "order_id": order,
                "kind": "sale",
                "status": "paid",
                "customer_key": customer,
                "paid_date": day,
                "paid_amount": amount,
                "refunded_amount": 0,
                "adjustment_amount": 0,
                "currency": "CNY",
            }
            for order, customer, day, amount in sales
        ],
        shop=TMALL,
    )

    measures = traffic_measures(store, asked(store), PERIOD)

    assert measures["buyer_days"] == 3  # Ann on Monday; two unknown buyers on Tuesday
    assert measures["traffic_gmv"] == 105
    assert metric("conversion").value(measures) == pytest.approx(3 / 30)


def test_a_device_filter_does_not_let_an_export_speak_for_a_shop_with_events(store, load):
    load(store, "events", EVENTS, shop=SITE)
    load(store, "traffic_agg", [row(ONE, device="tablet", uv=9)], shop=SITE)

    measures = traffic_measures(store, asked(store, devices=("desktop",)), PERIOD)
    tablets = traffic_measures(store, asked(store, devices=("tablet",)), PERIOD)

    assert measures["visitor_days"] == 1  # bob
    assert tablets["visitor_days"] is None


def test_landing_pages_are_first_pages(store, load):
    load(store, "events", EVENTS, shop=SITE)

    pages = landing_pages(store, asked(store)).set_index("landing_page")

    assert pages["sessions"].to_dict() == {"/a": 3, "/c": 2}
    assert pages.loc["/a", "visitors"] == 2
    assert pages.loc["/a", "buying_sessions"] == 1


def test_an_empty_store_answers_with_nothing(store):
    measures = traffic_measures(store, asked(store), PERIOD)

    assert set(measures.values()) == {None}
    assert len(traffic_facts(store, asked(store), (PERIOD,))[0].daily) == 2


def test_splits_asked_together_answer_what_each_answers_alone(store, load):
    load(store, "events", EVENTS, shop=SITE)
    resolved = asked(store)

    together = traffic_splits(store, resolved, (PERIOD,), splits=("", "device"))
    (alone,) = traffic_facts(store, resolved, (PERIOD,), by="device")

    # Visitors by day: Ann on both and Cat on Tuesday by phone, Bob on Monday at a desk.
    assert together[""][0].measures["visitor_days"] == 4
    assert together["device"][0].parts["visitor_days"].to_dict() == {"desktop": 1, "mobile": 3}
    assert together["device"][0].measures == alone.measures


def test_a_filter_does_not_let_a_second_source_speak(store, load):
    # The log speaks for the site's days, though nobody in it came by tablet.
    load(store, "events", EVENTS, shop=SITE)
    load(store, "traffic_agg", [row(ONE, uv=50, device="tablet")], shop=SITE)

    (facts,) = traffic_facts(store, asked(store, devices=("tablet",)), (PERIOD,))

    assert facts.rows.empty
    assert set(facts.choice.rows["kind"]) == {"events"}
