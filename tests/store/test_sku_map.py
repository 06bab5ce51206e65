"""The seller's names: daily facts speak them, later choices win, undo brings the old ones back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from ecom import schema
from ecom.errors import InvalidParameter
from ecom.ingest.sku_edits import LAYOUT_ID, SkuChoice, map_skus
from ecom.store import Store
from tests.conftest import stage

DAY = date(2026, 1, 1)


@pytest.fixture
def sold(store: Store) -> Store:
    """Two of PLAT-1 for 20, one without a SKU (product 900) for 5; costs know only S1 and S9."""
    orders = [
        {
            "order_id": number,
            "kind": "sale",
            "status": "paid",
            "paid_date": DAY,
            "paid_amount": paid,
        }
        for number, paid in (("1", 20), ("2", 5))
    ]
    lines = [
        {"order_id": "1", "line_key": "a", "sku": "PLAT-1", "quantity": 2, "line_amount": 20},
        {"order_id": "2", "line_key": "a", "sku": "", "product_id": "900", "quantity": 1,
         "line_amount": 5},
    ]  # fmt: skip
    costs = [
        {"sku": sku, "valid_from": date(2025, 1, 1), "unit_cost": cost}
        for sku, cost in (("S1", 3), ("S9", 4))
    ]
    products = [
        {"sku": "PLAT-1", "product_id": "1", "product_name": "Lamp", "category": "Shop's lamps"},
        {"sku": "S9", "product_id": "9", "product_name": "Bulb", "category": "Bulbs"},
    ]
    store.load(
        stage("orders", orders),
        stage("order_items", lines),
        stage("product_costs", costs),
        stage("products", products),
    )
    return store


def items(store: Store) -> list[tuple[str, str, float, float]]:
    """(sku, category, amount, cost), by SKU."""
    table = schema.daily_items.c
    frame = store.read(
        select(table.sku, table.category, table.amount, table.cost).order_by(table.sku)
    )
    return [(sku, name, float(a), float(c)) for sku, name, a, c in frame.itertuples(index=False)]


UNMAPPED = [("", "", 5.0, 0.0), ("PLAT-1", "Shop's lamps", 20.0, 0.0)]


def test_without_a_map_the_shops_names_stand(sold: Store) -> None:
    assert items(sold) == UNMAPPED


def test_a_map_brings_the_sellers_name_and_its_costs(sold: Store) -> None:
    map_skus(sold, [SkuChoice("shop", "PLAT-1", "S1"), SkuChoice("shop", "900", "S9")])
    # Two of S1 at 3; the shop's own entry of PLAT-1 still tells the category. One of S9 at 4.
    assert items(sold) == [("S1", "Shop's lamps", 20.0, 6.0), ("S9", "Bulbs", 5.0, 4.0)]


def test_undoing_the_map_restores(sold: Store) -> None:
    (batch,) = map_skus(sold, [SkuChoice("shop", "PLAT-1", "S1")])
    assert batch.layout_id == LAYOUT_ID
    assert batch.account.new == 1
    sold.undo(batch.batch_id)
    assert items(sold) == UNMAPPED


def test_a_later_choice_counts_and_undoing_it_brings_the_earlier_back(sold: Store) -> None:
    map_skus(sold, [SkuChoice("shop", "PLAT-1", "S9")], when=datetime(2026, 2, 1))
    (second,) = map_skus(sold, [SkuChoice("shop", "PLAT-1", "S1")], when=datetime(2026, 2, 2))
    assert second.account.changed == 1
    assert [sku for sku, *_ in items(sold)] == ["", "S1"]
    sold.undo(second.batch_id)
    assert [sku for sku, *_ in items(sold)] == ["", "S9"]


def test_the_same_choice_again_after_another_is_not_taken_for_the_same_file(sold: Store) -> None:
    for day, sku in ((1, "S1"), (2, "S9"), (3, "S1")):
        map_skus(sold, [SkuChoice("shop", "PLAT-1", sku)], when=datetime(2026, 2, day))
    assert [sku for sku, *_ in items(sold)] == ["", "S1"]


def test_a_map_loaded_before_the_orders_counts_too(store: Store) -> None:
    store.load(stage("sku_map", [{"platform_sku": "A", "sku": "S"}]))
    store.load(
        stage("orders", [{"order_id": "1", "kind": "sale", "status": "paid", "paid_date": DAY}]),
        stage("order_items", [{"order_id": "1", "line_key": "a", "sku": "A", "quantity": 1}]),
    )
    assert [sku for sku, *_ in items(store)] == ["S"]


def test_another_shops_map_does_not_count(sold: Store) -> None:
    sold.load(stage("sku_map", [{"shop_id": "other", "platform_sku": "PLAT-1", "sku": "S1"}]))
    assert items(sold) == UNMAPPED


@pytest.mark.parametrize(
    ("choices", "problem"),
    [
        ([], "No SKU was chosen"),
        ([SkuChoice("nobody", "A", "B")], "can't be “nobody”"),
        ([SkuChoice("shop", "A", " ")], "can't be mapped"),
        ([SkuChoice("shop", "A", "B"), SkuChoice("shop", "A", "C")], "both “B” and “C”"),
    ],
)
def test_a_choice_that_can_not_be_is_refused(
    sold: Store, choices: list[SkuChoice], problem: str
) -> None:
    with pytest.raises(InvalidParameter, match=problem):
        map_skus(sold, choices)
    assert items(sold) == UNMAPPED
