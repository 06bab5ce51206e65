"""What a sheet's XML tells that the workbook reader does not: merges, empty formulas, its extent.

The reader fills a sheet's used rectangle, so two cells far apart would cost it half a terabyte.
Sheets are therefore measured first. The text is only searched, never parsed: nothing in it can
grow.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from ecom.ingest.files.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_PIECE,
    SCANNED_PACKED,
    damaged,
    too_long,
    too_many_cells,
    too_wide,
)
from ecom.ingest.files.raw import SEARCHED_ROWS
from ecom.ingest.files.spans import Span
from ecom.ingest.files.zipped import chunks, head_of, pieces

Cell = tuple[int, int]

# RE2 reads half a gigabyte a second whatever it searches, Python's own engine a tenth of that.
_WIDE = r'r="(?:[A-Z]{3}|[T-Z][A-Z]|S[S-Z])'
_TWO_LETTERS = r'r="[A-Z]{2}'
_TALL = r'r="[A-Z]+(?:[2-9]\d{4}|\d{6})'
_VERY_TALL = r'r="[A-Z]+(?:4[6-9]\d{4}|[5-9]\d{5}|\d{7})'
_TOLD = r'<(?:\w+:)?f[ />]|\bhidden="(?:1|true)"|\bt="e"'
_WITHOUT_PLACE = r"<(?:\w+:)?c(?:>|\s+[^r>\s])"

_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*)>")
_ROW_NUMBER = re.compile(rb'\br="(\d{1,9})"')
_PLACE = re.compile(rb'\br="([A-Z]{1,4})(\d{1,9})"')
_FIRST_CELL = re.compile(rb'<(?:\w+:)?c r="[A-Z]{1,3}(\d{1,7})"(?:[^>]*[^/>])?>')
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\b([^>]*[^/>])>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')
_MERGE = re.compile(rb'mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What was found in one sheet. Rows and columns count from 0, as in the sheet.

    Attributes
    ----------
    spans : merged cells among the first rows.
    unvalued : cells with a formula whose value was never saved.
    hidden_rows : how many rows are hidden.
    first_row : of what is used; the reader leaves blank rows above it out.
    searched : whether the whole sheet was looked through; else only its first megabyte.
    """

    spans: tuple[Span, ...] = ()
    unvalued: tuple[Cell, ...] = ()
    hidden_rows: int = 0
    first_row: int = 0
    searched: bool = True


def sheet_entries(path: Path, listed: Sequence[zipfile.ZipInfo]) -> Mapping[str, zipfile.ZipInfo]:
    """Where in an .xlsx each sheet's XML is, by the sheet's name.

    Raises
    ------
    UnreadableFile
        Also when a sheet's XML is not found: another reader might find it, and it was not measured.
    """
    by_name = {entry.filename: entry for entry in listed}
    by_folded = {entry.filename.casefold(): entry for entry in listed}
    relations = _parsed(path, by_name.get("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    found = {}
    for sheet in _parsed(path, by_name.get("xl/workbook.xml")).iter("{*}sheet"):
        target = targets.get(_relation_of(sheet), "").replace("\\", "/")
        place = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").casefold()
        if place not in by_folded:
            raise damaged()
        found[sheet.get("name", "")] = by_folded[place]
    return found


def _relation_of(sheet: etree._Element) -> str | None:
    """The relation's id; strict workbooks use another namespace for it."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)


def _parsed(path: Path, entry: zipfile.ZipInfo | None) -> etree._Element:
    """A small part of the workbook as XML; no entity is expanded and nothing is fetched."""
    if entry is None or entry.file_size > MAX_PIECE:
        raise damaged()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(b"".join(chunks(path, entry)), parser)
    except etree.XMLSyntaxError as error:
        raise damaged() from error


def sheet_facts(path: Path, entry: zipfile.ZipInfo) -> SheetFacts:
    """Look through one sheet.

    A sheet that is packed to more than ``SCANNED_PACKED`` is looked through from end to end only
    if its first megabyte shows formulas, errors or hidden rows; reading it all twice would take a
    tenth of the time of an import.

    Raises
    ------
    UnreadableFile
        For a sheet too wide or too large to be held.
    """
    head = head_of(path, entry)
    if entry.compress_size > SCANNED_PACKED and not _shows(_text(head), _TOLD):
        if b"/row>" not in head and b":row>" not in head:
            raise too_long()
        _measure(lambda: iter([head]))
        return _facts([head], _first_row(head), searched=False)

    def parts() -> Iterator[bytes]:
        return pieces(chunks(path, entry), b"row>")

    _measure(parts)
    return _facts(parts(), _first_row(head), searched=True)


def _facts(parts: Iterable[bytes], first_row: int, *, searched: bool) -> SheetFacts:
    spans: list[Span] = []
    unvalued: list[Cell] = []
    hidden = 0
    for part in parts:
        if b"hidden=" in part:
            hidden += sum(1 for _ in _HIDDEN.finditer(part))
        if b"mergeCell" in part:
            spans += _spans(part)
        if b"<f" in part or b":f" in part:
            unvalued += _unvalued(part)
    return SheetFacts(tuple(spans), tuple(unvalued), hidden, first_row, searched)


def _spans(part: bytes) -> Iterator[Span]:
    for found in _MERGE.finditer(part):
        top, bottom = int(found[2]) - 1, int(found[4]) - 1
        if top < SEARCHED_ROWS:
            yield Span(top, _column(found[1]), bottom, _column(found[3]))


def _unvalued(part: bytes) -> Iterator[Cell]:
    """Formulas without a saved value; one whose saved value is empty text has one."""
    for found in _NO_VALUE.finditer(part):
        place = _PLACE.search(found[1])
        if place is not None and b't="str"' not in found[1]:
            yield int(place[2]) - 1, _column(place[1])


def _first_row(head: bytes) -> int:
    """The first row with a cell that holds something."""
    found = _FIRST_CELL.search(head)
    return int(found[1]) - 1 if found else 0


def _measure(parts: Callable[[], Iterator[bytes]]) -> None:
    """Refuse a sheet that is too wide or spans too many cells.

    One fast search tells most sheets sound; only where it does not are cells looked at one by one.
    """
    wide, tall, very_tall, without_place = False, False, False, False
    for part in parts():
        text = _text(part)
        if _shows(text, _WIDE):
            raise too_wide(MAX_COLUMNS + 1)
        wide = wide or _shows(text, _TWO_LETTERS)
        tall = tall or _shows(text, _TALL)
        very_tall = very_tall or (tall and _shows(text, _VERY_TALL))
        without_place = without_place or _shows(text, _WITHOUT_PLACE)
    if without_place or very_tall or (wide and tall):
        _count(parts())


def _text(part: bytes) -> pa.Array:
    return pa.array([part], pa.large_binary())


def _shows(text: pa.Array, pattern: str) -> bool:
    return bool(pc.match_substring_regex(text, pattern)[0].as_py())


def _count(parts: Iterator[bytes]) -> None:
    """The used rectangle, cell by cell; one without a place follows the cell before it."""
    row, column, rows, columns = 0, 0, 0, 0
    for part in parts:
        for tag in _TAG.finditer(part):
            if tag[1] == b"row":
                stated = _ROW_NUMBER.search(tag[2])
                row, column = int(stated[1]) if stated else row + 1, 0
                continue
            place = _PLACE.search(tag[2])
            if place is not None:
                column, rows = _column(place[1]) + 1, max(rows, int(place[2]))
            else:
                column, rows = column + 1, max(rows, row)
            columns = max(columns, column)
        if columns > MAX_COLUMNS:
            raise too_wide(columns)
        if rows * columns > MAX_CELLS:
            raise too_many_cells(rows, columns)


def _column(letters: bytes) -> int:
    """``A`` is 0, ``AA`` 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
