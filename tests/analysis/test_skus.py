"""Products one side does not know: what is at stake, and whose name they may go by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ecom.analysis.skus import skus
from ecom.i18n import Language
from ecom.ingest.sku_edits import SkuChoice, map_skus
from ecom.models.matching import Because
from ecom.store import Shop, Store
from ecom.ui.data.skus import choices_of, map_csv
from tests.conftest import SHOP, stage

ENGLISH = Language("en")
DAY = date(2026, 3, 1)


def sold(number: int, sku: str, amount: float, units: float, **more: Any) -> list[dict[str, Any]]:
    return [
        {"order_id": f"o{number}", "line_key": "a", "sku": sku, "quantity": units,
         "line_amount": amount, **more}
    ]  # fmt: skip


@pytest.fixture
def shop(store: Store) -> Store:
    """Sales of 1000: L12-W 500, l12w 300, X9 150 and a line without a SKU 50."""
    orders = [
        {"order_id": f"o{n}", "kind": "sale", "status": "paid", "paid_date": DAY} for n in range(5)
    ]
    lines = [
        *sold(0, "L12-W", 500, 5),
        *sold(1, "l12w", 300, 3, product_name="Lamp, white"),
        *sold(2, "X9", 150, 2, product_name="Humidifier H20 quiet"),
        *sold(3, "", 50, 1, product_id="900"),
    ]
    stock = [
        {"snapshot_date": DAY, "source": "erp", "warehouse": "w", "sku": sku, "product_name": name,
         "on_hand": units}
        for sku, name, units in (
            ("L12-W", "Desk lamp", 9), ("H20", "Humidifier quiet H20", 4), ("Z1", "Bulb", 7),
        )
    ]  # fmt: skip
    products = [{"sku": "L12-W", "product_id": "1", "product_name": "Desk lamp"},
                {"sku": "H20", "product_id": "900", "product_name": "Humidifier"}]  # fmt: skip
    store.load(
        stage("orders", orders), stage("order_items", lines), stage("inventory_snapshots", stock),
        stage("products", products),
    )  # fmt: skip
    return store


def test_what_was_sold_and_nobody_knows_is_ranked_by_its_money(shop: Store) -> None:
    report = skus(shop)
    frame = report.unknown.frame
    assert frame["platform_sku"].tolist() == ["l12w", "X9", "900"]
    assert [amount.value for amount in frame["amount"]] == [300.0, 150.0, 50.0]
    assert frame["units"].tolist() == [3.0, 2.0, 1.0]
    assert report.share == 0.5  # 500 of 1000
    assert [ENGLISH.say(cell) for cell in frame["missing"]] == ["products, stock"] * 3
    assert ENGLISH.say(report.headline).endswith("stock: 3, 50.0% of sales.")


def test_each_has_its_likeliest_name_and_why(shop: Store) -> None:
    found = [row.proposal for row in skus(shop).rows]
    assert [(one.code, one.because) for one in found if one] == [
        ("L12-W", Because.SPELLING),
        ("H20", Because.NAME),
        ("H20", Because.PRODUCT_ID),
    ]


def test_what_is_known_and_never_sold_is_listed(shop: Store) -> None:
    rows = skus(shop).unsold.frame.to_dict("records")
    assert [(row["sku"], row["on_hand"], str(row["listed"])) for row in rows] == [
        ("Z1", 7.0, "stock"),
        ("H20", 4.0, "products and stock"),
    ]


def test_mapping_takes_a_row_off_the_list_and_undo_brings_it_back(shop: Store) -> None:
    (batch,) = map_skus(shop, [SkuChoice("shop", "l12w", "L12-W"), SkuChoice("shop", "900", "H20")])
    report = skus(shop)
    assert report.unknown.frame["platform_sku"].tolist() == ["X9"]
    assert report.share == 0.15
    assert report.mapped.frame[["platform_sku", "sku"]].to_numpy().tolist() == [
        ["900", "H20"],
        ["l12w", "L12-W"],
    ]
    assert "H20" not in report.unsold.frame["sku"].tolist()
    shop.undo(batch.batch_id)
    assert skus(shop).share == 0.5


def test_product_ids_of_reports_that_nothing_else_knows(shop: Store) -> None:
    rows = [
        {"source": "sycm", "grain": "product", "product_id": name, "period_start": DAY,
         "period_end": DAY, "hour": -1, "uv": 10, "paid_amount": 5.0}
        for name in ("900", "777")
    ]  # fmt: skip
    ads = [{"ad_platform": "x", "level": "product", "product_id": "777", "spend": 3.0,
            "period_start": DAY, "period_end": DAY}]  # fmt: skip
    shop.load(stage("traffic_agg", rows), stage("ad_spend", ads))
    (row,) = skus(shop).reported.frame.to_dict("records")
    assert (row["product_id"], row["visitor_days"]) == ("777", 10.0)
    assert (row["amount"].value, row["spend"].value) == (5.0, 3.0)


def test_without_sales_or_lists_the_headline_says_so(store: Store) -> None:
    assert "No order lines" in str(skus(store).headline)
    orders = [{"order_id": "o0", "kind": "sale", "status": "paid", "paid_date": DAY}]
    store.load(stage("orders", orders), stage("order_items", sold(0, "A", 1, 1)))
    assert "No product, cost or stock list" in str(skus(store).headline)
    assert skus(store).unknown.is_empty


def test_money_of_unlike_currencies_makes_no_share(shop: Store) -> None:
    other = Shop("us", "own", "US", "USD", "UTC")
    orders = [{"order_id": "o0", "kind": "sale", "status": "paid", "paid_date": DAY}]
    shop.load(
        stage("orders", orders, shop=other), stage("order_items", sold(0, "A", 1, 1), shop=other)
    )
    report = skus(shop)
    assert report.share is None
    currencies = {amount.currency for amount in report.unknown.frame["amount"]}
    assert currencies == {SHOP.currency, "USD"}


def test_only_rows_with_a_choice_are_saved(shop: Store) -> None:
    report = skus(shop)
    chosen = report.unknown.frame["platform_sku"].map({"l12w": "L12-W", "X9": None, "900": ""})
    assert choices_of(chosen, report.rows) == (SkuChoice("shop", "l12w", "L12-W"),)


def test_the_file_to_fill_in_holds_sure_proposals_only(shop: Store) -> None:
    lines = map_csv(skus(shop)).decode("utf-8-sig").splitlines()
    assert lines == ["shop_id,platform_sku,sku", "shop,l12w,L12-W", "shop,X9,", "shop,900,H20"]
