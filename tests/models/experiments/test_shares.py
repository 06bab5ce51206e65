"""Two shares against published figures and against simulated coverage."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2_contingency, norm

from ecom.models.experiments.shares import newcombe_interval, ratio_interval, share_effect


def test_the_published_test_and_intervals_are_reached(shared_dir: Path) -> None:
    case = json.loads((shared_dir / "cases" / "published.json").read_text())["ab"]["two_prop_z"]
    (base_successes, base_people), (successes, people) = case["a"], case["b"]
    effect = share_effect(successes, people, base_successes, base_people)
    assert effect.p == pytest.approx(case["p"], abs=5e-8)
    assert effect.interval is not None
    assert [effect.interval.low, effect.interval.high] == pytest.approx(
        case["newcombe_95"], abs=5e-7
    )
    reach = norm.isf(0.025) * effect.standard_error
    wald = [effect.difference - reach, effect.difference + reach]
    assert wald == pytest.approx(case["wald_95"], abs=5e-6)


# Newcombe (1998), table II, method 10.
@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombes_own_examples_are_reached(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = newcombe_interval(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_the_test_is_the_chi_square_without_correction() -> None:
    counts = (61, 400, 42, 380)
    table = [[61, 400 - 61], [42, 380 - 42]]
    assert share_effect(*counts).p == pytest.approx(chi2_contingency(table, correction=False)[1])


def test_a_lift_and_its_interval_worked_out_by_hand() -> None:
    # 30/100 against 20/100: +50 %. ln 1.5 = .405465; √(1/30 - 1/100 + 1/20 - 1/100) = .251661;
    # × 1.959964 = .493247; e^-.087782 - 1 = -.084039, e^.898712 - 1 = 1.456436.
    effect = share_effect(30, 100, 20, 100)
    assert effect.lift == pytest.approx(0.5)
    assert effect.lift_interval is not None
    assert effect.lift_interval.low == pytest.approx(-0.084039, abs=1e-5)
    assert effect.lift_interval.high == pytest.approx(1.456436, abs=1e-5)


def test_both_intervals_hold_the_truth_as_often_as_they_say() -> None:
    # 4,000 experiments of 3 % against 3.6 %, 3,000 visitors each: 95 % ± 4 standard errors (1.4 %).
    draws = np.random.default_rng(5)
    sides = zip(draws.binomial(3000, 0.036, 4000), draws.binomial(3000, 0.03, 4000), strict=True)
    differences = lifts = 0
    for variant, control in sides:
        counts = (int(variant), 3000, int(control), 3000)
        lift = ratio_interval(*counts)
        differences += newcombe_interval(*counts).holds(0.006)
        lifts += lift is not None and lift.holds(0.2)
    assert differences / 4000 == pytest.approx(0.95, abs=0.014)
    assert lifts / 4000 == pytest.approx(0.95, abs=0.014)


def test_too_few_people_and_nobody_at_all_give_no_answer() -> None:
    few = share_effect(10, 29, 5, 200)
    assert (few.p, few.interval, few.lift_interval) == (None, None, None)
    none = share_effect(12, 100, 0, 100)
    assert (none.lift, none.lift_interval) == (None, None)
    assert none.interval is not None
