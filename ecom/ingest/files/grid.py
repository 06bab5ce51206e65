"""Rows of text cells, as markup gives them, to a raw table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ecom.errors import UnreadableFile
from ecom.ingest.files.limits import MAX_CELLS, MAX_COLUMNS, MEGABYTE, too_many_cells, too_wide
from ecom.ingest.files.raw import SEARCHED_ROWS, FindHeader, RawTable, without_blank_rows
from ecom.ingest.files.spans import Span, choose_header
from ecom.text import message

MAX_CELL = MEGABYTE


@dataclass(slots=True)
class Grid:
    """A table while it is read. Rows may differ in length; ``numbers`` are their sheet rows."""

    sheet: str = ""
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    hidden_rows: int = 0
    visible: bool = True
    cells: int = 0

    def add(self, row: list[str], number: int) -> None:
        """Take a row, unless the table becomes wider or larger than can be held."""
        if len(row) > MAX_COLUMNS:
            raise too_wide(len(row))
        self.cells += len(row)
        if self.cells > MAX_CELLS:
            raise too_many_cells(len(self.rows), len(row))
        self.rows.append(row)
        self.numbers.append(number)

    def merge(self, row: int, column: int, *, down: int, across: int) -> None:
        """Remember a merged cell where a header can stand."""
        if row < SEARCHED_ROWS and (down or across):
            self.spans.append(Span(row, column, row + down, column + across))

    @property
    def has_data(self) -> bool:
        """Whether this is more than a line or a column of layout."""
        return sum(1 for row in self.rows if sum(map(bool, row)) > 1) > 1


def check_cell(length: int) -> None:
    """Refuse a cell that no table has."""
    if length > MAX_CELL:
        raise UnreadableFile(
            message("One cell is longer than {size} MB.", size=MAX_CELL // MEGABYTE),
            message("Check that the right file was chosen."),
        )


def table_of(grid: Grid, find_header: FindHeader, *, workbook: bool) -> RawTable:
    """The grid's cells as columns below its header.

    Parameters
    ----------
    workbook : whether numbers were numbers there, so that long ids may have been rounded
    """
    width = max(map(len, grid.rows))
    rows: Sequence[list[str]] = [row + [""] * (width - len(row)) for row in grid.rows]
    header = choose_header(rows[:SEARCHED_ROWS], find_header, spans=grid.spans)
    body = rows[header.place + 1 :]
    cells = zip(*body, strict=True) if body else ((),) * width
    columns, kept = without_blank_rows(tuple(pa.array(list(one), pa.string()) for one in cells))
    return RawTable(
        sheet=grid.sheet,
        headers=header.names,
        columns=columns,
        rows=np.array(grid.numbers[header.place + 1 :], dtype=np.int32)[kept],
        header_row=grid.numbers[header.place],
        preamble=tuple("\t".join(row).strip() for row in rows[: header.place + 1 - header.lines]),
        workbook=workbook,
    )
