"""Workbooks (.xlsx, .xls, .ods) to raw tables."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.errors import EcomError, UnreadableFile
from ecom.ingest.files.limits import MAX_COLUMNS, SCANNED_PACKED, damaged, too_long, too_wide
from ecom.ingest.files.ods import check_extent
from ecom.ingest.files.raw import SEARCHED_ROWS, FindHeader, RawTable, without_blank_rows
from ecom.ingest.files.sheet_xml import SheetFacts, sheet_entries, sheet_facts
from ecom.ingest.files.sniff import Container
from ecom.ingest.files.spans import choose_header
from ecom.ingest.files.zipped import chunks, entries, head_of, pieces
from ecom.ingest.findings import SHOWN_ROWS, finding
from ecom.store.staging import Finding
from ecom.text import message

NO_VALUE = "#VALUE?"  # stands in a cell whose formula was saved without its value
_UNNAMED = re.compile(r"^__UNNAMED__\d+$")
_NUMBERED = re.compile(r"^(.+)_\d+$", re.DOTALL)
_ERROR = re.compile(r"'Error\((\w+)\)'")
_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}
_FEW_CELLS = 1_000_000  # below, every sheet is searched for error cells
Marks = Mapping[int, Mapping[int, str]]  # column, row below the first line: what to put there

# fastexcel warns about columns without a value; such columns are simply empty here
logging.getLogger("fastexcel").setLevel(logging.ERROR)


def read_workbook(
    path: Path, container: Container, find_header: FindHeader
) -> tuple[RawTable, ...]:
    """Read every visible sheet that has cells.

    Parameters
    ----------
    path : Path
        Of any name: the content decides.
    container : XLSX, XLS or ODS
    find_header : index of the header among the first rows

    Raises
    ------
    UnreadableFile
    """
    facts = _facts(path, container)
    source = path if path.suffix.lower() == f".{container}" else path.read_bytes()
    try:
        return _read_sheets(fastexcel.read_excel(source), facts, find_header)
    except EcomError:
        raise
    except fastexcel.FastExcelError as error:
        raise damaged() from error
    except BaseException as error:
        # A panic of the Rust reader is no Exception, but means no more than a damaged file.
        if type(error).__name__ == "PanicException":
            raise damaged() from error
        raise


def _facts(path: Path, container: Container) -> Mapping[str, SheetFacts]:
    """What the reader does not tell of each sheet; refuses what would not fit into memory."""
    if container is Container.XLS:
        return {}
    listed = entries(path)
    if container is Container.ODS:
        check_extent(path, listed)
        return {}
    sheets = sheet_entries(path, listed)
    _check_other_parts(path, listed, {entry.filename for entry in sheets.values()})
    return {name: sheet_facts(path, entry) for name, entry in sheets.items()}


def _check_other_parts(path: Path, listed: Sequence[zipfile.ZipInfo], sheets: set[str]) -> None:
    """Unpack shared texts and styles once, bounded, as the reader unpacks them without a bound."""
    for entry in listed:
        if entry.filename in sheets or not entry.filename.endswith((".xml", ".rels")):
            continue
        end = b"si>" if entry.filename.endswith("sharedStrings.xml") else b">"
        if entry.compress_size > SCANNED_PACKED:
            if b"/" + end not in head_of(path, entry):
                raise too_long()
            continue
        for _ in pieces(chunks(path, entry), end):
            pass


def _read_sheets(
    workbook: fastexcel.ExcelReader, facts: Mapping[str, SheetFacts], find_header: FindHeader
) -> tuple[RawTable, ...]:
    tables: list[RawTable] = []
    hidden: list[str] = []
    for name in workbook.sheet_names:
        sheet = workbook.load_sheet(name, schema_sample_rows=None)
        if sheet.visible != "visible":
            hidden.append(name)
        elif sheet.width:
            tables.append(_read_sheet(name, sheet, facts.get(name), find_header))
    if not tables:
        raise UnreadableFile(
            message("The workbook has no cells."), message("Export the file again.")
        )
    if hidden:
        left_out = finding(
            "HIDDEN_SHEETS",
            sheet=tables[0].sheet,
            value=", ".join(hidden)[:80],
            occurrences=len(hidden),
        )
        tables[0] = tables[0].with_findings(left_out)
    return tuple(tables)


def _read_sheet(
    name: str, sheet: fastexcel.ExcelSheet, facts: SheetFacts | None, find_header: FindHeader
) -> RawTable:
    """The first row is taken for the header; when it is not, all cells below it are text anyway."""
    if sheet.width > MAX_COLUMNS:
        raise too_wide(sheet.width)
    batch, errors = _cells(sheet, facts)
    top = facts.first_row if facts else 0
    left = sheet.available_columns()[0].absolute_index
    first = _first_line(batch.schema.names)
    below = [
        ["" if cell is None else str(cell) for cell in cells]
        for cells in zip(
            *(column.to_pylist() for column in batch.slice(0, SEARCHED_ROWS - 1).columns),
            strict=True,
        )
    ]
    spans = None if facts is None else [span.moved(top, left) for span in facts.spans]
    header = choose_header([first, *below], find_header, spans=spans)
    empty = _without_value(batch, facts, top, left)
    columns = _marked(_marked(tuple(batch.columns), errors), empty)
    columns, kept = without_blank_rows(tuple(column.slice(header.place) for column in columns))
    return RawTable(
        sheet=name,
        headers=header.names,
        columns=columns,
        rows=(np.flatnonzero(kept) + header.place + top + 2).astype(np.int32),
        header_row=header.place + top + 1,
        preamble=tuple(
            "\t".join(cells).strip() for cells in [first, *below][: header.place + 1 - header.lines]
        ),
        findings=tuple(_findings(name, sheet, facts, header.names, empty, top)),
        workbook=True,
    )


def _first_line(names: Sequence[str]) -> list[str]:
    """The first line as written: the reader names blank cells and numbers equal names."""
    line: list[str] = []
    for name in names:
        numbered = _NUMBERED.match(name)
        original = numbered[1] if numbered and numbered[1] in line else name
        line.append("" if _UNNAMED.match(original) else original)
    return line


def _cells(sheet: fastexcel.ExcelSheet, facts: SheetFacts | None) -> tuple[pa.RecordBatch, Marks]:
    """The sheet's cells and its error cells; looking for these takes a third longer."""
    if sheet.width * sheet.height > _FEW_CELLS and not (facts and facts.searched):
        return pa.record_batch(sheet.to_arrow()), {}
    batch, found = sheet.to_arrow_with_errors()
    marks: dict[int, dict[int, str]] = {}
    for error in found.errors if found else ():
        if kind := _ERROR.search(error.detail):
            row, column = error.offset_position
            marks.setdefault(column, {})[row] = _ERRORS.get(kind[1], "#ERROR!")
    return batch, marks


def _without_value(batch: pa.RecordBatch, facts: SheetFacts | None, top: int, left: int) -> Marks:
    marks: dict[int, dict[int, str]] = {}
    for row, column in facts.unvalued if facts else ():
        below, place = row - top - 1, column - left
        inside = 0 <= below < batch.num_rows and 0 <= place < batch.num_columns
        if inside and batch.column(place)[below].as_py() in (None, ""):
            marks.setdefault(place, {})[below] = NO_VALUE
    return marks


def _marked(columns: tuple[pa.Array, ...], marks: Marks) -> tuple[pa.Array, ...]:
    """Columns with marks in their cells, as text; they are refused wherever the column is used."""
    if not marks:
        return columns
    marked = list(columns)
    for place, cells in marks.items():
        column = columns[place]
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("s"), safe=False)
        where = np.zeros(len(column), dtype=bool)
        where[list(cells)] = True
        words = pa.array([cells[row] for row in sorted(cells)], pa.string())
        marked[place] = pc.replace_with_mask(column.cast(pa.string()), pa.array(where), words)
    return tuple(marked)


def _findings(
    name: str,
    sheet: fastexcel.ExcelSheet,
    facts: SheetFacts | None,
    headers: Sequence[str],
    empty: Marks,
    top: int,
) -> list[Finding]:
    found = []
    if facts and facts.hidden_rows:
        found.append(finding("HIDDEN_ROWS", sheet=name, occurrences=facts.hidden_rows))
    for place, cells in empty.items():
        rows = sorted(cells)
        found.append(
            finding(
                "FORMULA_NO_VALUE",
                sheet=name,
                column=headers[place],
                rows=tuple(row + top + 2 for row in rows[:SHOWN_ROWS]),
                occurrences=len(rows),
            )
        )
    return found
