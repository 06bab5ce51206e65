"""Leaks: figures added up by hand, the interval simulated, the kidney stones of the textbooks."""

from __future__ import annotations

import numpy as np
import pytest

from ecom.models.leaks import Leak, Passage, is_reversed, leak
from ecom.models.proportions import Verdict

# Charig et al. (1986), BMJ 292: 879-882: treated, and successes, by size of stone.
SURGERY = (Passage(87, 81), Passage(263, 192))
PUNCTURE = (Passage(270, 234), Passage(80, 55))


def test_lost_people_are_those_the_rate_of_the_rest_would_have_kept() -> None:
    # 400 at 10 % against 600 at 30 %: 400 * .2 = 80 lost
    found = leak(Passage(400, 40), Passage(600, 180))
    assert found.verdict is Verdict.LOWER
    assert found.lost == pytest.approx(80)
    assert found.interval is not None
    # Two binomials drawn many times: the middle 95 % of the lost, within a person or three.
    rng = np.random.default_rng(5)
    drawn = 400 * (rng.binomial(600, 0.3, 100_000) / 600 - rng.binomial(400, 0.1, 100_000) / 400)
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=3)


def test_only_a_group_below_the_rest_by_more_than_chance_leaks() -> None:
    assert leak(Passage(400, 120), Passage(600, 60)) == Leak(Verdict.HIGHER)
    assert leak(Passage(400, 119), Passage(600, 180)) == Leak(Verdict.NO_DIFFERENCE)
    assert leak(Passage(29, 0), Passage(600, 180)) == Leak(Verdict.TOO_FEW)
    # z = 2.6: enough by itself, not as one of a hundred
    once = (Passage(400, 90), Passage(600, 180))
    assert leak(*once).verdict is Verdict.LOWER
    assert leak(*once, significance=0.05 / 100).verdict is Verdict.NO_DIFFERENCE


def test_the_kidney_stones_are_simpsons_paradox() -> None:
    # 273 of 350 against 289 of 350, while 93 % > 87 % and 73 % > 69 %.
    assert is_reversed(SURGERY, PUNCTURE)
    assert is_reversed(PUNCTURE, SURGERY)


def test_no_paradox_where_a_group_goes_along_or_there_is_but_one() -> None:
    assert not is_reversed((Passage(87, 81), Passage(263, 170)), PUNCTURE)
    assert not is_reversed(SURGERY[:1], PUNCTURE[:1])
    assert not is_reversed(SURGERY, (Passage(270, 234), Passage(0, 0)))
