"""The retention pictures: something to see, words for it, unfinished cells marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ecom.analysis.retention import RetentionReport, report
from ecom.charts import retention as charts
from ecom.charts.base import Chart
from ecom.i18n import LANGUAGES, Language
from ecom.model import Period, Scope
from ecom.store import Store

CHARTS = (charts.cohort_map, charts.second_orders, charts.tiers, charts.revenue)
SCOPE = Scope(period=Period(date(2026, 3, 1), date(2026, 3, 31)))


@pytest.fixture
def answer(store: Store, load: Callable[..., Any]) -> RetentionReport:
    # a and b in January; a again in February and on 10 March, when the data ends.
    sales = [("a", date(2026, 1, 5)), ("b", date(2026, 1, 9)), ("a", date(2026, 2, 3)),
             ("a", date(2026, 3, 10)), (None, date(2026, 3, 2))]  # fmt: skip
    rows = [
        {"order_id": str(number), "kind": "sale", "status": "paid", "paid_amount": 10.0,
         "customer_key": who, "paid_date": day}
        for number, (who, day) in enumerate(sales)
    ]  # fmt: skip
    load(store, "orders", rows)
    return report(store, SCOPE)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("draw", CHARTS)
def test_every_chart_has_words_and_a_figure(
    answer: RetentionReport, draw: Callable[..., Chart], code: str
) -> None:
    chart = draw(answer, Language(code))
    assert chart.figure.data
    assert all((chart.title, chart.subtitle, chart.alt))
    assert "{" not in chart.title + chart.subtitle + chart.alt


@pytest.mark.parametrize("options", [{}, {"grain": "week", "measure": "revenue"}])
@pytest.mark.parametrize("draw", CHARTS)
def test_an_empty_report_draws_without_a_fault(
    store: Store, draw: Callable[..., Chart], options: dict[str, str]
) -> None:
    assert draw(report(store, Scope(), **options), Language()).alt


def test_unfinished_cells_carry_an_asterisk_and_the_mean_leaves_them_out(
    answer: RetentionReport,
) -> None:
    finished, unfinished = charts.cohort_map(answer, Language()).figure.data
    # January: half came back in February; half in March, which is not over.
    assert finished.text.tolist()[0] == ["50.0"]
    assert unfinished.text.tolist()[0][-1] == "50.0*"
    assert finished.text.tolist()[-1] == ["50.0"]


def test_the_running_month_is_hatched(answer: RetentionReport) -> None:
    bars = charts.revenue(answer, Language()).figure.data
    assert [bar.name for bar in bars] == [
        "Returning customers",
        "New customers",
        "Unknown customers",
    ]
    assert list(bars[0].marker.pattern.shape) == ["", "", "/"]


def test_a_cell_is_short_enough_for_a_phone_and_its_hover_says_it_in_full(
    store: Store, load: Callable[..., Any]
) -> None:
    sales = [("a", date(2026, 1, 5), 10.0), ("a", date(2026, 2, 3), 1234.56),
             ("b", date(2026, 3, 10), 10.0)]  # fmt: skip
    rows = [
        {"order_id": str(number), "kind": "sale", "status": "paid", "paid_amount": amount,
         "customer_key": who, "paid_date": day, "currency": "CNY"}
        for number, (who, day, amount) in enumerate(sales)
    ]  # fmt: skip
    load(store, "orders", rows)
    paid = report(store, SCOPE, measure="revenue")
    finished = charts.cohort_map(paid, Language()).figure.data[0]
    assert finished.text.tolist()[0][0] == "1,235"
    assert "1,234.56" in finished.hovertext.tolist()[0][0]
