"""From a file to raw tables: cells exactly as they stand, with their spreadsheet row numbers."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import fastexcel
import numpy as np
import pyarrow as pa

from ecom.errors import UnreadableFile
from ecom.ingest.files.raw import SEARCHED_ROWS, FindHeader, RawTable, without_blank_rows
from ecom.ingest.files.read_text import read_blocks, read_text, read_utf8
from ecom.ingest.files.sniff import MAX_COLUMNS, Container, Sniffed
from ecom.text import message

_UNNAMED = re.compile(r"^__UNNAMED__\d+$")

# fastexcel warns about columns without a value; such columns are simply empty here
logging.getLogger("fastexcel").setLevel(logging.ERROR)


def read_tables(path: Path, sniffed: Sniffed, *, find_header: FindHeader) -> tuple[RawTable, ...]:
    """Read every table of a file.

    Parameters
    ----------
    path : Path
    sniffed : Sniffed
        How to read it.
    find_header : callable
        Index of the header among the first rows (lists of cell texts).

    Returns
    -------
    tuple of RawTable
        One for each visible sheet with cells, or for each block of a text file.

    Raises
    ------
    UnreadableFile
    """
    if sniffed.container is Container.WORKBOOK:
        return _read_workbook(path, find_header)
    text = read_utf8(path, sniffed.encoding)
    if not text.startswith(b"#"):
        return (read_text(text, sniffed.delimiter, find_header),)
    return read_blocks(text, sniffed.delimiter, find_header)


# --- workbooks -------------------------------------------------------------------------------


def _read_workbook(path: Path, find_header: FindHeader) -> tuple[RawTable, ...]:
    try:
        workbook = fastexcel.read_excel(path)
        tables = []
        for name in workbook.sheet_names:
            sheet = workbook.load_sheet(name, schema_sample_rows=None)
            if sheet.visible != "visible" or not sheet.width:
                continue
            tables.append(_read_sheet(name, sheet, find_header))
    except fastexcel.FastExcelError as error:
        raise UnreadableFile(
            message("The workbook is damaged or cut short."),
            message("Open it in Excel, save it as .xlsx and add it again."),
        ) from error
    if not tables:
        raise UnreadableFile(
            message("The workbook has no cells."), message("Export the file again.")
        )
    return tuple(tables)


def _read_sheet(name: str, sheet: fastexcel.ExcelSheet, find_header: FindHeader) -> RawTable:
    """The first row is taken for the header; when it is not, all cells below it are text anyway."""
    batch = pa.record_batch(sheet.to_arrow())
    if batch.num_columns > MAX_COLUMNS:
        raise UnreadableFile(
            message(
                "The table has {columns} columns; at most {limit} can be read.",
                columns=batch.num_columns,
                limit=MAX_COLUMNS,
            ),
            message("Export fewer columns."),
        )
    first = ["" if _UNNAMED.match(header) else header for header in batch.schema.names]
    top = batch.slice(0, SEARCHED_ROWS - 1)
    below = [
        ["" if cell is None else str(cell) for cell in cells]
        for cells in zip(*(column.to_pylist() for column in top.columns), strict=True)
    ]
    place = find_header([first, *below])
    headers = tuple(first if place == 0 else below[place - 1])
    body = batch.slice(place)
    columns, kept = without_blank_rows(tuple(body.columns))
    return RawTable(
        sheet=name,
        headers=headers,
        columns=columns,
        rows=(np.flatnonzero(kept) + place + 2).astype(np.int32),
        header_row=place + 1,
        preamble=tuple("\t".join(cells).strip() for cells in [first, *below][:place]),
        workbook=True,
    )
