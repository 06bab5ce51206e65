"""Events of a funnel's steps in the order of people and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.models.runs import IntArray, in_order, numbered

_NEVER = np.iinfo(np.int64).min  # numpy's "not a time"


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
    """

    unit: IntArray
    at: IntArray
    marks: IntArray
    day: IntArray
    value: IntArray
    labels: tuple[str, ...] = ()


def touches_of(rows: pd.DataFrame, later: Sequence[int], labels: Mapping[int, str]) -> Touches:
    """String events together that come in rows of several.

    Parameters
    ----------
    rows : ``unit`` (any number), ``at`` (UTC), ``marks`` (0: this event is not meant), ``day`` and
        ``value`` (a key of ``labels``, -1 for none). Then, for each bit in ``later``, ``at_<bit>``:
        an event of that set on the same day, or no time. Within a row times do not fall, and no
        other row of the unit lies between them.
    labels : values by the numbers that stand for them.
    """
    unit, marks, day = (rows[name].to_numpy(dtype="int64") for name in ("unit", "marks", "day"))
    value, names = _codes(rows["value"].to_numpy(dtype="int64"), labels)
    at = np.column_stack([_microseconds(rows[name]) for name in ("at", *map(_at, later))])
    # Down to the last column, so that the same store always gives the same answer.
    order = in_order(unit, at[:, 0], marks, value)
    at, marks = at[order], marks[order]
    there = at != _NEVER
    there[:, 0] = marks != 0
    cell = np.flatnonzero(there)
    row = cell // there.shape[1]
    place = cell - row * there.shape[1]
    source, opens = order[row], np.flatnonzero(place == 0)
    bits = np.array([0, *later], dtype=np.int64)[place]
    bits[opens] = marks[row[opens]]
    told = np.full(len(cell), -1, dtype=np.int64)
    told[opens] = value[source[opens]]
    return Touches(
        unit=numbered(unit[source]),
        at=at.ravel()[cell],
        marks=bits,
        day=day[source],
        value=told,
        labels=names,
    )


def _at(bit: int) -> str:
    return f"at_{bit}"


def _microseconds(times: pd.Series) -> IntArray:
    return times.to_numpy(dtype="datetime64[us]").astype("int64")


def _codes(values: IntArray, labels: Mapping[int, str]) -> tuple[IntArray, tuple[str, ...]]:
    """The place of each value among the labels in their own order."""
    names = sorted(set(labels.values()))
    numbers = np.array(sorted(labels), dtype=np.int64)
    place = {name: position for position, name in enumerate(names)}
    codes = np.array([place[labels[number]] for number in numbers.tolist()] + [-1])
    found = np.where(values < 0, len(numbers), np.searchsorted(numbers, values))
    return codes[found], tuple(names)
