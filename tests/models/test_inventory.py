"""Policy maths against published and recomputed figures."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ecom.models.inventory import (
    Level,
    abc_classes,
    days_of_cover,
    demand_pattern,
    demand_spread,
    fill_rate,
    safety_stock,
    stock_levels,
    stock_needed,
)


@pytest.fixture(scope="module")
def cases(shared_dir) -> dict[str, dict]:
    path = shared_dir / "cases" / "inventory.json"
    return {case["id"]: case for case in json.loads(path.read_text(encoding="utf-8"))}


def test_safety_stock_with_a_varying_lead_time(cases):
    case = cases["SS-5-leadtime-variability"]
    given, expected = case["inputs"], case["expected"]
    spread = demand_spread(
        given["daily_demand"],
        given["sd_daily"],
        given["lead_time_days"],
        days_sd=given["sd_lead_time_days"],
    )
    assert spread == pytest.approx(expected["sd_lead_time_demand"])
    assert safety_stock(spread, given["csl"]) == pytest.approx(expected["safety_stock"])


def test_reorder_point_at_a_cycle_service_level(cases):
    case = cases["SS-3-csl-target"]
    given, expected = case["inputs"], case["expected"]
    needed = stock_needed(
        given["weekly_demand"],
        given["sd_weekly"],
        given["lead_time_weeks"],
        service_level=given["csl"],
    )
    assert needed == pytest.approx(expected["reorder_point"])


def test_reorder_point_of_the_eoq_with_safety_stock(cases):
    given, expected = cases["RQ-4-EOQ+SS"]["inputs"], cases["RQ-4-EOQ+SS"]["expected"]
    service = given["stockout_cost"] / (given["stockout_cost"] + given["holding_cost"])
    needed = stock_needed(
        given["demand_mean"], given["demand_sd"], given["lead_time"], service_level=service
    )
    assert needed == pytest.approx(expected["reorder_point"])


@pytest.mark.parametrize(("name", "days"), [("NV-1-normal", 1), ("NV-2-normal-leadtime", 5)])
def test_order_up_to_level_over_lead_time_and_review(cases, name, days):
    given, expected = cases[name]["inputs"], cases[name]["expected"]
    service = given["stockout_cost"] / (given["stockout_cost"] + given["holding_cost"])
    needed = stock_needed(given["demand_mean"], given["demand_sd"], days, service_level=service)
    assert needed == pytest.approx(expected["base_stock_level"])


def test_fill_rate_of_a_safety_stock(cases):
    given, expected = cases["SS-2-fill-rate"]["inputs"], cases["SS-2-fill-rate"]["expected"]
    rate = fill_rate(given["safety_stock"], given["sd_lead_time_demand"], given["lot_size"])
    assert rate == pytest.approx(expected["fill_rate"])
    aimed = cases["SS-4-fill-target"]
    assert fill_rate(
        aimed["expected"]["safety_stock"],
        aimed["inputs"]["sd_lead_time_demand"],
        aimed["inputs"]["lot_size"],
    ) == pytest.approx(aimed["inputs"]["fill_rate"], abs=1e-6)


def test_fill_rate_of_a_reorder_point(cases):
    given, expected = cases["SS-7-sams-club"]["inputs"], cases["SS-7-sams-club"]["expected"]
    spread = demand_spread(given["weekly_demand"], given["sd_weekly"], given["lead_time_weeks"])
    held = given["reorder_point"] - given["weekly_demand"] * given["lead_time_weeks"]
    assert spread == pytest.approx(expected["sd_lead_time_demand"])
    assert fill_rate(held, spread, given["lot_size"]) == pytest.approx(expected["fill_rate"])


def test_fill_rate_without_chance_is_whole_and_without_a_lot_unknown():
    assert fill_rate([0.0, 0.0], [0.0, 0.0], [10.0, 0.0]) == pytest.approx(
        [1.0, np.nan], nan_ok=True
    )


def test_abc_of_twenty_items(cases):
    given = cases["ABC-1-bourjolly"]["inputs"]
    items = given["items_value_per_case_and_orders_per_week"]
    value = pd.Series(
        {name: cost * orders * given["weeks"] for name, (cost, orders) in items.items()}
    )
    assert abc_classes(value).to_dict() == cases["ABC-1-bourjolly"]["expected"]["classes"]


def test_the_item_that_crosses_a_line_belongs_to_the_higher_class():
    # Shares 80, 15, 5: cumulated before the item 0, 80, 95.
    assert abc_classes(pd.Series([80, 15, 5])).tolist() == ["A", "B", "C"]
    assert abc_classes(pd.Series([79, 16, 5])).tolist() == ["A", "A", "C"]


def test_items_without_value_are_c_and_nothing_has_no_class():
    assert abc_classes(pd.Series([5.0, 0.0, np.nan])).tolist() == ["A", "C", "C"]
    assert abc_classes(pd.Series([0.0, np.nan])).tolist() == ["", ""]


def test_demand_patterns_at_the_published_cuts(cases):
    cuts = cases["SBC-1"]["inputs"]
    low, high = 1.0, cuts["adi_cut"]
    calm, wild = 0.1, cuts["cv2_cut"]
    named = demand_pattern([low, high, low, high, np.nan], [calm, calm, wild, wild, np.nan])
    assert named.tolist() == ["smooth", "intermittent", "erratic", "lumpy", "none"]


def test_demand_pattern_of_a_series(cases):
    case = cases["SBC-2-adi-cv2"]
    demand = np.array(case["inputs"]["y"], dtype=float)
    sizes = demand[demand > 0]
    interval, cv2 = len(demand) / len(sizes), sizes.var() / sizes.mean() ** 2
    assert (interval, cv2) == pytest.approx(
        (case["expected"]["adi"], case["expected"]["cv2"]), abs=1e-6
    )
    assert demand_pattern([interval], [cv2]).tolist() == [case["expected"]["cls"]]


def test_stock_lasts_two_days_at_five_a_day(cases):
    given = cases["STOCKOUT-DATE-1"]["inputs"]
    cover = days_of_cover([given["on_hand"]], [given["forecast_per_day"]])
    assert cover.tolist() == [cases["STOCKOUT-DATE-1"]["expected"]["sells_out_in_first_days"]]


def test_levels_in_their_order_of_urgency():
    base = {"inbound": 0.0, "daily_demand": 1.0, "warning_point": 10.0, "reorder_point": 20.0}
    base |= {"lead_days": 7, "review_days": 7}
    rows = [
        (base | {"available": 0.0, "inbound": 99.0}, Level.OUT),
        (base | {"available": 9.0}, Level.WARNING),
        (base | {"available": 9.0, "inbound": 1.0}, Level.SAFETY),
        (base | {"available": 20.0}, Level.OK),
        (base | {"available": 104.0}, Level.OK),  # 7 + 7 + 90 days exactly
        (base | {"available": 105.0}, Level.OVERSTOCK),
        (base | {"available": 5.0, "daily_demand": 0.0}, Level.IDLE),
        (base | {"available": 0.0, "daily_demand": np.nan}, Level.UNKNOWN),
    ]
    frame = pd.DataFrame([row for row, _ in rows])
    frame["days_of_cover"] = frame["available"] / frame["daily_demand"]
    assert stock_levels(frame).tolist() == [str(level) for _, level in rows]
