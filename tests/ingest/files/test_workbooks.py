"""What workbooks hide: merges, formulas, errors, dates, hidden sheets, wrong records."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ecom.errors import UnreadableFile
from ecom.ingest.files.raw import RawTable
from ecom.ingest.files.read import read_tables
from ecom.ingest.files.sniff import sniff
from ecom.ingest.recognition.recognise import header_finder
from tests.ingest.conftest import Look, codes, rows_of

from . import make

Write = Callable[..., Path]
WHEN = datetime(2026, 1, 2, 10)


def book_of(*lines: list[Any]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def raw(path: Path) -> tuple[RawTable, ...]:
    return read_tables(path, sniff(path), find_header=header_finder())


def with_sheet(content: bytes, change: Callable[[str], str]) -> bytes:
    """The workbook with the XML of its first sheet changed by hand."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    return make.zipped({**parts, name: change(parts[name].decode())})


def test_a_wrong_dimension_record_loses_nothing(look: Look) -> None:
    content = saved(book_of(*make.LINES))
    wrong = with_sheet(
        content, lambda xml: re.sub(r'<dimension ref="[^"]+"', '<dimension ref="A1"', xml)
    )
    assert b"<dimension" in zipfile.ZipFile(io.BytesIO(wrong)).read("xl/worksheets/sheet1.xml")
    assert make.paid(rows_of(look(wrong))) == make.PAID


def test_hidden_sheets_are_left_out_and_hidden_rows_are_not(look: Look) -> None:
    book = book_of(*make.LINES)
    book.active.row_dimensions[3].hidden = True
    for name, state in (("old", "hidden"), ("macro", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet.append(["secret"])
        sheet.sheet_state = state
    table = look(saved(book))
    assert make.paid(rows_of(table)) == make.PAID
    said = {one.code: (one.occurrences, one.value) for one in table.findings}
    assert said["HIDDEN_SHEETS"] == (2, "old, macro")
    assert said["HIDDEN_ROWS"] == (1, "")


def test_merged_headers_of_two_lines_become_one(write: Write) -> None:
    book = book_of(
        ["Sales of the week", None, None, None],
        ["日期", "销售", None, "备注"],
        [None, "数量", "金额", None],
        [date(2026, 1, 2), 3, 4.5, "x"],
        [date(2026, 1, 3), 1, 2, "y"],
    )
    for merged in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        book.active.merge_cells(merged)
    (table,) = raw(write(saved(book)))
    assert table.headers == ("日期", "销售/数量", "销售/金额", "备注")
    assert (table.header_row, list(table.rows)) == (3, [4, 5])
    assert table.preamble == ("Sales of the week",)


def test_the_same_header_in_an_old_workbook_is_told_by_its_gaps(write: Write) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    sheet.write_merge(0, 1, 0, 0, "日期")
    sheet.write_merge(0, 0, 1, 2, "销售")
    for column, words in ((1, "数量"), (2, "金额")):
        sheet.write(1, column, words)
    for row in (2, 3):
        for column in range(3):
            sheet.write(row, column, column + row)
    target = io.BytesIO()
    book.save(target)
    (table,) = raw(write(target.getvalue()))
    assert table.headers == ("日期", "销售/数量", "销售/金额")
    assert list(table.rows) == [3, 4]


def test_a_title_above_a_header_is_no_upper_line(look: Look) -> None:
    title = ["Orders", None, "Export", None, None, None, None]
    table = look(saved(book_of(title, *make.LINES)))
    assert table.header_row == 2
    assert make.paid(rows_of(table)) == make.PAID


def test_a_table_that_begins_further_down_keeps_its_row_numbers(look: Look) -> None:
    book = openpyxl.Workbook()
    for row, line in enumerate(make.LINES, start=4):
        for column, words in enumerate(line, start=3):
            book.active.cell(row, column, words)
    table = look(saved(book))
    assert table.header_row == 4
    assert [row["source_row"] for row in rows_of(table)] == [5, 6]


@pytest.mark.parametrize("epoch", ["1900", "1904"])
def test_dates_are_right_in_both_date_systems(look: Look, epoch: str) -> None:
    book = openpyxl.Workbook()
    if epoch == "1904":
        book.epoch = CALENDAR_MAC_1904
    book.active.append(make.HEADER)
    book.active.append(["1", WHEN, WHEN, "paid", "c", 5, 0])
    (row,) = rows_of(look(saved(book)))
    assert row["created_at"] == datetime(2026, 1, 2, 2)  # Shanghai is eight hours ahead


def test_serial_numbers_and_numbers_as_text_are_read(look: Look) -> None:
    # 46024.416666… days after 30 December 1899 is 2 January 2026, 10:00
    serial = 46024 + 10 / 24
    table = look(saved(book_of(make.HEADER, ["1", serial, serial, "paid", "c", "1,005.50", "0"])))
    (row,) = rows_of(table)
    assert (row["created_at"], row["paid_amount"]) == (datetime(2026, 1, 2, 2), Decimal("1005.5"))


def test_a_formula_without_its_value_is_named_and_its_row_rejected(look: Look) -> None:
    rows = [["1", WHEN, WHEN, "paid", "c", 5, 0], ["2", WHEN, WHEN, "paid", "c", "=F2*2", 0]]
    table = look(saved(book_of(make.HEADER, *rows)))
    assert make.paid(rows_of(table)) == {"1": 5}
    said = {one.code: one for one in table.findings}
    assert (said["FORMULA_NO_VALUE"].rows, said["FORMULA_NO_VALUE"].column) == ((3,), "paid_amount")
    assert said["BAD_NUMBER"].rows == (3,)


def test_a_formula_with_its_value_is_a_value_and_so_is_saved_empty_text(look: Look) -> None:
    line = "".join(
        make.cell(f"{column}{{row}}", words)
        for column, words in zip("ABCDE", make.ROWS[0], strict=False)
    )
    rows = "".join(
        make.cell(f"{column}1", name) for column, name in zip("ABCDEFG", make.HEADER, strict=True)
    )
    content = make.xlsx(
        f'<row r="1">{rows}</row><row r="2">{line.format(row=2)}<c r="F2"><f>2+3</f><v>5</v></c>'
        '<c r="G2" t="str"><f>IF(1,"","x")</f><v></v></c></row>'
    )
    table = look(content)
    assert make.paid(rows_of(table)) == {"1": 5}
    assert "FORMULA_NO_VALUE" not in codes(table)


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!"])
def test_error_cells_are_bad_values_where_their_column_is_used(look: Look, error: str) -> None:
    book = book_of([*make.HEADER, "unknown"], [*make.ROWS[0], 1], [*make.ROWS[1], 2])
    sheet = book.active
    for row, cells in ((4, (1, "x")), (5, (6, "y"))):
        for column, words in enumerate([*make.ROWS[0], 3], start=1):
            sheet.cell(row, column, words)
        sheet.cell(row, 1, cells[1])
        sheet.cell(row, cells[0], error).data_type = "e"
    sheet.cell(2, 8, error).data_type = "e"  # nobody reads this column
    table = look(saved(book))
    assert make.paid(rows_of(table)) == make.PAID
    bad = {one.code: (one.rows, one.value) for one in table.findings}
    assert bad["BAD_NUMBER"] == ((5,), error)
    assert bad["ERROR_CELL"] == ((4,), error)


def test_two_columns_of_one_name_are_named_as_written(look: Look) -> None:
    book = book_of([*make.HEADER, "paid_amount"], *([*row, "9"] for row in make.ROWS))
    table = look(saved(book))
    assert make.paid(rows_of(table)) == make.PAID
    assert "DUPLICATE_HEADER" in codes(table)


def test_a_sheet_that_was_not_found_is_not_read_unmeasured(write: Write) -> None:
    content = make.xlsx(f'<row r="1">{make.cell("A1", "order_id")}</row>')
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    relations = "xl/_rels/workbook.xml.rels"
    for target in (b"/xl/worksheets/sheet1.xml", b"/xl/Worksheets/Sheet1.xml"):
        changed = parts[relations].replace(b"worksheets/sheet1.xml", target)
        (table,) = raw(write(make.zipped({**parts, relations: changed})))
        assert table.headers == ("order_id",)
    lost = parts[relations].replace(b"sheet1.xml", b"sheet2.xml")
    with pytest.raises(UnreadableFile, match="damaged"):
        raw(write(make.zipped({**parts, relations: lost})))
