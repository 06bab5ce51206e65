"""The pictures of experiments draw the intervals that the tables have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.experiments import report
from ecom.charts import experiments as charts
from ecom.i18n import Language
from ecom.model import Scope
from ecom.store import Batch, Store

ENGLISH = Language("en")


def test_each_variant_has_both_intervals_and_its_difference(
    store: Store, load: Callable[..., Batch]
) -> None:
    rows: list[dict[str, Any]] = [
        {"experiment": "page", "variant": name, "visitors": 10_000, "conversions": buyers}
        for name, buyers in (("A", 200), ("B", 250), ("C", 190))
    ]
    load(store, "experiment_results", rows)
    (found,) = report(store, Scope()).experiments
    chart = charts.effects(found, ENGLISH)
    at_any_look, at_the_end, differences = chart.figure.data
    assert list(differences.x) == pytest.approx([0.005, -0.001])
    frame = found.variants.frame.iloc[1:]
    for trace, low, high in ((at_any_look, "early_low", "early_high"), (at_the_end, "low", "high")):
        ends = [x for x in trace.x if x is not None]
        assert ends == pytest.approx(frame[[low, high]].to_numpy().ravel())
        assert list(trace.y) == ["B"] * 3 + ["C"] * 3
    assert chart.title == "“B”: +0.50 pp in conversion against “A”"
    assert "B +0.50 pp" in chart.alt


def test_the_band_of_looks_closes_around_the_line(store: Store, load: Callable[..., Batch]) -> None:
    start = datetime(2026, 3, 2, 12)
    shown, orders = [], []
    for number in range(200):
        variant, at = "AB"[number % 2], start + timedelta(days=number // 50)
        who = f"k{number}"
        shown.append(
            {
                "experiment": "page", "variant": variant, "unit": "customer", "visitor_id": who,
                "assigned_at": at, "assigned_date": at.date(),
            }
        )  # fmt: skip
        if number % 3 == 0:
            orders.append(
                {
                    "order_id": who, "kind": "sale", "status": "paid", "customer_key": who,
                    "paid_at": at, "paid_date": at.date(), "paid_amount": 9.0,
                }
            )  # fmt: skip
    load(store, "experiment_assignments", shown)
    load(store, "orders", orders)
    (found,) = report(store, Scope()).experiments
    band, line = charts.looks(found, ENGLISH).figure.data
    looks = found.looks.frame
    assert list(line.x) == [date(2026, 3, day) for day in (3, 4, 5)]  # 25 a side are too few
    assert list(line.y) == looks["difference"].tolist()
    assert list(band.y) == [*looks["high"], *looks["low"][::-1]]
    assert charts.looks(found, ENGLISH).title == "No band has left zero: nothing is proven yet"
