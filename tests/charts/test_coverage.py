"""The calendar: a row for every source, words for it, gaps marked by more than colour."""

from __future__ import annotations

from datetime import date

import pytest

from ecom.analysis.coverage import CoverageReport, coverage
from ecom.charts.coverage import coverage_days, coverage_months, months_of
from ecom.i18n import LANGUAGES, Language
from ecom.store import Store
from tests.analysis.test_coverage import day, of_period, orders, spend
from tests.conftest import stage

MARCH = date(2026, 3, 1)
ENGLISH = Language("en")


@pytest.fixture
def answer(store: Store) -> CoverageReport:
    """Orders on 1 and 2 March, none on 3 and 4, then on 5; ads up to 20 March but for 2-13."""
    store.load(stage("orders", orders(1, 2)))
    store.load(of_period(stage("orders", orders(5)), 5, 5))
    store.load(stage("ad_spend", spend((1, 1))), stage("ad_spend", spend((14, 20))))
    assert day(20) == date(2026, 3, 20)
    return coverage(store)


@pytest.mark.parametrize("code", LANGUAGES)
def test_both_views_have_words_and_a_figure(answer: CoverageReport, code: str) -> None:
    language = Language(code)
    for chart in (coverage_months(answer, language), coverage_days(answer, MARCH, language)):
        assert chart.figure.data
        assert all((chart.title, chart.subtitle, chart.alt))
        assert "{" not in chart.title + chart.subtitle + chart.alt


def test_the_alt_text_counts_the_days(answer: CoverageReport) -> None:
    # Known: orders 1, 2, 5 and ads 1 and 14-20 (in one sum): 3 + 8 = 11. Missing: 3, 4 and 2-13:
    # 2 + 12 = 14. Orders end on the 5th, 15 days before the newest.
    alt = coverage_months(answer, ENGLISH).alt
    assert alt == ("Calendar of 2 sources: 11 days are known, 14 missing, 15 not loaded yet.")


def test_months_say_how_many_days_are_missing_in_one_letter(answer: CoverageReport) -> None:
    (heat,) = coverage_months(answer, ENGLISH).figure.data
    signs = [sign for row in heat.text for sign in row if sign]
    assert signs == ["×", "×"]  # 2 + 15 of the orders and 12 of the ads, ten or more each


def test_days_show_gaps_by_a_sign_and_name_their_colours(answer: CoverageReport) -> None:
    heat, *keys = coverage_days(answer, MARCH, ENGLISH).figure.data
    by_row = ["".join(sign or "." for sign in row) for row in heat.text if any(row)]
    assert by_row == ["..××." + "–" * 15 + "." * 11, ".××××××××××××" + "." * 18]
    assert {key.name for key in keys} == {
        "Loaded", "Missing", "Not loaded yet", "Only in a sum of several days",
    }  # fmt: skip
    assert "1 rows, batch 1" in heat.hovertext[1][0]


def test_shops_stand_above_their_sources(answer: CoverageReport) -> None:
    axis = coverage_months(answer, ENGLISH).figure.layout.yaxis
    assert axis.ticktext[:2] == ("<b>The shop</b>", "Order lists")
    assert len(axis.ticktext[2]) <= 24


def test_the_months_offered_are_those_with_days(answer: CoverageReport) -> None:
    assert months_of(answer) == [MARCH]
