"""What a daily ratio is expected to be, by itself or against the rest of a whole, and its band."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecom.models.bands import WIDTH, Band, Flags, Floats, Judged, follow

RATE_DAYS = 28
"""Ordinary days whose pooled ratio is expected; a ratio is noisier than a level."""

_MEDIAN_CHI_SQUARE = 0.4549  # with one degree of freedom


def ratio_band(successes: Floats, trials: Floats, *, known: Flags) -> Band:
    """Hold a daily ratio against the pooled ratio of the ordinary days before it.

    The band is binomial, widened by as much as the days scatter more than chance (Pearson's
    dispersion, taken from the median so that a shift doesn't widen it; at least 1).

    Parameters
    ----------
    successes, trials : counts a day, shape (days,); a day without trials is not known.
    known : as for ``level_band``.
    """
    known = known & (trials > 0)
    pooled = successes[known].sum() / trials[known].sum() if known.any() else 0.0
    chance = trials * pooled * (1 - pooled)
    squares = ((successes - pooled * trials) ** 2)[known & (chance > 0)] / chance[
        known & (chance > 0)
    ]
    dispersion = max(1.0, float(np.median(squares)) / _MEDIAN_CHI_SQUARE) if len(squares) else 1.0

    def judge(reference: list[int], day: int) -> Judged:
        usual = float(successes[reference].sum() / trials[reference].sum())
        size = max(trials[day], 1.0)
        error = float(np.sqrt(dispersion * max(usual * (1 - usual), 0.0) / size))
        z = (successes[day] / size - usual) / error if error else 0.0
        return Judged(usual, max(0.0, usual - WIDTH * error), usual + WIDTH * error, float(z))

    rates = successes / np.where(trials > 0, trials, np.nan)
    return follow(rates, trials, known, judge, days=RATE_DAYS)


def share_band(
    successes: Floats, trials: Floats, *, all_successes: Floats, all_trials: Floats, known: Flags
) -> Band:
    """Hold the ratio of one part of a whole against that of the rest on the same day.

    What lifts or lowers all parts alike, such as a sale, cancels out: given the day's successes of
    the whole, those of the part are binomial, with the share that its trials and its usual ratio
    against the rest (pooled over ``RATE_DAYS``) give it. The band is widened by dispersion as that
    of ``ratio_band``.

    Parameters
    ----------
    successes, trials : of the part, counts a day, shape (days,).
    all_successes, all_trials : of the whole, the part included, shape (days,).
    known : days that count; those on which the part or the rest has no trials never do.
    """
    rest, rest_trials = all_successes - successes, all_trials - trials
    known = known & (trials > 0) & (rest_trials > 0)

    def share(reference: NDArray[np.int_] | list[int], days: NDArray[np.int_]) -> Floats:
        part = successes[reference].sum() * rest_trials[reference].sum()
        other = rest[reference].sum() * trials[reference].sum()
        times = part / other if other else 1.0
        mine = trials[days] * times
        shares: Floats = mine / np.maximum(mine + rest_trials[days], 1e-9)
        return shares

    ordinary = np.flatnonzero(known)
    shares = share(ordinary, ordinary)
    chance = all_successes[ordinary] * shares * (1 - shares)
    off = (successes[ordinary] - all_successes[ordinary] * shares) ** 2
    squares = off[chance > 0] / chance[chance > 0]
    dispersion = max(1.0, float(np.median(squares)) / _MEDIAN_CHI_SQUARE) if len(squares) else 1.0

    def judge(reference: list[int], day: int) -> Judged:
        usual = float(share(reference, np.array([day]))[0])
        size, count = max(trials[day], 1.0), all_successes[day]
        error = float(np.sqrt(dispersion * count * usual * (1 - usual)))
        mean = count * usual
        z = (successes[day] - mean) / error if error else 0.0
        low, high = max(0.0, mean - WIDTH * error), mean + WIDTH * error
        return Judged(mean / size, low / size, high / size, float(z))

    rates = successes / np.where(trials > 0, trials, np.nan)
    return follow(rates, trials, known, judge, days=RATE_DAYS)
