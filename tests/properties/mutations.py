"""What people and programs do to exports before they arrive here.

A *harmless* mutation leaves the facts as they are: stored numbers must not change. A *harmful* one
destroys something: what is destroyed must be reported, and everything else must come through.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from ecom.ingest.cells.text import normalise_header
from tests.layouts.case import Case, CaseTable, contents

_PLAIN = re.compile(r"-?\d{1,9}(\.\d+)?")
_TOTAL = re.compile("(?i)[^a-z]*total|合计|总计|汇总|全部|小计")
Change = Callable[[CaseTable, random.Random], CaseTable]


@dataclass(frozen=True)
class Wrapping:
    """How the bytes of a file are written."""

    name: str
    container: str
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: str = ""  # of text; left out: both characters
    zipped: bool = False

    def write(self, tables: tuple[CaseTable, ...]) -> bytes:
        data = contents(tables, self.container, self.encoding, delimiter=self.delimiter)
        if self.line_end:
            data = data.replace(b"\r\n", self.line_end.encode())
        if self.zipped:
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("export.csv", data)
            data = target.getvalue()
        return data

    def suits(self, case: Case) -> bool:
        """Several sheets need a workbook; text has no typed cells, a page no line breaks."""
        if self.container == "html" and any(
            "\n" in str(c) for t in case.tables for row in t.rows for c in row
        ):
            return False
        if case.container in ("csv", "tsv"):
            return True
        return case.container in _WORKBOOKS and self.container in _WORKBOOKS


_WORKBOOKS = ("xlsx", "xls", "ods")
WRAPPINGS = (
    Wrapping("utf-8", "csv"),
    Wrapping("byte-order mark", "csv", "utf-8-sig"),
    Wrapping("gb18030", "csv", "gb18030"),
    Wrapping("utf-16 with tabs", "csv", "utf-16", "\t"),
    Wrapping("tabs", "csv", delimiter="\t"),
    Wrapping("semicolons", "csv", delimiter=";"),
    Wrapping("bars", "csv", delimiter="|"),
    Wrapping("line feeds", "csv", line_end="\n"),
    Wrapping("carriage returns", "csv", line_end="\r"),
    Wrapping("workbook", "xlsx"),
    Wrapping("old workbook", "xls"),
    Wrapping("open document", "ods"),
    Wrapping("web page", "html"),
    Wrapping("zip", "csv", zipped=True),
    Wrapping("zip with a workbook", "xlsx", zipped=True),
)


# --- harmless ----------------------------------------------------------------------------------


def reorder(table: CaseTable, chance: random.Random) -> CaseTable:
    """Columns in another order; of two that are named alike the order means something."""
    names = [normalise_header(header) for header in table.headers]
    if len(set(names)) < len(names):
        return table
    order = list(range(len(names)))
    # the word of a total stands in front
    first = [order.pop(0)] if _says_total(table, 0) else []
    chance.shuffle(order)
    return _take(table, first + order)


def add_columns(table: CaseTable, chance: random.Random) -> CaseTable:
    """Columns that nobody knows."""
    for _ in range(chance.randint(1, 3)):
        place, number = chance.randint(1, len(table.headers)), len(table.headers)
        words = chance.choice([["abc"], ["12.5"], ["", "x,y"], ['say "hi"']])
        table = _insert(table, place, f"zz extra {number}", words)
    return table


def decorate_headers(table: CaseTable, chance: random.Random) -> CaseTable:
    """Blanks, invisible marks, full-width brackets and other capitals in the header."""
    ways = (
        lambda text: f" {text} ",
        lambda text: f"{text}\u200b",
        lambda text: text.upper() if text.isascii() else text,
        lambda text: text.replace("(", "（").replace(")", "）"),
        lambda text: text.replace(" ", "  "),
    )
    return replace(table, headers=[chance.choice(ways)(header) for header in table.headers])


def pad_cells(table: CaseTable, chance: random.Random) -> CaseTable:
    """Tabs and blanks around cells, as some platforms write to keep Excel off."""
    pads = ("\t", " ", "\u00a0", "")
    return _each_cell(
        table, lambda cell: chance.choice(pads) + cell + chance.choice(pads) if cell else cell
    )


def wrap_digits(table: CaseTable, chance: random.Random) -> CaseTable:
    """Long numbers as ``="123"``."""
    return _each_cell(
        table, lambda cell: f'="{cell}"' if cell.isdigit() and len(cell) > 9 else cell
    )


def blank_rows(table: CaseTable, chance: random.Random) -> CaseTable:
    """Empty lines between rows and at the end."""
    rows = list(table.rows)
    for _ in range(chance.randint(1, 3)):
        rows.insert(chance.randint(0, len(rows)), [None] * len(table.headers))
    return replace(table, rows=rows)


def repeat_header(table: CaseTable, chance: random.Random) -> CaseTable:
    """The header once more in the middle, as in files that were pasted together."""
    rows = list(table.rows)
    rows.insert(chance.randint(0, len(rows)), list(table.headers))
    return replace(table, rows=rows)


def add_total(table: CaseTable, chance: random.Random) -> CaseTable:
    """A last line that says the sum of every column of numbers."""
    word = chance.choice(("合计", "总计", "Total", "Grand Total"))
    width = len(table.headers)
    sums = [total_of(table, place) for place in range(1, width)]
    return replace(table, footer=[*table.footer, [word, *sums]])


def total_of(table: CaseTable, place: int) -> str | None:
    """The sum of a column, where all of its filled cells are plain numbers."""
    cells = [str(row[place]) for row in table.rows if place < len(row) and row[place] is not None]
    if not cells or not all(_PLAIN.fullmatch(cell) for cell in cells):
        return None
    return str(sum(map(Decimal, cells)))


def wrong_total(table: CaseTable, place: int, chance: random.Random) -> CaseTable:
    """A last line of which one sum is not the column's."""
    right = add_total(table, chance)
    *others, last = right.footer
    told = [*last[:place], str(Decimal(str(last[place])) + 1_000), *last[place + 1 :]]
    return replace(table, footer=[*others, told])


# In an order in which they do not undo one another: the header is repeated as it is by then.
HARMLESS: tuple[Change, ...] = (
    reorder, add_columns, decorate_headers, pad_cells, wrap_digits, blank_rows, repeat_header,
)  # fmt: skip


# --- harmful -----------------------------------------------------------------------------------


def drop_column(table: CaseTable, chance: random.Random) -> CaseTable:
    """A column that is gone; not the one without which a total is a row like any other."""
    places = [place for place in range(len(table.headers)) if not _says_total(table, place)]
    gone = chance.choice(places)
    return _take(table, [place for place in range(len(table.headers)) if place != gone])


def rename_column(table: CaseTable, chance: random.Random) -> CaseTable:
    """A column under a name that says nothing."""
    return renamed(table, chance.choice(table.headers), "zz renamed")


def renamed(table: CaseTable, old: str, new: str) -> CaseTable:
    """Another name over a column; over all of them that have this one."""
    names = [new if header == old else header for header in table.headers]
    return replace(table, headers=names)


def repeat_column(table: CaseTable, chance: random.Random) -> CaseTable:
    """A second column of the same name, empty or not."""
    header = chance.choice(table.headers)
    return _insert(table, len(table.headers), header, [chance.choice(("", "7", "abc"))])


def garble_cells(table: CaseTable, chance: random.Random) -> CaseTable:
    """Words, errors and impossible values where something else should stand."""
    junk = (
        "abc",
        "#REF!",
        "1e400",
        "-",
        "99999999999999999999",
        "2026-13-45",
        "\x00",
        "🙂",
        "=1+1",
    )
    rows = [list(row) for row in table.rows]
    for _ in range(chance.randint(1, 3)):
        if rows:
            row = chance.choice(rows)
            row[chance.randrange(len(row))] = chance.choice(junk)
    return replace(table, rows=rows)


def ragged_rows(table: CaseTable, chance: random.Random) -> CaseTable:
    """A line with cells too many or too few."""
    rows = [list(row) for row in table.rows]
    if rows:
        place = chance.randrange(len(rows))
        rows[place] = rows[place][:-2] if chance.random() < 0.5 else [*rows[place], "x", "y"]
    return replace(table, rows=rows)


# What happens to columns changes every row; what happens to rows must spare the others.
TO_COLUMNS: tuple[Change, ...] = (drop_column, rename_column, repeat_column)
TO_ROWS: tuple[Change, ...] = (garble_cells, ragged_rows)


def blank_lines(table: CaseTable, lines: set[int]) -> CaseTable:
    """The table without some of its rows; the others stand where they stood."""
    rows = [
        [None] * len(table.headers) if number in lines else row
        for number, row in enumerate(table.rows)
    ]
    return replace(table, rows=rows)


def truncate(data: bytes, chance: random.Random) -> bytes:
    """An export that ended early."""
    return data[: chance.randrange(len(data))]


def noise(data: bytes, chance: random.Random) -> bytes:
    """A few bytes overwritten, put in or taken out."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(changed)) if changed else 0
        match chance.randrange(3):
            case 0 if changed:
                changed[place] = chance.randrange(256)
            case 1:
                changed[place:place] = chance.randbytes(chance.randint(1, 4))
            case _:
                del changed[place : place + chance.randint(1, 4)]
    return bytes(changed)


def _says_total(table: CaseTable, place: int) -> bool:
    lines = [*table.rows, *table.footer]
    return any(_TOTAL.match(str(line[place])) for line in lines if place < len(line))


def _take(table: CaseTable, order: list[int]) -> CaseTable:
    width = len(table.headers)

    def pick(row: list[object]) -> list[object]:
        full = [*row, *([None] * (width - len(row)))]
        return [full[place] for place in order]

    return replace(
        table,
        headers=[table.headers[place] for place in order],
        rows=[pick(row) for row in table.rows],
        footer=[pick(row) for row in table.footer],
    )


def _insert(table: CaseTable, place: int, header: str, words: list[str]) -> CaseTable:
    def more(row: list[object], number: int) -> list[object]:
        # a line that names nothing explains the header, or is blank
        word = words[number % len(words)] if row[0] not in (None, "") else None
        return [*row[:place], word, *row[place:]]

    width = len(table.headers)
    headers = [*table.headers[:place], header, *table.headers[place:]]
    rows = [
        more([*row, *([None] * (width - len(row)))], number)
        for number, row in enumerate(table.rows)
    ]
    footer = [[*row[:place], None, *row[place:]] for row in table.footer]
    return replace(table, headers=headers, rows=rows, footer=footer)


def _each_cell(table: CaseTable, change: Callable[[str], str]) -> CaseTable:
    return replace(
        table,
        rows=[
            [change(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows
        ],
    )
