"""Each person's events taken apart by a value, so that each value is followed for itself.

A lane is what one person did with one value: one product, one channel. What has no value of its
own but belongs to all of them (the start of a visit, an event that is excluded anywhere) stands in
every lane of the person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ecom.models.attempts import Attempts, Moments
from ecom.models.runs import IntArray, changes
from ecom.models.touches import Touches


@dataclass(frozen=True, eq=False, slots=True)
class Lanes:
    """Events by lane and time.

    Attributes
    ----------
    touches : ``unit`` is the number of the lane.
    owner : by lane, whose it is.
    value : by lane, its value; -1 for a person without any.
    """

    touches: Touches
    owner: IntArray
    value: IntArray

    def of_owners(self, made: Attempts, moments: Moments, *, first_only: bool) -> Attempts:
        """The attempts of the lanes as their owners', by owner and start, of equals the quickest.

        Parameters
        ----------
        first_only : only those of an owner's earliest start stay.
        """
        owner = self.owner[made.unit]
        never = np.iinfo(np.int64).max
        times = [np.where(met >= 0, moments.at[met], never) for met in made.moments.T]
        order = np.lexsort((*reversed(times), owner))
        if first_only:
            opens = changes(owner[order])
            start = times[0][order]
            order = order[start == start[opens][np.cumsum(opens) - 1]]
        return replace(made.take(order), unit=owner[order])


def lanes(touches: Touches, value: IntArray, *, others: int | None = None, leads: int = 0) -> Lanes:
    """Take each person's events apart.

    Parameters
    ----------
    value : one element an event; negative: it stands in every lane of its person.
    others : bits that an event also shows in the person's other lanes; None: it is not there.
    leads : those bits are shown only in lanes that have an event with one of these: in another,
        nobody gets so far that it matters what lies in between.
    """
    owns = np.flatnonzero(value >= 0)
    values, place = np.unique(np.append(value[owns], -1), return_inverse=True)
    place = place[:-1]
    code = touches.unit[owns] * len(values) + place
    bare = np.setdiff1d(touches.unit, touches.unit[owns])  # people without any value
    codes = np.union1d(code, bare * len(values))
    owner, lane_value = codes // len(values), values[codes % len(values)]
    own = np.full(len(value), -1, dtype=np.int64)
    own[owns] = np.searchsorted(codes, code)
    row, lane = _in_every_lane(np.flatnonzero(own < 0), touches.unit, owner)
    row, lane = np.append(row, owns), np.append(lane, own[owns])
    marks = touches.marks[row]
    if others is not None:
        is_near = np.zeros(len(codes), dtype=bool)
        is_near[lane[marks & leads != 0]] = True
        other, beside = _in_every_lane(owns, touches.unit, owner)
        lies = (beside != own[other]) & is_near[beside]
        other, beside = other[lies], beside[lies]
        row, lane = np.append(row, other), np.append(lane, beside)
        marks = np.append(marks, touches.marks[other] & others)
    order = np.lexsort((row, lane))
    row, lane, marks = row[order], lane[order], marks[order]
    taken = replace(
        touches,
        unit=lane,
        at=touches.at[row],
        marks=marks,
        day=touches.day[row],
        value=touches.value[row],
        held=None if touches.held is None else touches.held[row],
    )
    return Lanes(taken, owner, lane_value)


def _in_every_lane(rows: IntArray, unit: IntArray, owner: IntArray) -> tuple[IntArray, IntArray]:
    """Some events once for each lane of their person, and the lanes."""
    opens = np.flatnonzero(changes(owner))
    several = np.diff(np.append(opens, len(owner)))
    place = np.searchsorted(owner[opens], unit[rows])
    times = several[place]
    number = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    return np.repeat(rows, times), np.repeat(opens[place], times) + number
