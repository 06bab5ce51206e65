"""Sudden leaks in made-up days, where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecom.models.sudden import coverage, sudden, threshold

DAYS, FIRST = 60, 30


def even(groups: int, people: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Groups that all go on alike, every day."""
    every = np.full((groups, DAYS), float(people))
    return every, np.round(every * rate)


def test_the_days_on_which_a_group_goes_on_less_are_found() -> None:
    people, went_on = even(2, 100, 0.5)
    went_on[0, 40:46] = 20
    found = sudden(people, went_on, first=FIRST)
    assert [int(found.start[0]), int(found.end[0])] == [40, 45]
    assert [found.people[0], found.went_on[0]] == [600, 120]
    # The others go on as ever, so half of 600 were expected, and 180 are missing.
    assert found.expected[0] == pytest.approx(0.5, abs=0.001)
    assert found.lost(0) == pytest.approx(180, abs=2)
    assert found.lost(0, -2) < 180 < found.lost(0, 2)
    assert found.evidence[0] > threshold(2, DAYS - FIRST)
    assert found.evidence[1] == -np.inf  # it went on no less


def test_the_evidence_is_that_of_a_difference_in_differences() -> None:
    people, went_on = even(2, 100, 0.5)
    went_on[0, 40:46] = 20
    found = sudden(people, went_on, first=FIRST)

    def odds(yes: float, count: float) -> tuple[float, float]:
        return np.log((yes + 0.5) / (count - yes + 0.5)), 1 / (yes + 0.5) + 1 / (count - yes + 0.5)

    cells = [odds(2_700, 5_400), odds(120, 600), odds(2_700, 5_400), odds(300, 600)]
    drop = cells[0][0] - cells[1][0] - (cells[2][0] - cells[3][0])
    assert found.evidence[0] == pytest.approx(drop / np.sqrt(sum(cell[1] for cell in cells)))


def test_what_happens_to_everybody_is_no_leak_of_a_group() -> None:
    people, went_on = even(3, 100, 0.5)
    went_on[:, 40:46] = 20
    assert (sudden(people, went_on, first=FIRST).evidence < threshold(3, DAYS - FIRST)).all()


def test_days_before_the_period_only_teach() -> None:
    people, went_on = even(2, 100, 0.5)
    went_on[0, 10:16] = 20
    found = sudden(people, went_on, first=FIRST)
    assert (found.evidence < threshold(2, DAYS - FIRST)).all()


def test_too_few_people_are_not_told_of() -> None:
    people, went_on = even(2, 100, 0.5)
    people[0], went_on[0] = 2, 1
    went_on[0, 40:46] = 0
    assert sudden(people, went_on, first=FIRST).evidence[0] == -np.inf


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.floats(0.02, 0.9))
def test_chance_alone_hardly_ever_reaches_the_threshold(
    seed: int, groups: int, rate: float
) -> None:
    random = np.random.default_rng(seed)
    people = random.poisson(60, (groups, DAYS)).astype("float64")
    went_on = random.binomial(people.astype("int64"), rate).astype("float64")
    found = sudden(people, went_on, first=FIRST)
    assert found.evidence.max() < threshold(groups, DAYS - FIRST) + 1


def test_more_tests_ask_for_more() -> None:
    # 0.05 / 1,000 one-sided is 3.89 standard errors.
    assert threshold(1_000 // 10, 4) == pytest.approx(3.891, abs=0.001)
    assert coverage(1, 1) == pytest.approx(1.960, abs=0.001)
    assert coverage(1, 100) > coverage(10, 100) > coverage(100, 100)
