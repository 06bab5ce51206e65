"""Means and CUPED from sums, against the same worked out person by person."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import ttest_ind

from ecom.models.experiments.means import Moments, cuped, mean_effect

People = NDArray[np.float64]


def moments(amounts: People, before: People | None = None) -> Moments:
    known = np.zeros_like(amounts) if before is None else before
    return Moments(
        len(amounts),
        math.fsum(amounts),
        math.fsum(amounts**2),
        math.fsum(known),
        math.fsum(known**2),
        math.fsum(amounts * known),
    )


def shoppers(draws: np.random.Generator, people: int, lift: float) -> tuple[People, People]:
    """Revenue of each person in and before the experiment; most have none."""
    taste = draws.gamma(0.5, 60, people)
    before = taste * draws.poisson(0.8, people)
    return taste * draws.poisson(0.8, people) * (1 + lift), before


def test_welchs_test_from_sums_is_welchs_test_of_the_people() -> None:
    draws = np.random.default_rng(1)
    variant, control = draws.gamma(2, 30, 80), draws.gamma(2, 25, 150)
    expected = ttest_ind(variant, control, equal_var=False)
    ends = expected.confidence_interval(0.9)
    effect = mean_effect(moments(variant), moments(control), significance=0.1)
    assert effect.difference == pytest.approx(variant.mean() - control.mean())
    assert effect.p == pytest.approx(expected.pvalue)
    assert effect.interval is not None
    assert (effect.interval.low, effect.interval.high) == pytest.approx((ends.low, ends.high))


def test_the_interval_of_a_relative_change_holds_the_truth_as_often_as_it_says() -> None:
    draws = np.random.default_rng(2)
    held = 0
    for _ in range(2000):
        variant, control = draws.gamma(2, 30, 400), draws.gamma(2, 25, 400)  # 60 against 50
        lift = mean_effect(moments(variant), moments(control)).lift_interval
        held += lift is not None and lift.holds(0.2)
    assert held / 2000 == pytest.approx(0.95, abs=0.02)  # 4 standard errors


def test_cuped_from_sums_is_cuped_of_the_people() -> None:
    draws = np.random.default_rng(3)
    variant, before = shoppers(draws, 500, 0.1)
    control, control_before = shoppers(draws, 700, 0.0)
    # Person by person: slope of amounts on amounts before, each less the mean of its variant.
    x = np.concatenate([before - before.mean(), control_before - control_before.mean()])
    y = np.concatenate([variant - variant.mean(), control - control.mean()])
    theta = float(np.linalg.lstsq(x[:, None], y, rcond=None)[0][0])
    middle = np.concatenate([before, control_before]).mean()
    one, other = variant - theta * (before - middle), control - theta * (control_before - middle)
    expected = ttest_ind(one, other, equal_var=False)

    adjustment, sides = cuped(moments(variant, before), moments(control, control_before))
    effect = mean_effect(*sides)
    assert adjustment.theta == pytest.approx(theta)
    assert adjustment.variance_ratio == pytest.approx(1 - np.corrcoef(x, y)[0, 1] ** 2)
    assert (effect.value, effect.base) == pytest.approx((one.mean(), other.mean()))
    assert effect.p == pytest.approx(expected.pvalue)


def test_a_correlation_of_725_leaves_474_of_the_variance() -> None:
    # The model notes' figure: 1 - .725² = .474. Two amounts made to correlate exactly so.
    draws = np.random.default_rng(4)
    x = draws.normal(size=1000)
    x = (x - x.mean()) / x.std()
    rest = draws.normal(size=1000)
    rest = rest - rest.mean() - x * (rest @ x) / 1000
    y = 0.725 * x + math.sqrt(1 - 0.725**2) * rest / rest.std()
    assert cuped(moments(y, x))[0].variance_ratio == pytest.approx(0.474, abs=5e-4)


def test_cuped_worked_out_by_hand() -> None:
    # Variant: (y, x) = (4, 1), (8, 3); control: (2, 1), (6, 3). Inside both: x ±1, y ±2, so
    # theta = 2 and nothing varies any more. Mean x = 2: adjusted means 6 and 4.
    sides = (
        moments(np.array([4.0, 8.0]), np.array([1.0, 3.0])),
        moments(np.array([2.0, 6.0]), np.array([1.0, 3.0])),
    )
    adjustment, (variant, control) = cuped(*sides)
    assert adjustment.theta == pytest.approx(2)
    assert adjustment.variance_ratio == pytest.approx(0)
    assert (variant.mean, control.mean) == pytest.approx((6, 4))


def test_without_a_before_nothing_changes() -> None:
    sides = (moments(np.array([1.0, 2.0])), moments(np.array([3.0, 5.0])))
    adjustment, adjusted = cuped(*sides)
    assert (adjustment.theta, adjustment.variance_ratio) == (0.0, 1.0)
    assert adjusted == sides


def test_too_few_people_or_equal_amounts_give_no_answer() -> None:
    few = mean_effect(moments(np.arange(29.0)), moments(np.arange(100.0)))
    same = mean_effect(moments(np.full(50, 2.0)), moments(np.full(50, 2.0)))
    assert (few.p, few.interval, few.lift_interval) == (None, None, None)
    assert (same.p, same.interval) == (None, None)
    nothing = mean_effect(moments(np.arange(50.0)), moments(np.append(np.zeros(49), -1.0)))
    assert nothing.lift_interval is None  # the mean is below zero
    assert nothing.p is not None
