"""Two shares: the pooled test, Newcombe's interval, the relative change."""

from __future__ import annotations

from math import exp, log, sqrt

from scipy.stats import norm

from ecom.models.experiments.effect import Effect, Interval
from ecom.models.proportions import LEAST_PEOPLE, SIGNIFICANCE, compare_shares, share_interval


def share_effect(
    successes: int,
    people: int,
    base_successes: int,
    base_people: int,
    *,
    significance: float = SIGNIFICANCE,
) -> Effect:
    """Hold a share of people against another.

    ``p`` is that of the two-proportion z-test with pooled variance; the interval is Newcombe's,
    which stays inside -1..1 and holds near 0, where few visitors buy. The two can disagree by a
    hair at the edge of significance, since the test pools the variance.

    Parameters
    ----------
    successes, people : the variant's; at least one person.
    base_successes, base_people : the control's; at least one person.
    significance : one less the confidence of both intervals.
    """
    share, base = successes / people, base_successes / base_people
    enough = min(people, base_people) >= LEAST_PEOPLE
    return Effect(
        value=share,
        base=base,
        standard_error=sqrt(share * (1 - share) / people + base * (1 - base) / base_people),
        interval=newcombe_interval(
            successes, people, base_successes, base_people, significance=significance
        )
        if enough
        else None,
        lift_interval=ratio_interval(
            successes, people, base_successes, base_people, significance=significance
        )
        if enough
        else None,
        p=compare_shares(successes, people, base_successes, base_people).p,
    )


def newcombe_interval(
    successes: int,
    people: int,
    base_successes: int,
    base_people: int,
    *,
    significance: float = SIGNIFICANCE,
) -> Interval:
    """Interval of the difference of two shares.

    Method 10 of Newcombe (1998), Statistics in Medicine 17: 873-890: Wilson's interval of each
    share, their distances from the shares combined as squares; no correction for continuity.
    """
    share, base = successes / people, base_successes / base_people
    of_share = Interval(*share_interval(successes, people, significance=significance))
    of_base = Interval(*share_interval(base_successes, base_people, significance=significance))
    below = sqrt((share - of_share.low) ** 2 + (of_base.high - base) ** 2)
    above = sqrt((of_share.high - share) ** 2 + (base - of_base.low) ** 2)
    return Interval(share - base - below, share - base + above)


def ratio_interval(
    successes: int,
    people: int,
    base_successes: int,
    base_people: int,
    *,
    significance: float = SIGNIFICANCE,
) -> Interval | None:
    """Interval of the relative change of a share, -1 for "all gone", 1 for "doubled".

    The logarithm of the ratio is taken for normal (Katz et al. 1978, Biometrics 34: 469-474); None
    where nobody on either side succeeded.
    """
    if not successes or not base_successes:
        return None
    spread = sqrt(1 / successes - 1 / people + 1 / base_successes - 1 / base_people)
    middle = log(successes / people) - log(base_successes / base_people)
    reach = float(norm.isf(significance / 2)) * spread
    return Interval(exp(middle - reach) - 1, exp(middle + reach) - 1)
