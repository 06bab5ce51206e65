"""From attempts to tables: people per step, per value of a property, per period of entry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ecom.model import Grain, Period
from ecom.models.attempts import Attempts, IntArray, Moments, best

OTHER = "Other"

_SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, eq=False, slots=True)
class Log:
    """What was read: one element a row of ``ecom.queries.funnel.touches``, and the instants.

    Attributes
    ----------
    day : days since 1970.
    value : position in ``labels``, -1 without a value.
    """

    unit: IntArray
    marks: IntArray
    day: IntArray
    value: IntArray
    labels: tuple[str, ...]
    moments: Moments

    def did(self, people: Attempts) -> IntArray:
        """The bits of everything each of these people did, in whatever order."""
        if not len(people.unit):
            return people.unit
        opens = np.flatnonzero(np.diff(self.unit, prepend=-1))
        together: IntArray = np.bitwise_or.reduceat(self.marks, opens)
        return together[np.searchsorted(self.unit[opens], people.unit)]

    def entry_day(self, made: Attempts) -> IntArray:
        """The local day on which each attempt starts, in days since 1970."""
        return self.day[self.moments.first_row[made.moments[:, 0]]]


def seconds_between(moments: Moments, people: Attempts, first: int, last: int) -> pd.Series:
    """Mean and median seconds between two steps, over those who made the later one."""
    there = people.level > last
    if last == first or not there.any():
        return pd.Series({"mean_seconds": math.nan, "median_seconds": math.nan})
    begun, ended = (moments.at[people.moments[there, step]] for step in (first, last))
    gaps = (ended - begun) / _SECOND
    return pd.Series({"mean_seconds": float(gaps.mean()), "median_seconds": float(np.median(gaps))})


def by_step(moments: Moments, people: Attempts, did: IntArray) -> pd.DataFrame:
    """One row a step; columns as ``FunnelResult.steps`` says.

    Parameters
    ----------
    people : the best attempt of everyone who entered.
    did : the bits of everything each of them did.
    """
    steps = range(moments.steps)
    counts = pd.Series([int((people.level > step).sum()) for step in steps], dtype="float64")
    times = [seconds_between(moments, people, max(step - 1, 0), step) for step in steps]
    return pd.DataFrame(
        {
            "step": list(steps),
            "people": counts.astype("int64"),
            "from_first": counts / (counts.iloc[0] or math.nan),
            "from_previous": counts / counts.shift(1).replace(0.0, math.nan),
            "anyone": [int((did >> step & 1).sum()) for step in steps],
            "mean_seconds": [one["mean_seconds"] for one in times],
            "median_seconds": [one["median_seconds"] for one in times],
        }
    )


def by_value(
    log: Log, people: Attempts, did: IntArray, *, attribution: str, step: int, limit: int | None
) -> pd.DataFrame:
    """The rows of ``by_step`` for each ``value``, most entries first, the rest as ``OTHER``."""
    if attribution == "step":
        values = _at_step(log, people, step)
    else:
        values = _touch(log, people, first=attribution == "first_touch")
    names = pd.Series(["", *log.labels])
    entries = pd.Series(np.bincount(values + 1, minlength=len(names)), names).loc[lambda n: n > 0]
    ranked = entries.sort_index().sort_values(ascending=False, kind="stable").index.tolist()
    kept = ranked if limit is None else ranked[:limit]
    place = names.map({name: position for position, name in enumerate(kept)}).fillna(len(kept))
    group = place.to_numpy(dtype="int64")[values + 1]
    tables = []
    for number, name in enumerate(kept if len(kept) == len(ranked) else [*kept, OTHER]):
        members = np.flatnonzero(group == number)
        table = by_step(log.moments, people.take(members), did[members])
        table.insert(0, "value", name)
        tables.append(table)
    if not tables:
        return by_step(log.moments, people, did).assign(value="").iloc[:0]
    return pd.concat(tables, ignore_index=True)


def by_period(
    log: Log,
    made: Attempts,
    *,
    grain: Grain,
    from_step: int,
    to_step: int,
    week_start: str,
    window: timedelta,
    starts: Period | None,
    until: date | None,
) -> pd.DataFrame:
    """Who reached one step and of them a later one, by period of entry.

    Everyone counts once in each period they enter, by the best attempt that starts there.
    """
    leading = best(made, bucket=_first_days(log.entry_day(made), grain, week_start))
    entered = _first_days(log.entry_day(leading), grain, week_start)
    reached = {step: (leading.level > step).astype("int64") for step in range(log.moments.steps)}
    days = _span(starts, log.entry_day(leading))
    every = np.unique(_first_days(days, grain, week_start))
    summed = pd.DataFrame(reached).groupby(entered).sum().reindex(every, fill_value=0)
    begun, converted = summed[from_step].to_numpy(), summed[to_step].to_numpy()
    # A period is ripe when the window of an entry on its last day has closed.
    last_days = np.append(every[1:] - 1, days[-1:])
    seen = (until - date(1970, 1, 1)).days if until is not None else log.day.max(initial=0)
    return pd.DataFrame(
        {
            "period": [_as_date(day) for day in every],
            "entered": begun,
            "converted": converted,
            "rate": converted / np.where(begun > 0, begun, math.nan),
            "is_complete": last_days + math.ceil(window / timedelta(days=1)) <= seen,
            **{f"step_{step}": summed[step].to_numpy() for step in reached},
        }
    )


def _at_step(log: Log, people: Attempts, step: int) -> IntArray:
    """The value on the event that met a step; -1 where there is none or the step was not met."""
    values = np.full(len(people.unit), -1, dtype=np.int64)
    known = people.level > step
    # An instant may hold other events, too: take its first event that fits the step.
    fits = np.flatnonzero(log.marks >> step & 1)
    first = log.moments.first_row[people.moments[known, step]]
    values[known] = log.value[fits[np.searchsorted(fits, first)]]
    return values


def _touch(log: Log, people: Attempts, *, first: bool) -> IntArray:
    """The first or last value on any step event of a person; -1 where there is none."""
    steps = (1 << log.moments.steps) - 1
    told = np.flatnonzero((log.value >= 0) & ((log.marks & steps) > 0))
    if not len(told):
        return np.full(len(people.unit), -1, dtype=np.int64)
    if first:
        place = np.searchsorted(log.unit[told], people.unit, side="left")
    else:
        place = np.searchsorted(log.unit[told], people.unit, side="right") - 1
    row = told[place.clip(0, len(told) - 1)]
    return np.where(log.unit[row] == people.unit, log.value[row], -1)


def _span(starts: Period | None, entered: IntArray) -> IntArray:
    """Every day of the range, or from the first to the last entry; days since 1970."""
    if starts is not None:
        first = (starts.start - date(1970, 1, 1)).days
        return np.arange(first, first + starts.days)
    return np.arange(entered.min(), entered.max() + 1) if len(entered) else entered


def _first_days(day: IntArray, grain: Grain, week_start: str) -> IntArray:
    """The first day of the period each day lies in; days since 1970."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            # Day 0 was a Thursday: three days after a Monday, four after a Sunday.
            return day - (day + (3 if week_start == "monday" else 4)) % 7
        case Grain.MONTH:
            months = day.astype("datetime64[D]").astype("datetime64[M]")
            return months.astype("datetime64[D]").astype("int64")


def _as_date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=int(day))
