"""The split, several variants, guardrails, and what follows from them."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecom.errors import InvalidParameter
from ecom.models.experiments.decide import Decision, Evidence, Judgement, Reason, decide
from ecom.models.experiments.effect import Effect, Interval
from ecom.models.experiments.guardrails import Guarded, guard
from ecom.models.experiments.several import holm
from ecom.models.experiments.split import check_split


def test_the_textbook_mismatch_is_found() -> None:
    # Kohavi, Tang, Xu (2020), Trustworthy Online Controlled Experiments, chapter 3: p = 1.8e-6.
    check = check_split([821_588, 815_482])
    assert check.p == pytest.approx(1.8e-6, abs=5e-8)
    assert check.is_broken


def test_a_split_worked_out_by_hand() -> None:
    # 60 and 40 of 100, planned 1:1: 10²/50 × 2 = 4. Planned 3:2: nothing.
    assert check_split([60, 40]).chi_square == pytest.approx(4)
    assert check_split([60, 40], shares=[3, 2]).chi_square == pytest.approx(0)
    assert not check_split([60, 40]).is_broken  # p = .046: no reason to throw it away


def test_shares_for_other_variants_are_refused() -> None:
    with pytest.raises(InvalidParameter, match="1 shares were given for 2 variants"):
        check_split([1, 2], shares=[1])
    with pytest.raises(InvalidParameter):
        check_split([1, 2], shares=[1, 0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_holm_is_the_closed_test_of_all_sets_of_variants(values: list[float]) -> None:
    # Marcus, Peritz, Gabriel (1976): a variant's p is the largest Bonferroni p of all sets with it.
    places = range(len(values))
    sets = [chosen for size in places for chosen in combinations(places, size + 1)]
    closed = [
        max(
            min(len(chosen) * min(values[one] for one in chosen), 1.0)
            for chosen in sets
            if place in chosen
        )
        for place in places
    ]
    assert holm(values) == pytest.approx(closed)


def test_holm_worked_out_by_hand() -> None:
    # .01 × 3, .03 × 2, and .04, which may not be below .06.
    assert holm([0.04, 0.01, 0.03]) == pytest.approx((0.06, 0.03, 0.06))


def effect(low: float, high: float) -> Effect:
    return Effect(1.0, 1.0, 0.1, Interval(low, high), Interval(low, high), 0.5)


@pytest.mark.parametrize(
    ("low", "high", "good", "expected"),
    [
        (-0.05, 0.10, "up", Guarded.HELD),
        (-0.06, 0.10, "up", Guarded.UNCLEAR),
        (-0.20, -0.06, "up", Guarded.BROKEN),
        (-0.20, -0.05, "up", Guarded.UNCLEAR),
        (-0.10, 0.05, "down", Guarded.HELD),
        (-0.10, 0.06, "down", Guarded.UNCLEAR),
        (0.06, 0.20, "down", Guarded.BROKEN),
    ],
)
def test_a_guardrail_is_kept_at_its_edges(
    low: float, high: float, good: str, expected: Guarded
) -> None:
    assert guard(effect(low, high), good=good, tolerance=0.05) is expected


def test_a_guardrail_nobody_can_judge_is_unclear() -> None:
    unknown = Effect(0.0, 0.0, 0.0, None, None, None)
    assert guard(unknown, good="up", tolerance=0.1) is Guarded.UNCLEAR


@pytest.mark.parametrize(("good", "tolerance"), [("sideways", 0.1), ("up", -0.1)])
def test_senseless_guardrails_are_refused(good: str, tolerance: float) -> None:
    with pytest.raises(InvalidParameter):
        guard(effect(0, 0), good=good, tolerance=tolerance)


FOUND = Evidence(lift=0.1, p=0.01, early_p=0.2, is_planned_size=True)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (FOUND, (Decision.SHIP, Reason.BETTER)),
        (Evidence(-0.1, 0.01, 0.2, True), (Decision.KEEP_CONTROL, Reason.WORSE)),
        (Evidence(0.1, 0.06, 0.01, True), (Decision.KEEP_CONTROL, Reason.NO_DIFFERENCE)),
        (Evidence(0.1, 0.01, 0.06, False), (Decision.RUN_ON, Reason.TOO_EARLY)),
        (Evidence(0.1, 0.01, 0.04, False), (Decision.SHIP, Reason.BETTER)),
        (Evidence(None, None, None, False), (Decision.RUN_ON, Reason.TOO_EARLY)),
        (
            Evidence(0.1, 0.01, 0.01, True, (Guarded.HELD, Guarded.BROKEN)),
            (Decision.KEEP_CONTROL, Reason.HARM),
        ),
        (Evidence(0.1, 0.01, 0.01, True, (Guarded.UNCLEAR,)), (Decision.SHIP, Reason.BETTER)),
    ],
)
def test_what_to_do(evidence: Evidence, expected: tuple[Decision, Reason]) -> None:
    assert decide(evidence, is_split_broken=False) == Judgement(*expected)


def test_a_broken_split_ends_everything() -> None:
    found = decide(FOUND, is_split_broken=True)
    assert found == Judgement(Decision.BROKEN_SPLIT, Reason.SPLIT)
