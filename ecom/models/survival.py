"""Time until something happens, when for some it has not happened yet."""

from __future__ import annotations

import numpy as np
import pandas as pd


def cumulative_incidence(times: pd.DataFrame) -> pd.Series:
    """Share of people to whom it has happened by each day, by Kaplan and Meier (1958).

    People still waiting count for as long as they have been watched, so the youngest never drag
    the curve down.

    Parameters
    ----------
    times : DataFrame
        ``days`` (int, until it happened or until the watch ended), ``happened`` (bool) and
        ``people`` (int); one row a group of people with equal times.

    Returns
    -------
    Series
        Index ``days``, 0 .. the longest time; values 0..1, never falling. Empty without people.
    """
    if times.empty:
        return pd.Series(dtype="float64", index=pd.RangeIndex(0, name="days"))
    days = times["days"].to_numpy(dtype="int64")
    people = times["people"].to_numpy(dtype="float64")
    length = int(days.max()) + 1
    ended = np.bincount(days, weights=people, minlength=length)
    happened = np.bincount(days, weights=people * times["happened"], minlength=length)
    at_risk = people.sum() - np.concatenate(([0.0], np.cumsum(ended)[:-1]))
    waiting = np.cumprod(1 - happened / at_risk)
    return pd.Series(1 - waiting, index=pd.RangeIndex(length, name="days"))
