"""Buyers lost while something could not be bought."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binomtest

from ecom.models.proportions import LEAST_OUTCOMES, LEAST_PEOPLE


@dataclass(frozen=True, slots=True)
class Lost:
    """Buyers expected besides those there were, with an interval at 95 %."""

    buyers: float
    low: float
    high: float


def lost_buyers(
    buyers: int, visitors: int, *, visitors_without: int, buyers_without: int = 0
) -> Lost | None:
    """What the visitors of days without stock would have bought at the rate of days with it.

    Parameters
    ----------
    buyers, visitors : on days in stock, a visitor counted once a day.
    visitors_without, buyers_without : the same on days out of stock.

    Returns
    -------
    Lost or None
        None where the days in stock have too few visitors or buyers to know a rate. The interval
        is Wilson's of that rate (Wilson 1927); the visitors without stock are taken as known.
        Never below zero.
    """
    if visitors < LEAST_PEOPLE or buyers < LEAST_OUTCOMES:
        return None
    bounds = binomtest(buyers, visitors).proportion_ci(method="wilson")
    buyers_at, low, high = (
        max(0.0, float(rate) * visitors_without - buyers_without)
        for rate in (buyers / visitors, bounds.low, bounds.high)
    )
    return Lost(buyers_at, low, high)
