"""SpreadsheetML 2003: a workbook in one XML file, exported by older back offices as “.xls”."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ecom.errors import UnreadableFile
from ecom.ingest.files.grid import Grid, check_cell, table_of
from ecom.ingest.files.limits import MAX_COLUMNS, damaged, too_wide
from ecom.ingest.files.markup import check_markup_size
from ecom.ingest.files.raw import FindHeader, RawTable
from ecom.ingest.files.read_text import read_utf8
from ecom.ingest.findings import finding
from ecom.text import message

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_LAST_ROW = 1_048_576


def read_spreadsheet_xml(
    path: Path, encoding: str, find_header: FindHeader
) -> tuple[RawTable, ...]:
    """Every visible sheet with cells; values as saved, formulas never computed.

    Raises
    ------
    UnreadableFile
        Also for a file that declares entities: exports have none, XML bombs do.
    """
    check_markup_size(path)
    text = read_utf8(path, encoding)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise UnreadableFile(
            message("The XML declares entities of its own, which exports never do."),
            message("Save it as .xlsx or .csv (UTF-8) and add it again."),
        )
    try:
        grids = list(_grids(text))
    except etree.LxmlError as error:
        raise damaged() from error
    shown = [grid for grid in grids if grid.visible and grid.rows]
    if not shown:
        raise UnreadableFile(
            message("The workbook has no cells."), message("Export the file again.")
        )
    tables = [_with_remarks(table_of(grid, find_header, workbook=True), grid) for grid in shown]
    hidden = [grid.sheet for grid in grids if not grid.visible]
    if hidden:
        left_out = finding(
            "HIDDEN_SHEETS",
            sheet=tables[0].sheet,
            value=", ".join(hidden)[:80],
            occurrences=len(hidden),
        )
        tables[0] = tables[0].with_findings(left_out)
    return tuple(tables)


def _with_remarks(table: RawTable, grid: Grid) -> RawTable:
    if not grid.hidden_rows:
        return table
    return table.with_findings(
        finding("HIDDEN_ROWS", sheet=grid.sheet, occurrences=grid.hidden_rows)
    )


def _grids(text: bytes) -> Iterator[Grid]:
    """Sheet by sheet; each row's tree is dropped once it is read."""
    grid, number = Grid(), 0
    parser = etree.iterparse(
        io.BytesIO(text),
        events=("start", "end"),
        tag=(f"{_SS}Worksheet", f"{_SS}Row", "{*}Visible"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for event, element in parser:
        if element.tag == f"{_SS}Worksheet":
            if event == "start":
                grid, number = Grid(sheet=element.get(f"{_SS}Name", "")), 0
            else:
                yield grid
        elif event == "end" and element.tag == f"{_SS}Row":
            number = _index(element, number + 1, most=_LAST_ROW)
            grid.hidden_rows += element.get(f"{_SS}Hidden") == "1"
            grid.add(_cells(element, grid), number)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
        elif event == "end" and element.tag.endswith("}Visible"):
            grid.visible = (element.text or "").strip() not in ("SheetHidden", "SheetVeryHidden")


def _cells(row: etree._Element, grid: Grid) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_SS}Cell"):
        place = _index(cell, len(cells) + 1, most=MAX_COLUMNS) - 1
        across, down = _count(cell, "MergeAcross"), _count(cell, "MergeDown")
        if place + across >= MAX_COLUMNS:
            raise too_wide(place + across + 1)
        grid.merge(len(grid.rows), place, down=down, across=across)
        data = cell.find(f"{_SS}Data")
        words = "" if data is None else "".join(data.itertext())
        check_cell(len(words))
        cells += [""] * (place - len(cells)) + [words] + [""] * across
    return cells


def _count(cell: etree._Element, name: str) -> int:
    stated = cell.get(f"{_SS}{name}", "0")
    return int(stated[:9]) if stated.isdigit() else 0


def _index(element: etree._Element, following: int, *, most: int) -> int:
    """The place of a row or cell, counted from 1; it may only move on."""
    stated = element.get(f"{_SS}Index")
    if stated is None:
        return following
    if not stated.isdigit() or not following <= int(stated[:9]) <= most:
        raise damaged()
    return int(stated)
