"""The findings workbook: mended with another program and added again, only mended rows are new."""

from __future__ import annotations

import io
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from ecom.export.findings import findings_file_name, findings_workbook
from ecom.i18n import Language
from ecom.ingest import Examination, examine_for_store, load_examined
from ecom.ingest.checks import corrected
from ecom.store import RowAccount, Shop, Store

SHOP = Shop("shop", "", "The shop", "CNY", "Asia/Shanghai")
Cells = dict[str, Any]


def workbook_of(store: Store, path: Path) -> tuple[Examination, Any]:
    """The examined file, and its findings workbook opened with another program."""
    examination = examine_for_store(store, path, shop=SHOP)
    content = findings_workbook(examination)
    return examination, openpyxl.load_workbook(io.BytesIO(content))


def mended(
    store: Store, path: Path, cells: dict[str, Cells], *, sheets: list[str] | None = None
) -> RowAccount:
    """Load a file, mend these cells in its findings workbook, add that, and take the account."""
    examination, book = workbook_of(store, path)
    assert load_examined(store, examination).problem is None
    assert book.sheetnames[0].startswith("⚠")
    assert book.sheetnames[1:] == (sheets or list(cells))
    for sheet, values in cells.items():
        for cell, value in values.items():
            book[sheet][cell] = value
    again = path.parent / findings_file_name(examination)
    book.save(again)
    looked = examine_for_store(store, again, shop=SHOP)
    for table in looked.tables:
        (same,) = [one for one in examination.tables if one.sheet in (table.sheet, "")]
        assert table.layout == same.layout
        assert table.confidence == same.confidence
        assert {one.severity for one in table.findings} <= {"info", "warning"}
    outcome = load_examined(store, looked)
    assert outcome.problem is None
    (account,) = outcome.accounts
    assert account.adds_up
    return account


def book_bytes(sheets: dict[str, list[list[Any]]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return target.getvalue()


LINES = "订单编号,商家编码,商品名称,数量,单价,行金额,收货人姓名"


def test_order_lines_of_a_gb18030_file(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "订单明细_2026-05-01.csv"
    path.write_bytes(
        (
            f"{LINES}\r\n"
            "001,K1,台灯,1,10.00,10.00,王小明\r\n"
            "001,K2,灯泡,两,5.00,10.00,王小明\r\n"  # D3
            "002,K1,台灯,1,10.00,10.00,李四\r\n"
        ).encode("gb18030")
    )
    _, book = workbook_of(store, path)
    sheet = book["订单明细_2026-05-01"]
    assert [cell.value for cell in sheet[1]][:7] == LINES.split(",")
    assert sheet["G2"].value is None  # a person: the header stays, the cells go
    assert sheet["D3"].fill.fgColor.rgb == "FFF8CBAD"
    assert sheet["D3"].comment is not None
    assert "not a number" in sheet["H3"].value
    assert sheet["D2"].fill.fill_type is None
    # 1 of 3 rows was refused and is new now; the other two are as they were
    account = mended(store, path, {"订单明细_2026-05-01": {"D3": "2"}})
    assert (account.read, account.new, account.unchanged, account.rejected) == (3, 1, 2, 0)


def test_orders_of_a_workbook_with_lines_above_the_header(store: Store, tmp_path: Path) -> None:
    head = "order_id created_at paid_at status paid_amount refunded_amount phone".split()
    day = datetime(2026, 5, 1, 9, 30)
    path = tmp_path / "orders.xlsx"
    path.write_bytes(
        book_bytes(
            {
                "Orders": [
                    ["Orders of the shop"],
                    ["2026-05-01 ~ 2026-05-31"],
                    head,
                    ["1", "2026-05-01 09:30", "2026-05-01 09:31", "paid", 10.5, 0, "13800138000"],
                    ["2", "2026-05-01 09:30", "31.31.2026", "paid", 20, 0, "13800138000"],  # C5
                ]
            }
        )
    )
    _, book = workbook_of(store, path)
    assert [book["Orders"][f"A{row}"].value for row in (1, 2, 3)] == [
        "Orders of the shop",
        "2026-05-01 ~ 2026-05-31",
        "order_id",
    ]
    account = mended(store, path, {"Orders": {"C5": day}})
    assert (account.new, account.unchanged, account.rejected) == (1, 1, 0)


def test_two_sheets_of_which_one_is_faulty(store: Store, tmp_path: Path) -> None:
    stock = [
        ["date", "warehouse", "sku", "on_hand", "unit_cost"],
        [date(2026, 5, 1), "Main", "K1", 7, 2.5],
        [date(2026, 5, 1), "Main", "K2", "seven", 2.5],  # D3
    ]
    products = [["sku", "product_name", "price"], ["K1", "Lamp", 10]]
    path = tmp_path / "both.xlsx"
    path.write_bytes(book_bytes({"Stock": stock, "Products": products}))
    _, book = workbook_of(store, path)
    assert (book["Stock"]["A2"].value, book["Stock"]["E2"].value) == (datetime(2026, 5, 1), 2.5)
    # A newer list replaces the whole list of its day, so both of its rows are there.
    account = mended(store, path, {"Stock": {"D3": 7}})
    assert (account.read, account.new, account.unchanged) == (2, 1, 1)


def test_a_stock_list_without_a_day_keeps_the_day_of_the_file(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("sku,on_hand\nK1,7\nK2,many\n")
    moment = datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    examination, _ = workbook_of(store, path)
    assert findings_file_name(examination) == "stock_2026-03-05_corrected.xlsx"
    account = mended(store, path, {"stock": {"B3": 8}})
    assert (account.new, account.unchanged) == (1, 1)


def test_traffic_by_the_days_in_the_lines_above(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "traffic.csv"
    path.write_text(
        "# Traffic\n# 2026-05-01\ndate,channel,visitors\n"
        "2026-05-01,Direct,10\n2026-05-01,Email,?\n2026-05-01,Search,30\n"
    )
    account = mended(store, path, {"traffic": {"C5": "20"}})
    assert (account.read, account.new, account.unchanged) == (3, 1, 2)


def test_advertising_with_its_period_in_the_file_name(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "ads_2026-05-01.csv"
    path.write_text(
        'Campaign report\n"May 1, 2026 - May 1, 2026"\n'
        "Campaign,Campaign state,Currency code,Cost,Impr.,Clicks\n"
        "Brand,Enabled,CNY,10.00,100,1\nShoes,Enabled,CNY,ten,100,1\n"
    )
    account = mended(store, path, {"ads_2026-05-01": {"D5": "10.00"}})
    assert (account.read, account.new, account.unchanged) == (2, 1, 1)


def test_of_a_large_file_only_the_orders_concerned(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrected, "WHOLE_ROWS", 5)
    rows = [f"O{n // 2},K{n},1,10,10" for n in range(8)]
    rows[5] = "O2,K5,one,10,10"  # row 7 of the file; its order has rows 6 and 7
    path = tmp_path / "lines.csv"
    path.write_text("\n".join(["order_id,sku,quantity,unit_price,line_amount", *rows, ""]))
    _, book = workbook_of(store, path)
    values = [row[:2] for row in book["lines"].iter_rows(min_row=2, values_only=True)]
    assert values == [("O2", "K4"), ("O2", "K5")]
    assert book[book.sheetnames[0]]["C4"].hyperlink.location == "'lines'!C3"
    account = mended(store, path, {"lines": {"C3": "1"}})
    assert (account.read, account.new, account.unchanged) == (2, 1, 1)


def test_nothing_is_a_formula_and_the_first_sheet_lists_every_cell(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(
        "order_id,sku,product_name,quantity,unit_price,line_amount\n"
        'O1,K1,=HYPERLINK("http://x"),=1+1,10,10\nO1,K2,+cmd,x,10,10\n'
    )
    _, book = workbook_of(store, path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    first = book[book.sheetnames[0]]
    listed = [row[2].value for row in first.iter_rows(min_row=4) if row[0].value]
    assert "D3" in listed


def test_the_words_are_in_the_readers_language_and_are_left_out_all_the_same(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("order_id,sku,quantity,unit_price,line_amount\nO1,K1,x,10,10\n")
    examination = examine_for_store(store, path, shop=SHOP)
    again = tmp_path / "again.xlsx"
    again.write_bytes(findings_workbook(examination, Language("zh_CN")))
    (table,) = examine_for_store(store, again, shop=SHOP).tables
    assert table.headers == examination.tables[0].headers


def test_a_clean_table_has_no_workbook(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("order_id,sku,quantity,unit_price,line_amount\nO1,K1,1,10,10\n")
    assert not examine_for_store(store, path, shop=SHOP).is_correctable


def test_a_row_that_is_emptied_is_gone(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("order_id,sku,quantity,unit_price,line_amount\nO1,K1,x,10,10\nO1,K2,1,10,10\n")
    account = mended(store, path, {"lines": dict.fromkeys(("A2", "B2", "C2", "D2", "E2"))})
    assert (account.read, account.unchanged) == (1, 1)
