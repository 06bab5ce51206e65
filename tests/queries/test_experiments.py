"""Experiments added up on every engine, from a few people whose deeds can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from ecom.model import Scope
from ecom.queries.experiments import AssignedFacts, assigned_facts, reported_results
from ecom.queries.scope import resolve
from ecom.store import Batch, Shop, Store

pytestmark = pytest.mark.every_engine

Load = Callable[..., Batch]
SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
NOON = datetime(2026, 3, 10, 12)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def assigned(who: str, variant: str, at: datetime = NOON, **more: Any) -> dict[str, Any]:
    return {
        "experiment": "page", "variant": variant, "unit": "visitor", "visitor_id": who,
        "assigned_at": at, "assigned_date": at.date(), **more,
    }  # fmt: skip


def event(who: str, at: datetime, name: str, value: float | None = None, **more: Any) -> dict:
    return {
        "event_id": f"{who} {at} {name}", "event_at": at, "event_date": at.date(),
        "event_name": name, "visitor_id": who, "value": value, "currency": "CNY", **more,
    }  # fmt: skip


def pages(who: str, count: int, at: datetime = NOON) -> list[dict[str, Any]]:
    return [event(who, at + number * SECOND, "page_view") for number in range(count)]


def facts(store: Store, **scope: Any) -> AssignedFacts:
    found = assigned_facts(store, resolve(store, Scope(**scope)), window_days=7, before_days=28)
    assert found is not None
    return found


@pytest.fixture
def shop(store: Store, load: Load) -> Store:
    load(
        store,
        "experiment_assignments",
        [
            *(assigned(who, "control", planned_share=2.0) for who in ("c1", "c2", "c3", "both")),
            assigned("both", "B", NOON + DAY),
            # Seen a second time: the first counts.
            *(assigned("t1", "B", NOON + n * DAY, planned_share=1.0) for n in (0, 5)),
            assigned("t2", "B", NOON + DAY, planned_share=1.0, planned_visitors=9),
            assigned("k1", "B", unit="customer", customer_key="k1"),
        ],
        shop=SHOP,
    )
    load(
        store,
        "events",
        [
            # c1 paid 10 before; 20 half an hour after, and 30 on the last second of the window.
            *pages("c1", 2),
            event("c1", NOON - 9 * DAY, "purchase", 10),
            event("c1", NOON + 1800 * SECOND, "purchase", 20),
            event("c1", NOON + 7 * DAY, "purchase", 30),
            # c2 paid one second too late, c3 left after one page, "both" counts nowhere.
            *pages("c2", 2),
            event("c2", NOON + 7 * DAY + SECOND, "purchase", 40),
            *pages("c3", 1),
            *pages("both", 1),
            event("both", NOON, "purchase", 99),
            # t1 paid 60 on the first second of the days before, and 5 one second earlier.
            *pages("t1", 2),
            event("t1", NOON - 28 * DAY, "purchase", 60),
            event("t1", NOON - 28 * DAY - 3600 * SECOND, "purchase", 5),
            # t2 paid 70 two days after the assignment of 11 March, and got it back.
            *pages("t2", 2, NOON + 3 * DAY),
            event("t2", NOON + 3 * DAY + 60 * SECOND, "purchase", 70, order_id="o1"),
        ],
        shop=SHOP,
    )
    load(
        store,
        "orders",
        [
            order("o1", NOON + 3 * DAY + 120 * SECOND, 70, refunded_amount=70),
            order("o2", NOON + DAY, 15, customer_key="k1"),
        ],
        shop=SHOP,
    )
    return store


def order(number: str, at: datetime, paid: float, **more: Any) -> dict[str, Any]:
    return {
        "order_id": number, "kind": "sale", "status": "paid", "paid_at": at, "currency": "CNY",
        "paid_date": at.date(), "order_date": at.date(), "paid_amount": paid, **more,
    }  # fmt: skip


def row(frame: pd.DataFrame, variant: str, *names: str) -> list[float]:
    return [float(value) for value in frame.set_index("variant").loc[variant, list(names)]]


def test_people_and_their_orders_are_counted_in_the_window(shop: Store) -> None:
    variants = facts(shop).variants
    counts = ("visitors", "buyers", "revenue", "revenue_squares")
    assert row(variants, "control", *counts) == [3, 1, 50, 2500]  # c1: 20 + 30
    assert row(variants, "B", *counts) == [3, 2, 85, 5125]  # t2: 70, k1: 15; 4900 + 225
    assert variants["switched"].sum() == 1


def test_earlier_purchases_are_kept_for_cuped(shop: Store) -> None:
    variants = facts(shop).variants
    sums = ("before", "before_squares", "products")
    assert row(variants, "control", *sums) == [10, 100, 500]
    assert row(variants, "B", *sums) == [60, 3600, 0]


def test_refunds_and_single_pages_are_known_of_those_who_could_have_them(shop: Store) -> None:
    variants = facts(shop).variants
    counts = ("ordered", "refunded", "seen", "bounced")
    assert row(variants, "control", *counts) == [0, 0, 3, 1]  # no order of c1 is in the orders
    assert row(variants, "B", *counts) == [2, 1, 2, 0]  # k1 is no visitor of the log


def test_days_have_the_first_assignment_and_the_first_order(shop: Store) -> None:
    days = facts(shop).days
    told = {
        (variant, day.date()): (visitors, buyers)
        for variant, day, visitors, buyers in days[
            ["variant", "day", "visitors", "buyers"]
        ].itertuples(index=False)
    }
    assert told == {
        ("control", date(2026, 3, 10)): (3, 1),
        ("B", date(2026, 3, 10)): (2, 0),
        ("B", date(2026, 3, 11)): (1, 1),  # t2 came in, k1 bought
        ("B", date(2026, 3, 13)): (0, 1),
    }


def test_the_plan_and_the_days_of_assignment_are_told(shop: Store) -> None:
    variants = facts(shop).variants.set_index("variant")
    assert variants["planned_share"].tolist() == [1.0, 2.0]  # B, control
    assert variants.loc["B", "planned_visitors"] == 9
    assert variants.loc["B", "last_day"] == pd.Timestamp(2026, 3, 11)


def test_other_shops_and_shops_without_experiments_have_none(shop: Store, load: Load) -> None:
    other = Shop("other", "own", "Other", "CNY", "UTC")
    load(shop, "events", pages("c1", 2), shop=other)
    there = resolve(shop, Scope(shops=("other",)))
    assert assigned_facts(shop, there, window_days=7, before_days=28) is None
    load(shop, "experiment_assignments", [assigned("c1", "control")], shop=other)
    assert row(facts(shop).variants, "control", "visitors", "buyers") == [4, 1]
    assert row(facts(shop, shops=("shop",)).variants, "control", "visitors", "buyers") == [3, 1]


def test_money_of_another_currency_is_not_added(shop: Store, load: Load) -> None:
    dollars = event("t1", NOON + DAY, "purchase", 500, currency="USD")
    load(shop, "events", [dollars], shop=SHOP)
    # t1 is a buyer now, for an amount that is not known in the report's currency.
    assert row(facts(shop).variants, "B", "buyers", "revenue") == [3, 85]


def test_results_of_another_tool_are_added_over_shops(store: Store, load: Load) -> None:
    def result(variant: str, visitors: int, **more: Any) -> dict[str, Any]:
        return {
            "experiment": "price", "variant": variant, "visitors": visitors, "conversions": 10,
            "revenue": 100, "currency": "CNY", **more,
        }  # fmt: skip

    first = [result("A", 200, revenue_squares=1500.0), result("B", 210)]
    load(store, "experiment_results", first, shop=SHOP)
    other = Shop("other", "own", "Other", "CNY", "UTC")
    load(store, "experiment_results", [result("A", 50, revenue_squares=500.0)], shop=other)
    # A newer file replaces the whole experiment of its shop: B is gone.
    later = [result("A", 220, revenue_squares=1600.0, start_date=date(2026, 3, 1))]
    load(store, "experiment_results", later, shop=SHOP, when=datetime(2026, 4, 1))
    found = reported_results(store, resolve(store, Scope()))
    assert row(found, "A", "visitors", "buyers", "revenue", "revenue_squares") == [
        270, 20, 200, 2100,
    ]  # fmt: skip
    assert found["variant"].tolist() == ["A"]
    load(store, "experiment_results", [result("A", 1)], shop=Shop("third", "own", "3", "CNY"))
    found = reported_results(store, resolve(store, Scope()))
    assert found["revenue_squares"].isna().all()  # one shop does not say
