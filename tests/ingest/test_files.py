"""Whole files with the quirks of real exports; every test adds the row account up."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]  # it ships no types
import pytest

from ecom.errors import InvalidParameter, UnreadableFile
from ecom.store import Shop

from .conftest import Look, codes, examined, rows_of

ORDERS = "order_id,created_at,paid_at,status,customer_id,paid_amount,refunded_amount"
PAID = "2026-01-02 10:00:00,2026-01-02 10:01:00,paid"


def test_a_cut_last_line_is_rejected_and_the_others_load(look: Look) -> None:
    table = look(f"{ORDERS}\n1,{PAID},c,5,0\n2,{PAID}")
    assert [row["order_id"] for row in rows_of(table)] == ["1"]
    (cut,) = [one for one in table.findings if one.code == "TRUNCATED_FILE"]
    assert cut.rows == (3,)


def test_a_character_cut_in_two_at_the_end_does_not_hide_the_encoding(look: Look) -> None:
    content = "订单编号,总金额,买家实际支付金额,收货地址,订单创建时间,订单付款时间,退款金额\n"
    content += "1,5,5,上海,2026-01-02 10:00:00,2026-01-02 10:00:00,0\n2,5,5,上海"
    table = look(content.encode("gb18030")[:-1])
    assert len(rows_of(table)) == 1
    assert "TRUNCATED_FILE" in codes(table)


def test_a_line_with_too_many_cells_is_rejected_but_surplus_empty_cells_are_not(look: Look) -> None:
    table = look(f"{ORDERS}\n1,{PAID},c,5,0,,\n2,{PAID},c,5,0,oops\n3,{PAID},c,5,0\n")
    assert [(row["order_id"], row["source_row"]) for row in rows_of(table)] == [("1", 2), ("3", 4)]
    assert "RAGGED_ROW" in codes(table)


def test_bad_cells_reject_their_row_with_its_number_and_value(look: Look) -> None:
    table = look(f"{ORDERS}\n1,{PAID},c,5,0\n2,{PAID},c,much,0\n,{PAID},c,5,0\n")
    assert [row["order_id"] for row in rows_of(table)] == ["1"]
    bad = {one.code: one for one in table.findings}
    assert (bad["BAD_NUMBER"].rows, bad["BAD_NUMBER"].value) == ((3,), "much")
    assert bad["MISSING_ID"].rows == (4,)
    assert all(one.remedy for one in bad.values())


def test_total_and_repeated_header_lines_are_counted_and_checked(look: Look) -> None:
    head = "日期,主体ID,主体类型,花费,展现量,总成交金额,投入产出比"
    table = look(
        f"{head}\n2026-01-01,9,商品,10,5,20,2\n{head}\n2026-01-02,9,商品,5,5,0,0\n合计,,,99,10,20,\n"
    )
    assert [row["spend"] for row in rows_of(table)] == [10, 5]
    assert table.staged is not None
    assert table.staged.rows_totals == 2
    (differs,) = [one for one in table.findings if one.code == "TOTAL_DISAGREES"]
    assert (differs.column, differs.value) == ("花费", "99.00 ≠ 15.00")


def test_a_second_order_row_that_differs_is_rejected_and_a_repeat_is_counted(look: Look) -> None:
    table = look(f"{ORDERS}\n1,{PAID},c,5,0\n1,{PAID},c,5,0\n2,{PAID},c,5,0\n2,{PAID},c,6,0\n")
    assert {row["order_id"]: row["paid_amount"] for row in rows_of(table)} == {"1": 5, "2": 6}
    assert table.staged is not None
    assert (table.staged.rows_repeated, table.staged.rows_rejected) == (1, 1)
    assert "DUPLICATE_KEY" in codes(table)


def test_roll_up_rows_are_marked_and_a_channel_without_parts_is_none(look: Look) -> None:
    table = look(
        "统计日期,流量载体,一级来源,二级来源,三级来源,访客数,支付买家数,支付金额\n"
        '2026-01-01,无线,平台流量,汇总,汇总,"1,500",30,"3,000.00"\n'
        "2026-01-01,无线,平台流量,搜索,汇总,1000,20,2000\n"
        "2026-01-01,无线,平台流量,搜索,手淘搜索,700,15,1500\n"
        "2026-01-01,无线,平台流量,搜索,拍立得,300,5,500\n"
        "2026-01-01,无线,平台流量,推荐,汇总,600,10,1000\n"
        "2026-01-01,无线,私域,汇总,汇总,-,0,0\n"
    )
    rows = rows_of(table)
    assert [row["is_rollup"] for row in rows] == [True, True, False, False, False, False]
    assert [row["channel"] for row in rows] == ["平台流量", "搜索", "搜索", "搜索", "推荐", "私域"]
    assert sum(row["paid_amount"] for row in rows if not row["is_rollup"]) == 3000
    assert rows[-1]["uv"] is None


def test_the_period_comes_from_the_file_name_when_no_column_says_it(look: Look) -> None:
    content = "流量载体,一级来源,二级来源,三级来源,访客数,支付买家数\n无线,平台,搜索,手淘,5,1\n"
    table = look(content, "流量来源_2026-04-14_2026-04-20.csv")
    (row,) = rows_of(table)
    assert (row["period_start"], row["period_end"]) == (date(2026, 4, 14), date(2026, 4, 20))
    assert "NOT_DAILY" in codes(table)
    unknown = look(content, "export.csv")
    assert unknown.staged is None
    assert "days" in str(unknown.problem)


def test_google_ads_totals_and_preamble_are_understood(look: Look) -> None:
    table = look(
        'Campaign report\n"July 8, 2025 - July 31, 2025"\n'
        "Campaign,Currency code,Impr.,Clicks,Cost\n"
        'A,INR,"25,881",10,"1,661.67"\nB,INR, --,5,904.26\n'
        'Total: Account,INR,"25,881",15,"2,565.93"\n'
    )
    assert table.header_row == 3
    assert [row["spend"] for row in rows_of(table)] == [Decimal("1661.67"), Decimal("904.26")]
    assert [row["period_end"] for row in rows_of(table)] == [date(2025, 7, 31)] * 2
    assert "TOTAL_DISAGREES" not in codes(table)


def test_meta_summary_row_has_no_name_and_the_currency_stands_in_the_header(look: Look) -> None:
    table = look(
        "Day,Campaign name,Impressions,Amount spent (GBP),Link clicks\n"
        ',,300,"3.50",4\n2026-09-28,A,200,2.50,3\n2026-09-28,B,100,1.00,1\n'
    )
    assert [(row["campaign"], row["currency"]) for row in rows_of(table)] == [
        ("A", "GBP"),
        ("B", "GBP"),
    ]
    assert table.staged is not None
    assert table.staged.rows_totals == 1
    assert {row["level"] for row in rows_of(table)} == {"campaign"}


def test_ad_rows_that_only_differ_in_columns_not_stored_are_added_up(look: Look) -> None:
    head = "日期,主体ID,主体类型,花费,展现量,总成交金额,投入产出比"
    table = look(f"{head}\n2026-01-01,9,商品,10,5,20,2\n2026-01-01,9,店铺,2,1,0,0\n")
    (row,) = rows_of(table)
    assert (row["spend"], row["impressions"], row["level"]) == (12, 6, "product")


def test_stacked_analytics_tables_are_read_one_by_one(write: Callable[..., Path]) -> None:
    block = "# ---------\n# Start date: 20260901\n# End date: 20260930\n"
    content = (
        f"{block}Session default channel group,Sessions,Engaged sessions\nDirect,5,3\n,5,3\n\n"
        f"{block}Page,Views\nHome,9\n"
    )
    first, second = examined(write(content)).tables
    (row,) = rows_of(first)
    assert (row["sessions"], row["period_start"]) == (5, date(2026, 9, 1))
    assert second.staged is None
    assert second.header_row == 11


def test_events_keep_equal_rows_apart_and_hash_people(look: Look) -> None:
    head = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id"
    line = "2019-10-01 00:00:00 UTC,cart,44600062,1,,x,35.79,541312140,s1\n"
    rows = rows_of(look(head + ",user_session\n" + line + line, shop=None))
    assert len({row["event_id"] for row in rows}) == 2
    assert rows[0]["event_name"] == "add_to_cart"
    assert rows[0]["visitor_id"] == rows[0]["customer_key"] != "541312140"
    assert rows[0]["event_at"] == datetime(2019, 10, 1)


def test_a_stock_list_without_a_date_takes_the_files_and_says_so(look: Look) -> None:
    named = look("商品编码,库存,仓库\nL12,5,主仓\n", "stock_2026-01-31.csv")
    assert rows_of(named)[0]["snapshot_date"] == date(2026, 1, 31)
    assert "DATE_FROM_FILE" in codes(named)


def test_company_tables_have_a_shop_only_when_one_was_chosen(look: Look) -> None:
    content = "month,channel,category,metric,amount,currency\n2199-02,Live,,spend,100,CNY\n"
    assert rows_of(look(content))[0]["shop_id"] == "shop"
    company = rows_of(look(content, shop=None))[0]
    assert "shop_id" not in company
    assert company["month"] == date(2199, 2, 1)


def test_a_workbook_with_a_title_a_rounded_id_and_a_hidden_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["订单"])
    sheet.append(ORDERS.split(","))
    when = datetime(2026, 1, 2, 10)
    sheet.append(["6917926768823643751", when, when, "paid", 17850, 5, 0])
    sheet.append([6917926768823643751, when, when, "paid", 17850, 5, 0])
    sheet.append([None] * 7)
    sheet.append([77, when, when, "paid", 17850, 5, 0])
    hidden = book.create_sheet("notes")
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "book.bin"
    book.save(path)
    (table,) = examined(path).tables
    assert table.header_row == 2
    assert [(row["order_id"], row["source_row"]) for row in rows_of(table)] == [
        ("6917926768823643751", 3),
        ("77", 6),
    ]
    assert "ID_PRECISION_LOST" in codes(table)
    assert rows_of(table)[0]["created_at"] == datetime(2026, 1, 2, 2)


def test_the_time_of_export_in_the_file_name_decides_which_file_is_newer(look: Look) -> None:
    content = f"{ORDERS}\n1,{PAID},c,5,0\n"
    unix = look(content, "1791430000_orders.csv").staged
    stamp = look(content, "orders_20260105_083000.csv").staged
    assert unix is not None
    assert unix.source_updated_at == datetime(2026, 10, 8, 3, 26, 40)
    assert stamp is not None
    assert stamp.source_updated_at == datetime(2026, 1, 5, 0, 30)


def test_mapping_and_preview_show_no_person(look: Look) -> None:
    table = look(f"{ORDERS},phone\n1,{PAID},ann@example.com,5,0,13800000000\n")
    assert table.dropped_columns == ("phone",)
    shown = table.mapping.to_csv() + table.preview.to_csv() + repr(table.findings)
    assert "ann" not in shown
    assert "138" not in shown
    assert set(table.mapping.columns) == {"header", "target", "rule", "sample"}


def test_a_chosen_layout_must_exist_and_fit(look: Look) -> None:
    with pytest.raises(InvalidParameter, match="own_orders"):
        look("a,b\n1,2\n", layout_id="nonsense")
    refused = look("a,b\n1,2\n", layout_id="own_orders")
    assert refused.staged is None
    assert "order_id" in str(refused.problem)


def test_layouts_can_be_chosen_for_single_tables_of_a_file(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("second")
    for sheet in (first, second):
        sheet.append(ORDERS.split(","))
        sheet.append(["1", *PAID.split(","), "c", 5, 0])
    path = tmp_path / "two.xlsx"
    book.save(path)
    one, other = examined(path, layout_id={1: "own_stock"}).tables
    assert one.layout is not None
    assert one.layout.layout_id == "own_orders"
    assert one.confidence != "chosen"
    assert other.confidence == "chosen"
    assert other.staged is None  # orders are no stock list


def test_a_quotation_mark_that_is_never_closed_is_an_error_at_its_line(look: Look) -> None:
    table = look(f'{ORDERS}\n1,{PAID},c,5,0\n2,"{PAID},c,5,0\n' + "x,y\n" * 50)
    assert len(rows_of(table)) == 1
    (unclosed,) = [one for one in table.findings if one.code == "UNCLOSED_QUOTE"]
    assert unclosed.rows == (3,)


def test_the_shop_of_an_export_without_a_shop_is_its_platform(look: Look) -> None:
    table = look(f"{ORDERS}\n1,{PAID},c,5,0\n", shop=None)
    assert table.staged is not None
    assert table.staged.shop == Shop("own", "own")


def test_layout_files_are_packaged() -> None:
    import ecom.ingest

    folder = Path(ecom.ingest.__file__).parent / "layouts"
    assert len([name for name in os.listdir(folder) if name.endswith(".yaml")]) > 30


def test_a_file_that_claims_utf_8_and_is_not_is_refused(look: Look) -> None:
    with pytest.raises(UnreadableFile, match="encoding"):
        look(b"\xef\xbb\xbf" + f"{ORDERS}\n1,{PAID},".encode() + b"\xe4\xb8,5,0\n")


def test_a_utf_8_character_cut_at_the_end_only_costs_the_last_line(look: Look) -> None:
    content = f"{ORDERS}\n1,{PAID},c,5,0\n2,{PAID},客".encode()
    table = look(content[:-1])
    assert [row["order_id"] for row in rows_of(table)] == ["1"]
    assert "TRUNCATED_FILE" in codes(table)


def test_events_name_regions_as_orders_do(look: Look) -> None:
    head = "event_time,event_name,visitor_id,region"
    events = look(
        f"{head}\n2026-01-02T08:00:00Z,page_view,v,广东省\n2026-01-02T08:01:00Z,page_view,v,广东\n"
    )
    assert [row["region"] for row in rows_of(events)] == ["广东", "广东"]
