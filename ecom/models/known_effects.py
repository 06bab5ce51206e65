"""What is known to move a source: its ads' spend and the day of its shop. The rest is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.models.bands import Flags, Floats, robust_spread

LEAST_DAYS = 56
"""Days with spend and visitors from which the effect is fitted."""

PAUSED = 0.4
"""Below this share of the median spend a source is paused; no line holds from there to zero."""

LEAST_OTHERS = 3
"""Sources of a shop that are needed to say what kind of day it was for the rest."""

_NOISE = 2.5  # spreads of the shop's days; what goes beyond is a change, not noise
_CARRIES = (0.0, 0.2, 0.4, 0.6)  # of yesterday's effect; the one that fits best is taken
_HUBER = 1.345  # 95 % efficient with normal noise
_ROUNDS = 20
_LEAST = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class SpendEffect:
    """What a day's spend adds to the logarithm of its visitors.

    Attributes
    ----------
    elasticity : per cent more visitors per per cent more spend, 0..1.
    effect : against the median spend, shape (days,); 0 where it is not usable.
    usable : whether the day has spend enough for the effect to hold, shape (days,).
    """

    elasticity: float
    effect: Floats
    usable: Flags


def spend_effect(counts: Floats, spend: Floats, *, known: Flags) -> SpendEffect | None:
    """Fit visitors = level * carried spend ^ elasticity; None where too few days tell.

    Spend works on for some days: it is carried over geometrically (Koyck, 1954). The line through
    the logarithms is Huber's (1964), so that a change of level at one end bends it little.

    Parameters
    ----------
    counts : visitors a day, shape (days,).
    spend : money a day, any currency, shape (days,); NaN where not told.
    known : ordinary days, shape (days,); the others teach nothing.
    """
    told = known & (np.nan_to_num(spend) > 0)
    if told.sum() < LEAST_DAYS:
        return None
    fits = [_fit(counts, spend, told, carry) for carry in _CARRIES]
    return min(fits, key=lambda fit: fit[0])[1]


def common_effects(surprises: Mapping[str, Floats]) -> dict[str, Floats]:
    """What the day of the shop adds to the logarithm of each source.

    It is the median of the other sources' surprises, cut where it is more than the shop's usual
    noise: a day on which the whole shop fell by half must still show in every source.

    Parameters
    ----------
    surprises : of each source (``bands.surprises``), shape (days,); NaN where not known.

    Returns
    -------
    dict of str to array, shape (days,)
        0 where fewer than ``LEAST_OTHERS`` others are known.
    """
    return {
        name: _median_of_others([each for other, each in surprises.items() if other != name])
        if len(surprises) > LEAST_OTHERS
        else np.zeros(len(own))
        for name, own in surprises.items()
    }


def _median_of_others(others: list[Floats]) -> Floats:
    table = np.vstack(others)
    known = (~np.isnan(table)).sum(axis=0) >= LEAST_OTHERS
    common = np.full(table.shape[1], np.nan)
    if known.any():
        common[known] = np.nanmedian(table[:, known], axis=0)
    limit = _NOISE * robust_spread(common)
    cut: Floats = np.clip(np.nan_to_num(common), -limit, limit)
    return cut


def _fit(counts: Floats, spend: Floats, told: Flags, carry: float) -> tuple[float, SpendEffect]:
    """The scatter around the line, and the effect, for one carry-over."""
    carried = pd.Series(np.nan_to_num(spend)).ewm(alpha=1 - carry, adjust=False).mean().to_numpy()
    usual = float(np.median(carried[told]))
    usable: Flags = (carried >= PAUSED * usual) & (np.nan_to_num(spend) >= PAUSED * usual)
    taught = told & usable
    x = np.log(np.where(usable, carried, usual) / usual)
    y = np.log(np.maximum(counts, _LEAST))
    slope, scatter = _huber(x[taught], y[taught])
    elasticity = float(np.clip(slope, 0.0, 1.0))
    return scatter, SpendEffect(elasticity, elasticity * x, usable)


def _huber(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope of the robust line, and the robust scatter around it."""
    weights = np.ones(len(x))
    slope, scatter = 0.0, float("inf")
    for _ in range(_ROUNDS):
        about = np.average(x, weights=weights), np.average(y, weights=weights)
        spread = float((weights * (x - about[0]) ** 2).sum())
        slope = float((weights * (x - about[0]) * (y - about[1])).sum()) / spread if spread else 0.0
        left = y - about[1] - slope * (x - about[0])
        scatter = robust_spread(left)
        if scatter == 0:
            break
        weights = np.minimum(1.0, _HUBER * scatter / np.maximum(np.abs(left), 1e-12))
    return slope, scatter
