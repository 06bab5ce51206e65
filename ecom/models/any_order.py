"""Funnel attempts whose steps may be met in any order.

Every instant with an event of some step starts an attempt; how far it gets is how many of the steps
the events from there on can meet, each step by an event of its own, within the window. Step k of
such a funnel is therefore "k + 1 of the steps, whichever".

Method: where no event fits two steps, the next event of each step is looked up and the steps are
put into the order of time. Where sets share events, an event gets an attempt further just if it
and those that did before it can all be given steps of their own. Taking every such event as it
comes is best, because what can be matched forms a matroid (Edmonds and Fulkerson 1965).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecom.models.attempts import Attempts, Moments
from ecom.models.pairing import can_pair
from ecom.models.runs import BoolArray, IntArray, changes


def attempts_in_any_order(
    moments: Moments,
    marks: IntArray,
    *,
    window: int,
    first_only: bool = False,
    begins: BoolArray | None = None,
    exclusions: Sequence[int] = (),
) -> Attempts:
    """Follow every attempt as far as it goes; ``moments`` of the result rise along its steps.

    Parameters
    ----------
    marks : one element an event, as ``moments_of`` was given them.
    window : microseconds from the first event, the end included.
    first_only : only the person's first possible start is an attempt.
    begins : for each instant, whether an attempt may start there; None: at all.
    exclusions : bits of excluded events. An attempt keeps the steps met before one and goes no
        further; one that starts at the same instant is not touched by it.
    """
    every = (1 << moments.steps) - 1
    start = np.flatnonzero(
        (moments.marks & every != 0) & (True if begins is None else begins),
    )
    if first_only:
        start = start[changes(moments.unit[start])]
    limit = moments.at[start] + window
    for bit in exclusions:
        limit = np.minimum(limit, _instant_of_next(moments, bit, start))
    fits = marks & every
    follow = _by_sets if np.any(fits & (fits - 1)) else _by_steps
    met = follow(moments, fits, start, limit)
    return Attempts(moments.unit[start], (met >= 0).sum(axis=1), met)


def _instant_of_next(moments: Moments, bit: int, start: IntArray) -> IntArray:
    """When each attempt's person next has ``bit``; the end of time: never."""
    found = moments.next_having(bit, start)
    there = np.flatnonzero(found < len(moments.at))
    there = there[moments.unit[found[there]] == moments.unit[start[there]]]
    at = np.full(len(start), np.iinfo(np.int64).max)
    at[there] = moments.at[found[there]]
    return at


def _inside(moments: Moments, found: IntArray, start: IntArray, limit: IntArray) -> BoolArray:
    """Whether an instant is there, of the same person and not after the limit."""
    place = np.minimum(found, len(moments.at) - 1)
    is_same = moments.unit[place] == moments.unit[start]
    return (found < len(moments.at)) & is_same & (moments.at[place] <= limit)


def _by_steps(moments: Moments, _: IntArray, start: IntArray, limit: IntArray) -> IntArray:
    """The instants that meet the steps, where no event fits two."""
    nowhere = len(moments.at)
    met = np.full((len(start), moments.steps), nowhere, dtype=np.int64)
    for step in range(moments.steps):
        has = moments.marks & (1 << step) != 0
        found = np.append(np.flatnonzero(has), nowhere)[(np.cumsum(has) - has)[start]]
        met[:, step] = np.where(_inside(moments, found, start, limit), found, nowhere)
    met.sort(axis=1)
    met[met == nowhere] = -1
    return met


def _by_sets(moments: Moments, fits: IntArray, start: IntArray, limit: IntArray) -> IntArray:
    """The instants that get an attempt one step further, where events fit several steps."""
    kinds, kind = np.unique(fits, return_inverse=True)
    rows = [np.append(np.flatnonzero(kind == number), len(fits)) for number in range(len(kinds))]
    taken = _Taken(kinds.tolist())
    met = np.full((len(start), moments.steps), -1, dtype=np.int64)
    going, row = np.arange(len(start)), moments.first_row[start]
    state = np.zeros(len(start), dtype=np.int64)
    for step in range(moments.steps):
        after = taken.table(np.unique(state))[state]
        found = np.full(len(going), len(fits), dtype=np.int64)
        for number, places in enumerate(rows):
            leads = np.flatnonzero(after[:, number] >= 0)
            following = places[np.searchsorted(places, row[leads])]
            found[leads] = np.minimum(found[leads], following)
        instant = np.searchsorted(moments.first_row, found, side="right") - 1
        instant[found == len(fits)] = len(moments.at)
        goes = np.flatnonzero(_inside(moments, instant, start[going], limit[going]))
        going, found = going[goes], found[goes]
        met[going, step] = instant[goes]
        state, row = after[goes, kind[found]], found + 1
    return met


class _Taken:
    """Which events an attempt has taken, by number; only combinations that occur are solved."""

    def __init__(self, kinds: list[int]) -> None:
        self._kinds = kinds
        self._states: list[tuple[int, ...]] = [()]
        self._number: dict[tuple[int, ...], int] = {(): 0}
        self._after: dict[int, list[int]] = {}

    def table(self, asked: IntArray) -> IntArray:
        """By state and kind, the state after an event of that kind; -1: it leads no further."""
        for state in asked.tolist():
            if state not in self._after:
                self._after[state] = [self._with(state, kind) for kind in self._kinds]
        table = np.full((len(self._states), len(self._kinds)), -1, dtype=np.int64)
        for state, after in self._after.items():
            table[state] = after
        return table

    def _with(self, state: int, kind: int) -> int:
        events = tuple(sorted((*self._states[state], kind)))
        if not can_pair(events):
            return -1
        if events not in self._number:
            self._number[events] = len(self._states)
            self._states.append(events)
        return self._number[events]
