"""Which rule follows which question, from the events that were read to attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ecom.analysis.funnel_counts import OTHER, named_groups, places, ranking
from ecom.analysis.funnel_people import Log, People
from ecom.analysis.funnel_question import FunnelQuery
from ecom.models.any_order import attempts_in_any_order
from ecom.models.attempts import (
    Attempts,
    Moments,
    Span,
    attempts,
    best,
    moments_of,
    without_excluded,
)
from ecom.models.lanes import lanes
from ecom.models.optional_steps import with_optional, without_optional
from ecom.models.runs import IntArray
from ecom.models.step_windows import attempts_in_windows
from ecom.models.strict import strict_attempts
from ecom.models.touches import Touches
from ecom.queries.funnel import visits_tell

_MICROSECOND = timedelta(microseconds=1)
_SECOND_STEP = 1 << 1


def follow(touches: Touches, query: FunnelQuery, *, window: timedelta) -> tuple[Log, Attempts]:
    """Follow every attempt of everyone.

    Parameters
    ----------
    touches : bit k of ``marks`` is step k, then come the exclusions; of a strict funnel one more
        bit that every event has.

    Returns
    -------
    Log
        How the attempts were found.
    Attempts
        By person and start; ``moments`` has a column a step, ``level`` counts the required ones.
    """
    steps, first_only = len(query.steps), query.entry == "first"
    apart = None
    rows = touches
    if query.constant is not None:
        assert touches.held is not None  # read along with the steps
        # Without a value an event meets no step.
        bare = touches.held == -1
        marks = np.where(bare, touches.marks & -(1 << steps), touches.marks)
        apart = lanes(
            replace(touches, marks=marks), touches.held, others=_others(query), leads=_SECOND_STEP
        )
        rows = apart.touches
    marks = without_optional(rows.marks, steps=steps, required=query.required)
    moments = moments_of(rows.unit, rows.at, marks, steps=len(query.required))
    made = _attempts(query, rows, moments, marks, window // _MICROSECOND)
    if len(query.required) < steps:
        made = with_optional(
            made,
            moments_of(rows.unit, rows.at, rows.marks, steps=steps),
            rows.marks,
            required=query.required,
            window=window // _MICROSECOND,
            windows=_windows(query, range(steps)),
        )
    if apart is not None:
        made = apart.of_owners(made, moments, first_only=first_only)
    optional = tuple(place for place in range(steps) if place not in query.required)
    return Log(touches, rows, moments, steps, optional), made


def by_every_value(touches: Touches, query: FunnelQuery, *, window: timedelta) -> pd.DataFrame:
    """For each value of the breakdown the funnel of the events that have it.

    Of more values than asked for, the rest are one value, ``OTHER``, so that a person who came by
    several of them counts there once.
    """
    assert query.breakdown is not None  # asked for with a breakdown alone
    limit, labels = query.breakdown.limit, touches.labels
    value = _values(touches, query)
    people, did, found = _of_values(touches, value, 0, query, window=window)
    shown = ranking(found - 1, labels)
    if limit is None or len(shown) <= limit:
        group = places(labels, shown)[found]
        return named_groups(people, did, group, shown, has_times=query.breakdown.has_times)
    shown = [*shown[:limit], OTHER]
    place = places(labels, shown)
    value = np.where(value < 0, value, place[value])
    people, did, group = _of_values(touches, value, int(place[0]), query, window=window)
    return named_groups(people, did, group, shown, has_times=query.breakdown.has_times)


def _of_values(
    touches: Touches, value: IntArray, none: int, query: FunnelQuery, *, window: timedelta
) -> tuple[People, IntArray, IntArray]:
    """Who entered by each value, what they did, and the value; ``none`` for people without any."""
    apart = lanes(touches, value, others=_others(query), leads=_SECOND_STEP)
    log, made = follow(apart.touches, query, window=window)
    leading = best(made)
    entered = leading.take(leading.level > 0)
    found = apart.value[entered.unit]
    people = People.of(log, entered, window // _MICROSECOND)
    return people, log.did(entered), np.where(found < 0, none, found)


def _values(touches: Touches, query: FunnelQuery) -> IntArray:
    """The number of each event's value, from 1; 0 for none, -1 where it goes with all values."""
    asked, steps = query.breakdown, range(len(query.steps))
    assert asked is not None  # asked for with a breakdown alone
    visits = [place for place in steps if query.steps[place].is_visit]
    # Either visits tell the values, and nothing else was asked for its own, or they have none.
    actions = [place for place in steps if place not in visits]
    telling = visits if visits_tell(asked.property) else actions
    tells = touches.marks & sum(1 << place for place in telling or steps) != 0
    return np.where(tells | (touches.value >= 0), touches.value + 1, -1)


def _attempts(
    query: FunnelQuery, rows: Touches, moments: Moments, marks: IntArray, window: int
) -> Attempts:
    """The attempts over the required steps."""
    first_only = query.entry == "first"
    if query.order == "unordered":
        begins = None
        if query.period is not None:
            first, last = (
                (day - date(1970, 1, 1)).days for day in (query.period.start, query.period.end)
            )
            day = rows.day[moments.first_row]
            begins = (day >= first) & (day <= last)
        return attempts_in_any_order(
            moments,
            marks,
            window=window,
            first_only=first_only,
            begins=begins,
            exclusions=[moments.steps + place for place in range(len(query.exclusions))],
        )
    windows = _windows(query, query.required)
    if query.order == "strict":
        made = strict_attempts(
            moments, events=len(marks), window=window, windows=windows, first_only=first_only
        )
    elif any(one is not None for one in windows):
        made = attempts_in_windows(moments, window=window, windows=windows, first_only=first_only)
    else:
        made = attempts(moments, window=window, first_only=first_only)
    place = query.required.index
    spans = [Span(place(one.from_step), place(one.to_step)) for one in query.exclusions]
    return without_excluded(moments, made, spans, window=window)


def _windows(query: FunnelQuery, steps: Sequence[int]) -> list[int | None]:
    """The windows of some steps in microseconds."""
    chosen = [query.steps[place].within for place in steps]
    return [None if one is None else one // _MICROSECOND for one in chosen]


def _others(query: FunnelQuery) -> int | None:
    """What an event also shows to other values: in a strict funnel, that it lies in between."""
    return 1 << len(query.steps) + len(query.exclusions) if query.order == "strict" else None
