"""Funnel attempts with nothing in between.

The steps of an attempt follow one another directly: no other event of the person lies between the
first and the last. The order of events of one instant is not known, so they count in the order that
lets the attempt go on: those of its first instant that are no steps came before it, those of its
last after it. An instant in the middle has to be used up.

Method: how many steps the first instant meets is the only choice; every instant after it is forced.
So each choice is followed, one instant at a time for all attempts at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecom.models.attempts import Attempts, Moments
from ecom.models.runs import IntArray, changes, sizes


def strict_attempts(
    moments: Moments,
    *,
    events: int,
    window: int,
    windows: Sequence[int | None],
    first_only: bool = False,
) -> Attempts:
    """Follow every attempt as far as it goes.

    Parameters
    ----------
    moments : of all events of the people, also those that fit no step.
    events : how many there are.
    window : microseconds from the first step, the end included.
    windows : by step, the longest time since the step before; None: any.
    first_only : only the person's first possible start is an attempt.
    """
    start = moments.having(0)
    if first_only:
        start = start[changes(moments.unit[start])]
    # The way that meets more steps at once goes first: of equally far ones it is the earlier.
    most = moments.due_after(start, 0)
    way = np.repeat(np.arange(len(start)), most)
    level = np.repeat(most, most) - (np.arange(len(way)) - np.repeat(np.cumsum(most) - most, most))
    met = np.where(np.arange(moments.steps) < level[:, None], start[way][:, None], np.int64(-1))
    size = sizes(moments.first_row, events)
    last_allowed = moments.at[start[way]] + window
    going = np.arange(len(way))
    here = start[way]
    for _ in range(moments.steps):
        going, here = _directly_after(moments, going, here, level, last_allowed, windows)
        after = _due_after_each(moments, here, level[going])
        _fill(met, going, here, level[going], after)
        used_up = after == level[going] + size[here]
        level[going] = after
        going, here = going[used_up], here[used_up]
    furthest = np.maximum.reduceat(level, np.flatnonzero(changes(way))) if len(way) else level
    leads = np.flatnonzero(level == furthest[way])
    leads = leads[changes(way[leads])]
    return Attempts(moments.unit[start], level[leads], met[leads])


def _directly_after(
    moments: Moments,
    going: IntArray,
    here: IntArray,
    level: IntArray,
    last_allowed: IntArray,
    windows: Sequence[int | None],
) -> tuple[IntArray, IntArray]:
    """Who may still meet their next step at the instant after this one."""
    there = (here + 1 < len(moments.at)) & (level[going] < moments.steps)
    going, here = going[there], here[there]
    longest = np.array([np.iinfo(np.int64).max if one is None else one for one in windows])
    waited = moments.at[here + 1] - moments.at[here]
    fits = (
        (moments.unit[here + 1] == moments.unit[here])
        & (moments.at[here + 1] <= last_allowed[going])
        & (waited <= longest[level[going]])
    )
    return going[fits], here[fits] + 1


def _due_after_each(moments: Moments, here: IntArray, due: IntArray) -> IntArray:
    """The step due after each instant, where different steps are due."""
    meets = moments.marks[here] >> due & 1 != 0
    return np.where(meets, moments.gains[moments.kind[here], due], due)


def _fill(met: IntArray, going: IntArray, here: IntArray, due: IntArray, after: IntArray) -> None:
    for step in range(met.shape[1]):
        now = (due <= step) & (step < after)
        met[going[now], step] = here[now]
