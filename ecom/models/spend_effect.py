"""What advertising brought, had the spend been as usual."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_SPEND = 0.2
"""Of the usual spend; below it ads rest, and days say nothing of what they bring."""

_CARRIED = (0.0, 0.2, 0.35, 0.5, 0.65)  # how much of yesterday's effect is left
_APART = 3  # days between those that are compared
_LEAST = 0.5  # stands for a count of zero, which has no logarithm


@dataclass(frozen=True, eq=False, slots=True)
class AtUsualSpend:
    """Counts as they would be.

    Attributes
    ----------
    counts : a number a day.
    is_known : days on which ads ran and the count was known.
    """

    counts: Floats
    is_known: Flags


def at_usual_spend(counts: Floats, spend: Floats, *, known: Flags) -> AtUsualSpend:
    """Take out of daily counts what the spend of each day explains.

    A count grows with a power of the spend, of which a part works on the days after (the log-log
    response with geometric carry-over; Broadbent 1979). The power is fitted on differences between
    days that lie close together, so that a lasting change of level doesn't bend it, and the
    carry-over is the one that leaves the smallest of them (median).

    Parameters
    ----------
    counts, spend : a number a day, shape (days,); spend of unknown days counts as none.
    known : False on days that are masked or not told.
    """
    logs = np.log(np.maximum(counts, _LEAST))
    best = None
    for carried in _CARRIED:
        effect = _carried_over(spend, carried)
        running = known & (effect > 0)
        if not running.any():
            continue
        relative = effect / np.median(effect[running])
        runs = known & (relative >= LEAST_SPEND)
        pairs = np.flatnonzero(runs[_APART:] & runs[:-_APART])
        if not len(pairs):
            continue
        size = np.log(np.maximum(relative, LEAST_SPEND))
        moved, came = (one[pairs + _APART] - one[pairs] for one in (size, logs))
        power = float(moved @ came / (moved @ moved)) if moved.any() else 0.0
        left = float(np.median(np.abs(came - power * moved)))
        if best is None or left < best[0]:
            best = left, counts / np.exp(power * size), runs
    if best is None:
        return AtUsualSpend(counts, np.zeros(len(counts), dtype=bool))
    return AtUsualSpend(best[1], best[2])


def _carried_over(spend: Floats, carried: float) -> Floats:
    costs = np.nan_to_num(spend).tolist()
    effect, left = np.empty(len(costs)), costs[0] if costs else 0.0
    for day, cost in enumerate(costs):
        left = (1 - carried) * cost + carried * left
        effect[day] = left
    return effect
