"""From attempts to tables: people per step, per value of a property, per period of entry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecom.model import Grain, Period
from ecom.models.attempts import Attempts, Moments, best
from ecom.models.runs import IntArray, changes
from ecom.models.touches import Touches

OTHER = "Other"

_SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, eq=False, slots=True)
class Log:
    """What was read, and its instants."""

    touches: Touches
    moments: Moments

    def did(self, people: Attempts) -> IntArray:
        """The bits of everything each of these people did, in whatever order."""
        unit = self.touches.unit
        if not len(unit):
            return unit
        together: IntArray = np.bitwise_or.reduceat(
            self.touches.marks, np.flatnonzero(changes(unit))
        )
        return together[people.unit]

    def entry_day(self, made: Attempts) -> IntArray:
        """The local day on which each attempt starts, in days since 1970."""
        return self.touches.day[self.moments.first_row[made.moments[:, 0]]]


def seconds_between(moments: Moments, people: Attempts, first: int, last: int) -> pd.Series:
    """Mean and median seconds between two steps, over those who made the later one."""
    mean, median = math.nan, math.nan
    if last > first:
        _, gaps = _gaps(moments, people, first, last)
        mean, median = _times(gaps, ends=np.array([len(gaps)]))[0]
    return pd.Series({"mean_seconds": mean, "median_seconds": median})


def by_step(
    moments: Moments,
    people: Attempts,
    did: IntArray,
    *,
    group: IntArray | None = None,
    groups: int = 1,
) -> pd.DataFrame:
    """One row a step (and group); columns as ``FunnelResult.steps`` says.

    Parameters
    ----------
    people : the best attempt of everyone who entered.
    did : the bits of everything each of them did.
    group : the number of each one's group; None: they are one.
    groups : how many there are; their rows follow one another.
    """
    if group is None:
        group = np.zeros(len(people.unit), dtype=np.int64)
    counts, anyone, mean, median = np.full((4, groups, moments.steps), math.nan)
    for step in range(moments.steps):
        there, gaps = _gaps(moments, people, max(step - 1, 0), step)
        who = group[there]
        size = np.bincount(who, minlength=groups)
        counts[:, step] = size
        anyone[:, step] = np.bincount(group[did & (1 << step) != 0], minlength=groups)
        if step:
            ordered = gaps if groups == 1 else gaps[np.argsort(who)]
            mean[:, step], median[:, step] = _times(ordered, ends=np.cumsum(size)).T
    with np.errstate(divide="ignore", invalid="ignore"):
        from_first = np.where(counts[:, :1] > 0, counts / counts[:, :1], math.nan)
        before = np.column_stack([np.full(groups, math.nan), counts[:, :-1]])
        from_previous = np.where(before > 0, counts / before, math.nan)
    return pd.DataFrame(
        {
            "step": np.tile(np.arange(moments.steps), groups),
            "people": counts.ravel().astype("int64"),
            "from_first": from_first.ravel(),
            "from_previous": from_previous.ravel(),
            "anyone": anyone.ravel().astype("int64"),
            "mean_seconds": mean.ravel(),
            "median_seconds": median.ravel(),
        }
    )


def _gaps(moments: Moments, people: Attempts, first: int, last: int) -> tuple[IntArray, IntArray]:
    """Who made the later of two steps, and the microseconds between them."""
    there = np.flatnonzero(people.level > last)
    begun, ended = (moments.at[people.moments[there, step]] for step in (first, last))
    return there, ended - begun


def _times(gaps: IntArray, *, ends: IntArray) -> NDArray[np.float64]:
    """Mean and median seconds of each stretch of gaps, up to each of ``ends``."""
    times = np.full((len(ends), 2), math.nan)
    for number, part in enumerate(np.split(gaps, ends[:-1])):
        if len(part):
            # Whole numbers add up to the same in any order.
            times[number] = int(part.sum()) / len(part), np.median(part)
    return times / _SECOND


def by_value(
    log: Log, people: Attempts, did: IntArray, *, attribution: str, step: int, limit: int | None
) -> pd.DataFrame:
    """The rows of ``by_step`` for each ``value``, most entries first, the rest as ``OTHER``."""
    if attribution == "step":
        values = _at_step(log, people, step)
    else:
        values = _touch(log, people, first=attribution == "first_touch")
    names = pd.Series(["", *log.touches.labels])
    entries = pd.Series(np.bincount(values + 1, minlength=len(names)), names).loc[lambda n: n > 0]
    ranked = entries.sort_index().sort_values(ascending=False, kind="stable").index.tolist()
    kept = ranked if limit is None else ranked[:limit]
    place = names.map({name: position for position, name in enumerate(kept)}).fillna(len(kept))
    group = place.to_numpy(dtype="int64")[values + 1]
    shown = kept if len(kept) == len(ranked) else [*kept, OTHER]
    table = by_step(log.moments, people, did, group=group, groups=len(shown))
    table.insert(0, "value", [name for name in shown for _ in range(log.moments.steps)])
    return table


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
    days = _span(starts, log.entry_day(leading))
    every = np.unique(_first_days(days, grain, week_start))
    place = _places(every)[entered - every[0]] if len(every) else entered
    reached = [
        np.bincount(place[leading.level > step], minlength=len(every))
        for step in range(log.moments.steps)
    ]
    begun, converted = reached[from_step], reached[to_step]
    # A period is ripe when the window of an entry on its last day has closed.
    last_days = np.append(every[1:] - 1, days[-1:])
    seen = (until - date(1970, 1, 1)).days if until is not None else log.touches.day.max(initial=0)
    return pd.DataFrame(
        {
            "period": [_as_date(day) for day in every],
            "entered": begun,
            "converted": converted,
            "rate": converted / np.where(begun > 0, begun, math.nan),
            "is_complete": last_days + math.ceil(window / timedelta(days=1)) <= seen,
            **{f"step_{step}": people for step, people in enumerate(reached)},
        }
    )


def _at_step(log: Log, people: Attempts, step: int) -> IntArray:
    """The value on the event that met a step; -1 where there is none or the step was not met."""
    values = np.full(len(people.unit), -1, dtype=np.int64)
    known = people.level > step
    # An instant may hold other events, too: take its first event that fits the step.
    fits = np.flatnonzero(log.touches.marks >> step & 1)
    first = log.moments.first_row[people.moments[known, step]]
    values[known] = log.touches.value[fits[np.searchsorted(fits, first)]]
    return values


def _touch(log: Log, people: Attempts, *, first: bool) -> IntArray:
    """The first or last value on any step event of a person; -1 where there is none."""
    touches, steps = log.touches, (1 << log.moments.steps) - 1
    told = np.flatnonzero((touches.value >= 0) & ((touches.marks & steps) > 0))
    opens = changes(touches.unit[told])
    if not first:  # the last of a person stands before the first of the next
        opens = np.append(opens[1:], True)[: len(told)]
    row = told[opens]
    values = np.full(int(touches.unit.max(initial=-1)) + 1, -1, dtype=np.int64)
    values[touches.unit[row]] = touches.value[row]
    return values[people.unit]


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


def _places(rising: IntArray) -> IntArray:
    """By the distance from the first of some rising numbers, the place of each among them."""
    places = np.zeros(rising[-1] - rising[0] + 1, dtype=np.int64)
    places[rising - rising[0]] = np.arange(len(rising))
    return places


def _as_date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=int(day))
