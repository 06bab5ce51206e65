"""A made-up export with hand-added figures: one YAML file a case, written in any container.

A case says what the file looks like and what must stand in the store after the import::

    layout: pdd_order
    shows: what is odd about this export, in a sentence
    file: 订单_2026-07-31.csv          the name the person knows
    container: csv | tsv | xlsx | xls | ods | html | zip      default csv
    encoding: utf-8 | utf-8-sig | gb18030 | utf-16        text only, default utf-8
    delimiter: ";"                     of a csv, default ","
    quoted: false                      cells stand as they are, without quotation marks
    shop: {timezone: America/New_York} whose export it is; left out: nobody said
    tables:                            sheets of a workbook, members of a zip; one for the rest
      - name: 订单信息                  the sheet's (or member's) name
        preamble: [[a line above the header], ...]
        headers: [...]                 left out: the layout's own, in their order
        rows: [{header: cell, ...}]    a cell left out is empty; lists are taken cell by cell
        footer: [[total line], ...]
    expect:
      account: {read: 4, new: 3, totals: 1}      summed over the file's tables; left out is 0
      findings: [NOT_DAILY]            codes of errors and warnings, exactly
      sums: {orders.paid_amount: 12.5, orders: 3}   of current rows; a bare table counts its rows
      distinct: {orders.customer_key: 2}         how many values there are; blanks are none
      rows:                            each given row must stand exactly once in its table
        orders: [{order_id: "1", status: paid}]
      distinct: {orders.customer_key: 2}    different values, for hashes that can't be told here

Figures are added up by hand, in a comment beside them.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
import yaml

from ecom.ingest import layouts
from ecom.store import Shop

FOLDER = Path(__file__).parent / "cases"
Row = list[Any]


@dataclass(frozen=True)
class CaseTable:
    """One table as rows of cells."""

    name: str
    preamble: list[Row]
    headers: list[str]
    rows: list[Row]
    footer: list[Row]

    @property
    def lines(self) -> list[Row]:
        return [*self.preamble, self.headers, *self.rows, *self.footer]


@dataclass(frozen=True)
class Case:
    """One YAML file."""

    name: str
    layout: str
    file: str
    container: str
    encoding: str
    delimiter: str
    quoted: bool
    shop: Shop | None
    tables: tuple[CaseTable, ...]
    expect: dict[str, Any]

    def write(self, folder: Path) -> Path:
        """The file, as a person would have it."""
        path = folder / self.file
        path.write_bytes(self.content(self.tables))
        return path

    def content(self, tables: tuple[CaseTable, ...]) -> bytes:
        """These tables, written the way of this export."""
        if not self.quoted:
            return _plain_text(tables[0], self.delimiter, self.encoding)
        return contents(tables, self.container, self.encoding, delimiter=self.delimiter)


def cases() -> Iterator[Case]:
    """All cases, by name."""
    for path in sorted(FOLDER.glob("*.yaml")):
        yield read(path)


def read(path: Path) -> Case:
    data = yaml.safe_load(path.read_text("utf-8"))
    reference = {layout.layout_id: list(layout.reference) for layout in layouts()}
    tables = tuple(
        _table(one, one.get("headers") or reference[data["layout"]]) for one in data["tables"]
    )
    return Case(
        name=path.stem,
        layout=data["layout"],
        file=data["file"],
        container=data.get("container", "csv"),
        encoding=data.get("encoding", "utf-8"),
        delimiter=data.get("delimiter", "\t" if data.get("container") == "tsv" else ","),
        quoted=data.get("quoted", True),
        shop=Shop(**{"shop_id": "shop", **data["shop"]}) if "shop" in data else None,
        tables=tables,
        expect=data["expect"],
    )


def _table(data: dict[str, Any], headers: list[str]) -> CaseTable:
    rows = []
    for row in data["rows"]:
        if isinstance(row, dict):
            unknown = set(row) - set(headers)
            assert not unknown, f"cells without a header: {unknown}"
            row = [row.get(header) for header in headers]
        rows.append(row)
    return CaseTable(
        data.get("name", ""), data.get("preamble", []), headers, rows, data.get("footer", [])
    )


def contents(
    tables: tuple[CaseTable, ...], container: str, encoding: str, *, delimiter: str = ","
) -> bytes:
    """The bytes of a file with these tables."""
    match container:
        case "csv" | "tsv":
            return _text(tables[0], delimiter if container == "csv" else "\t", encoding)
        case "xlsx":
            return _workbook(tables)
        case "xls":
            return _old_workbook(tables)
        case "ods":
            return _open_document(tables)
        case "html":
            return _page(tables, encoding)
        case "zip":
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for table in tables:
                    archive.writestr(table.name, _text(table, ",", encoding))
            return target.getvalue()
        case _:
            raise ValueError(f"no such container: {container}")


def _text(table: CaseTable, delimiter: str, encoding: str) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([["" if cell is None else cell for cell in line] for line in table.lines])
    return target.getvalue().encode(encoding)


def _plain_text(table: CaseTable, delimiter: str, encoding: str) -> bytes:
    """Lines without quotation marks, and without the empty cells at their end."""
    lines = (delimiter.join("" if c is None else str(c) for c in line) for line in table.lines)
    return "".join(line.rstrip(delimiter) + "\r\n" for line in lines).encode(encoding)


def _workbook(tables: tuple[CaseTable, ...]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as b:
        for table in tables:
            sheet = b.add_worksheet(table.name or None)
            for place, line in enumerate(table.lines):
                for column, cell in enumerate(line):
                    if isinstance(cell, str):
                        sheet.write_string(place, column, cell)
                    elif cell is not None:
                        sheet.write(place, column, cell)
    return target.getvalue()


def _old_workbook(tables: tuple[CaseTable, ...]) -> bytes:
    import xlwt  # the one writer of this old format; fixtures only

    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, table in enumerate(tables, start=1):
        sheet = book.add_sheet(table.name or f"Sheet{number}")
        for place, line in enumerate(table.lines):
            for column, cell in enumerate(line):
                if cell is not None:
                    is_day = hasattr(cell, "year")
                    sheet.write(place, column, cell, *([day] if is_day else []))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _open_document(tables: tuple[CaseTable, ...]) -> bytes:
    target = io.BytesIO()
    with pd.ExcelWriter(target, engine="odf") as book:
        for number, table in enumerate(tables, start=1):
            width = max(map(len, table.lines))
            frame = pd.DataFrame([[*line, *[None] * (width - len(line))] for line in table.lines])
            name = table.name or f"Sheet{number}"
            frame.to_excel(book, sheet_name=name, header=False, index=False)
    return target.getvalue()


def _page(tables: tuple[CaseTable, ...], encoding: str) -> bytes:
    """A web page, as back offices name “.xls”."""

    def row(line: Row) -> str:
        words = ("" if cell is None else escape(str(cell)) for cell in line)
        return "<tr>" + "".join(f"<td>{word}</td>" for word in words) + "</tr>"

    bodies = ("".join(map(row, table.lines)) for table in tables)
    page = "".join(f"<table border=1>{body}</table>" for body in bodies)
    return f"<html><body>{page}</body></html>".encode(encoding)
