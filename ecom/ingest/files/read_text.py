"""Text files to raw tables: header search, splitting into cells, lines of another width."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from ecom.errors import UnreadableFile
from ecom.ingest.cells.text import TRIMMED
from ecom.ingest.files.limits import HEAD
from ecom.ingest.files.plain_tabs import with_quoting
from ecom.ingest.files.raw import (
    SEARCHED_ROWS,
    TOTAL_PATTERN,
    FindHeader,
    RawTable,
    without_blank_rows,
)
from ecom.ingest.findings import SHOWN_ROWS, finding
from ecom.text import message

_LONGEST_ROW = 1 << 16
BLOCK_BYTES = 1 << 23  # a line, cells with line breaks included, has to be shorter
_NEXT_BLOCK = re.compile(r"\n[ \t,;\r]*\n(?=#)|(?<=\n)(?=# ?-{8,})")


def read_utf8(path: Path, encoding: str) -> bytes:
    """The file's text as UTF-8 bytes with plain line ends."""
    raw = path.read_bytes()
    # a character that is cut off at the very end of the file is left out
    if encoding in ("utf-8", "utf-8-sig"):
        raw = raw.removeprefix(codecs.BOM_UTF8)
        tail = raw[-8:]
        raw = raw[: len(raw) - len(tail) + codecs.utf_8_decode(tail, "ignore", False)[1]]
    else:
        raw = codecs.getincrementaldecoder(encoding)("strict").decode(raw, final=False).encode()
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def read_blocks(text: bytes, delimiter: str, find_header: FindHeader) -> tuple[RawTable, ...]:
    """Analytics files stack several tables, each after its own block of ``#`` lines."""
    tables: list[RawTable] = []
    whole = text.decode("utf-8", "surrogateescape")
    starts = [0, *(found.end() for found in _NEXT_BLOCK.finditer(whole))]
    for number, (start, end) in enumerate(pairwise([*starts, len(whole)]), start=1):
        part = whole[start:end].rstrip("\n")
        if any(row.strip() and not row.startswith("#") for row in part.split("\n")):
            tables.append(
                read_text(
                    part.encode("utf-8", "surrogateescape"),
                    delimiter,
                    find_header,
                    first_line=whole.count("\n", 0, start) + 1,
                    sheet=f"#{number}" if len(starts) > 1 else "",
                )
            )
    return tuple(tables)


def read_text(
    text: bytes,
    delimiter: str,
    find_header: FindHeader,
    *,
    first_line: int = 1,
    sheet: str = "",
) -> RawTable:
    """Read one table; ``first_line`` is where the text starts in its file."""
    head = find_head(text, delimiter, find_header, first_line=first_line)
    below = text[head.start :]
    if delimiter == "\t":
        below = with_quoting(below, len(head.headers))
    body = _parse_body(below, delimiter, len(head.headers))
    return raw_table(head, body, sheet=sheet)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the rows of a text begin.

    ``start`` is the place of the first byte below the header, ``first_row`` its line.
    """

    headers: tuple[str, ...]
    start: int
    first_row: int
    preamble: tuple[str, ...]


def find_head(text: bytes, delimiter: str, find_header: FindHeader, *, first_line: int = 1) -> Head:
    """Find the header among the first lines of a text."""
    lines = text[:HEAD].decode("utf-8", "replace").split("\n")
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    head: list[list[str]] = []
    ends: list[int] = []
    try:
        for cells in reader:
            head.append(cells)
            ends.append(reader.line_num)
            if len(head) >= SEARCHED_ROWS:
                break
    except csv.Error as error:
        raise UnreadableFile(
            message("The lines can't be split into cells."), message("Export the file again.")
        ) from error
    place = find_header(head)
    return Head(
        headers=tuple(head[place]),
        start=sum(len(line.encode()) + 1 for line in lines[: ends[place]]),
        first_row=first_line + ends[place],
        preamble=tuple(delimiter.join(cells) for cells in head[:place]),
    )


@dataclass(frozen=True, slots=True)
class Body:
    """Cells below the header; ``ragged`` are (record number, cells) of lines of another width."""

    columns: tuple[pa.Array, ...]
    ragged: tuple[tuple[int, list[str]], ...] = ()


def _parse_body(body: bytes, delimiter: str, width: int) -> Body:
    """Split lines into text cells. Lines of another width are set aside, never guessed at."""
    if not body.strip():
        return Body(tuple(pa.array([], pa.string()) for _ in range(width)))
    ragged: list[tuple[int, str]] = []

    def set_aside(row: pa_csv.InvalidRow) -> str:
        # A row of a million cells need not be split to be refused; the mark keeps it too wide.
        text = row.text if len(row.text) <= _LONGEST_ROW else row.text[:_LONGEST_ROW] + "…"
        ragged.append((row.number or 0, text))
        return "skip"

    table = _parse_csv(body, delimiter, width, set_aside, threads=True)
    if ragged:  # line numbers are only known to one thread
        ragged.clear()
        table = _parse_csv(body, delimiter, width, set_aside, threads=False)
    columns = tuple(column.combine_chunks() for column in table.columns)
    return Body(columns, split_lines(ragged, delimiter))


def split_lines(
    lines: Iterable[tuple[int, str]], delimiter: str
) -> tuple[tuple[int, list[str]], ...]:
    """Lines of another width as cells, each with its record number."""
    return tuple(
        (number, next(csv.reader([line], delimiter=delimiter), [])) for number, line in lines
    )


def _parse_csv(
    body: bytes,
    delimiter: str,
    width: int,
    set_aside: Callable[[pa_csv.InvalidRow], str],
    *,
    threads: bool,
) -> pa.Table:
    try:
        return pa_csv.read_csv(
            io.BytesIO(body), **csv_options(delimiter, width, set_aside, threads=threads)
        )
    except pa.ArrowInvalid as error:
        raise unsplittable() from error


def csv_options(
    delimiter: str,
    width: int,
    set_aside: Callable[[pa_csv.InvalidRow], str],
    *,
    threads: bool,
) -> dict[str, Any]:
    """How lines are split, whether all at once or in blocks."""
    names = [str(number) for number in range(width)]
    return {
        "read_options": pa_csv.ReadOptions(
            use_threads=threads, column_names=names, block_size=BLOCK_BYTES
        ),
        "parse_options": pa_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,  # they count: remarks name rows as a spreadsheet does
            invalid_row_handler=set_aside,
        ),
        "convert_options": pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in names}, strings_can_be_null=False
        ),
    }


def unsplittable() -> UnreadableFile:
    """The refusal of a text whose quotation marks do not come in pairs."""
    return UnreadableFile(
        message("The lines can't be split into cells."),
        message("Look for a quotation mark that is never closed, or export the file again."),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """Lines of another width, by what they are; numbers are record numbers, from 1."""

    repaired: tuple[tuple[int, list[str]], ...]
    cut: tuple[int, ...]
    unclosed: tuple[int, ...]
    ragged: tuple[int, ...]
    totals: tuple[int, ...]


def _judge(lines: tuple[tuple[int, list[str]], ...], *, width: int, last: int) -> _Judged:
    """Surplus empty cells are taken off; a short last line was cut; the rest can't be trusted."""
    repaired: list[tuple[int, list[str]]] = []
    cut: list[int] = []
    unclosed: list[int] = []
    ragged: list[int] = []
    totals: list[int] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
            continue
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            repaired.append((number, cells[:width]))
        elif re.search(TOTAL_PATTERN, cells[0].strip(TRIMMED + "\"'*-")):
            totals.append(number)
        elif len(cells) < width and number == last:
            swallowed = any("\n" in cell for cell in cells)
            (unclosed if swallowed else cut).append(number)
        else:
            ragged.append(number)
    return _Judged(tuple(repaired), tuple(cut), tuple(unclosed), tuple(ragged), tuple(totals))


def raw_table(
    head: Head, body: Body, *, sheet: str = "", before: int = 0, ends: bool = True
) -> RawTable:
    """Number the rows, drop blank ones and account for lines of another width.

    Parameters
    ----------
    before : records of the table that stand above this body.
    ends : whether the file ends with this body, so that its last line may be a cut one.
    """
    columns, first_row = body.columns, head.first_row
    last = before + (len(columns[0]) if columns else 0) + len(body.ragged)
    set_aside = np.array(sorted(number for number, _ in body.ragged), dtype=np.int64)
    records = np.setdiff1d(np.arange(before + 1, last + 1), set_aside, assume_unique=True)
    judged = _judge(body.ragged, width=len(head.headers), last=last if ends else 0)
    if judged.repaired:
        records = np.concatenate([records, [number for number, _ in judged.repaired]])
        order = pa.array(np.argsort(records))
        cells = zip(*(cells for _, cells in judged.repaired), strict=True)
        columns = tuple(
            pa.concat_arrays([column, pa.array(more, pa.string())]).take(order)
            for column, more in zip(columns, cells, strict=True)
        )
        records = np.sort(records)
    findings = tuple(
        finding(
            code,
            sheet=sheet,
            rows=tuple(number + first_row - 1 for number in numbers[:SHOWN_ROWS]),
            occurrences=len(numbers),
        )
        for code, numbers in (
            ("TRUNCATED_FILE", judged.cut),
            ("UNCLOSED_QUOTE", judged.unclosed),
            ("RAGGED_ROW", judged.ragged),
        )
        if numbers
    )
    columns, kept = without_blank_rows(columns)
    return RawTable(
        sheet=sheet,
        headers=head.headers,
        columns=columns,
        rows=(records[kept] + first_row - 1).astype(np.int32),
        header_row=first_row - 1,
        preamble=head.preamble,
        findings=findings,
        rows_rejected=len(judged.cut) + len(judged.unclosed) + len(judged.ragged),
        rows_totals=len(judged.totals),
    )
