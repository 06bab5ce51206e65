"""Do two shares differ once like is held against like?

People are laid into strata (the same queue, the same hour); inside each the share looked at is
held against the base, and the differences are put together by Mantel and Haenszel's weights. What
differs between strata, such as nights that answer late and sell little, makes no difference then.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from ecom.models.proportions import LEAST_OUTCOMES, LEAST_PEOPLE, SIGNIFICANCE, Verdict

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StandardisedDifference:
    """A difference of shares, put together over strata.

    Attributes
    ----------
    people, base_people : those in strata that have both sides; the others can't be compared.
    strata : how many have both sides.
    value, low, high : share less base share, -1..1; None where there are too few people to say.
    """

    verdict: Verdict
    people: int
    base_people: int
    strata: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


def standardised_difference(
    successes: ArrayLike,
    people: ArrayLike,
    base_successes: ArrayLike,
    base_people: ArrayLike,
    *,
    significance: float = SIGNIFICANCE,
) -> StandardisedDifference:
    """The Mantel-Haenszel risk difference with its large-sample interval.

    The estimate is that of Greenland & Robins (1985), Biometrics 41: 55-68; the variance that of
    Sato, Greenland & Robins (1989), Biometrics 45: 1323-1324, which holds for few large strata and
    for many small ones alike (the earlier one is too small for these).

    Parameters
    ----------
    successes, people, base_successes, base_people : one number a stratum, equally long.
    significance : the chance of a false alarm; divide it by the number of tests looked at together.
    """
    a, n, b, m = (
        np.asarray(one, dtype=np.float64)
        for one in (successes, people, base_successes, base_people)
    )
    both = (n > 0) & (m > 0)
    a, n, b, m = a[both], n[both], b[both], m[both]
    counts = (int(n.sum()), int(m.sum()), int(both.sum()))
    if min(counts[:2]) < LEAST_PEOPLE or _few_outcomes(a, n, b, m):
        return StandardisedDifference(Verdict.TOO_FEW, *counts)
    every = n + m
    weight = float((n * m / every).sum())
    value = float(((a * m - b * n) / every).sum()) / weight
    tilt = (b * n**2 - a * m**2 + n * m * (m - n) / 2) / every**2
    spread = (a * (m - b) + b * (n - a)) / (2 * every)
    variance = max(0.0, value * float(tilt.sum()) + float(spread.sum())) / weight**2
    reach = float(norm.isf(significance / 2)) * sqrt(variance)
    low, high = value - reach, value + reach
    verdict = Verdict.NO_DIFFERENCE
    if low > 0:
        verdict = Verdict.HIGHER
    elif high < 0:
        verdict = Verdict.LOWER
    return StandardisedDifference(verdict, *counts, value, low, high)


def _few_outcomes(a: Numbers, n: Numbers, b: Numbers, m: Numbers) -> bool:
    """Whether the smaller side expects too few successes or failures for the normal law."""
    pooled = float(a.sum() + b.sum()) / float(n.sum() + m.sum())
    return min(pooled, 1 - pooled) * min(float(n.sum()), float(m.sum())) < LEAST_OUTCOMES
