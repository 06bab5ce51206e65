"""The budget page against literal rows; the expected numbers are added up by hand."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from ecom.analysis.budget import report
from ecom.analysis.efficiency import VERDICTS, ratio_of_days, trend_period
from ecom.charts import budget as charts
from ecom.export.jsonable import to_jsonable
from ecom.i18n import LANGUAGES, Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop

EN = Language("en")
FIRST = date(2026, 4, 1)
PERIOD = Period(FIRST, FIRST + timedelta(19))  # 20 of April's 30 days
COMPANY = Shop("company", "", "Company", "CNY", "Asia/Shanghai")
SCOPE = Scope(period=PERIOD, comparison=Comparison.NONE)


def days_of(
    channel: str, spend: float, revenue: float | None, *, wobble: float = 0.0
) -> list[dict]:
    """Twenty days of one channel; the claimed revenue swings around its mean."""
    return [
        {
            "ad_platform": channel,
            "level": "campaign",
            "channel": channel,
            "period_start": FIRST + timedelta(day),
            "period_end": FIRST + timedelta(day),
            "currency": "CNY",
            "spend": spend,
            "attributed_revenue": revenue and revenue + wobble * (-1) ** day,
            "clicks": 10,
            "impressions": 100,
        }
        for day in range(20)
    ]  # fmt: skip


def budget(channel: str, amount: float, metric: str = "spend") -> dict:
    return {"month": FIRST, "channel": channel, "metric": metric, "amount": amount}


def sale(number: int, day: int, paid: float, channel: str | None = None) -> dict:
    return {
        "order_id": f"o{number}",
        "kind": "sale",
        "status": "paid",
        "customer_key": f"c{number}",
        "paid_date": FIRST + timedelta(day),
        "paid_at": datetime(2026, 4, 1) + timedelta(day),
        "paid_amount": paid,
        "currency": "CNY",
        "channel": channel,
    }


@pytest.fixture
def spent(store, load):
    load(
        store,
        "ad_spend",
        [
            *days_of("strong", 100.0, 450.0, wobble=30.0),
            *days_of("even", 50.0, 150.0, wobble=60.0),
            *days_of("weak", 30.0, 45.0, wobble=5.0),
            *days_of("silent", 10.0, None),
            *days_of("young", 10.0, 90.0)[:5],
        ],
    )
    load(store, "orders", [sale(1, 0, 3000.0), sale(2, 19, 5000.0)])
    load(store, "budgets", [
        budget("strong", 3000.0), budget("even", 3000.0), budget("weak", 500.0),
        budget("even", 9000.0, "revenue"), budget("weak", 3000.0, "revenue"),
    ])  # fmt: skip
    return store


def test_each_channel_gets_the_verdict_its_days_bear(spent) -> None:
    frame = report(spent, SCOPE).channels.frame.set_index("channel")
    said = {name: next(k for k, v in VERDICTS.items() if v == text)
            for name, text in frame["verdict"].items()}  # fmt: skip
    assert said == {"strong": "raise", "even": "hold", "weak": "cut", "silent": "", "young": ""}
    assert "5 single days" in str(frame["why"]["young"])
    assert frame["platform_roas"].round(6).to_dict() | {"silent": None} == {
        "strong": 4.5, "even": 3.0, "weak": 1.5, "young": 9.0, "silent": None,
    }  # fmt: skip
    assert math.isnan(frame["platform_roas"]["silent"])


def test_the_interval_of_a_ratio_of_days_is_the_textbook_one() -> None:
    # Two days: 1 per 1 and 3 per 1. Ratio 2, residuals ∓1, error sqrt(2/1 × 2) / 2 = 1.
    assert ratio_of_days(np.array([1.0, 3.0]), np.array([1.0, 1.0])) == (2.0, 1.0)


def test_the_month_is_held_against_the_pace_of_its_days(spent) -> None:
    answer = report(spent, SCOPE)
    frame = answer.budgets.frame
    assert answer.month == PERIOD
    assert answer.elapsed == pytest.approx(20 / 30)
    rows = {EN.say(row["channel"]): row for row in frame[:6].to_dict("records")}
    strong = rows["strong"]  # 2,000 spent of 3,000, exactly the two thirds due
    assert (strong["actual"], strong["pace"]) == (2000.0, pytest.approx(1.0))
    assert strong["projected"] == pytest.approx(3000.0)
    assert EN.say(strong["status"]) == "On pace"
    weak = rows["weak"]  # 600 spent of 500; 333.33 were due
    assert (weak["remaining"], weak["pace"]) == (-100.0, pytest.approx(1.8))
    assert EN.say(weak["status"]) == "Ahead of pace"
    assert (rows["silent"]["budget"], EN.say(rows["silent"]["status"])) == (0.0, "No budget")
    total = rows["Total"]  # 2,000 + 1,000 + 600 + 200 + 50 of 6,500
    assert (total["budget"], total["actual"], total["remaining"]) == (6500.0, 3850.0, 2650.0)


def test_revenue_is_held_against_the_budgets_of_the_whole_shop(spent) -> None:
    row = report(spent, SCOPE).budgets.frame.iloc[-1]
    # Plan 9,000 + 3,000; sold 8,000, which is two thirds, as the days are.
    assert (EN.say(row["metric"]), row["budget"], row["actual"]) == ("Revenue", 12000.0, 8000.0)
    assert row["pace"] == pytest.approx(1.0)


def test_a_budget_of_the_company_takes_what_has_none_of_its_own(spent, load) -> None:
    load(spent, "budgets", [budget("silent", 400.0), budget("", 90.0)], shop=COMPANY)
    rows = {
        (EN.say(row["shop"]), EN.say(row["channel"])): row["actual"]
        for row in report(spent, SCOPE).budgets.frame.to_dict("records")
    }
    assert rows["All shops", "silent"] == 200.0
    assert rows["All shops", "All other channels"] == 50.0  # young
    assert rows["The shop", "strong"] == 2000.0


def test_the_key_figures_and_their_base(spent) -> None:
    # April 11 to 20 against April 1 to 10; young spent on the first five days only.
    late = Period(FIRST + timedelta(10), PERIOD.end)
    answer = report(spent, Scope(period=late))
    kpis = {kpi.metric: kpi.delta for kpi in answer.kpis}
    assert (kpis["spend"].value, kpis["spend"].base) == (1900.0, 1950.0)
    assert kpis["blended_roas"].value == pytest.approx(5000 / 1900)
    assert kpis["blended_roas"].base == pytest.approx(3000 / 1950)
    # 100 + 50 + 30 a day report revenue: 450 + 150 + 45.
    assert kpis["platform_roas"].value == pytest.approx(645 / 180)
    # 10 of 30 days of 6,500.
    assert kpis["budget_used"].value == pytest.approx(1900 / (6500 / 3))
    change = answer.channels.frame.set_index("channel")["spend_change"]
    assert change["strong"] == 0.0


def test_revenue_comes_from_orders_where_they_name_the_channel(spent, load) -> None:
    load(spent, "orders", [sale(3, 5, 700.0, "weak")])
    row = report(spent, SCOPE).channels.frame.set_index("channel").loc["weak"]
    assert (row["sales"], row["claimed"], row["new_buyers"]) == (700.0, 900.0, 1.0)
    assert row["channel_roas"] == pytest.approx(700 / 600)
    assert row["cac"] == 600.0


def test_months_reach_a_year_back_and_the_running_one_is_marked(spent) -> None:
    assert trend_period(PERIOD).start == date(2025, 5, 1)
    frame = report(spent, SCOPE).months.frame
    assert set(frame["month"]) == {FIRST}
    assert frame["is_unfinished"].all()
    assert frame.set_index("channel")["spend"]["strong"] == 2000.0


def test_spend_left_out_and_filters_that_do_not_apply_are_said(spent, load) -> None:
    rows = days_of("strong", 5.0, None)[:1]
    load(spent, "ad_spend", [{**rows[0], "account": "us", "currency": "USD"}])
    said = [EN.say(n.text) for n in report(spent, Scope(period=PERIOD, devices=("pc",))).notices]
    assert any("$5.00 on strong" in text for text in said)
    assert any("filters on category, device" in text for text in said)


def test_an_empty_store_names_what_would_fill_the_page(store) -> None:
    answer = report(store, Scope())
    assert {kpi.delta.value for kpi in answer.kpis} == {None}
    named = {layout for gap in answer.gaps for layout in gap.layouts}
    assert {"own_ads", "own_budget"} <= named
    assert answer.channels.is_empty
    assert answer.budgets.is_empty


def test_the_report_can_be_written_as_json(spent) -> None:
    assert "NaN" not in json.dumps(to_jsonable(report(spent, SCOPE)))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_chart_says_its_numbers(spent, code: str) -> None:
    answer, language = report(spent, SCOPE), Language(code)
    drawn = [
        draw(answer, language)
        for draw in (
            charts.budget_bullets,
            charts.efficiency,
            charts.spend_by_month,
            charts.roas_by_month,
        )
    ]
    assert all(chart.title and chart.subtitle and chart.alt for chart in drawn)
    assert "strong" in drawn[0].alt


def test_the_charts_of_an_empty_store_can_be_drawn(store) -> None:
    answer = report(store, Scope())
    for draw in (charts.budget_bullets, charts.efficiency, charts.spend_by_month):
        assert draw(answer, EN).alt


def test_orders_of_paid_search_stand_against_google_ads(store, load) -> None:
    load(store, "ad_spend", days_of("Google Ads", 10, 40))
    load(store, "orders", [sale(1, 0, 300, "Paid Search"), sale(2, 1, 100, "Display")])
    (row,) = report(store, SCOPE).channels.frame.to_dict("records")
    assert row["sales"] == 400  # 300 + 100
    assert row["channel_roas"] == pytest.approx(2.0)  # ÷ 20 days of 10
    assert row["cac"] == pytest.approx(100.0)  # 200 spent, two first orders


def test_spend_in_another_currency_only_leaves_the_table_empty(store, load):
    dollars = [{**row, "currency": "USD"} for row in days_of("strong", 100.0, 450.0)]
    load(store, "ad_spend", dollars)
    load(store, "orders", [sale(1, 0, 80.0)])

    shown = report(store, Scope(period=PERIOD, comparison=Comparison.PREVIOUS))

    assert shown.channels.is_empty
    assert len(shown.notices) == 1  # what is left out
