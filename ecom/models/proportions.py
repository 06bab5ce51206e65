"""Do two shares differ by more than chance?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from scipy.stats import norm

LEAST_PEOPLE = 30  # fewer on either side: no verdict (as Mixpanel)
LEAST_OUTCOMES = 5  # expected successes and failures the normal approximation needs
SIGNIFICANCE = 0.05


class Verdict(StrEnum):
    """What a test says."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_DIFFERENCE = "no_difference"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class ShareTest:
    """``z`` and two-sided ``p`` are None where there are too few people to say."""

    verdict: Verdict
    z: float | None = None
    p: float | None = None


def compare_shares(
    successes: int,
    people: int,
    base_successes: int,
    base_people: int,
    *,
    significance: float = SIGNIFICANCE,
) -> ShareTest:
    """Two-proportion z-test with pooled variance, two-sided.

    Parameters
    ----------
    successes, people : the share looked at.
    base_successes, base_people : the share it is held against.
    significance : the chance of a false alarm; divide it by the number of tests looked at together.
    """
    if min(people, base_people) < LEAST_PEOPLE:
        return ShareTest(Verdict.TOO_FEW)
    pooled = (successes + base_successes) / (people + base_people)
    expected = min(pooled, 1 - pooled) * min(people, base_people)
    if 0 < pooled < 1 and expected < LEAST_OUTCOMES:
        return ShareTest(Verdict.TOO_FEW)
    spread = sqrt(pooled * (1 - pooled) * (1 / people + 1 / base_people))
    if spread == 0:  # everybody or nobody, on both sides
        return ShareTest(Verdict.NO_DIFFERENCE, 0.0, 1.0)
    z = (successes / people - base_successes / base_people) / spread
    p = float(2 * norm.sf(abs(z)))
    if p >= significance:
        return ShareTest(Verdict.NO_DIFFERENCE, z, p)
    return ShareTest(Verdict.HIGHER if z > 0 else Verdict.LOWER, z, p)
