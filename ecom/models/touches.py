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
    at = _microseconds(rows["at"])
    # Down to the last column, so that the same store always gives the same answer.
    order = in_order(unit, at, marks, value)
    moments = [_microseconds(rows[f"at_{bit}"]) for bit in later]
    held = [np.flatnonzero(marks), *(np.flatnonzero(one != _NEVER) for one in moments)]
    count = np.zeros(len(unit), dtype=np.int64)
    for have in held:
        count[have] += 1
    ordered = count[order]
    place = np.empty(len(unit), dtype=np.int64)  # of the next event of each row
    place[order] = np.cumsum(ordered) - ordered
    source = np.repeat(order, ordered)
    made = Touches(
        unit=numbered(unit[source]),
        at=np.empty(len(source), dtype=np.int64),
        marks=np.empty(len(source), dtype=np.int64),
        day=day[source],
        value=np.full(len(source), -1, dtype=np.int64),
        labels=names,
    )
    made.value[place[held[0]]] = value[held[0]]
    bits = [marks[held[0]], *(np.array(bit) for bit in later)]
    for have, times, bit in zip(held, [at, *moments], bits, strict=True):
        here = place[have]
        made.at[here], made.marks[here] = times[have], bit
        place[have] += 1
    return made


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
