"""Inventory charts draw the report's numbers and say them in words, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ecom.analysis.inventory import report
from ecom.charts import inventory as charts
from ecom.i18n import Language
from ecom.model import Period, Scope

ON = date(2026, 3, 31)
SCOPE = Scope(period=Period(date(2026, 3, 4), ON))
ALL = (charts.levels, charts.cover, charts.stock_and_sales, charts.pareto)


def listed(sku: str, on_hand: float) -> dict[str, object]:
    return {
        "snapshot_date": ON,
        "source": "own_stock",
        "warehouse": "main",
        "sku": sku,
        "on_hand": on_hand,
        "reserved": 0,
        "inbound": 0,
        "unit_cost": 4,
        "lead_time_days": 7,
    }


@pytest.fixture
def answer(store, load):
    """Two SKUs, 8 and 2 a day: the first lasts 5 days of a lead time of 7, the second 50."""
    days = [ON - timedelta(back) for back in range(90)]
    sales = [(sku, day, units) for day in days for sku, units in (("a", 8), ("b", 2))]
    orders = [
        {
            "order_id": f"o{number}",
            "kind": "sale",
            "status": "paid",
            "paid_date": day,
            "paid_amount": units,
            "currency": "CNY",
        }
        for number, (_, day, units) in enumerate(sales)
    ]
    lines = [
        {
            "order_id": f"o{number}",
            "line_key": "1",
            "sku": sku,
            "quantity": units,
            "line_amount": units,
        }
        for number, (sku, _, units) in enumerate(sales)
    ]
    load(store, "orders", orders)
    load(store, "order_items", lines)
    load(store, "inventory_snapshots", [listed("a", 40), listed("b", 100)])
    return report(store, SCOPE)


@pytest.mark.parametrize("draw", ALL)
@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_every_chart_has_words_and_an_alternative_text(answer, draw, code):
    chart = draw(answer, Language(code))

    assert chart.title
    assert chart.alt
    assert "2026" in chart.subtitle
    assert chart.figure.to_json()


def test_cover_shows_the_items_that_earn_most_beside_their_lead_time(answer):
    bars, marks = charts.cover(answer, Language("en")).figure.data

    assert list(bars.y) == ["a"]  # 80 % of revenue: b begins at the line and is B
    assert list(bars.x) == pytest.approx([5.0])
    assert list(marks.x) == [7.0]


def test_levels_say_count_and_value(answer):
    chart = charts.levels(answer, Language("en"))

    assert "Warning 1 (CN¥160.00)" in chart.alt
    assert "Healthy 1 (CN¥400.00)" in chart.alt


def test_the_pareto_says_how_few_make_the_most(answer):
    assert charts.pareto(answer, Language("en")).title == "1 SKUs make 80.0% of revenue"


def test_sales_stand_on_their_own_scale(answer):
    stock, sold = charts.stock_and_sales(answer, Language("en")).figure.data

    assert list(stock.y) == [140]
    assert set(sold.y) == {10}
    assert sold.yaxis == "y2"


def test_a_list_without_sales_still_draws(store, load):
    load(store, "inventory_snapshots", [listed("a", 40)])
    answer = report(store, SCOPE)

    for draw in ALL:
        assert draw(answer, Language("en")).alt
