"""Cells and files: numbers and times as the back offices spell them, csv and xlsx."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from pyarrow import csv

from ecom.demo.timeline import Floats, Times
from ecom.store.staging import Shop
from ecom.text import Text

Cells = Any  # a pyarrow string array; pyarrow has no types
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One written file: which shop it is uploaded for and which export it looks like."""

    path: Path
    shop: Shop
    layout_id: str
    description: Text


def text(values: Any) -> Cells:
    """Any values as text."""
    return pa.array(np.asarray(values)).cast(pa.string())


def money(fen: Any) -> Cells:
    """Fen as yuan with two decimals; exact."""
    whole = pa.array(np.asarray(fen, dtype=np.int64))
    decimals = pc.multiply(whole.cast(pa.decimal128(19, 0)), pa.scalar(_CENT))
    return decimals.cast(pa.decimal128(21, 2)).cast(pa.string())


def optional_money(fen: Any, shown: Any) -> Cells:
    """Fen as yuan where ``shown``, else empty."""
    return pc.if_else(pa.array(np.asarray(shown, dtype=bool)), money(fen), pa.scalar(None))


def clock(times: Any) -> Cells:
    """Local times as ``2026-06-01 12:30:00``; empty where there is none."""
    return pa.array(np.asarray(times, dtype="datetime64[s]")).cast(pa.string())


def days(dates: Times) -> Cells:
    """Days as ``2026-06-01``."""
    return pa.array(dates.astype("datetime64[D]")).cast(pa.string())


def affix(values: Cells, *, before: str = "", after: str = "") -> Cells:
    """Put text around each cell; empty cells stay empty."""
    return pc.binary_join_element_wise(before, values.cast(pa.string()), after, "")


def pick(names: Sequence[str | None], codes: Any) -> Cells:
    """Names by code; a code below 0 gives an empty cell."""
    codes = np.asarray(codes, dtype=np.int64)
    return pa.array(list(names), pa.string()).take(pa.array(codes, mask=codes < 0))


def thousands(values: Any) -> Cells:
    """Whole numbers as ``1,234``."""
    return pa.array([f"{value:,}" for value in np.asarray(values).tolist()], pa.string())


def thousands_money(fen: Any) -> Cells:
    """Fen as ``1,234.50``."""
    return pa.array([f"{value / 100:,.2f}" for value in np.asarray(fen).tolist()], pa.string())


def percent(part: Any, whole: Any) -> Cells:
    """A share as ``59.02%``; ``-`` where the whole is nothing."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    share = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole != 0)
    return pa.array(
        ["-" if value != value else f"{value:.2%}" for value in share.tolist()], pa.string()
    )


def ratio_money(fen: Any, count: Any) -> Cells:
    """Money per unit as ``1,234.50``; ``0.00`` where there are no units."""
    return thousands_money(np.round(fen / np.maximum(count, 1)).astype(np.int64))


def number(values: Floats, decimals: int = 2) -> Cells:
    """Decimals with a fixed number of places."""
    return pa.array([f"{value:.{decimals}f}" for value in values.tolist()], pa.string())


def same(value: str, rows: int) -> Cells:
    """One value in every row."""
    return pa.array([value], pa.string()).take(pa.array(np.zeros(rows, dtype=np.int64)))


def sheet(
    headers: Sequence[str], cells: Mapping[str, Cells], *, rows: int, empty: str | None = None
) -> pa.Table:
    """A table with exactly these headers; those without cells hold ``empty`` in every row.

    Raises
    ------
    KeyError
        When cells are given for a header the layout does not have.
    """
    unknown = set(cells) - set(headers)
    if unknown:
        raise KeyError(f"not in the layout: {sorted(unknown)}")
    blank = pa.nulls(rows, pa.string()) if empty is None else same(empty, rows)
    return pa.table({header: cells.get(header, blank) for header in headers})


def write_csv(
    path: Path,
    table: pa.Table,
    *,
    encoding: str = "utf-8",
    before: str = "",
    after: str = "",
    quoted: bool = True,
) -> None:
    """Write a table as csv, with lines of text before the header and after the rows.

    ``quoted`` puts every cell that is not empty in quotes, as the back offices do; without it no
    cell may hold a comma, a quote or a line break.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    style = "needed" if quoted else "none"
    csv.write_csv(table, buffer, csv.WriteOptions(quoting_style=style))
    content = buffer.getvalue()
    if encoding == "utf-8":
        path.write_bytes(before.encode() + content + after.encode())
    else:
        path.write_bytes((before + content.decode() + after).encode(encoding))


def write_xlsx(path: Path, table: pa.Table, *, sheet_name: str, before: Sequence[str] = ()) -> None:
    """Write a table of text as xlsx, every cell as text, below lines of preamble."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        # A fixed stamp: the same demo gives the same workbook.
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - a constant
        page = book.add_worksheet(sheet_name)
        for row, line in enumerate(before):
            page.write_string(row, 0, line)
        for column, header in enumerate(table.column_names):
            page.write_string(len(before), column, header)
            cells = table.column(column).to_pylist()
            for row, cell in enumerate(cells, start=len(before) + 1):
                if cell is not None:
                    page.write_string(row, column, cell)
