"""Do two shares, or two counts, differ by more than chance?"""

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


def share_interval(
    successes: float, people: float, *, significance: float = SIGNIFICANCE
) -> tuple[float, float]:
    """Lowest and highest a share may be: Wilson's interval, which stays inside 0..1.

    Wilson (1927), Journal of the American Statistical Association 22: 209-212; no correction for
    continuity.

    Parameters
    ----------
    people : at least one.
    significance : one less the confidence.
    """
    z = float(norm.isf(significance / 2))
    share = successes / people
    middle = (share + z * z / (2 * people)) / (1 + z * z / people)
    reach = z * sqrt(share * (1 - share) / people + (z / (2 * people)) ** 2) / (1 + z * z / people)
    return middle - reach, middle + reach


def compare_counts(
    count: float,
    days: float,
    base_count: float,
    base_days: float,
    *,
    significance: float = SIGNIFICANCE,
) -> ShareTest:
    """Hold a count over some days against a count over others.

    Given both together, the first is binomial with the share of its days when nothing changed
    (Przyborowski & Wilenski 1940, Biometrika 31: 313-323); the normal approximation is taken.
    Visits come in clumps, so chance is larger than this says: ask for a size, too.

    Parameters
    ----------
    days, base_days : how long was counted, above zero.
    significance : the chance of a false alarm; divide it by the number of tests looked at together.
    """
    both, expected_share = count + base_count, days / (days + base_days)
    if both < LEAST_PEOPLE or both * min(expected_share, 1 - expected_share) < LEAST_OUTCOMES:
        return ShareTest(Verdict.TOO_FEW)
    spread = sqrt(both * expected_share * (1 - expected_share))
    z = (count - both * expected_share) / spread
    p = float(2 * norm.sf(abs(z)))
    if p >= significance:
        return ShareTest(Verdict.NO_DIFFERENCE, z, p)
    return ShareTest(Verdict.HIGHER if z > 0 else Verdict.LOWER, z, p)
