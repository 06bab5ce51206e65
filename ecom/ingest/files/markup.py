"""Tables of a web page saved under another name, as many back offices export their “.xls”.

The page is read as a stream of tags: nothing is fetched, no script or entity is run, and cells stay
text.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from ecom.errors import UnreadableFile
from ecom.ingest.files.grid import Grid, check_cell, table_of
from ecom.ingest.files.limits import HEAD, MAX_COLUMNS, MAX_MARKUP, MEGABYTE, damaged, too_wide
from ecom.ingest.files.raw import FindHeader, RawTable
from ecom.ingest.files.read_text import read_utf8
from ecom.text import message

_CELLS = ("td", "th")
_SILENT = ("script", "style", "head")
_MOST_ROWS = 65_534  # that a cell may span, by the HTML standard
_DEEPEST_TABLES = 200  # tables inside tables
_DEEPEST = 5_000  # tags inside tags; each one more makes the parser slower


def read_html(path: Path, encoding: str, find_header: FindHeader) -> tuple[RawTable, ...]:
    """Every table of a page that has rows of data.

    Raises
    ------
    UnreadableFile
    """
    check_markup_size(path)
    text = read_utf8(path, encoding)
    target = _Tables()
    # huge_tree only lifts limits on the length of texts, which are held against ours; a page has
    # no entities of its own.
    parser = etree.HTMLParser(
        target=target, encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True
    )
    try:
        for start in range(0, len(text), HEAD):
            parser.feed(text[start : start + HEAD])
        parser.close()
    except etree.LxmlError as error:
        raise damaged() from error
    grids = [grid for grid in target.done if grid.has_data]
    if not grids:
        raise UnreadableFile(
            message("This is a web page without a table."), message("Export the file again.")
        )
    if len(grids) > 1:
        for number, grid in enumerate(grids, start=1):
            grid.sheet = f"#{number}"
    return tuple(table_of(grid, find_header, workbook=False) for grid in grids)


def check_markup_size(path: Path) -> None:
    """Refuse markup that is larger than is held at once."""
    size = path.stat().st_size
    if size > MAX_MARKUP:
        raise UnreadableFile(
            message(
                "The file has {size} MB; at most {limit} MB of HTML or XML can be read.",
                size=round(size / MEGABYTE),
                limit=MAX_MARKUP // MEGABYTE,
            ),
            message("Save it as .xlsx or .csv (UTF-8) and add it again."),
        )


class _Open:
    """A table whose end has not come yet."""

    def __init__(self) -> None:
        self.grid = Grid()
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.length = 0
        self.span = (1, 1)
        self.reserved: dict[int, int] = {}  # column: rows that a cell still covers, its own with it
        self.lines = 0

    def open_row(self) -> None:
        self.close_row()
        self.row, self.lines = [], self.lines + 1

    def open_cell(self, attributes: Mapping[str, str]) -> None:
        self.close_cell()
        if self.row is None:
            self.open_row()
        across = _number(attributes.get("colspan"))
        if across > MAX_COLUMNS:
            raise too_wide(across)
        self.span = (across, min(_number(attributes.get("rowspan")), _MOST_ROWS))
        self.cell, self.length = [], 0

    def close_cell(self) -> None:
        if self.cell is None or self.row is None:
            return
        self._skip_reserved()
        across, down = self.span
        place = len(self.row)
        self.grid.merge(len(self.grid.rows), place, down=down - 1, across=across - 1)
        self.row += [" ".join("".join(self.cell).split()), *[""] * (across - 1)]
        if len(self.row) > MAX_COLUMNS:
            raise too_wide(len(self.row))
        if down > 1:
            self.reserved.update(dict.fromkeys(range(place, place + across), down))
        self.cell = None

    def close_row(self) -> None:
        if self.row is None:
            return
        self.close_cell()
        self._skip_reserved()
        self.grid.add(self.row, self.lines)
        self.reserved = {place: left - 1 for place, left in self.reserved.items() if left > 1}
        self.row = None

    def _skip_reserved(self) -> None:
        assert self.row is not None  # only called inside a row
        while len(self.row) in self.reserved:
            self.row.append("")


class _Tables:
    """Receives the page tag by tag; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        self.done: list[Grid] = []
        self.open: list[_Open] = []
        self.silent = 0
        self.depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise damaged()
        if tag in _SILENT:
            self.silent += 1
        elif tag == "table":
            if len(self.open) >= _DEEPEST_TABLES:
                raise damaged()
            self.open.append(_Open())
        elif self.open and tag == "tr":
            self.open[-1].open_row()
        elif self.open and tag in _CELLS:
            self.open[-1].open_cell(attributes)
        elif tag in ("br", "p", "div"):
            self.data(" ")

    def data(self, text: str) -> None:
        if self.open and not self.silent and self.open[-1].cell is not None:
            table = self.open[-1]
            table.length += len(text)
            check_cell(table.length)
            table.cell.append(text)  # type: ignore[union-attr]  # narrowed above

    def end(self, tag: str) -> None:
        self.depth -= 1
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif not self.open:
            return
        elif tag == "table":
            table = self.open.pop()
            table.close_row()
            self.done.append(table.grid)
        elif tag == "tr":
            self.open[-1].close_row()
        elif tag in _CELLS:
            self.open[-1].close_cell()

    def close(self) -> None:
        while self.open:
            self.end("table")


def _number(text: str | None) -> int:
    """A span; one that is no number is 1."""
    digits = (text or "").strip()[:9]
    return max(1, int(digits)) if digits.isascii() and digits.isdigit() else 1
