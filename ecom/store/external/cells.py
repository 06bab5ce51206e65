"""Rows of a driver as Arrow columns that the cleaning of files understands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

_MOMENT = pa.timestamp("us")
_ARROW: dict[type, pa.DataType] = {
    str: pa.string(), float: pa.float64(), bool: pa.bool_(), date: pa.date32(),
}  # fmt: skip
_ZERO_DATE = "0000-00-00"  # MySQL's way to say that there is none


def to_arrow(cells: Sequence[Any]) -> pa.Array:
    """One column of one portion of a result.

    Whole numbers and decimals become text, digit by digit: an id keeps all its nineteen, an amount
    its cents. Text, floats, dates, moments and flags stay what they are; a column that mixes kinds
    (SQLite allows it) becomes text.
    """
    kinds = {type(cell) for cell in cells if cell is not None}
    if len(kinds) == 1:
        (kind,) = kinds
        if kind is datetime:
            zones = {cell.tzinfo is not None for cell in cells if cell is not None}
            if len(zones) == 1:
                return pa.array(cells, pa.timestamp("us", "UTC") if zones.pop() else _MOMENT)
        elif kind is str:
            return pa.array([None if is_zero_date(cell) else cell for cell in cells], pa.string())
        elif kind in _ARROW:
            return pa.array(cells, _ARROW[kind])
    return (
        pa.array([cell_text(cell) for cell in cells], pa.string())
        if kinds
        else pa.nulls(len(cells))
    )


def joined(portions: Sequence[pa.Array]) -> pa.Array:
    """The portions of one column as one array; kinds that differ become text."""
    known = [portion for portion in portions if not pa.types.is_null(portion.type)]
    kinds = {portion.type for portion in known}
    if not kinds:
        return pa.nulls(sum(map(len, portions)), pa.string())
    kind = kinds.pop() if len(kinds) == 1 else pa.string()
    same = [
        portion
        if portion.type == kind
        else pa.array([cell_text(cell) for cell in portion.to_pylist()], kind)
        for portion in portions
    ]
    return pa.concat_arrays(same)


def cell_text(cell: Any) -> str | None:
    """Any cell as text, without loss."""
    match cell:
        case None:
            return None
        case str():
            return None if is_zero_date(cell) else cell
        case Decimal():
            return f"{cell:f}"
        case bytes() | bytearray() | memoryview():
            return _bytes_text(bytes(cell))
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case dict() | list():
            return json.dumps(cell, ensure_ascii=False, default=str)
        case _:
            return str(cell)


def is_zero_date(cell: Any) -> bool:
    """Whether a cell is MySQL's empty date."""
    return isinstance(cell, str) and cell.startswith(_ZERO_DATE)


def _bytes_text(raw: bytes) -> str:
    """Text stored as bytes, or the digits of what is no text."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.hex()
