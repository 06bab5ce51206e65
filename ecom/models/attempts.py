"""Funnel attempts: who got how far, for millions of events without a loop over people.

Every event that may be the first step starts an attempt. From there each next step takes the
earliest later event that fits; an event is used once; events of the same instant count in step
order. The window is counted from the first step, its end included.

Method: events come sorted by person and time; for each step, a running count of the instants that
fit gives the next one for *all* attempts at once. The loop is over steps only. Several events at
one instant are rare but real (batched trackers), and which of them meets which step is a small
matching problem; it is solved once for each distinct combination that occurs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ecom.models.runs import BoolArray, IntArray, changes

_TABLE = 1 << 20
_LARGEST = np.iinfo(np.int64).max - 1


@dataclass(frozen=True, slots=True)
class Span:
    """An attempt is void when an excluded event falls between two of its steps (0-based)."""

    from_step: int
    to_step: int


@dataclass(frozen=True, eq=False, slots=True)
class Moments:
    """Events grouped by person and instant, in that order.

    Attributes
    ----------
    marks : bit k set: some event of the instant may meet step k; bits from ``steps`` on: it is an
        excluded event of that span.
    unit, at, first_row : person, microseconds, and the position of the instant's first event.
    kind : which combination of events the instant holds; 0 is a single event.
    gains : for each kind and each step that is due and met, the step due after it.
    """

    steps: int
    unit: IntArray
    at: IntArray
    marks: IntArray
    first_row: IntArray
    kind: IntArray
    gains: IntArray

    def due_after(self, moments: IntArray, due: int) -> IntArray:
        """The step due after instants that meet step ``due``."""
        if len(self.gains) == 1:  # no instant holds several events
            return np.full(len(moments), due + 1)
        return self.gains[self.kind[moments], due]

    def having(self, bit: int) -> IntArray:
        """The instants that have ``bit``."""
        return np.flatnonzero(self._has(bit))

    def next_having(self, bit: int, after: IntArray) -> IntArray:
        """The first instant after each of some that has ``bit``; one past the end: none."""
        has = self._has(bit)
        places = np.append(np.flatnonzero(has), len(has))
        return places[np.cumsum(has, dtype=np.int32)[after]]  # half of the memory to go through

    def _has(self, bit: int) -> BoolArray:
        return self.marks & (1 << bit) != 0


@dataclass(frozen=True, eq=False, slots=True)
class Attempts:
    """Attempts by person and start.

    Attributes
    ----------
    unit : whose.
    level : number of steps met; 0 means void by an excluded event.
    moments : shape (attempts, steps), the instant that met each step; -1 where it was not met.
    took : number of optional steps taken, which ``level`` leaves out; None: there are none.
    """

    unit: IntArray
    level: IntArray
    moments: IntArray
    took: IntArray | None = None

    def take(self, chosen: IntArray | BoolArray | slice) -> Attempts:
        """Some of the attempts."""
        took = None if self.took is None else self.took[chosen]
        return Attempts(self.unit[chosen], self.level[chosen], self.moments[chosen], took)

    def reach(self) -> IntArray:
        """How far each got, as a number: by required steps, of equals by optional ones."""
        if self.took is None:
            return self.level
        return np.where(self.level > 0, self.level * (self.moments.shape[1] + 1) + self.took, 0)


def moments_of(unit: IntArray, at: IntArray, marks: IntArray, *, steps: int) -> Moments:
    """Group events by instant.

    Parameters
    ----------
    unit, at, marks : one element an event, sorted by unit, then time (microseconds).
    steps : number of steps; lower bits of ``marks``.
    """
    starts = np.ones(len(unit), dtype=bool)
    starts[1:] = (unit[1:] != unit[:-1]) | (at[1:] != at[:-1])
    first_row = np.flatnonzero(starts)
    together = np.bitwise_or.reduceat(marks, first_row) if len(marks) else marks
    kind, gains = _kinds(starts, first_row, marks & ((1 << steps) - 1), steps)
    return Moments(steps, unit[first_row], at[first_row], together, first_row, kind, gains)


def attempts(
    moments: Moments,
    *,
    window: int,
    first_only: bool = False,
) -> Attempts:
    """Follow every attempt as far as it goes.

    Parameters
    ----------
    window : microseconds from the first step, the end included.
    first_only : only the person's first possible start is an attempt.
    """
    start = moments.having(0)
    if first_only:
        start = start[changes(moments.unit[start])]
    last_allowed = moments.at[start] + window
    met = np.full((len(start), moments.steps), -1, dtype=np.int64, order="F")  # filled by step
    due, where = np.zeros(len(start), dtype=np.int64), start.copy()

    def meet(step: int, waiting: IntArray, found: IntArray) -> None:
        following = moments.due_after(found, step)
        where[waiting], due[waiting], met[waiting, step] = found, following, found
        several = np.flatnonzero(following > step + 1)  # an instant may meet several steps
        for later in range(step + 1, moments.steps):
            reached = several[following[several] > later]
            met[waiting[reached], later] = found[reached]

    meet(0, np.arange(len(start)), start)
    for step in range(1, moments.steps):
        waiting = np.flatnonzero(due == step)
        found = moments.next_having(step, where[waiting])
        there = found < len(moments.at)
        waiting, found = waiting[there], found[there]
        fits = (moments.unit[found] == moments.unit[where[waiting]]) & (
            moments.at[found] <= last_allowed[waiting]
        )
        meet(step, waiting[fits], found[fits])
    return Attempts(moments.unit[start], due, met)


def without_excluded(
    moments: Moments, made: Attempts, exclusions: Sequence[Span], *, window: int
) -> Attempts:
    """Void the attempts that an excluded event fell into.

    Parameters
    ----------
    exclusions : their events carry bit ``steps + index`` in the marks.
    window : microseconds from the first step, the end included.
    """
    last_allowed = moments.at[made.moments[:, 0]] + window
    for index, span in enumerate(exclusions):
        void = _broken(moments, made, span, moments.steps + index, last_allowed)
        made = replace(made, level=np.where(void, 0, made.level))
    return made


def best(made: Attempts, *, bucket: IntArray | None = None) -> Attempts:
    """The attempt that got furthest, of each person (and bucket); of equals the earliest.

    Parameters
    ----------
    bucket : one element an attempt, not falling within a person; a person has one best in each.
    """
    if not len(made.unit):
        return made
    opens = changes(made.unit)
    if bucket is not None:
        opens |= changes(bucket)
    first = np.flatnonzero(opens)
    group = np.cumsum(opens) - 1
    reach = made.reach()
    candidates = np.flatnonzero(reach == np.maximum.reduceat(reach, first)[group])
    return made.take(candidates[changes(group[candidates])])


def _broken(
    moments: Moments, made: Attempts, span: Span, bit: int, last_allowed: IntArray
) -> BoolArray:
    """Whether an excluded event lies strictly between two steps, or before the window's end."""
    begun = made.moments[:, span.from_step]
    ended = made.moments[:, span.to_step]
    nearest = moments.next_having(bit, np.where(begun < 0, len(moments.at) - 1, begun))
    exists = (begun >= 0) & (nearest < len(moments.at))
    nearest = np.where(exists, nearest, 0)
    inside = np.where(
        ended >= 0, moments.at[nearest] < moments.at[ended], moments.at[nearest] <= last_allowed
    )
    return exists & inside & (moments.unit[nearest] == made.unit)


def _kinds(
    starts: BoolArray, first_row: IntArray, marks: IntArray, steps: int
) -> tuple[IntArray, IntArray]:
    """Number the distinct combinations of events that share an instant, and solve each once."""
    size = np.diff(np.append(first_row, len(marks)))
    crowded = np.flatnonzero(size > 1)
    kind = np.zeros(len(first_row), dtype=np.int64)
    single = [list(range(1, steps + 1))]
    if not len(crowded):
        return kind, np.array(single)
    moment = np.cumsum(starts) - 1
    rows = np.flatnonzero(size[moment] > 1)
    sort_of, example = _numbered(marks[rows])
    sorts = marks[rows][example]
    place = np.searchsorted(crowded, moment[rows])
    counts = np.bincount(place * len(sorts) + sort_of, minlength=len(crowded) * len(sorts)).reshape(
        len(crowded), len(sorts)
    )
    # More equal events than steps can't matter; capping them keeps the combinations few.
    capped = np.minimum(counts, steps)
    which, example = _numbered(_codes(capped))
    kind[crowded] = which + 1
    gains = [
        [_due_after(np.repeat(sorts, row).tolist(), due, steps) for due in range(steps)]
        for row in capped[example]
    ]
    return kind, np.array(single + gains)


def _numbered(values: IntArray) -> tuple[IntArray, IntArray]:
    """Number distinct values (0 or more) from 0; with one position of each."""
    top = int(values.max()) + 1
    if top <= _TABLE:  # no sorting needed
        seen = np.flatnonzero(np.bincount(values, minlength=top))
        table = np.zeros(top, dtype=np.int64)
        table[seen] = np.arange(len(seen))
        number = table[values]
    else:
        number = np.unique(values, return_inverse=True)[1]
    example = np.empty(int(number.max()) + 1, dtype=np.int64)
    example[number] = np.arange(len(values))
    return number, example


def _codes(counts: IntArray) -> IntArray:
    """One number a row, equal for equal rows (sorting numbers is far faster than sorting rows)."""
    code = np.zeros(len(counts), dtype=np.int64)
    base = int(counts.max()) + 1
    for column in counts.T:
        if int(code.max()) >= _LARGEST // base:
            code, _ = _numbered(code)
        code = code * base + column
    return code


def _due_after(marks: list[int], due: int, steps: int) -> int:
    """How far events of one instant lead when step ``due`` is due (bipartite matching)."""
    taker: dict[int, int] = {}  # event -> the step it meets

    def place(step: int, tried: set[int]) -> bool:
        for event, mark in enumerate(marks):
            if mark >> step & 1 and event not in tried:
                tried.add(event)
                if event not in taker or place(taker[event], tried):
                    taker[event] = step
                    return True
        return False

    while due < steps and place(due, set()):
        due += 1
    return due
