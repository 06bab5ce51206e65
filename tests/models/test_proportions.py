"""Tests of shares and counts, and the interval of a share, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest

from ecom.models.proportions import Verdict, compare_counts, compare_shares, share_interval


def test_a_clear_rise_is_told_with_its_z_and_p() -> None:
    # 60 of 200 against 40 of 200: pooled 0.25, z = 0.1 / sqrt(0.25 * 0.75 * 2 / 200) = 2.3094
    test = compare_shares(60, 200, 40, 200)
    assert test.verdict is Verdict.HIGHER
    assert test.z == pytest.approx(0.1 / math.sqrt(0.001875))
    assert test.p == pytest.approx(math.erfc(2.309401 / math.sqrt(2)), rel=1e-6)


def test_sides_swapped_swap_the_verdict() -> None:
    assert compare_shares(40, 200, 60, 200).verdict is Verdict.LOWER


def test_many_tests_together_ask_for_more() -> None:
    assert compare_shares(60, 200, 40, 200, significance=0.05 / 10).verdict is (
        Verdict.NO_DIFFERENCE
    )


@pytest.mark.parametrize(
    "counts",
    [
        (10, 29, 10, 200),  # 29 people
        (1, 100, 2, 100),  # 1.5 expected successes
        (99, 100, 98, 100),  # 1.5 expected failures
        (0, 0, 10, 100),
    ],
)
def test_too_few_people_give_no_verdict(counts: tuple[int, int, int, int]) -> None:
    test = compare_shares(*counts)
    assert test.verdict is Verdict.TOO_FEW
    assert test.p is None


@pytest.mark.parametrize("share", [0, 100])
def test_everybody_or_nobody_on_both_sides_is_no_difference(share: int) -> None:
    assert compare_shares(share, 100, share * 2, 200).verdict is Verdict.NO_DIFFERENCE


def test_a_count_is_held_against_the_days_it_took() -> None:
    # 60 in 10 days against 60 in 20: a third of 120 = 40 expected, z = 20 / sqrt(120 · 1/3 · 2/3)
    test = compare_counts(60, 10, 60, 20)
    assert test.verdict is Verdict.HIGHER
    assert test.z == pytest.approx(20 / math.sqrt(120 * 2 / 9))
    assert compare_counts(60, 20, 60, 10).verdict is Verdict.LOWER
    assert compare_counts(60, 10, 120, 20).verdict is Verdict.NO_DIFFERENCE


@pytest.mark.parametrize("counts", [(29, 10, 0, 10), (40, 1, 0, 30)])
def test_few_counts_are_not_judged(counts: tuple[int, int, int, int]) -> None:
    assert compare_counts(*counts).verdict is Verdict.TOO_FEW


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Newcombe 1998 (Statistics in Medicine 17: 857-872), table I, method 3: 81 of 263
    assert share_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert share_interval(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
