"""Verdicts and explanations on days that can be added up by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecom.models.differences import (
    Explanation,
    Gap,
    Tolerance,
    Verdict,
    best_alternative,
    explain,
    gap,
    judge,
    lagged,
    pattern,
    same_amount,
)

FIVE = Tolerance(agrees=0.01, low=0.05, high=0.10)


def days(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_a_gap_is_added_up() -> None:
    # 10 + 30 = 40 against 20 + 20 = 40: no difference in sum, 20 of 40 by day.
    assert gap(days(10, 30), days(20, 20)) == Gap(40.0, 40.0, 0.5)
    assert gap(days(11, 22), days(10, 20)).relative == pytest.approx(0.1)
    assert gap(days(5), days(0)) == Gap(5.0, 0.0, None)


@pytest.mark.parametrize(
    ("reported", "verdict"),
    [
        (100.0, Verdict.AGREES),
        (101.0, Verdict.AGREES),
        (101.1, Verdict.EXPECTED),
        (110.0, Verdict.EXPECTED),
        (110.1, Verdict.DIFFERS),
        (95.0, Verdict.EXPECTED),
        (94.9, Verdict.DIFFERS),
    ],
)
def test_tolerance_is_kept_at_its_edges(reported: float, verdict: Verdict) -> None:
    relative = abs(reported - 100) / 100
    assert judge(Gap(reported, 100.0, relative), FIVE) is verdict


def test_sums_that_agree_over_days_that_do_not_are_no_agreement() -> None:
    assert judge(gap(days(10, 30), days(20, 20)), FIVE) is Verdict.DIFFERS


def test_nothing_on_both_sides_agrees_and_something_out_of_nothing_differs() -> None:
    assert judge(gap(days(0, 0), days(0, 0)), FIVE) is Verdict.AGREES
    assert judge(gap(days(0, 1), days(0, 0)), FIVE) is Verdict.DIFFERS


def test_a_lag_says_nothing_about_the_days_it_does_not_know() -> None:
    assert lagged(days(1, 2, 3), 1).tolist()[1:] == [1.0, 2.0]
    assert lagged(days(1, 2, 3), -1).tolist()[:2] == [2.0, 3.0]
    assert np.isnan([lagged(days(1, 2, 3), 1)[0], lagged(days(1, 2, 3), -1)[2]]).all()
    assert np.isnan(lagged(days(1, 2), 5)).all()


COUNTED = days(100, 200, 150, 300, 250, 120)
REFUNDS = days(10, 0, 30, 5, 0, 20)
SHIPPING = days(7, 9, 4, 12, 11, 6)
OTHER = {"less_refunds": COUNTED - REFUNDS, "with_shipping": COUNTED + SHIPPING}
AMOUNTS = {"refunds": 65.0, "shipping": 49.0}  # the sums of the above


def told(reported: np.ndarray) -> tuple[Explanation, ...]:
    return explain(reported, COUNTED, alternatives=OTHER, amounts=AMOUNTS)


def test_a_difference_that_equals_the_refunds_says_so() -> None:
    assert told(COUNTED - REFUNDS) == (Explanation("less_refunds", 1.0),)


def test_a_difference_that_equals_the_postage_says_so() -> None:
    assert told(COUNTED + SHIPPING) == (Explanation("with_shipping", 1.0),)


def test_refunds_on_other_days_are_known_by_their_sum() -> None:
    # 64 of the 65 went back on other days: off by 1 of 64, under two in a hundred.
    assert told(COUNTED - days(0, 24, 0, 0, 40, 0)) == (
        Explanation("refunds", pytest.approx(1 - 1 / 64)),
    )


def test_a_whole_day_too_late_is_a_shift() -> None:
    assert told(days(90, 100, 200, 150, 300, 250)) == (Explanation("day_before", 1.0),)
    assert told(days(200, 150, 300, 250, 120, 90)) == (Explanation("day_after", 1.0),)


def test_another_day_cut_is_found_where_it_fits_better() -> None:
    by_utc = days(80, 190, 180, 290, 260, 150)
    found = explain(
        by_utc + days(0, 1, 0, 0, 0, 0), COUNTED, alternatives={"utc_day": by_utc}, amounts={}
    )
    # Against our days the sum of differences is 20+9+30+10+10+30 = 109, against theirs 1.
    assert found == (Explanation("utc_day", pytest.approx(1 - 1 / 109)),)


def test_only_the_last_day_off_is_an_unsettled_day() -> None:
    assert told(days(100, 200, 150, 300, 250, 20)) == (Explanation("last_day", 1.0),)


def test_the_same_share_every_day_is_steady() -> None:
    assert told(COUNTED * 0.7) == (Explanation("steady", pytest.approx(0.7)),)


def test_few_days_make_the_difference() -> None:
    counted = np.full(40, 100.0)
    reported = counted.copy()
    reported[3] = 700.0
    # One day of forty is 600 off, all others fit.
    assert pattern(reported, counted) == Explanation("few_days", 1.0)


def test_days_that_one_side_lacks_make_the_difference() -> None:
    # 150 and 300 are missing, 10 more on another day: 450 of 460.
    assert told(days(100, 210, 0, 0, 250, 120)) == (
        Explanation("blank_days", pytest.approx(450 / 460)),
    )


def test_what_nothing_accounts_for_stays_open() -> None:
    assert told(days(150, 120, 260, 190, 420, 60)) == ()


def test_an_alternative_that_helps_too_little_explains_nothing() -> None:
    # Half of the difference goes away: 10 of 20.
    assert best_alternative(days(20), days(0), {"half": days(10)}) is None


def test_no_difference_needs_no_amount() -> None:
    assert same_amount(0.0, {"refunds": 5.0}) is None
    assert same_amount(5.0, {}) is None


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30), st.integers(2, 9))
def test_scaling_both_sides_changes_no_verdict(values: list[int], factor: int) -> None:
    counted = np.array(values, dtype=float)
    reported = counted[::-1].copy()
    one, other = gap(reported, counted), gap(reported * factor, counted * factor)
    assert judge(one, FIVE) is judge(other, FIVE)
