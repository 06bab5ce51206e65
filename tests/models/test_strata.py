"""Standardised differences: by hand, against plain loops, and how often their interval holds."""

from __future__ import annotations

import random
from math import sqrt

import numpy as np
import pytest

from ecom.models.proportions import Verdict
from ecom.models.strata import standardised_difference


def test_one_stratum_is_the_plain_difference_of_two_shares() -> None:
    # 60 of 200 against 40 of 200: variance 0.3 · 0.7 / 200 + 0.2 · 0.8 / 200
    found = standardised_difference([60], [200], [40], [200])
    reach = 1.959964 * sqrt(0.21 / 200 + 0.16 / 200)
    assert found.verdict is Verdict.HIGHER
    assert found.value == pytest.approx(0.1)
    assert found.low == pytest.approx(0.1 - reach, rel=1e-6)
    assert found.high == pytest.approx(0.1 + reach, rel=1e-6)


def test_what_differs_between_strata_makes_no_difference() -> None:
    """By day 40 %, by night 10 %, fast or slow: the plain shares differ, the standardised don't."""
    found = standardised_difference([320, 10], [800, 100], [40, 80], [100, 800])
    assert found.value == pytest.approx(0)
    assert found.verdict is Verdict.NO_DIFFERENCE
    assert 330 / 900 - 120 / 900 > 0.2


def test_strata_with_one_side_only_are_left_out() -> None:
    found = standardised_difference([60, 99], [200, 100], [40, 0], [200, 0])
    assert found == standardised_difference([60], [200], [40], [200])
    assert (found.people, found.base_people, found.strata) == (200, 200, 1)


def test_the_estimate_is_that_of_a_slow_count() -> None:
    chance = random.Random(5)
    people = [chance.randint(1, 9) for _ in range(60)]
    base_people = [chance.randint(1, 9) for _ in range(60)]
    hits = [chance.randint(0, n) for n in people]
    base_hits = [chance.randint(0, n) for n in base_people]
    above = below = 0.0
    for a, n, b, m in zip(hits, people, base_hits, base_people, strict=True):
        above += (a / n - b / m) * n * m / (n + m)
        below += n * m / (n + m)
    found = standardised_difference(hits, people, base_hits, base_people)
    assert found.value == pytest.approx(above / below)


@pytest.mark.parametrize(
    "counts", [([9], [29], [50], [100]), ([1], [40], [1], [40]), ([], [], [], [])]
)
def test_too_few_people_or_outcomes_give_no_verdict(counts: tuple[list[int], ...]) -> None:
    found = standardised_difference(*counts)
    assert found.verdict is Verdict.TOO_FEW
    assert found.value is None
    assert found.high is None


@pytest.mark.parametrize("size", [2, 40])
def test_the_interval_holds_the_truth_as_often_as_it_says(size: int) -> None:
    """In many small strata as in few large ones, with base shares from 10 to 40 %."""
    rng = np.random.default_rng(3)
    strata = 400 // size
    base = np.linspace(0.1, 0.4, strata)
    held = 0
    for _ in range(600):
        n, m = rng.integers(1, size + 1, (2, strata))
        found = standardised_difference(rng.binomial(n, base + 0.1), n, rng.binomial(m, base), m)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.1 <= found.high
    assert 0.92 < held / 600 < 0.975
