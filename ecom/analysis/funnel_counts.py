"""From attempts to tables: people per step, per value of a property, per period of entry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecom.analysis.funnel_people import Log, People
from ecom.analysis.funnel_question import Breakdown
from ecom.model import Grain, Period
from ecom.models.attempts import Attempts, best
from ecom.models.runs import IntArray

OTHER = "Other"

_SECOND = 1_000_000  # microseconds


def seconds_between(people: People, first: int, last: int) -> pd.Series:
    """Mean and median seconds between two steps, over those who made the later one."""
    mean, median = math.nan, math.nan
    if last > first:
        _, gaps = people.gaps(first, last)
        mean, median = _times(gaps, ends=np.array([len(gaps)]))[0]
    return pd.Series({"mean_seconds": mean, "median_seconds": median})


def by_step(
    people: People,
    did: IntArray,
    *,
    group: IntArray | None = None,
    groups: int = 1,
    has_times: bool = True,
) -> pd.DataFrame:
    """One row a step (and group); columns as ``FunnelResult.steps`` says.

    Parameters
    ----------
    people : the best attempt of everyone who entered.
    did : the bits of everything each of them did.
    group : the number of each one's group; None: they are one.
    groups : how many there are; their rows follow one another.
    has_times : else times are NaN.
    """
    if group is None:
        group = np.zeros(len(people.level), dtype=np.int64)
    steps = len(people.at)
    counts, anyone, mean, median = np.full((4, groups, steps), math.nan)
    for step in range(steps):
        there = np.flatnonzero(people.met(step))
        size = np.bincount(group[there], minlength=groups)
        counts[:, step] = size
        anyone[:, step] = np.bincount(group[np.flatnonzero(did & (1 << step))], minlength=groups)
        if step and has_times:
            _, gaps = people.gaps(people.before(step), step)
            ordered = gaps if groups == 1 else gaps[np.argsort(group[there])]
            mean[:, step], median[:, step] = _times(ordered, ends=np.cumsum(size)).T
    with np.errstate(divide="ignore", invalid="ignore"):
        from_first = np.where(counts[:, :1] > 0, counts / counts[:, :1], math.nan)
        before = counts[:, [people.before(step) for step in range(steps)]]
        before[:, 0] = math.nan
        from_previous = np.where(before > 0, counts / before, math.nan)
    return pd.DataFrame(
        {
            "step": np.tile(np.arange(steps), groups),
            "people": counts.ravel().astype("int64"),
            "from_first": from_first.ravel(),
            "from_previous": from_previous.ravel(),
            "anyone": anyone.ravel().astype("int64"),
            "mean_seconds": mean.ravel(),
            "median_seconds": median.ravel(),
        }
    )


def _times(gaps: IntArray, *, ends: IntArray) -> NDArray[np.float64]:
    """Mean and median seconds of each stretch of gaps, up to each of ``ends``."""
    times = np.full((len(ends), 2), math.nan)
    for number, part in enumerate(np.split(gaps, ends[:-1])):
        if len(part):
            # Whole numbers add up to the same in any order.
            times[number] = int(part.sum()) / len(part), np.median(part)
    return times / _SECOND


TIME_BOUNDS = (60, 300, 1_800, 7_200, 86_400, 259_200)
"""Seconds at which one class of times ends and the next begins; a bound is in the next one."""


def by_time(people: People) -> pd.DataFrame:
    """How long they took: one row a step after the first and class of times, the whole way last.

    Returns
    -------
    DataFrame
        ``step`` (0-based; -1: from the first to the last), ``bin`` (0 to the number of
        ``TIME_BOUNDS``: under the first of them, ..., from the last on) and ``people``.
    """
    last = len(people.at) - 1
    ways = [(step, people.before(step), step) for step in range(1, last + 1)]
    rows = []
    for name, first, then in (*ways, *([(-1, 0, last)] if last else [])):
        _, gaps = people.gaps(first, then)
        classes = np.searchsorted(np.array(TIME_BOUNDS) * _SECOND, gaps, side="right")
        counts = np.bincount(classes, minlength=len(TIME_BOUNDS) + 1)
        rows += [(name, place, count) for place, count in enumerate(counts.tolist())]
    return pd.DataFrame(rows, columns=["step", "bin", "people"]).astype("int64")


def by_value(
    people: People,
    did: IntArray,
    values: IntArray,
    *,
    labels: Sequence[str],
    asked: Breakdown,
) -> pd.DataFrame:
    """The rows of ``by_step`` for each ``value``, most entries first, the rest as ``OTHER``.

    Parameters
    ----------
    values : the place of each one's value in ``labels``; -1 for none.
    asked : how many to show, and whether with times.
    """
    ranked = ranking(values, labels)
    limit = len(ranked) if asked.limit is None else asked.limit
    shown = ranked if len(ranked) <= limit else [*ranked[:limit], OTHER]
    group = places(labels, shown)[values + 1]
    return named_groups(people, did, group, shown, has_times=asked.has_times)


def places(labels: Sequence[str], shown: Sequence[str]) -> IntArray:
    """The place among the shown values of no value and of each label; what is not shown: last."""
    place = {name: position for position, name in enumerate(shown)}
    return np.array([place.get(name, len(shown) - 1) for name in ("", *labels)], dtype=np.int64)


def ranking(values: IntArray, labels: Sequence[str]) -> list[str]:
    """The values there are, most entries first, of equals by name."""
    names = pd.Series(["", *labels])
    entries = pd.Series(np.bincount(values + 1, minlength=len(names)), names).loc[lambda n: n > 0]
    return entries.sort_index().sort_values(ascending=False, kind="stable").index.tolist()


def named_groups(
    people: People, did: IntArray, group: IntArray, shown: Sequence[str], *, has_times: bool
) -> pd.DataFrame:
    """The rows of ``by_step`` for each group, with its name as ``value``."""
    table = by_step(people, did, group=group, groups=len(shown), has_times=has_times)
    table.insert(0, "value", [name for name in shown for _ in people.at])
    return table


def of_each_period(
    log: Log, made: Attempts, *, grain: Grain, week_start: str, window: int
) -> People:
    """Everyone once in each period they enter, by the best attempt that starts there.

    Parameters
    ----------
    window : microseconds.
    """
    bucket = _first_days(log.entry_day(made), grain, week_start)
    return People.of(log, best(made, bucket=bucket), window)


def by_period(
    people: People,
    *,
    grain: Grain,
    from_step: int,
    to_step: int,
    week_start: str,
    window: timedelta,
    starts: Period | None,
    last_day: int,
) -> pd.DataFrame:
    """Who reached one step and of them a later one, by period of entry.

    Parameters
    ----------
    people : answer of ``of_each_period``.
    last_day : that is looked at, in days since 1970.
    """
    entered = _first_days(people.day, grain, week_start)
    days = _span(starts, people.day)
    every = np.unique(_first_days(days, grain, week_start))
    place = _places(every)[entered - every[0]] if len(every) else entered
    reached = [
        np.bincount(place[people.met(step)], minlength=len(every)) for step in range(len(people.at))
    ]
    both = people.met(from_step) & people.met(to_step)  # who came by an optional step, or not
    begun, converted = reached[from_step], np.bincount(place[both], minlength=len(every))
    # A period is ripe when the window of an entry on its last day has closed.
    last_days = np.append(every[1:] - 1, days[-1:])
    return pd.DataFrame(
        {
            "period": [_as_date(day) for day in every],
            "entered": begun,
            "converted": converted,
            "rate": converted / np.where(begun > 0, begun, math.nan),
            "is_complete": last_days + math.ceil(window / timedelta(days=1)) <= last_day,
            **{f"step_{step}": counts for step, counts in enumerate(reached)},
        }
    )


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
