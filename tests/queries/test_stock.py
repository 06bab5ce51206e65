"""Stock measures against literal lists and sales that can be added up by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ecom.metrics import metric
from ecom.model import Comparison, Period, Scope
from ecom.queries.scope import resolve
from ecom.queries.stock import empty_days, stock_facts, stock_measures
from ecom.queries.stock_history import stock_history

ON = date(2026, 3, 31)
PERIOD = Period(date(2026, 3, 1), ON)


def listed(sku: str, on_hand: float, day: date = ON, **more: object) -> dict[str, object]:
    return {
        "snapshot_date": day,
        "source": "own_stock",
        "warehouse": "main",
        "sku": sku,
        "on_hand": on_hand,
        "reserved": 0,
        "inbound": 0,
        **more,
    }


def sell(store, load, sales: list[tuple[str, date, float, float]]) -> None:
    """Load paid orders of (sku, day, units, price)."""
    orders = [
        {
            "order_id": f"o{number}",
            "kind": "sale",
            "status": "paid",
            "paid_date": day,
            "paid_amount": units * price,
            "currency": "CNY",
        }
        for number, (_, day, units, price) in enumerate(sales)
    ]
    lines = [
        {
            "order_id": f"o{number}",
            "line_key": "1",
            "sku": sku,
            "quantity": units,
            "line_amount": units * price,
        }
        for number, (sku, _, units, price) in enumerate(sales)
    ]
    load(store, "orders", orders)
    load(store, "order_items", lines)


def asked(store, **scope):
    return resolve(store, Scope(period=PERIOD, comparison=Comparison.NONE, **scope))


def days(count: int, last: date = ON) -> list[date]:
    return [last - timedelta(back) for back in range(count)]


def test_a_list_alone_gives_units_and_value_and_leaves_demand_unknown(store, load):
    rows = [listed("a", 10, unit_cost=2, reserved=3), listed("b", 5)]
    load(store, "inventory_snapshots", rows)

    measures = stock_measures(store, asked(store), on=ON)

    assert measures["stock_units"] == 15
    assert measures["stock_value"] == 20  # only a has a cost
    assert measures["mean_stock_value"] == 20
    assert metric("days_of_cover").value(measures) is None
    assert metric("out_of_stock_rate").value(measures) is None


def test_the_latest_list_of_each_warehouse_counts(store, load):
    load(
        store,
        "inventory_snapshots",
        [listed("a", 10, date(2026, 3, 20)), listed("b", 7, date(2026, 3, 20))],
    )
    load(store, "inventory_snapshots", [listed("a", 8, date(2026, 3, 30))])
    load(store, "inventory_snapshots", [listed("a", 4, date(2026, 3, 10), warehouse="north")])
    load(store, "inventory_snapshots", [listed("a", 99, date(2026, 4, 5))])

    rows = stock_facts(store, asked(store), on=ON).rows

    assert rows["sku"].tolist() == ["a"]  # b vanished from the newer list of its warehouse
    assert rows["on_hand"].tolist() == [12]


def test_demand_is_units_a_day_in_stock(store, load):
    # Two a day on 14 days, then nothing to sell on 14 days: demand is 2 a day, not 1.
    stocked, empty = days(14, ON - timedelta(14)), days(14)
    lists = [listed("a", 20, day) for day in stocked] + [listed("a", 0, day) for day in empty]
    load(store, "inventory_snapshots", lists)
    sell(store, load, [("a", day, 2, 10.0) for day in stocked] + [("b", ON, 1, 1.0)])

    (row,) = stock_facts(store, asked(store), on=ON).rows.to_dict("records")

    assert row["daily_demand"] == pytest.approx(2)
    assert row["demand_sd"] == pytest.approx(0)
    assert (row["demand_days"], row["masked_days"]) == (14, 14)
    assert empty_days(store, asked(store), PERIOD).to_dict() == {"a": 14}


def test_a_day_with_sales_had_stock_whatever_its_list_says(store, load):
    lists = [listed("a", 5, day) for day in days(28)[1:]] + [listed("a", 0, ON)]
    load(store, "inventory_snapshots", lists)
    sell(store, load, [("a", day, 1, 10.0) for day in days(28)])

    (row,) = stock_facts(store, asked(store), on=ON).rows.to_dict("records")

    assert (row["daily_demand"], row["masked_days"]) == (1, 0)


def test_out_of_stock_through_the_whole_window_takes_the_longer_one(store, load):
    empty, before = days(28), days(10, ON - timedelta(28))
    lists = [listed("a", 0, day) for day in empty] + [listed("a", 9, day) for day in before]
    load(store, "inventory_snapshots", lists)
    sell(store, load, [("a", day, 3, 10.0) for day in before] + [("b", ON, 1, 1.0)])

    facts = stock_facts(store, asked(store), on=ON)
    (row,) = facts.rows.to_dict("records")

    assert row["daily_demand"] == pytest.approx(3)
    assert row["demand_days"] == 10
    assert metric("out_of_stock_rate").value(facts.measures) == 1


def test_a_new_product_is_not_thinned_by_days_before_it(store, load):
    load(store, "inventory_snapshots", [listed("new", 30, day) for day in days(10)])
    sell(
        store,
        load,
        [("old", day, 1, 1.0) for day in days(60)] + [("new", day, 4, 10.0) for day in days(10)],
    )

    rows = stock_facts(store, asked(store), on=ON).rows.set_index("sku")

    assert rows.loc["new", "daily_demand"] == pytest.approx(4)


def test_cover_and_turnover(store, load):
    load(store, "inventory_snapshots", [listed("a", 40, date(2026, 3, 3), unit_cost=5)])
    load(store, "inventory_snapshots", [listed("a", 60, ON, unit_cost=5)])
    sell(store, load, [("a", day, 2, 10.0) for day in days(73)])

    measures = stock_measures(store, asked(store), on=ON)

    assert metric("days_of_cover").value(measures) == pytest.approx(60 / 2)
    # 73 days at 2 × 5 a day is 730, a year 3,650; mean stock (200 + 300) / 2 = 250.
    assert measures["annual_cost_of_sales"] == pytest.approx(3650)
    assert metric("turnover").value(measures) == pytest.approx(3650 / 250)


def test_a_shop_filter_narrows_demand_but_not_stock(store, load):
    load(store, "inventory_snapshots", [listed("a", 40)])
    sell(store, load, [("a", day, 2, 10.0) for day in days(28)])

    everywhere = stock_measures(store, asked(store), on=ON)
    elsewhere = stock_measures(store, asked(store, shops=("other",)), on=ON)

    assert everywhere["daily_demand"] == pytest.approx(2)
    assert elsewhere["stock_units"] == 40
    assert elsewhere["daily_demand"] is None


def test_history_carries_a_warehouse_on_between_its_lists(store, load):
    load(store, "inventory_snapshots", [listed("a", 10, date(2026, 3, 10), unit_cost=1)])
    load(store, "inventory_snapshots", [listed("a", 6, date(2026, 3, 12), unit_cost=1)])
    load(
        store,
        "inventory_snapshots",
        [listed("a", 5, date(2026, 3, 11), warehouse="n", unit_cost=1)],
    )

    history = stock_history(store, asked(store), PERIOD)

    assert history["stock_units"].tolist() == [10, 15, 11]
    assert list(history.index) == [date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)]


def test_an_empty_store_answers_with_nothing(store):
    assert set(stock_measures(store, asked(store), on=ON).values()) == {None}


def test_goods_that_sell_and_that_no_list_has_are_counted_and_stay_out_of_the_rows(store, load):
    load(store, "inventory_snapshots", [listed("a", 10), listed("quiet", 1)])
    sell(store, load, [("a", ON, 1, 5.0), ("b", ON, 2, 5.0), ("old", date(2025, 6, 1), 2, 5.0)])

    facts = stock_facts(store, asked(store), on=ON)

    assert facts.rows["sku"].tolist() == ["a", "quiet"]
    assert facts.unlisted_skus == 1  # b; old did not sell in the demand window


def test_without_the_mean_value_all_else_is_the_same(store, load):
    load(store, "inventory_snapshots", [listed("a", 10, unit_cost=2)])
    sell(store, load, [("a", ON, 28, 5.0)])

    whole = stock_measures(store, asked(store), on=ON)
    facts = stock_facts(store, asked(store), on=ON, with_mean_value=False)

    assert whole["mean_stock_value"] == 20
    assert facts.measures == {**whole, "mean_stock_value": None}
