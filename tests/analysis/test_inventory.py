"""The inventory page against literal lists and sales; the expected numbers are worked by hand."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from ecom.analysis.inventory import report
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.settings import Settings

ON = date(2026, 3, 31)
PERIOD = Period(date(2026, 3, 4), ON)  # 28 days
SCOPE = Scope(period=PERIOD)
EN = Language("en")
DAYS = [ON - timedelta(back) for back in range(90)]


def listed(sku: str, on_hand: float, **more: object) -> dict[str, object]:
    return {
        "snapshot_date": ON,
        "source": "own_stock",
        "warehouse": "main",
        "sku": sku,
        "product_name": sku.upper(),
        "category": "lamps",
        "on_hand": on_hand,
        "reserved": 0,
        "inbound": 0,
        "unit_cost": 4,
        "lead_time_days": 7,
        **more,
    }


def sell(store, load, sales: list[tuple[str, date, float, float]]) -> None:
    numbered = list(enumerate(sales))
    load(
        store,
        "orders",
        [
            {
                "order_id": f"o{number}",
                "kind": "sale",
                "status": "paid",
                "paid_date": day,
                "paid_amount": units * price,
                "currency": "CNY",
            }
            for number, (_, day, units, price) in numbered
        ],
    )
    load(
        store,
        "order_items",
        [
            {
                "order_id": f"o{number}",
                "line_key": "1",
                "sku": sku,
                "quantity": units,
                "line_amount": units * price,
            }
            for number, (sku, _, units, price) in numbered
        ],
    )


@pytest.fixture
def stocked(store, load):
    """Demand is the same every day, so safety stocks are 0: lead 7, review 7 days."""
    sales = [("star", day, 10, 10.0) for day in DAYS]  # revenue 9,000 of 90 days
    sales += [("fair", day, 1, 10.0) for day in DAYS]  # 900
    sales += [("tiny", day, 1, 1.0) for day in DAYS]  # 90
    sell(store, load, sales)
    load(
        store,
        "inventory_snapshots",
        [
            listed("star", 60),  # 70 needed over the lead time: warning; 140 up to
            listed("fair", 0, inbound=5),  # out
            listed("tiny", 200),  # 200 days: overstock
            listed("dust", 30),  # never sold
        ],
    )
    return store


def rows(table, key="sku"):
    return {row[key]: row for row in table.frame.to_dict("records")}


def test_levels_cover_and_orders(stocked):
    answer = report(stocked, SCOPE)
    stock = rows(answer.stock)

    said = {sku: EN.say(row["level"]) for sku, row in stock.items()}
    assert said == {
        "star": "Warning",
        "fair": "Out of stock",
        "tiny": "Overstock",
        "dust": "No demand",
    }
    assert stock["star"]["days_of_cover"] == pytest.approx(6)
    assert stock["star"]["stock_out_date"] == date(2026, 4, 6)
    assert stock["star"]["reorder_point"] == pytest.approx(140)
    assert rows(answer.orders)["star"]["order_quantity"] == 80
    assert rows(answer.orders)["fair"]["order_quantity"] == 14 - 5
    assert list(rows(answer.orders)) == ["fair", "star"]
    assert list(rows(answer.slow)) == ["dust"]


def test_abc_classes_by_revenue(stocked):
    answer = report(stocked, SCOPE)

    # 9,000 of 9,990 is 90 %: star crosses 80 and is A; fair reaches 99 and is B; the rest is C.
    assert {sku: row["abc"] for sku, row in rows(answer.stock).items()} == {
        "star": "A",
        "fair": "B",
        "tiny": "C",
        "dust": "C",
    }
    assert answer.pareto.frame["cumulated"].tolist() == pytest.approx(
        [9000 / 9990, 9900 / 9990, 1.0]
    )


def test_key_figures_with_their_comparison(stocked, load):
    earlier = PERIOD.start - timedelta(1)
    load(
        stocked,
        "inventory_snapshots",
        [listed("star", 100, snapshot_date=earlier), listed("fair", 20, snapshot_date=earlier)],
    )

    figures = {one.metric: one.delta for one in report(stocked, SCOPE).kpis}

    assert (figures["stock_units"].value, figures["stock_units"].base) == (290, 120)
    assert figures["stock_value"].value == 290 * 4
    assert figures["days_of_cover"].value == pytest.approx((60 + 0 + 200) / 12)
    assert figures["days_of_cover"].base == pytest.approx(120 / 11)
    assert figures["out_of_stock_rate"].value == pytest.approx(1 / 3)
    assert figures["out_of_stock_rate"].base == 0


def test_lost_sales_are_days_times_demand_times_price(store, load):
    # The list shows nothing on the last 4 days of the period; 5 a day at 8 before.
    stocked, empty = DAYS[4:], DAYS[:4]
    sell(store, load, [("a", day, 5, 8.0) for day in stocked] + [("b", ON, 1, 1.0)])
    load(store, "inventory_snapshots", [listed("a", 0, snapshot_date=day) for day in empty])

    answer = report(store, SCOPE)
    (row,) = answer.lost.frame.to_dict("records")

    assert row["daily_demand"] == pytest.approx(5)  # 120 units on 24 days in stock
    assert (row["empty_days"], row["lost_units"]) == (4, pytest.approx(20))
    assert row["lost_sales"] == pytest.approx(160)
    assert any("not counted" in EN.say(notice.text) for notice in answer.notices)
    assert "¥160.00 of sales" in EN.say(answer.headline)


def test_stock_alone_says_that_demand_is_unknown(store, load):
    load(store, "inventory_snapshots", [listed("a", 7), listed("b", 0, lead_time_days=None)])

    answer = report(store, SCOPE)

    assert {EN.say(row["level"]) for row in rows(answer.stock).values()} == {"Demand unknown"}
    assert answer.orders.is_empty
    assert EN.say(answer.headline).startswith("7 units of 2 SKUs in stock;")
    assert "shopify_orders" in answer.gaps[0].layouts


def test_settings_move_the_reorder_point(stocked):
    stocked.save_settings(Settings(review_days=14))

    assert rows(report(stocked, SCOPE).stock)["star"]["reorder_point"] == pytest.approx(210)


def test_filters_that_stock_cannot_honour_are_said(stocked):
    answer = report(stocked, Scope(period=PERIOD, shops=("shop",), devices=("mobile",)))

    said = " ".join(EN.say(notice.text) for notice in answer.notices)
    assert "whole company" in said
    assert "not split by channel, device or region" in said
    assert {one.metric: one.delta.value for one in answer.kpis}["stock_units"] == 290


def test_a_category_filter_narrows_stock(stocked):
    none = report(stocked, Scope(period=PERIOD, categories=("fans",)))
    lamps = report(stocked, Scope(period=PERIOD, categories=("lamps",)))

    assert none.stock.is_empty
    assert len(lamps.stock.frame) == 4


def test_an_empty_store_says_what_would_fill_the_page(store):
    answer = report(store, Scope())

    assert all(one.delta.value is None for one in answer.kpis)
    assert answer.gaps[0].layouts[0] == "own_stock"


def test_without_a_comparison_nothing_is_compared(stocked):
    answer = report(stocked, Scope(period=PERIOD, comparison=Comparison.NONE))

    assert all(one.delta.base is None for one in answer.kpis)


def test_every_table_can_be_written_as_json(stocked):
    answer = report(stocked, SCOPE)

    for name in ("stock", "orders", "levels", "classes", "slow", "lost", "history", "pareto"):
        frame = getattr(answer, name).frame
        assert json.loads(frame.to_json(orient="records", default_handler=str)) is not None
