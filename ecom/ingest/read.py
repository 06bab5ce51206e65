"""From a file to raw tables: cells exactly as they stand, with their spreadsheet row numbers."""

from __future__ import annotations

import codecs
import csv
import io
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ecom.errors import UnreadableFile
from ecom.ingest.findings import SHOWN_ROWS, finding
from ecom.ingest.sniff import HEAD, MAX_COLUMNS, Container, Sniffed
from ecom.ingest.text import TRIMMED, mask, normalise_header
from ecom.store.staging import Finding
from ecom.text import message

SEARCHED_ROWS = 30
_ROW_LIMITS = (1_048_576, 65_536)
_UNNAMED = re.compile(r"^__UNNAMED__\d+$")
_NEXT_BLOCK = re.compile(r"\n[ \t,;\r]*\n(?=#)|(?<=\n)(?=# ?-{8,})")

# fastexcel warns about columns without a value; such columns are simply empty here
logging.getLogger("fastexcel").setLevel(logging.ERROR)

TOTAL_PATTERN = r"(?i)^(合计|总计|总和|小计|共计|汇总|total|totals|grand total|sum)$|^total: "

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
    text = _utf8(path, sniffed.encoding)
    if not text.startswith(b"#"):
        return (_read_text(text, sniffed.delimiter, find_header, first_line=1, sheet=""),)
    return _read_blocks(text, sniffed.delimiter, find_header)


# --- text ------------------------------------------------------------------------------------


def _utf8(path: Path, encoding: str) -> bytes:
    """The file's text as UTF-8 bytes with plain line ends."""
    raw = path.read_bytes()
    if encoding == "utf-8-sig":
        raw = raw[len(codecs.BOM_UTF8) :]
    elif encoding != "utf-8":
        # final=False leaves out a character that is cut off at the very end of the file
        raw = codecs.getincrementaldecoder(encoding)("strict").decode(raw, final=False).encode()
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def _read_blocks(text: bytes, delimiter: str, find_header: FindHeader) -> tuple[RawTable, ...]:
    """Analytics files stack several tables, each after its own block of ``#`` lines."""
    tables: list[RawTable] = []
    whole = text.decode("utf-8", "surrogateescape")
    starts = [0, *(found.end() for found in _NEXT_BLOCK.finditer(whole))]
    for number, (start, end) in enumerate(pairwise([*starts, len(whole)]), start=1):
        part = whole[start:end].rstrip("\n")
        if any(row.strip() and not row.startswith("#") for row in part.split("\n")):
            tables.append(
                _read_text(
                    part.encode("utf-8", "surrogateescape"),
                    delimiter,
                    find_header,
                    first_line=whole.count("\n", 0, start) + 1,
                    sheet=f"#{number}" if len(starts) > 1 else "",
                )
            )
    return tuple(tables)


def _read_text(
    text: bytes, delimiter: str, find_header: FindHeader, *, first_line: int, sheet: str
) -> RawTable:
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
    headers = tuple(head[place])
    start = sum(len(line.encode()) + 1 for line in lines[: ends[place]])
    body = _parse_body(text[start:], delimiter, len(headers))
    return _raw_table(
        headers,
        body,
        first_row=first_line + ends[place],
        sheet=sheet,
        preamble=tuple(delimiter.join(cells) for cells in head[:place]),
    )


@dataclass(frozen=True, slots=True)
class _Body:
    """Cells below the header; ``ragged`` are (record number, cells) of lines of another width."""

    columns: tuple[pa.Array, ...]
    ragged: tuple[tuple[int, list[str]], ...] = ()


def _parse_body(body: bytes, delimiter: str, width: int) -> _Body:
    """Split lines into text cells. Lines of another width are set aside, never guessed at."""
    if not body.strip():
        return _Body(tuple(pa.array([], pa.string()) for _ in range(width)))
    ragged: list[tuple[int, str]] = []

    def set_aside(row: pa_csv.InvalidRow) -> str:
        ragged.append((row.number or 0, row.text))
        return "skip"

    table = _parse_csv(body, delimiter, width, set_aside, threads=True)
    if ragged:  # line numbers are only known to one thread
        ragged.clear()
        table = _parse_csv(body, delimiter, width, set_aside, threads=False)
    columns = tuple(column.combine_chunks() for column in table.columns)
    cells = ((number, next(csv.reader([line], delimiter=delimiter), [])) for number, line in ragged)
    return _Body(columns, tuple(cells))


def _parse_csv(
    body: bytes,
    delimiter: str,
    width: int,
    set_aside: Callable[[pa_csv.InvalidRow], str],
    *,
    threads: bool,
) -> pa.Table:
    names = [str(number) for number in range(width)]
    try:
        return pa_csv.read_csv(
            io.BytesIO(body),
            read_options=pa_csv.ReadOptions(
                use_threads=threads, column_names=names, block_size=1 << 23
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=set_aside
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise UnreadableFile(
            message("The lines can't be split into cells."),
            message("Look for a quotation mark that is never closed, or export the file again."),
        ) from error


@dataclass(frozen=True, slots=True)
class _Judged:
    """Lines of another width, by what they are; numbers are record numbers, from 1."""

    repaired: tuple[tuple[int, list[str]], ...]
    cut: tuple[int, ...]
    ragged: tuple[int, ...]
    totals: tuple[int, ...]


def _judge(lines: tuple[tuple[int, list[str]], ...], *, width: int, last: int) -> _Judged:
    """Surplus empty cells are taken off; a short last line was cut; the rest can't be trusted."""
    repaired, cut, ragged, totals = [], [], [], []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
            continue
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            repaired.append((number, cells[:width]))
        elif re.search(TOTAL_PATTERN, cells[0].strip(TRIMMED + "\"'*-")):
            totals.append(number)
        elif len(cells) < width and number == last:
            cut.append(number)
        else:
            ragged.append(number)
    return _Judged(tuple(repaired), tuple(cut), tuple(ragged), tuple(totals))


def _raw_table(
    headers: tuple[str, ...], body: _Body, *, first_row: int, sheet: str, preamble: tuple[str, ...]
) -> RawTable:
    """Number the rows, drop blank ones and account for lines of another width."""
    columns = body.columns
    last = (len(columns[0]) if columns else 0) + len(body.ragged)
    set_aside = np.array(sorted(number for number, _ in body.ragged), dtype=np.int64)
    records = np.setdiff1d(np.arange(1, last + 1), set_aside, assume_unique=True)
    judged = _judge(body.ragged, width=len(headers), last=last)
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
        for code, numbers in (("TRUNCATED_FILE", judged.cut), ("RAGGED_ROW", judged.ragged))
        if numbers
    )
    columns, kept = _without_blank_rows(columns)
    return RawTable(
        sheet=sheet,
        headers=headers,
        columns=columns,
        rows=(records[kept] + first_row - 1).astype(np.int32),
        header_row=first_row - 1,
        preamble=preamble,
        findings=findings,
        rows_rejected=len(judged.cut) + len(judged.ragged),
        rows_totals=len(judged.totals),
    )


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
    columns, kept = _without_blank_rows(tuple(body.columns))
    findings = []
    if sheet.total_height + 1 in _ROW_LIMITS:
        findings.append(finding("ROW_LIMIT", sheet=name))
    return RawTable(
        sheet=name,
        headers=headers,
        columns=columns,
        rows=(np.flatnonzero(kept) + place + 2).astype(np.int32),
        header_row=place + 1,
        preamble=tuple("\t".join(cells).strip() for cells in [first, *below][:place]),
        findings=tuple(findings),
        workbook=True,
    )


def _without_blank_rows(columns: tuple[pa.Array, ...]) -> tuple[tuple[pa.Array, ...], np.ndarray]:
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


def duplicate_headers(table: RawTable) -> tuple[Finding, ...]:
    """A remark for each name that stands over two columns."""
    names = [normalise_header(header) for header in table.headers]
    twice = {name for name in names if name and names.count(name) > 1}
    return tuple(
        finding("DUPLICATE_HEADER", sheet=table.sheet, column=name) for name in sorted(twice)
    )
