"""Means of people's amounts, such as revenue per visitor: Welch's test, and CUPED before it.

Everything is worked out from sums, so that the store can add people up and none has to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from scipy.stats import t as student

from ecom.models.experiments.effect import Effect, Interval
from ecom.models.proportions import LEAST_PEOPLE, SIGNIFICANCE


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the people of a variant.

    Attributes
    ----------
    people : everybody, also those with nothing.
    total, squares : sum of the amounts, and of their squares.
    before, before_squares : the same of what the person had done before the experiment.
    products : sum of amount × amount before.
    """

    people: int
    total: float
    squares: float
    before: float = 0.0
    before_squares: float = 0.0
    products: float = 0.0

    @property
    def mean(self) -> float:
        """Amount a person."""
        return self.total / self.people

    @property
    def variance(self) -> float:
        """Of one person's amount, unbiased; 0 for one person."""
        return self._scatter(self.squares, self.total, self.total) / max(self.people - 1, 1)

    @property
    def scatter_before(self) -> float:
        """Sum of squared distances from the mean, of the amounts before."""
        return self._scatter(self.before_squares, self.before, self.before)

    @property
    def scatter_common(self) -> float:
        """Sum of the products of both distances."""
        return self.products - self.total * self.before / self.people

    def _scatter(self, squares: float, one: float, other: float) -> float:
        # Sums of floats may fall short of zero by their last digit.
        return max(squares - one * other / self.people, 0.0)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What CUPED did.

    Attributes
    ----------
    theta : how much of a person's amount before is taken off.
    variance_ratio : variance after over before, 1 - r² of the two amounts; 1 where it is no help.
    """

    theta: float
    variance_ratio: float


def mean_effect(
    variant: Moments, control: Moments, *, significance: float = SIGNIFICANCE
) -> Effect:
    """Hold a mean against another by Welch's t-test, variances unequal.

    The relative change is taken on the logarithm of the ratio, its variance by the delta method.

    Parameters
    ----------
    variant, control : sums of each side; at least one person each.
    significance : one less the confidence of both intervals.

    Notes
    -----
    Welch (1947), Biometrika 34: 28-35. ``Effect.p`` and the intervals are None under
    ``LEAST_PEOPLE`` people on either side, or where all amounts are the same.
    """
    parts = [side.variance / side.people for side in (variant, control)]
    error = sqrt(sum(parts))
    interval = lift_interval = p = None
    if error > 0 and min(variant.people, control.people) >= LEAST_PEOPLE:
        freedom = sum(parts) ** 2 / sum(
            part**2 / (side.people - 1)
            for part, side in zip(parts, (variant, control), strict=True)
        )
        difference = variant.mean - control.mean
        reach = float(student.isf(significance / 2, freedom))
        interval = Interval(difference - reach * error, difference + reach * error)
        lift_interval = _ratio_interval(variant.mean, control.mean, parts, reach)
        p = float(2 * student.sf(abs(difference) / error, freedom))
    return Effect(variant.mean, control.mean, error, interval, lift_interval, p)


def cuped(*variants: Moments) -> tuple[Adjustment, tuple[Moments, ...]]:
    """Take from each person's amount what could be told from before the experiment.

    ``y - theta × (x - mean x)``, theta from the scatter inside the variants, the mean of x over all
    of them: the difference of the variants stays what it was on average, and its variance shrinks.

    Parameters
    ----------
    variants : sums of every variant, the control too.

    Returns
    -------
    Adjustment
    tuple of Moments
        In the order given; ``total`` and ``squares`` are of the adjusted amounts.

    Notes
    -----
    Deng, Xu, Kohavi, Walker (2013), "Improving the Sensitivity of Online Controlled Experiments by
    Utilizing Pre-Experiment Data", WSDM.
    """
    before = sum(side.scatter_before for side in variants)
    if before <= 0:
        return Adjustment(0.0, 1.0), variants
    common = sum(side.scatter_common for side in variants)
    theta = common / before
    middle = sum(side.before for side in variants) / sum(side.people for side in variants)
    scatter = sum(side.variance * max(side.people - 1, 1) for side in variants)
    ratio = 1 - common * theta / scatter if scatter > 0 else 1.0
    return Adjustment(theta, ratio), tuple(_less(side, theta, middle) for side in variants)


def _less(side: Moments, theta: float, middle: float) -> Moments:
    """Sums of ``y - theta × (x - middle)``."""
    total = side.total - theta * (side.before - side.people * middle)
    scatter = (
        side.variance * max(side.people - 1, 1)
        - 2 * theta * side.scatter_common
        + theta**2 * side.scatter_before
    )
    return Moments(side.people, total, max(scatter, 0.0) + total**2 / side.people)


def _ratio_interval(mean: float, base: float, parts: list[float], reach: float) -> Interval | None:
    if mean <= 0 or base <= 0:
        return None
    spread = sqrt(parts[0] / mean**2 + parts[1] / base**2)
    middle = log(mean / base)
    return Interval(exp(middle - reach * spread) - 1, exp(middle + reach * spread) - 1)
