"""The two-proportion test against figures worked out by hand."""

from __future__ import annotations

import math

import pytest

from ecom.models.proportions import Verdict, compare_shares


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
