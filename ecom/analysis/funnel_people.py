"""Who got how far: the attempts of a funnel, and people whose single visit tells all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ecom.models.attempts import Attempts, Moments
from ecom.models.runs import BoolArray, IntArray, changes
from ecom.models.touches import Once, Touches


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """How far people got; one element a person (or a person and period of entry).

    Attributes
    ----------
    level : number of required steps met.
    day : the local day on which the attempt starts, in days since 1970.
    at : by step, when it was met (microseconds), of those who met it.
    took : by optional step, who took it.
    """

    level: IntArray
    day: IntArray
    at: tuple[IntArray, ...]
    took: Mapping[int, BoolArray]

    @classmethod
    def of(cls, log: Log, made: Attempts, window: int) -> People:
        """Some attempts, then the people of a single visit."""
        parts = [_of_attempts(log, made)]
        if log.touches.once is not None:
            parts.append(_of_once(log.touches.once, window))
        return cls.together(parts)

    @classmethod
    def together(cls, parts: Sequence[People]) -> People:
        """Everybody, one part after the other; all were asked the same."""
        return cls(
            np.concatenate([part.level for part in parts]),
            np.concatenate([part.day for part in parts]),
            tuple(
                np.concatenate(moments)
                for moments in zip(*(part.at for part in parts), strict=True)
            ),
            # Whoever is told by a single visit was asked for no optional step.
            {step: np.concatenate([part.took[step] for part in parts]) for step in parts[0].took},
        )

    def met(self, step: int) -> BoolArray:
        """Who met a step."""
        if step in self.took:
            return self.took[step]
        return self.level > step - sum(one < step for one in self.took)

    def before(self, step: int) -> int:
        """The required step before a step; the first of the first."""
        return max((one for one in range(step) if one not in self.took), default=0)

    def gaps(self, first: int, last: int) -> tuple[IntArray, IntArray]:
        """Who made the later of two steps, and the microseconds between them."""
        there = np.flatnonzero(self.met(last))
        return there, self.at[last][there] - self.at[first][there]


@dataclass(frozen=True, eq=False, slots=True)
class Log:
    """What was read, and how it was followed.

    Attributes
    ----------
    touches : as read.
    rows : as followed: the same, or each person's events taken apart by a value.
    moments : the instants of ``rows``.
    steps : how many there are.
    optional : which of them may be skipped.
    """

    touches: Touches
    rows: Touches
    moments: Moments
    steps: int
    optional: tuple[int, ...]

    def entry_day(self, made: Attempts) -> IntArray:
        """The local day on which each attempt starts, in days since 1970."""
        return self.rows.day[self.moments.first_row[made.moments[:, 0]]]

    def did(self, leading: Attempts) -> IntArray:
        """The bits of everything each of ``People`` did, in whatever order."""
        unit, once = self.touches.unit, self.touches.once
        together = np.bitwise_or.reduceat(self.touches.marks, np.flatnonzero(changes(unit)))
        did = together[leading.unit] if len(unit) else unit
        return did if once is None else np.concatenate([did, once.did()])

    def values(self, leading: Attempts, *, attribution: str, step: int) -> IntArray:
        """The place among the labels of each of ``People``; -1 for none."""
        if attribution == "step":
            values = _at_step(self, leading, step)
        else:
            values = _touch(self, leading, first=attribution == "first_touch")
        once = self.touches.once
        if once is None:
            return values
        # Of a visit only its start has a value.
        is_told = attribution != "step" or step == 0
        return np.concatenate([values, once.value if is_told else np.full_like(once.value, -1)])


def _of_attempts(log: Log, made: Attempts) -> People:
    met = made.moments.T
    return People(
        made.level,
        log.entry_day(made),
        tuple(log.moments.at[one] for one in met),
        {step: (met[step] >= 0) & (made.level > 0) for step in log.optional},
    )


def _of_once(once: Once, window: int) -> People:
    return People(once.level(window), once.day, once.at, {})


def _at_step(log: Log, people: Attempts, step: int) -> IntArray:
    """The value on the event that met a step; -1 where there is none or the step was not met."""
    values = np.full(len(people.unit), -1, dtype=np.int64)
    known = people.moments[:, step] >= 0
    # An instant may hold other events, too: take its first event that fits the step.
    fits = np.flatnonzero(log.rows.marks >> step & 1)
    first = log.moments.first_row[people.moments[known, step]]
    values[known] = log.rows.value[fits[np.searchsorted(fits, first)]]
    return values


def _touch(log: Log, people: Attempts, *, first: bool) -> IntArray:
    """The first or last value on any step event of a person; -1 where there is none."""
    touches, steps = log.touches, (1 << log.steps) - 1
    told = np.flatnonzero((touches.value >= 0) & ((touches.marks & steps) > 0))
    opens = changes(touches.unit[told])
    if not first:  # the last of a person stands before the first of the next
        opens = np.append(opens[1:], True)[: len(told)]
    row = told[opens]
    values = np.full(int(touches.unit.max(initial=-1)) + 1, -1, dtype=np.int64)
    values[touches.unit[row]] = touches.value[row]
    return values[people.unit]
