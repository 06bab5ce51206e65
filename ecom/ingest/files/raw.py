"""A table as its file has it, before anything is understood."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.text import mask, normalise_header
from ecom.ingest.findings import finding
from ecom.store.staging import Finding

SEARCHED_ROWS = 30  # a header stands among the first so many rows
TOTAL_PATTERN = (
    r"(?i)^(合计|总计|总和|小计|共计|汇总|total|totals|grand total|sum)$|^total: "
    r"|^total of [\d,]+ results?$"
)

FindHeader = Callable[[Sequence[Sequence[str]]], int]


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of a file.

    Attributes
    ----------
    headers : as written; a table has as many columns as headers.
    columns : text; in workbooks also numbers, dates and flags.
    rows : int array, the spreadsheet row number of each row; blank rows are left out.
    header_row : spreadsheet row of the header.
    preamble : the lines above the header.
    rows_rejected, rows_totals : lines that could not be split into cells, by what they are.
    """

    sheet: str
    headers: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    rows: np.ndarray
    header_row: int
    preamble: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    rows_rejected: int = 0
    rows_totals: int = 0
    workbook: bool = False

    @property
    def rows_read(self) -> int:
        """Data rows in the file."""
        return len(self.rows) + self.rows_rejected + self.rows_totals

    def with_findings(self, *more: Finding) -> RawTable:
        """The same table with more remarks."""
        return replace(self, findings=(*self.findings, *more))


def without_blank_rows(columns: tuple[pa.Array, ...]) -> tuple[tuple[pa.Array, ...], np.ndarray]:
    """Columns without the rows in which no cell holds anything, and which rows were kept."""
    if not columns:
        return columns, np.zeros(0, dtype=bool)
    filled = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        if pa.types.is_string(column.type):
            filled |= mask(pc.greater(pc.binary_length(column), 0))
        else:
            filled |= mask(pc.is_valid(column))
        if filled.all():
            return columns, filled
    kept = pa.array(filled)
    return tuple(column.filter(kept) for column in columns), filled


def first_rows(table: RawTable, count: int) -> RawTable:
    """The table cut to its first rows, in memory of its own."""
    if len(table.rows) <= count:
        return table
    places = pa.array(np.arange(count))
    columns = tuple(column.take(places) for column in table.columns)
    return replace(table, columns=columns, rows=table.rows[:count].copy())


def duplicate_headers(table: RawTable, *, expected: Collection[str] = ()) -> tuple[Finding, ...]:
    """A remark for each name that stands over two columns and is not expected to."""
    names = [normalise_header(header) for header in table.headers]
    twice = {name for name in names if name and names.count(name) > 1 and name not in expected}
    return tuple(
        finding("DUPLICATE_HEADER", sheet=table.sheet, column=name) for name in sorted(twice)
    )
