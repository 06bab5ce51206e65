"""How far a source was read: values of its cursor column, and the marks its batches carry.

A batch remembers which batch its pull went on from, and the last value it brought. A batch counts
while that chain is whole. Undoing any of them breaks it, so that the next pull goes on from the one
before and brings the rows again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Value = int | Decimal | datetime | date | str
_CLOCK_FROM = 16  # letters of 2026-01-31 10:05


@dataclass(frozen=True, slots=True)
class Mark:
    """What a batch says about its pull.

    Attributes
    ----------
    of : names the query and the cursor; marks of an edited source say nothing about it.
    previous : the batch that the pull went on from; None when it read from the beginning.
    to : the last value of the cursor column.
    """

    of: str
    previous: int | None
    to: Value

    def encoded(self) -> str:
        """As it stands with the batch."""
        return json.dumps([self.of, self.previous, *_written(self.to)], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a pull goes on: the last batch that counts, and its last value."""

    batch_id: int
    value: Value


def position(marks: Mapping[int, str], of: str) -> Position | None:
    """Where the next pull goes on; None for the beginning.

    Parameters
    ----------
    marks : batch number -> its encoded mark, of all batches of the source that remain.
    of : what the source asks for now.
    """
    whole: set[int | None] = {None}
    found = None
    for batch_id in sorted(marks):
        mark = _decoded(marks[batch_id])
        if mark.of == of and mark.previous in whole:
            whole.add(batch_id)
            found = Position(batch_id, mark.to)
    return found


def is_beyond(value: Value, known: Value) -> bool:
    """Whether a value lies after another; one of another kind does (the column changed)."""
    later: Any = value
    try:
        return bool(later > known)
    except TypeError:
        return True


def as_value(cell: Any) -> Value:
    """A driver's cell as a cursor value; floats exactly, what is nothing else as text."""
    match cell:
        case bool():
            return int(cell)
        case int() | Decimal() | date() | str():  # a datetime is a date
            return cell
        case float():
            return Decimal(repr(cell))
        case bytes():
            return cell.decode("utf-8", "replace")
        case _:
            return str(cell)


def less(value: Value, overlap: int) -> Value:
    """A value further back by the overlap.

    Parameters
    ----------
    overlap : minutes for times, also for times written as text; units for numbers; for days the
        days that the minutes touch.
    """
    back = timedelta(minutes=overlap)
    match value:
        case int() | Decimal():
            return value - overlap
        case datetime():
            return value - back
        case date():
            return value - timedelta(days=-(-back // timedelta(days=1)))
        case str() if len(value) >= _CLOCK_FROM:
            try:
                moment = datetime.fromisoformat(value).replace(tzinfo=None) - back
            except ValueError:
                return value
            # Shorter than the column's own spelling, so it sorts before all of that second.
            return moment.isoformat(sep=value[10], timespec="seconds")
        case _:
            return value


def _written(value: Value) -> list[str]:
    match value:
        case datetime():
            return ["datetime", value.isoformat()]
        case date():
            return ["date", value.isoformat()]
        case int():
            return ["int", str(value)]
        case Decimal():
            return ["decimal", str(value)]
        case _:
            return ["text", value]


def _decoded(encoded: str) -> Mark:
    of, previous, kind, written = json.loads(encoded)
    return Mark(of, previous, _read(kind, written))


def _read(kind: str, written: str) -> Value:
    match kind:
        case "datetime":
            return datetime.fromisoformat(written)
        case "date":
            return date.fromisoformat(written)
        case "int":
            return int(written)
        case "decimal":
            return Decimal(written)
        case _:
            return written
