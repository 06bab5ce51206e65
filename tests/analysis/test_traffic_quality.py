"""What sources are worth: a shop added up by hand, and random orders against plain Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from math import isnan
from typing import Any

import pytest

from ecom.analysis.traffic_quality import QualityReport, report
from ecom.channels import ChannelRule
from ecom.charts.traffic_quality import measured, quadrants
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.store import Shop, Store

SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "UTC")
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
SCOPE = Scope(MAY)
EN = Language("en")
Load = Callable[..., Any]
_numbers = iter(range(1, 1_000_000))


def came(channel: str, day: date, uv: int, buyers: int, **told: Any) -> dict[str, Any]:
    return {
        "source": "own",
        "period_start": day,
        "period_end": day,
        "hour": -1,
        "grain": "channel",
        "carrier": "",
        "device": "",
        "channel": channel,
        "channel_l1": channel,
        "is_rollup": False,
        "uv": uv,
        "paid_buyers": buyers,
        **told,
    }


def order(who: str | None, day: date, paid: float, channel: str, **told: Any) -> dict[str, Any]:
    return {
        "order_id": f"o{next(_numbers)}",
        "kind": "sale",
        "status": "completed",
        "customer_key": who,
        "paid_date": day,
        "paid_at": datetime(day.year, day.month, day.day),
        "paid_amount": paid,
        "refunded_amount": 0.0,
        "adjustment_amount": 0.0,
        "currency": "CNY",
        "channel": channel,
        **told,
    }


def line(of: dict[str, Any], sku: str) -> dict[str, Any]:
    return {
        "order_id": of["order_id"],
        "line_key": "1",
        "sku": sku,
        "quantity": 1,
        "line_amount": of["paid_amount"],
        "refunded_amount": of["refunded_amount"],
    }


def ad(channel: str, day: date, spend: float, **told: Any) -> dict[str, Any]:
    return {
        "ad_platform": channel,
        "account": "",
        "period_start": day,
        "period_end": day,
        "level": "campaign",
        "campaign": "c",
        "channel": channel,
        "currency": "CNY",
        "spend": spend,
        **told,
    }


def told(answer: QualityReport, source: str) -> dict[str, Any]:
    rows = answer.sources.frame
    (row,) = [row for row in rows.to_dict("records") if row["source"] == source]
    return {str(key): value for key, value in row.items()}


@pytest.fixture
def shop(store: Store, load: Load) -> Store:
    """Data from 1 January to 31 May; those won up to 2 March have had ninety days."""
    new_year, may = date(2026, 1, 1), date(2026, 5, 10)
    visits = [
        came("live", may, 1_000, 40, sessions=1_200, bounced_sessions=300),
        came("shelf", may, 3_000, 30, sessions=3_200, bounced_sessions=2_400),
        came("Paid Search", may, 500, 10),
        came("live", MAY.end, 10, 0),  # no buyer, and sessions not told
    ]
    won = [
        # won long ago: ann back after 90 days, bob after 91, cat on the same day, dan never
        order("ann", new_year, 100, "live"),
        order("ann", new_year + timedelta(90), 100, "shelf"),
        order("bob", new_year, 100, "live"),
        order("bob", new_year + timedelta(91), 100, "live"),
        order("cat", new_year, 100, "live"),
        order("cat", new_year, 50, "live"),
        order("dan", new_year + timedelta(60), 100, "live"),  # 2 March: the last one to be ripe
        order("eve", new_year + timedelta(61), 100, "shelf"),  # not ripe
    ]
    sold = [
        order("fay", may, 200, "live"),
        order("gus", may, 100, "live", refunded_amount=40.0),
        order("ann", may, 500, "live"),  # not her first
        order("hal", may, 300, "Paid Search"),
        order(None, may, 70, "live"),  # nobody knows whether it is the first
        order("ian", may, 90, ""),  # names no channel
    ]
    load(store, "traffic_agg", visits, shop=SHOP)
    load(store, "orders", won + sold, shop=SHOP)
    # The lamp costs 60. Of the order of 100 less 40, 60 stay.
    load(store, "order_items", [line(one, "lamp") for one in sold], shop=SHOP)
    load(store, "products", [{"sku": "lamp", "unit_cost": 60.0}], shop=SHOP)
    load(store, "ad_spend", [ad("Google Ads", may, 260.0)], shop=SHOP)
    return store


def test_visitors_against_money_and_margin(shop: Store) -> None:
    answer = report(shop, SCOPE)
    assert answer.sources.frame["source"].tolist() == ["shelf", "live", "Paid Search"]
    live = told(answer, "live")
    assert live["visitors"] == 1_010
    assert live["conversion"] == pytest.approx(40 / 1_010)
    assert live["bounce_rate"] == pytest.approx(300 / 1_200)
    # 200 + (100 - 40) + 500 + 70 of net revenue; four orders of 870 before refunds
    assert live["net_revenue"] == 830
    assert live["net_revenue_per_visitor"] == pytest.approx(830 / 1_010)
    assert live["average_order"] == pytest.approx(870 / 4)
    # first orders: fay 200 and gus 60; two lamps of 60
    assert live["first_orders"] == 2
    assert live["first_order_margin"] == pytest.approx((260 - 120) / 2)
    assert live["first_order_margin_rate"] == pytest.approx(140 / 260)
    assert live["spend"] == 0


def test_lines_are_of_the_same_sources_as_the_figures(shop: Store) -> None:
    lines = {one.metric: dict(one.points) for one in report(shop, SCOPE).kpis}
    # On 10 May 80 of 4,500 bought. They came to net 830 live and 300 by search; what names no
    # channel is left out. On the last day ten came live and nobody bought.
    assert lines["conversion"][date(2026, 5, 10)] == pytest.approx(80 / 4_500)
    assert lines["net_revenue_per_visitor"][date(2026, 5, 10)] == pytest.approx(1_130 / 4_500)
    assert lines["net_revenue_per_visitor"][MAY.end] == 0
    assert lines["net_revenue_per_visitor"][date(2026, 5, 11)] is None
    assert lines["first_order_margin"] == {}


def test_an_advertiser_pays_for_the_only_kind_of_visit_it_brings(shop: Store) -> None:
    paid = told(report(shop, SCOPE), "Paid Search")
    assert paid["spend"] == 260
    assert paid["first_order_margin"] == pytest.approx(300 - 60 - 260)  # -20


def test_what_a_team_calls_an_ad_has_no_margin_without_its_reports(shop: Store) -> None:
    rules = (ChannelRule("Platform ads", source="live"),)
    shop.save_settings(shop.settings.with_values(kind_rules=rules))
    answer = report(shop, SCOPE)
    live = told(answer, "live")
    assert live["kind"] == "Platform ads"
    assert isnan(live["spend"])
    assert isnan(live["first_order_margin"])
    assert told(answer, "shelf")["kind"] == "shelf"
    assert told(answer, "shelf")["spend"] == 0


def test_several_kinds_of_visit_that_one_advertiser_pays_for_are_one(
    shop: Store, load: Load
) -> None:
    more = [came("Display", date(2026, 5, 11), 100, 1), came("Display", date(2026, 5, 12), 50, 0)]
    load(shop, "traffic_agg", more, shop=SHOP)
    answer = report(shop, SCOPE)
    google = told(answer, "Google Ads")
    assert (google["visitors"], google["spend"], google["net_revenue"]) == (650, 260, 300)
    assert "Paid Search" not in answer.sources.frame["source"].tolist()


def test_repeat_is_of_those_who_have_had_the_time(shop: Store) -> None:
    answer = report(shop, SCOPE)
    assert answer.won_in == Period(date(2026, 1, 1), date(2026, 3, 2))
    live = told(answer, "live")
    # ann of ann, bob, cat and dan; her second order may be of any channel
    assert (live["ripe_customers"], live["repeat_in_90_days"]) == (4, 0.25)
    # Wilson's interval of 1 in 4, as Newcombe (1998) has it: 0.0456 to 0.6994
    assert live["repeat_low"] == pytest.approx(0.0456, abs=5e-5)
    assert live["repeat_high"] == pytest.approx(0.6994, abs=5e-5)
    shelf = told(answer, "shelf")  # eve may still come back
    assert shelf["ripe_customers"] == 0
    assert isnan(shelf["repeat_in_90_days"])


def test_what_orders_name_no_source_is_in_no_row_and_said(shop: Store) -> None:
    said = [EN.say(notice.text) for notice in report(shop, SCOPE).notices]
    # 90 of 830 + 300 + 90
    assert any(f"{90 / 1220:.2%} of net revenue" in one for one in said)


def test_a_paid_source_without_ad_reports_has_no_margin(shop: Store, load: Load) -> None:
    load(shop, "traffic_agg", [came("Affiliates", date(2026, 5, 11), 100, 9)], shop=SHOP)
    affiliates = told(report(shop, SCOPE), "Affiliates")
    assert isnan(affiliates["spend"])
    assert isnan(affiliates["first_order_margin"])


def test_a_filter_that_spend_is_not_split_by_leaves_paid_margins_unknown(shop: Store) -> None:
    answer = report(shop, Scope(MAY, devices=("mobile",)))
    assert answer.sources.is_empty  # no source tells devices here
    assert [EN.say(gap.what) for gap in answer.gaps] == ["Visitors by source"]


def test_without_costs_there_is_no_margin_and_a_gap_says_so(store: Store, load: Load) -> None:
    day = date(2026, 5, 10)
    load(store, "traffic_agg", [came("live", day, 100, 5)], shop=SHOP)
    load(store, "orders", [order("ann", day, 100, "live")], shop=SHOP)
    answer = report(store, SCOPE)
    assert answer.whole["first_order_margin"] is None
    assert [EN.say(gap.what) for gap in answer.gaps] == ["Cost of goods of first orders"]


def test_a_shop_whose_orders_name_no_channel_keeps_its_money_unknown(
    store: Store, load: Load
) -> None:
    day = date(2026, 5, 10)
    load(store, "traffic_agg", [came("search", day, 100, 5)], shop=TMALL)
    load(store, "orders", [order("ann", day, 100, "")], shop=TMALL)
    answer = report(store, SCOPE)
    search = told(answer, "search")
    assert search["conversion"] == pytest.approx(0.05)
    assert isnan(search["net_revenue"])
    assert measured(answer) == ("conversion",)
    assert [EN.say(gap.what) for gap in answer.gaps] == [
        "Orders that name the source of their visitor"
    ]


def test_a_source_is_held_against_its_own_shop(store: Store, load: Load) -> None:
    """Of two shops one sells ten times as easily; within each both channels sell alike."""
    day = date(2026, 5, 10)
    load(
        store,
        "traffic_agg",
        [came("a", day, 1_000, 10), came("b", day, 1_000, 10)],
        shop=SHOP,
    )
    load(
        store,
        "traffic_agg",
        [came("c", day, 1_000, 100), came("d", day, 1_000, 100)],
        shop=TMALL,
    )
    answer = report(store, SCOPE)
    for table in (answer.sources, answer.by_shop):
        reasons = {EN.say(why).split(":")[0] for why in table.frame["why"]}
        assert reasons == {"Buys no more and no less than the rest, as far as chance allows"}


def test_the_advice_says_its_numbers(shop: Store) -> None:
    answer = report(shop, SCOPE)
    # 4 % of 1,010 against 40 of 3,500; no loss
    live = told(answer, "live")
    assert EN.say(live["advice"]) == "Scale"
    assert EN.say(live["why"]) == (
        "More of them buy, at no loss: conversion 3.96% against 1.14% of the rest, margin "
        "CN¥70.00 a first order."
    )
    # 30 of 3,000 against 50 of 1,510, 75 % of visits against 25 %
    shelf = told(answer, "shelf")
    assert EN.say(shelf["advice"]) == "Fix the landing"
    assert "bounce rate 75.0% against 25.0%" in EN.say(shelf["why"])
    assert EN.say(answer.headline) == "Fix the landing: shelf. Scale: Live stream."
    assert [EN.say(one) for one in answer.advice.frame["advice"]] == [
        "Fix the landing",
        "Scale",
        "Watch",
    ]


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_every_picture_says_its_numbers(shop: Store, code: str) -> None:
    answer, language = report(shop, SCOPE), Language(code)
    assert len(measured(answer)) == 4
    for measure in measured(answer):
        drawn = quadrants(answer, language, measure=measure)
        points = sum(one is not None for trace in drawn.figure.data for one in (trace.x or ()))
        known = answer.sources.frame[measure].notna().sum()
        assert points == known
        assert drawn.alt


def test_an_empty_store_has_no_sources(store: Store) -> None:
    answer = report(store, Scope())
    assert answer.sources.is_empty
    assert EN.say(answer.headline) == "No visitors are known by source in these days."
    assert quadrants(answer, EN).alt


# --- random orders --------------------------------------------------------------------------


def slowly(orders: list[dict[str, Any]], last: date) -> Iterator[tuple[str, int, int, int, float]]:
    """Channel, customers won long enough ago, those back in 90 days; first orders and their sum."""
    by_customer: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(orders, key=lambda one: (one["paid_date"], one["order_id"])):
        by_customer.setdefault(one["customer_key"], []).append(one)
    for channel in {one["channel"] for one in orders}:
        ripe = back = first = 0
        money = 0.0
        for bought in by_customer.values():
            start = bought[0]
            if start["channel"] != channel:
                continue
            waits = [(one["paid_date"] - start["paid_date"]).days for one in bought]
            if start["paid_date"] <= last - timedelta(90):
                ripe += 1
                back += any(0 < wait <= 90 for wait in waits)
            if MAY.start <= start["paid_date"] <= MAY.end:
                first += 1
                money += start["paid_amount"] - start["refunded_amount"]
        yield channel, ripe, back, first, money


@pytest.mark.parametrize("seed", range(3))
def test_random_orders_agree_with_a_slow_count(store: Store, load: Load, seed: int) -> None:
    chance = random.Random(seed)
    orders = []
    for _ in range(300):
        day = date(2026, 1, 1) + timedelta(chance.randrange(151))  # up to 31 May
        paid = float(chance.randrange(10, 90))
        orders.append(
            order(
                f"c{chance.randrange(120)}",
                day,
                paid,
                chance.choice("ab"),
                refunded_amount=float(chance.choice([0, 0, 5])),
                order_id=f"{len(orders):04d}",
            )
        )
    load(store, "orders", orders, shop=SHOP)
    visits = [came(channel, date(2026, 5, 31), 100, 5) for channel in "ab"]
    load(store, "traffic_agg", visits, shop=SHOP)
    load(store, "order_items", [line(one, "lamp") for one in orders], shop=SHOP)
    load(store, "products", [{"sku": "lamp", "unit_cost": 4.0}], shop=SHOP)
    answer = report(store, SCOPE)
    for channel, ripe, back, first, money in slowly(orders, date(2026, 5, 31)):
        found = told(answer, channel)
        assert (found["ripe_customers"], found["first_orders"]) == (ripe, first)
        assert found["repeat_in_90_days"] == pytest.approx(back / ripe)
        assert found["first_order_margin"] == pytest.approx((money - 4.0 * first) / first)
