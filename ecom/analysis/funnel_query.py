"""Any funnel, asked of the event log: steps, window, who counts, breakdown, trend.

The rules, which the tests check one by one:

- Each next step needs a later event; one event never meets two steps; events of the same instant
  count in step order.
- The window is counted from the attempt's first step, its end included. A step may have a window of
  its own, counted from the required step before it.
- Every first-step event in the range starts an attempt; the one that gets furthest counts, of
  equals the earliest. ``entry="first"``: only the first one is an attempt.
- Later steps may happen after the range, within the window.
- An excluded event between its two steps voids the attempt; so does one between the first of them
  and the window's end when the second never came. Who has only void attempts is in no step.
- An optional step never blocks. It counts who did it between the required steps beside it; shares
  and times of the next required step are against the required step before. Of equally far attempts
  the one that took more optional steps counts.
- Strict: no other event of the person lies between two steps. Of one instant, what is no step came
  before the first step or after the last.
- In any order, every event of a step starts an attempt; an excluded event ends it, and the steps
  met before stay.
- With a constant property, an attempt's steps all have the same value; a person's best attempt of
  any value counts.
- Times are those of the best attempt, over the people who made the step.

Why not in SQL alone: chained window functions sort once a step (5.6 s against 2.3 s on ten million
events) and can't share the events of one instant out among the steps. One narrow sorted read and a
numpy pass a step can, and the pass is the same on every database.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import chain, islice

import numpy as np
import pandas as pd

from ecom.analysis.funnel_counts import (
    by_period,
    by_step,
    by_time,
    by_value,
    of_each_period,
    seconds_between,
)
from ecom.analysis.funnel_follow import by_every_value, follow
from ecom.analysis.funnel_people import People
from ecom.analysis.funnel_question import Breakdown, Exclusion, FunnelQuery, Step, Trend
from ecom.models.attempts import best
from ecom.models.runs import IntArray
from ecom.models.touches import Touches
from ecom.queries.event_sets import Between, EventSet, Where
from ecom.queries.funnel import touches
from ecom.store import Store

# Events followed at once: arrays of this size stay near the processor and their memory is used
# again, while new memory for millions of events costs more than the work itself.
_BLOCK = 250_000
_AT_ONCE = 2  # blocks; numpy lets the other thread work for much of the time

__all__ = [
    "Between",
    "Breakdown",
    "Exclusion",
    "FunnelQuery",
    "FunnelResult",
    "Step",
    "Trend",
    "Where",
    "funnel",
]


@dataclass(frozen=True, eq=False, slots=True)
class FunnelResult:
    """The answer.

    Attributes
    ----------
    steps : one row a step: ``step`` (0-based), ``people``, ``from_first`` and ``from_previous``
        (0..1), ``anyone`` (of those who entered, how many did the step at any time in the range or
        after, in whatever order), ``mean_seconds`` and ``median_seconds`` since the step before.
        The step before is the required one before.
    times : how many took how long; ``funnel_counts.by_time``.
    whole : mean and median seconds from the first to the last step; NaN when nobody got there.
    excluded : people whose every attempt is void.
    breakdown : the same rows for each ``value``, most entries first; None when not asked for.
    trend : ``period`` (first day), ``entered``, ``converted``, ``rate`` (0..1), ``is_complete``
        (nobody of the period can convert any more), ``step_0`` ... (people who reached each step);
        None when not asked for.
    """

    query: FunnelQuery
    window: timedelta
    steps: pd.DataFrame
    times: pd.DataFrame
    whole: pd.Series
    excluded: int
    breakdown: pd.DataFrame | None = None
    trend: pd.DataFrame | None = None


def funnel(store: Store, query: FunnelQuery) -> FunnelResult:
    """Count how far people get.

    Raises
    ------
    InvalidParameter
        A visit is narrowed by a property that visits don't have, or visits alone are broken down
        by one.
    """
    settings = store.settings
    window = query.window or timedelta(days=settings.funnel_window_days)
    read = _read(store, query, window)
    whole = next(read) if _needs_whole(query) else None
    parts = read if whole is None else [whole]
    blocks = (block for part in parts for block in part.blocks(_BLOCK))
    follows = partial(_Found.of, query=query, window=window, week_start=settings.week_start)
    found = _Found.together(_of_all(blocks, follows))
    return FunnelResult(
        query=query,
        window=window,
        steps=by_step(found.people, found.did, has_times=query.has_times),
        times=by_time(found.people),
        whole=seconds_between(found.people, 0, len(query.steps) - 1),
        excluded=found.excluded,
        breakdown=_breakdown(query, window, whole, found),
        trend=_trend(query, window, found, settings.week_start),
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    """What is kept of the attempts, of all people or some.

    Attributes
    ----------
    people : everyone who entered, by the best attempt.
    did : the bits of everything each of them did.
    values : the place of each one's value of the breakdown among the labels; of nobody where each
        may have several, or no breakdown was asked for.
    entered : everyone once in each period of the trend; as ``people`` where none was asked for.
    excluded : people whose every attempt is void.
    labels : the values of the breakdown.
    last_day : of any event, in days since 1970.
    """

    people: People
    did: IntArray
    values: IntArray
    entered: People
    excluded: int
    labels: tuple[str, ...]
    last_day: int

    @classmethod
    def of(
        cls, touched: Touches, query: FunnelQuery, *, window: timedelta, week_start: str
    ) -> _Found:
        log, made = follow(touched, query, window=window)
        leading, length = best(made), window // timedelta(microseconds=1)
        reached = leading.take(leading.level > 0)
        people, asked, trend = People.of(log, reached, length), query.breakdown, query.trend
        has_one_value = asked is not None and asked.attribution != "all_events"
        return cls(
            people=people,
            did=log.did(reached),
            values=log.values(reached, attribution=asked.attribution, step=asked.step)
            if asked is not None and has_one_value
            else np.empty(0, dtype=np.int64),
            entered=people
            if trend is None
            else of_each_period(log, made, grain=trend.grain, week_start=week_start, window=length),
            excluded=int((leading.level == 0).sum()),
            labels=touched.labels,
            last_day=touched.last_day,
        )

    @classmethod
    def together(cls, parts: Sequence[_Found]) -> _Found:
        return cls(
            people=People.together([part.people for part in parts]),
            did=np.concatenate([part.did for part in parts]),
            values=np.concatenate([part.values for part in parts]),
            entered=People.together([part.entered for part in parts]),
            excluded=sum(part.excluded for part in parts),
            labels=parts[0].labels,
            last_day=max(part.last_day for part in parts),
        )


def _of_all(blocks: Iterator[Touches], follows: Callable[[Touches], _Found]) -> list[_Found]:
    """What is found in each block, of several while the engine makes the next one."""
    some = list(islice(blocks, 2))
    if len(some) == 1:  # a thread of its own would begin with memory nobody has used
        return [follows(some[0])]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(follows, chain(some, blocks)))


def _breakdown(
    query: FunnelQuery, window: timedelta, whole: Touches | None, found: _Found
) -> pd.DataFrame | None:
    """The rows of each value."""
    asked = query.breakdown
    if asked is None:
        return None
    if whole is not None:
        return by_every_value(whole, query, window=window)
    return by_value(found.people, found.did, found.values, labels=found.labels, asked=asked)


def _trend(
    query: FunnelQuery, window: timedelta, found: _Found, week_start: str
) -> pd.DataFrame | None:
    """The rows of each period of entry."""
    trend, until = query.trend, query.until
    if trend is None:
        return None
    return by_period(
        found.entered,
        grain=trend.grain,
        from_step=trend.from_step,
        to_step=query.last_step(trend),
        week_start=week_start,
        window=window,
        starts=query.period,
        last_day=found.last_day if until is None else (until - date(1970, 1, 1)).days,
    )


def _needs_whole(query: FunnelQuery) -> bool:
    """Whether all events have to be at hand at once: people count for several values."""
    return query.breakdown is not None and query.breakdown.attribution == "all_events"


def _read(store: Store, query: FunnelQuery, window: timedelta) -> Iterator[Touches]:
    until = query.until
    if query.period is not None:  # no attempt of the range can go on for longer
        reach = query.period.end + timedelta(days=math.ceil(window / timedelta(days=1)))
        until = reach if until is None else min(until, reach)
    sets: list[EventSet] = [*query.steps, *(one.event for one in query.exclusions)]
    if query.order == "strict":
        sets.append(EventSet(None))  # whatever may lie in between
    return touches(
        store,
        sets,
        unit=query.unit,
        starts=query.period,
        until=until,
        where=query.where,
        value=None if query.breakdown is None else query.breakdown.property,
        held=query.constant,
        any_begins=query.order == "unordered",
        firsts_only=_needs_firsts_only(query),
        at_steps=query.breakdown is not None
        and query.breakdown.attribution == "step"
        and query.breakdown.step > 0,
        at_once=None if _needs_whole(query) else _BLOCK,
    )


def _needs_firsts_only(query: FunnelQuery) -> bool:
    """Whether of each visit the first event of each step is enough to tell how far people get.

    Else any event may be the one that counts: an excluded one, one in time for a window of its own,
    one of the right product.
    """
    return (
        query.steps[0].is_visit
        and query.order == "ordered"
        and not query.exclusions
        and query.constant is None
        and all(step.within is None and not step.is_optional for step in query.steps)
        and (query.breakdown is None or query.breakdown.attribution != "all_events")
    )
