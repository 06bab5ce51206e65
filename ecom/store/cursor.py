"""How far a source was read: values of its cursor column, and the stretches its batches hold.

A batch remembers the stretch it brought: rows after one value up to another. A source has been
read as far as the stretches of its remaining batches reach from the beginning without a gap.
Undoing any batch therefore steps back, and the next pull brings its rows again.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Value = int | Decimal | datetime | date | str
_CLOCK_FROM = 16  # letters of 2026-01-31 10:05


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one query after ``after`` (None: from the beginning) up to ``to``.

    ``of`` names the query and the cursor; stretches of an edited source say nothing about it.
    """

    of: str
    after: Value | None
    to: Value

    def encoded(self) -> str:
        """As it stands with the batch."""
        pair = [None if value is None else _written(value) for value in (self.after, self.to)]
        return json.dumps([self.of, *pair], ensure_ascii=False)


def decoded(written: str) -> Stretch:
    """The stretch that ``Stretch.encoded`` wrote."""
    of, after, to = json.loads(written)
    return Stretch(of, None if after is None else _read(after), _read(to))


def reached(stretches: Collection[Stretch]) -> Value | None:
    """How far the stretches reach from the beginning without a gap; None for nowhere.

    Values of kinds that can't be compared (the column changed its type) reach nowhere: everything
    is read again, which changes nothing that is the same.
    """
    position: Any = None
    try:
        while True:
            further: list[Any] = [
                one.to
                for one in stretches
                if (one.after is None or (position is not None and one.after <= position))
                and (position is None or one.to > position)
            ]
            if not further:
                return position
            position = max(further)
    except TypeError:
        return None


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


def _read(pair: list[str]) -> Value:
    kind, written = pair
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
