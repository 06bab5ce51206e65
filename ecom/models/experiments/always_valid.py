"""A p-value and an interval that may be looked at every day.

An ordinary test is right once, at the planned end. Who looks daily and stops at the first "p < 5 %"
is wrong in more than a quarter of the experiments without any effect. These hold at all times at
once, and are wider for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from ecom.models.experiments.effect import Interval
from ecom.models.proportions import SIGNIFICANCE


@dataclass(frozen=True, slots=True)
class Look:
    """What one look says; ``interval`` is of the difference."""

    p: float
    interval: Interval


def look(
    difference: float,
    standard_error: float,
    *,
    scale: float,
    significance: float = SIGNIFICANCE,
) -> Look:
    """The mixture sequential probability ratio test (mSPRT), at one moment.

    The likelihood of the difference is averaged over effects drawn from a normal distribution
    around zero and divided by that of no effect; ``p`` is one over this ratio. The interval holds
    all values that the same test would not refuse.

    Parameters
    ----------
    difference, standard_error : of all people so far, above zero error.
    scale : standard deviation of the effects thought likely (tau), in the unit of the difference.
        Any value is valid that was not chosen by the difference seen; the test is sharpest for
        effects of this size.
    significance : chance of ever being wrong, over all looks together.

    Notes
    -----
    Johari, Koomen, Pekelis, Walsh (2022), "Always Valid Inference: Continuous Monitoring of A/B
    Tests", Operations Research 70(3); Robbins (1970) for the mixture. With an estimated standard
    error it holds for large samples (Waudby-Smith et al. 2024, Annals of Statistics 52(6)).
    """
    variance, spread = standard_error**2, scale**2
    together = variance + spread
    evidence = spread * difference**2 / (2 * variance * together)
    # In logarithms: the ratio itself leaves the range of floats for a large effect.
    p = exp(min(0.5 * log(together / variance) - evidence, 0.0))
    reach = sqrt(
        variance * together / spread * (2 * log(1 / significance) + log(together / variance))
    )
    return Look(p, Interval(difference - reach, difference + reach))
