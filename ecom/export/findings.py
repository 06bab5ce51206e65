"""The findings workbook: a file's faulty rows with their reasons, to be mended and added again."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

import xlsxwriter

from ecom.export.words import harmless
from ecom.i18n import Language
from ecom.ingest.checks.corrected import OURS
from ecom.ingest.checks.places import WHOLE_ROW, cell_name
from ecom.ingest.examination import Correctable, Examination, ExaminedTable
from ecom.ingest.findings import REMARKS
from ecom.store import Finding
from ecom.text import message

_NAME_LENGTH = 31  # Excel's limit of sheet names
_CELL_LENGTH = 32_767  # and of cells
_EXACT = 2**53
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_NOTES = 1_000  # the reasons of all rows stand in the last column; notes are heavy
_LISTED = 2_000
_SLICE = 5_000
_COLOURS = {"error": "#F8CBAD", "warning": "#FFE699"}
_SEVERITY = {
    "error": message("rejected"),
    "warning": message("check"),
    "info": message("note"),
}

Marks = Mapping[int, list[tuple[int, str]]]  # row -> (place, code) of its marked cells


def findings_workbook(examination: Examination, language: Language | None = None) -> bytes:
    """Write a file's findings to an .xlsx file that can be mended and dropped again.

    Parameters
    ----------
    examination : of a file; tables with ``correctable`` rows get a sheet.
    language : of the remarks; default English. The data stay as they are.

    Returns
    -------
    bytes
        First a sheet that lists what was remarked, with links; then each table under its own name
        with the lines above its header, faulty cells in colour with their reason in a note and in a
        last column. Our sheet and column start with ``OURS`` and are left out when the file comes
        back. Text is written as text, so that nothing in it is ever run as a formula.
    """
    language = language or Language("en")
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        names = _sheet_names(examination)
        marks = [_by_row(table) for table in examination.tables]
        _first_look(book, examination, names, marks, language)
        styles = _Styles(book)
        for number, table in enumerate(examination.tables):
            if table.correctable is not None:
                sheet = book.add_worksheet(names[number])
                _table(sheet, table, table.correctable, marks[number], styles, language)
    return target.getvalue()


def findings_file_name(examination: Examination) -> str:
    """A name that says the same about days and time of writing as the file's own.

    A table that took its day from the file's date gets that day into its name, so that it stays
    when the file is mended on another day.
    """
    stem = PurePath(examination.file_name).stem
    for table in examination.tables:
        dated = any(one.code == "DATE_FROM_FILE" for one in table.findings)
        if dated and table.staged is not None and table.staged.period_end is not None:
            day = str(table.staged.period_end)
            stem = stem if day in stem else f"{stem}_{day}"
    return f"{stem}_corrected.xlsx"


class _Styles:
    """The formats of one workbook: by severity ("" for none) and by kind of value."""

    def __init__(self, book: Any) -> None:
        kinds = {"": {}, "day": {"num_format": "yyyy-mm-dd"}}
        kinds["moment"] = {"num_format": "yyyy-mm-dd hh:mm:ss"}
        colours = {"": {}, **{name: {"bg_color": colour} for name, colour in _COLOURS.items()}}
        self._formats = {
            (severity, kind): book.add_format({**colour, **number})
            for severity, colour in colours.items()
            for kind, number in kinds.items()
        }
        self.header = book.add_format({"bold": True, "bottom": 1})
        self.reason = book.add_format({"text_wrap": False, "font_color": "#7F3F00"})

    def of(self, severity: str, kind: str = "") -> Any:
        return self._formats[severity, kind]


def _table(
    sheet: Any,
    table: ExaminedTable,
    rows: Correctable,
    marks: Marks,
    styles: _Styles,
    language: Language,
) -> None:
    for number, line in enumerate(rows.preamble):
        for place, cell in enumerate(line.split("\t")):
            if cell:
                sheet.write_string(number, place, cell[:_CELL_LENGTH])
    header = len(rows.preamble)
    last = len(rows.headers)
    for place, name in enumerate(rows.headers):
        sheet.write_string(header, place, name, styles.header)
    sheet.write_string(header, last, _column_title(language), styles.header)
    sheet.set_column(0, last - 1, 16)
    sheet.set_column(last, last, 70)
    sheet.freeze_panes(header + 1, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{cell_name(last, 1_048_576)}"})
    notes = 0
    positions = _positions(table, rows)
    for row, cells in _rows_of(rows):
        position, found = positions[row], marks.get(row, [])
        weights = _weights(found)
        for place, cell in enumerate(cells):
            _write(sheet, position, place, cell, weights.get(place, ""), styles)
        if found:
            sheet.write_string(
                position, last, _reasons(found, rows.headers, language), styles.reason
            )
        for place, code in found[: max(0, _NOTES - notes)]:
            note = language.say(REMARKS[code].text)
            sheet.write_comment(position, last if place == WHOLE_ROW else place, note)
            notes += 1


def _rows_of(rows: Correctable) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Each row's number in the file and its cells."""
    for start in range(0, len(rows.rows), _SLICE):
        columns = [column.slice(start, _SLICE).to_pylist() for column in rows.columns]
        numbers = rows.rows[start : start + _SLICE].tolist()
        yield from zip(numbers, zip(*columns, strict=True), strict=True)


def _weights(found: list[tuple[int, str]]) -> dict[int, str]:
    """The worse severity of each marked cell; a remark about a whole row colours its first cell."""
    weights: dict[int, str] = {}
    for place, code in found:
        where = max(place, 0)
        severity = REMARKS[code].severity
        if weights.get(where) != "error":
            weights[where] = severity
    return weights


def _reasons(found: list[tuple[int, str]], headers: tuple[str, ...], language: Language) -> str:
    words = []
    for place, code in found:
        remark = REMARKS[code]
        column = "" if place == WHOLE_ROW else f"{headers[place].strip()}: "
        allowed = "" if remark.allowed is None else f" {language.say(remark.allowed)}"
        words.append(f"{column}{language.say(remark.text)}{allowed}")
    return " · ".join(dict.fromkeys(words))[:_CELL_LENGTH]


def _write(sheet: Any, row: int, place: int, cell: Any, severity: str, styles: _Styles) -> None:
    style = styles.of(severity)
    if cell is None or cell == "":
        if severity:
            sheet.write_blank(row, place, None, style)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, place, cell, style)
    elif isinstance(cell, int | float) and abs(cell) < _EXACT:
        sheet.write_number(row, place, cell, style)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell.replace(tzinfo=None), styles.of(severity, "moment"))
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, cell, styles.of(severity, "day"))
    elif isinstance(cell, float):  # rounded by a spreadsheet: its digits, not a number again
        sheet.write_string(row, place, f"{cell:.0f}", style)
    else:
        sheet.write_string(row, place, str(cell)[:_CELL_LENGTH], style)


def _first_look(
    book: Any,
    examination: Examination,
    names: Mapping[int, str],
    marks: list[Marks],
    language: Language,
) -> None:
    sheet = book.add_worksheet(f"{OURS} {language.say(message('Remarks'))}"[:_NAME_LENGTH])
    bold = book.add_format({"bold": True, "bottom": 1})
    link = book.get_default_url_format()
    intro = message(
        "Mend the coloured cells in the sheets that follow, save this workbook and add it as it "
        "is: only the mended rows are new. This sheet and the last column are left out."
    )
    sheet.write_string(0, 0, language.say(intro))
    titles = (
        message("Severity"), message("Sheet"), message("Cell"), message("Column"), message("Value"),
        message("Remark"), message("Allowed"), message("What to do"), message("Affected cells"),
    )  # fmt: skip
    for place, text in enumerate(titles):
        sheet.write_string(2, place, language.say(text), bold)
    for first, last, width in ((0, 0, 10), (1, 1, 18), (2, 2, 10), (3, 4, 20), (5, 7, 60)):
        sheet.set_column(first, last, width)
    sheet.freeze_panes(3, 0)
    row = 3
    for number, table in enumerate(examination.tables):
        places = {} if table.correctable is None else _positions(table, table.correctable)
        for one in table.findings:
            for cell, mark in _cells_of(one, table, marks[number]):
                if row >= _LISTED:
                    return
                if mark is not None and mark[0] in places:
                    goal = cell_name(max(mark[1], 0), places[mark[0]] + 1)
                    name = names[number].replace("'", "''")
                    sheet.write_url(row, 2, f"internal:'{name}'!{goal}", link, cell)
                else:
                    sheet.write_string(row, 2, cell)
                told = (
                    (0, language.say(_SEVERITY[one.severity])), (1, one.sheet), (3, one.column),
                    (4, one.value if cell == one.cell else ""), (5, language.say(one.text)),
                    (6, "" if one.allowed is None else language.say(one.allowed)),
                    (7, "" if one.remedy is None else language.say(one.remedy)),
                )  # fmt: skip
                for place, words in told:
                    sheet.write_string(row, place, harmless(words))
                sheet.write_number(row, 8, one.occurrences)
                row += 1


def _cells_of(
    one: Finding, table: ExaminedTable, marks: Marks
) -> Iterator[tuple[str, tuple[int, int] | None]]:
    """The cells of a remark as (name, (row, place)); one without a place where it has no cells."""
    place = table.headers.index(one.column) if one.column in table.headers else WHOLE_ROW
    marked = [row for row, cells in marks.items() if (place, one.code) in cells]
    if not marked:
        yield one.cell, None
    for row in marked:
        yield cell_name(place, row), (row, place)


def _positions(table: ExaminedTable, rows: Correctable) -> dict[int, int]:
    """Row number in the file -> place of the row in our sheet, from 0.

    A whole table keeps its row numbers, so that C14 is still C14.
    """
    header = len(rows.preamble)
    if rows.is_whole:
        return {row: header + row - table.header_row for row in rows.rows.tolist()}
    return {row: header + 1 + place for place, row in enumerate(rows.rows.tolist())}


def _by_row(table: ExaminedTable) -> Marks:
    marks: dict[int, list[tuple[int, str]]] = defaultdict(list)
    columns = (table.marks[name].to_pylist() for name in ("row", "place", "code"))
    for row, place, code in zip(*columns, strict=True):
        marks[row].append((place, code))
    return marks


def _column_title(language: Language) -> str:
    return f"{OURS} {language.say(message('Remark'))}"


def _sheet_names(examination: Examination) -> dict[int, str]:
    """A sheet's own name, or the file's; made fit for Excel and different from all others."""
    stem = PurePath(examination.file_name).stem
    names: dict[int, str] = {}
    for number, table in enumerate(examination.tables):
        wanted = _NOT_IN_NAMES.sub(" ", table.sheet or stem).strip(" '")[:_NAME_LENGTH] or "Data"
        taken = {name.casefold() for name in names.values()}
        name, count = wanted, 1
        while name.casefold() in taken:
            count += 1
            name = f"{wanted[: _NAME_LENGTH - 4]} {count}"
        names[number] = name
    return names
