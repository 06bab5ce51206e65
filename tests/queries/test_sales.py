"""Sales of a scope against literal orders; the oracle is plain Python over the same rows."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.model import Period, Scope
from ecom.queries.documents import document_counts
from ecom.queries.sales import MEASURES, sales_facts, sales_measures
from ecom.queries.scope import resolve
from ecom.store import Shop

OTHER = Shop("other", "jd", "Other shop", "CNY", "Asia/Shanghai")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 4))


def order(number: int, day: int, paid: float, **more: object) -> dict[str, object]:
    return {
        "order_id": f"o{number}",
        "kind": "sale",
        "status": "paid",
        "customer_key": "ann",
        "paid_date": date(2026, 3, day),
        "paid_at": datetime(2026, 3, day, 4),
        "currency": "CNY",
        "channel": "search",
        "paid_amount": paid,
        "refunded_amount": 0.0,
        "adjustment_amount": 0.0,
        **more,
    }


ORDERS = [
    order(1, 1, 100.0),
    order(2, 1, 60.0, customer_key="bob", channel="live", refunded_amount=10.0),
    order(3, 3, 40.0, customer_key=None),
    order(4, 4, 0.0, kind="return", refunded_amount=25.0),
    order(5, 4, 0.0, kind="adjustment", adjustment_amount=-5.0, customer_key=None),
    order(6, 3, 999.0, status="cancelled"),
    order(7, 3, 999.0, status="unpaid", paid_date=None),
]
COUNTED = [row for row in ORDERS if row["paid_date"] and row["status"] == "paid"]


def line(number: int, sku: str, category: str, amount: float, cost: float | None) -> dict:
    return {
        "order_id": f"o{number}",
        "line_key": sku,
        "sku": sku,
        "category": category,
        "quantity": 2.0,
        "line_amount": amount,
        "unit_cost": cost,
    }


LINES = [
    line(1, "lamp", "light", 70.0, 10.0),
    line(1, "kettle", "kitchen", 30.0, None),
    line(2, "lamp", "light", 60.0, 10.0),
]


@pytest.fixture
def sold(store, load):
    load(store, "orders", ORDERS)
    load(store, "order_items", LINES)
    return store


def measures(store, **scope: object) -> dict[str, float | None]:
    resolved = resolve(store, Scope(period=MARCH, **scope))
    return sales_measures(store, resolved, MARCH)


def test_the_measures_of_a_period(sold) -> None:
    gmv = sum(row["paid_amount"] for row in COUNTED)
    refunds = sum(row["refunded_amount"] for row in COUNTED)
    adjusted = sum(row["adjustment_amount"] for row in COUNTED)
    assert (gmv, refunds, adjusted) == (200.0, 35.0, -5.0)
    # Lines: 6 units; lamps 70 + 60 with cost 4 × 10; the kettle's cost is not known.
    assert measures(sold) == {
        "gmv": 200.0,
        "net_revenue": 160.0,
        "refunds": 35.0,
        "orders": 3.0,
        "buyers": 2.0,
        "units": 6.0,
        "margin": 90.0,
        "revenue_with_cost": 130.0,
    }


def test_a_category_counts_its_goods_and_its_orders(sold) -> None:
    found = measures(sold, categories=("kitchen",))
    assert (found["gmv"], found["orders"], found["buyers"], found["units"]) == (30.0, 1.0, 1.0, 2.0)


def test_an_order_with_goods_of_two_chosen_categories_counts_once(sold) -> None:
    found = measures(sold, categories=("kitchen", "light"))
    assert (found["gmv"], found["orders"], found["buyers"]) == (160.0, 2.0, 2.0)


def test_a_channel_filter_narrows_money_and_people(sold) -> None:
    found = measures(sold, channels=("live",))
    assert (found["gmv"], found["orders"], found["buyers"], found["units"]) == (60.0, 1.0, 1.0, 2.0)


def test_a_day_without_sales_is_zero_and_a_day_outside_the_data_unknown(sold) -> None:
    resolved = resolve(sold, Scope(period=MARCH))
    days = Period(date(2026, 2, 28), date(2026, 3, 3))
    daily = sales_facts(sold, resolved, (days,)).daily(days)
    assert list(daily.columns) == list(MEASURES)
    assert daily["gmv"].fillna(-1).tolist() == [-1, 160.0, 0.0, 40.0]
    assert daily["buyers"].fillna(-1).tolist() == [-1, 2.0, 0.0, 0.0]


def test_nothing_is_known_outside_the_days_of_sales(sold) -> None:
    resolved = resolve(sold, Scope())
    before = Period(date(2025, 3, 1), date(2025, 3, 4))
    assert set(sales_measures(sold, resolved, before).values()) == {None}


def test_units_are_unknown_without_order_lines(store, load) -> None:
    load(store, "orders", ORDERS)
    found = measures(store)
    assert (found["gmv"], found["units"], found["margin"]) == (200.0, None, None)


def test_facts_of_two_periods_are_those_of_each_alone(sold) -> None:
    resolved = resolve(sold, Scope())
    first, second = Period(date(2026, 3, 1), date(2026, 3, 1)), Period(*[date(2026, 3, 3)] * 2)
    facts = sales_facts(sold, resolved, (first, second))
    for period in (first, second):
        assert facts.measures(period) == sales_measures(sold, resolved, period)


def test_shops_and_channels_add_up_to_the_total(sold, load) -> None:
    load(sold, "orders", [order(1, 2, 11.0, channel=None)], shop=OTHER)
    facts = sales_facts(sold, resolve(sold, Scope()), (MARCH,))
    by_shop = facts.by(MARCH, "shop").set_index("shop")["gmv"]
    by_channel = facts.by(MARCH, "channel").set_index("channel")["gmv"]
    assert by_shop.to_dict() == {"shop": 200.0, "other": 11.0}
    assert by_channel.to_dict() == {"": 11.0, "live": 60.0, "search": 140.0}


def test_documents_are_counted_by_kind_and_known_customer(sold) -> None:
    rows = document_counts(sold, resolve(sold, Scope(period=MARCH)), MARCH)
    assert rows.to_dict("split")["data"] == [
        ["sale", 1, 2, 2, 150.0],
        ["sale", 0, 1, 0, 40.0],
        ["return", 1, 1, 1, -25.0],
        ["adjustment", 0, 1, 0, -5.0],
        ["", 1, 5, 2, 160.0],  # ann and bob, though ann stands in two rows
    ]


def test_what_a_reader_of_the_sums_writes_into_them_is_not_seen_by_the_next(store, load):
    load(store, "orders", ORDERS)
    facts = sales_facts(store, resolve(store, Scope()), (MARCH,))

    first = facts.by(MARCH, "shop")
    first["gmv"] = 0.0

    assert facts.by(MARCH, "shop")["gmv"].tolist() == [200.0]  # 100 + 60 + 40
