"""A category filter finds orders by the seller's name of a product, as ``daily_items`` does."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.model import Period, Scope
from ecom.queries.provenance import line_batches
from ecom.queries.sales import sales_measures
from ecom.queries.scope import resolve

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def mapped(store, load):
    orders = [
        {"order_id": f"o{n}", "kind": "sale", "status": "paid", "customer_key": f"c{n}",
         "paid_date": date(2026, 3, n), "paid_at": datetime(2026, 3, n, 4), "currency": "CNY",
         "paid_amount": amount, "refunded_amount": 0.0, "adjustment_amount": 0.0}
        for n, amount in ((1, 70.0), (2, 30.0), (3, 25.0), (4, 9.0))
    ]  # fmt: skip
    lines = [
        # o1: the shop's TB-1 is the seller's LAMP; o2: bought under the seller's own name;
        # o3: a line without a code, known by its product id; o4: nobody maps it.
        {"order_id": "o1", "sku": "TB-1", "line_amount": 70.0, "quantity": 2.0},
        {"order_id": "o2", "sku": "LAMP", "line_amount": 30.0, "quantity": 1.0},
        {"order_id": "o3", "sku": "", "product_id": "777", "line_amount": 25.0, "quantity": 1.0},
        {"order_id": "o4", "sku": "TB-9", "line_amount": 9.0, "quantity": 1.0},
    ]
    names = [{"platform_sku": "TB-1", "sku": "LAMP"}, {"platform_sku": "777", "sku": "LAMP"}]
    products = [
        {"sku": "LAMP", "category": "light"},
        {"sku": "TB-1", "category": "shop's word"},
        {"sku": "TB-9", "category": "kitchen"},
    ]
    load(store, "orders", orders)
    load(store, "order_items", [{"line_key": "1", **one} for one in lines])
    load(store, "sku_map", names)
    load(store, "products", products)
    return store


@pytest.mark.parametrize(
    ("category", "money", "orders", "units"),
    [
        ("light", 125.0, 3, 4),  # 70 + 30 + 25 of o1, o2, o3; 2 + 1 + 1 pieces
        ("kitchen", 9.0, 1, 1),
        ("shop's word", 0.0, 0, None),  # the seller's category goes before the shop's
    ],
)
def test_money_orders_and_buyers_are_of_the_same_lines(
    mapped, category: str, money: float, orders: int, units: int | None
) -> None:
    resolved = resolve(mapped, Scope(period=MARCH, categories=(category,)))
    found = sales_measures(mapped, resolved, resolved.period)
    assert (found["gmv"], found["orders"], found["buyers"]) == (money, orders, orders)
    assert found["units"] == units
    traced = line_batches(mapped, resolved, MARCH)
    assert (traced["amount"].sum(), traced["units"].sum()) == (money, units or 0)
