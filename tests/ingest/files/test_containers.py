"""The same orders come out of every container, whatever the file is called."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlwt

from ecom.errors import UnreadableFile
from ecom.ingest.files.read import read_tables
from ecom.ingest.files.sniff import sniff
from ecom.ingest.files.text_shape import delimiter_of
from ecom.ingest.recognition.recognise import header_finder
from tests.ingest.conftest import Look, codes, examined, rows_of

from . import make

Write = Callable[..., Path]


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    for line in make.LINES:
        book.active.append(line)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("orders")
    for row, line in enumerate(make.LINES):
        for column, cell in enumerate(line):
            sheet.write(row, column, cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _ods() -> bytes:
    target = io.BytesIO()
    frame = pd.DataFrame(make.ROWS, columns=make.HEADER)
    frame.to_excel(target, engine="odf", index=False)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_text_in_every_encoding_and_separator(look: Look, encoding: str, mark: str) -> None:
    lines = [[*make.HEADER, "备注"], *([*row, "好"] for row in make.ROWS)]
    table = look(make.text(lines, mark).encode(encoding))
    assert make.paid(rows_of(table)) == make.PAID


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a.xlsx", "a.ods", "a.zip", "a"])
@pytest.mark.parametrize(
    "content",
    [_xlsx, _xls, _ods, make.html, make.spreadsheet_xml, lambda: make.text(mark="\t")],
    ids=["xlsx", "xls", "ods", "html", "spreadsheet xml", "tab text"],
)
def test_the_content_decides_not_the_name(
    look: Look, content: Callable[[], bytes | str], name: str
) -> None:
    assert make.paid(rows_of(look(content(), name))) == make.PAID


@pytest.mark.parametrize(
    ("mark", "content"),
    [
        (";", "a;b;c\n" + "1,5;2,5;3,5\n" * 50),  # as many decimal commas as cells
        ("\t", "Report, of 2026\na\tb\n" + "1,2\t3\n" * 50),
        (",", 'Campaign report\n"July 8, 2025 - July 31, 2025"\nA,B,C\n"x, y","1;2",3\n'),
        (";", 'name;note\nx;"a,b,c"\ny;"d,e,f"\n'),
        (",", "day,path\n2026-01-01,a|b|c\n2026-01-02,d|e|f\n"),
        (",", "only\none\n"),
    ],
)
def test_the_separator_is_the_one_that_splits_evenly(mark: str, content: str) -> None:
    assert delimiter_of(content) == mark


def test_decimal_commas_in_a_semicolon_file_are_read(look: Look) -> None:
    rows = [[cell.replace(".", ",") for cell in row] for row in make.ROWS]
    assert make.paid(rows_of(look(make.text([make.HEADER, *rows], ";")))) == make.PAID


def test_a_page_keeps_its_cells_as_text_and_its_layout_tables_out(look: Look) -> None:
    ids = ["6917926768823643751", "6917926768823643752"]
    rows = [[order, *row[1:]] for order, row in zip(ids, make.ROWS, strict=True)]
    inner = make.html([make.HEADER, *rows]).removeprefix("<html><body>")
    page = (
        "<!DOCTYPE html><html><head><style>td {mso-number-format:'\\@'}</style></head><body>"
        f"<table><tr><td>logo</td><td>{inner.removesuffix('</body></html>')}</td></tr></table>"
    )
    assert list(make.paid(rows_of(look(page, "orders.xls")))) == ids


def test_a_page_in_gb18030_with_spans_has_a_header_of_two_lines(write: Write) -> None:
    page = (
        "<table><tr><td rowspan=2>日期</td><td colspan=2>销售</td></tr>"
        "<tr><td>数量</td><td>金额</td></tr><tr><td>2026-01-02</td><td>3</td><td>4.5</td></tr>"
        "<tr><td>2026-01-03</td><td>1</td><td>2</td></tr></table>"
    )
    assert _headers(write(page.encode("gb18030"))) == ("日期", "销售/数量", "销售/金额")


def test_a_page_without_a_table_is_refused(look: Look) -> None:
    with pytest.raises(UnreadableFile, match="without a table"):
        look("<html><body><p>Your session has expired.</p></body></html>", "orders.xls")


def test_spreadsheet_xml_skips_cells_rows_and_hidden_sheets(write: Write) -> None:
    def cells(words: list[str]) -> str:
        return "".join(f'<Cell><Data ss:Type="String">{word}</Data></Cell>' for word in words)

    after = cells(make.ROWS[0][4:]).replace("<Cell", '<Cell ss:Index="5"', 1)
    first = cells(make.ROWS[0][:3]) + after
    content = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Worksheet ss:Name="Orders"><Table>'
        f'<Row>{cells(make.HEADER)}</Row><Row ss:Index="5">{first}</Row>'
        f'<Row ss:Hidden="1">{cells(make.ROWS[1])}</Row></Table></Worksheet>'
        '<Worksheet ss:Name="Old"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row>'
        '</Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">'
        "<Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"
    )
    (table,) = examined(write(content, "orders.xls")).tables
    rows = rows_of(table)
    assert [(row["order_id"], row["source_row"]) for row in rows] == [("1", 5), ("2", 6)]
    assert [row["status_raw"] for row in rows] == [None, "paid"]
    assert {"HIDDEN_SHEETS", "HIDDEN_ROWS"} <= codes(table)


def _headers(path: Path) -> tuple[str, ...]:
    (table,) = read_tables(path, sniff(path), find_header=header_finder())
    return table.headers


def test_a_ga4_snapshot_is_split_into_its_tables(shared_dir: Path) -> None:
    path = shared_dir / "data" / "ga4" / "reports_snapshot.csv"
    tables = read_tables(path, sniff(path), find_header=header_finder())
    # read off the file: the header's line, its first name, how many lines follow
    assert [(table.header_row, table.headers[0], table.rows_read) for table in tables] == [
        (9, "Active users", 1),
        (15, "Page title and screen class", 92),
        (112, "First user source / medium", 37),
        (154, "Session source / medium", 38),
        (197, "Nth day", 90),
        (292, "Platform", 0),
        (298, "City", 127),
        (430, "Audience name", 1),
    ]
