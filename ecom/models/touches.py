"""Events of a funnel's steps in the order of people and time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from ecom.models.runs import IntArray, are_in_order, changes, in_order, numbered

NEVER = int(np.iinfo(np.int64).min)  # numpy's "not a time"
EVERYWHERE = -2
_SPARE_BITS = 2  # with which four of five rows share their bits with no other by chance


@dataclass(frozen=True, eq=False, slots=True)
class Once:
    """People of whom there is one row that tells of several events: one element a person.

    Attributes
    ----------
    at : by set, when it was first met (UTC, in microseconds since 1970); not falling from set to
        set, ``NEVER`` where it was not.
    marks : bits of the first event; the others met one set each.
    day : local, in days since 1970.
    value : of the first event.
    """

    at: tuple[IntArray, ...]
    marks: IntArray
    day: IntArray
    value: IntArray

    def level(self, window: int) -> IntArray:
        """How many sets were met one after the other, within microseconds of the first."""
        level, going = np.ones(len(self.day), dtype=np.int64), np.ones(len(self.day), dtype=bool)
        for at in self.at[1:]:
            going &= (at != NEVER) & (at - self.at[0] <= window)
            level += going
        return level

    def did(self) -> IntArray:
        """The bits of everything done."""
        did = self.marks.copy()
        for place, at in enumerate(self.at[1:], start=1):
            did |= (at != NEVER).astype("int64") << place
        return did


@dataclass(frozen=True, eq=False, slots=True)
class Touches:
    """Events that belong to some sets, by person and time; one element an event.

    Attributes
    ----------
    unit : who, a number from 0, rising, without gaps.
    at : UTC, in microseconds since 1970.
    marks : bits of the sets.
    day : local, in days since 1970.
    value : position in ``labels``, -1 for none.
    labels : the values of the property asked for.
    once : further people, whose events need not be strung together; None: there are none.
    held : a number for the property that is to stay the same; -1 for none, ``EVERYWHERE`` where
        the event is of all values. None: not asked for.
    """

    unit: IntArray
    at: IntArray
    marks: IntArray
    day: IntArray
    value: IntArray
    labels: tuple[str, ...]
    once: Once | None
    held: IntArray | None = None

    def blocks(self, size: int) -> Iterator[Touches]:
        """The same, some people at a time; ``once`` comes with the first block.

        Parameters
        ----------
        size : events of a block; the last person of each may have more.
        """
        opens = np.append(np.flatnonzero(changes(self.unit)), len(self.unit))
        ends = opens[np.searchsorted(opens, np.arange(size, len(self.unit), size))]
        for start, end in pairwise(
            [0, *np.unique(ends[ends < len(self.unit)]).tolist(), len(self.unit)]
        ):
            rows = slice(start, end)
            yield Touches(
                unit=self.unit[rows] - self.unit[start : start + 1],
                at=self.at[rows],
                marks=self.marks[rows],
                day=self.day[rows],
                value=self.value[rows],
                labels=self.labels,
                once=None if start else self.once,
                held=None if self.held is None else self.held[rows],
            )

    @property
    def last_day(self) -> int:
        """The last day of any event; days since 1970."""
        days = [self.day] if self.once is None else [self.day, self.once.day]
        return max(int(one.max(initial=0)) for one in days)


def whole_units(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Cut frames that follow one another where a ``unit`` ends; they rise by unit."""
    rest: pd.DataFrame | None = None
    for frame in frames:
        rows = frame if rest is None else pd.concat([rest, frame], ignore_index=True)
        unit = rows["unit"].to_numpy()
        last = int(np.searchsorted(unit, unit[-1])) if len(unit) else 0
        if last:
            yield rows.iloc[:last]
        rest = rows.iloc[last:]
    if rest is not None:
        yield rest


def touches_of(rows: pd.DataFrame, later: Sequence[int], labels: Mapping[int, str]) -> Touches:
    """String events together that come in rows of several.

    Parameters
    ----------
    rows : ``unit`` (any number), ``at`` (UTC), ``marks`` (0: this event is not meant) and ``day``;
        where they were asked for ``value`` (a key of ``labels``, -1 for none) and ``held``. Then,
        for each bit in ``later``, ``at_<bit>``: an event of that set on the same day, or no time.
        Within a row times do not fall, and no other row of the unit lies between them.
    later : if any, the bits of all sets but the first, which starts every attempt.
    labels : values by the numbers that stand for them.
    """
    unit, marks, day = (rows[name].to_numpy(dtype="int64") for name in ("unit", "marks", "day"))
    value, names = _values(rows, labels)
    at = [_microseconds(rows[name]) for name in ("at", *(f"at_{bit}" for bit in later))]
    held = rows["held"].to_numpy(dtype="int64") if "held" in rows else None
    # Down to the last column, so that the same store always gives the same answer.
    keys = [
        unit,
        at[0],
        marks,
        *(() if not labels else (value,)),
        *(() if held is None else (held,)),
    ]
    once = None
    order: IntArray | slice
    if later:
        several, single = _told_apart(unit)
        single = single[marks[single] & 1 != 0]
        once = Once(tuple(one[single] for one in at), marks[single], day[single], value[single])
        order = several[in_order(*(one[several] for one in keys))]
    elif not are_in_order(*keys):
        order = in_order(*keys)
        order = order[marks[order] != 0]
    else:  # as engines hand them over; nothing is copied where all are meant
        order = slice(None) if marks.all() else np.flatnonzero(marks)
    made = Touches(
        unit=numbered(unit[order]),
        at=at[0][order],
        marks=marks[order],
        day=day[order],
        value=value[order],
        labels=names,
        once=once,
        held=None if held is None else held[order],
    )
    return _strung(made, [one[order] for one in at[1:]], later) if later else made


def _strung(rows: Touches, later: Sequence[IntArray], bits: Sequence[int]) -> Touches:
    """The events of rows that tell of several: each row's own, then those of ``bits``."""
    is_met = [rows.marks != 0, *(times != NEVER for times in later)]
    count = np.sum(is_met, axis=0)
    place = np.cumsum(count) - count  # of the next event of each row
    source = np.repeat(np.arange(len(count)), count)
    at, marks = np.empty((2, len(source)), dtype=np.int64)
    value = np.full(len(source), -1, dtype=np.int64)
    value[place[is_met[0]]] = rows.value[is_met[0]]
    own = [rows.marks, *(np.full_like(rows.marks, bit) for bit in bits)]
    for there, times, mark in zip(is_met, (rows.at, *later), own, strict=True):
        here = place[there]
        at[here], marks[here] = times[there], mark[there]
        place += there
    return replace(
        rows,
        unit=numbered(rows.unit[source]),
        at=at,
        marks=marks,
        day=rows.day[source],
        value=value,
        held=None if rows.held is None else rows.held[source],
    )


def _told_apart(unit: IntArray) -> tuple[IntArray, IntArray]:
    """The rows of units that have several or may have, and those of units that have one."""
    # Who shares some bits with nobody is alone, and need not be sorted to see it.
    width = len(unit).bit_length() + _SPARE_BITS
    several = np.arange(len(unit))
    for first in (0, width):
        bits = (unit[several] >> first) & ((1 << width) - 1)
        several = several[np.bincount(bits)[bits] > 1]
    is_single = np.ones(len(unit), dtype=bool)
    is_single[several] = False
    return several, np.flatnonzero(is_single)


def _microseconds(times: pd.Series) -> IntArray:
    return times.to_numpy(dtype="datetime64[us]").view("int64")


def _values(rows: pd.DataFrame, labels: Mapping[int, str]) -> tuple[IntArray, tuple[str, ...]]:
    """The place of each value among the labels in their own order."""
    if not labels:
        return np.broadcast_to(np.int64(-1), len(rows)), ()
    values = rows["value"].to_numpy(dtype="int64")
    names = sorted(set(labels.values()))
    numbers = np.array(sorted(labels), dtype=np.int64)
    place = {name: position for position, name in enumerate(names)}
    codes = np.array([place[labels[number]] for number in numbers.tolist()] + [-1])
    found = np.where(values < 0, len(numbers), np.searchsorted(numbers, values))
    return codes[found], tuple(names)
