"""Buyers lost while something could not be bought."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binomtest

LEAST_VISITORS = 30  # on either side; of fewer nothing is said


@dataclass(frozen=True, slots=True)
class LostBuyers:
    """Expected buyers less those there were, with 95% interval; never below 0."""

    expected: float
    low: float
    high: float


def lost_buyers(
    usual_buyers: int, usual_visitors: int, buyers: int, visitors: int
) -> LostBuyers | None:
    """How many more would have bought at the usual rate.

    The interval is Wilson's for the usual rate (Wilson 1927); it holds no chance of the days
    themselves.

    Parameters
    ----------
    usual_buyers, usual_visitors : on days with stock.
    buyers, visitors : on days without.

    Returns
    -------
    LostBuyers or None
        None with fewer than ``LEAST_VISITORS`` usual visitors, or nobody on the days without.
    """
    if usual_visitors < LEAST_VISITORS or visitors < 1:
        return None
    # Reports may count a buyer who came on another day; a share has no more than everybody.
    usual_buyers = min(usual_buyers, usual_visitors)
    around = binomtest(usual_buyers, usual_visitors).proportion_ci(method="wilson")
    rates = (usual_buyers / usual_visitors, around.low, around.high)
    expected, low, high = (max(0.0, float(rate) * visitors - buyers) for rate in rates)
    return LostBuyers(expected, low, high)
