"""Steps that may be skipped: who took them on the way between the steps that may not.

An optional step never blocks. It counts where an event of it lies after the required step before it
and not after the required step behind it (where that was not met: within the window), by an event
that meets no other step of the attempt. Optional steps between the same two required ones are not
ordered among themselves; in step order, each takes the earliest event that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ecom.models.attempts import Attempts, Moments
from ecom.models.pairing import can_pair
from ecom.models.runs import BoolArray, IntArray, sizes


def without_optional(marks: IntArray, *, steps: int, required: Sequence[int]) -> IntArray:
    """The marks of a funnel of the required steps alone; bits from ``steps`` on move down."""
    if len(required) == steps:
        return marks
    moved = marks >> steps << len(required)
    for place, step in enumerate(required):
        moved |= (marks >> step & 1) << place
    return moved


def with_optional(
    made: Attempts,
    moments: Moments,
    marks: IntArray,
    *,
    required: Sequence[int],
    window: int,
    windows: Sequence[int | None],
) -> Attempts:
    """Attempts over the required steps, with the optional ones that were taken on the way.

    Parameters
    ----------
    made : ``moments`` has a column a required step.
    moments : the same instants, grouped with the marks of all steps.
    marks : those, one element an event.
    required : the places of the required steps among all, the first and the last included.
    window : microseconds from the first step, the end included.
    windows : by step, the longest time since the required step before; None: any.

    Returns
    -------
    Attempts
        ``moments`` has a column a step; ``level`` still counts the required ones.
    """
    met = np.full((len(made.unit), moments.steps), -1, dtype=np.int64)
    met[:, list(required)] = made.moments
    look = _Look(moments, marks, met)
    last_allowed = moments.at[met[:, 0]] + window if len(met) else met[:, 0]
    before = 0
    for step in range(moments.steps):
        if step in required:
            before = step
            continue
        after = next(one for one in required if one > step)
        going = np.flatnonzero((met[:, before] >= 0) & (made.level > 0))
        begun, ended = met[going, before], met[going, after]
        limit = np.where(ended >= 0, moments.at[ended], last_allowed[going])
        longest = windows[step]
        if longest is not None:
            limit = np.minimum(limit, moments.at[begun] + longest)
        look.take(step, going, begun, limit)
    return replace(made, moments=met, took=(met >= 0).sum(axis=1) - (made.moments >= 0).sum(axis=1))


@dataclass(frozen=True, eq=False, slots=True)
class _Look:
    """The look for events that are left; ``met`` is filled in."""

    moments: Moments
    marks: IntArray
    met: IntArray

    def take(self, step: int, going: IntArray, begun: IntArray, limit: IntArray) -> None:
        """Take the earliest event of a step that is left from the instant ``begun`` on."""
        has = self.moments.marks & (1 << step) != 0
        places = np.append(np.flatnonzero(has), len(has))
        upto = np.cumsum(has)
        found = places[(upto - has)[begun]]
        while len(going):
            there = found < len(has)
            going, found, begun, limit = (one[there] for one in (going, found, begun, limit))
            inside = self.moments.unit[found] == self.moments.unit[begun]
            inside &= self.moments.at[found] <= limit
            going, found, begun, limit = (one[inside] for one in (going, found, begun, limit))
            free = self._is_left(step, going, found)
            self.met[going[free], step] = found[free]
            going, found, begun, limit = (one[~free] for one in (going, found, begun, limit))
            found = places[upto[found]]

    def _is_left(self, step: int, going: IntArray, found: IntArray) -> BoolArray:
        """Whether an instant has an event for the step besides those that meet other steps."""
        used = np.zeros(len(going), dtype=np.int64)
        for other in range(self.moments.steps):
            used |= (self.met[going, other] == found).astype("int64") << other
        free = used == 0
        taken = np.flatnonzero(~free)
        kind = self.moments.kind[found[taken]]
        taken, kind = taken[kind > 0], kind[kind > 0]  # a single event meets one step
        pairs, example, pair = np.unique(
            np.stack([kind, used[taken]], axis=1), axis=0, return_index=True, return_inverse=True
        )
        answers = [
            self._can_meet(int(found[taken[place]]), int(bits) | 1 << step)
            for place, (_, bits) in zip(example, pairs, strict=True)
        ]
        free[taken] = np.array(answers, dtype=bool)[pair.ravel()]
        return free

    def _can_meet(self, instant: int, steps: int) -> bool:
        """Whether the events of an instant can meet all these steps, each by one of its own."""
        first = int(self.moments.first_row[instant])
        size = int(sizes(self.moments.first_row, len(self.marks))[instant])
        events = self.marks[first : first + size].tolist()
        return can_pair(
            [
                sum(1 << place for place, event in enumerate(events) if event >> step & 1)
                for step in range(self.moments.steps)
                if steps >> step & 1
            ]
        )
