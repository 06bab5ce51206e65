"""Quantities, amounts, currencies, whole tables, orders against lines: on literal files."""

from __future__ import annotations

import numpy as np
import pytest

from ecom.ingest.checks.places import cell_name
from ecom.ingest.checks.whole import check_whole
from ecom.ingest.files.raw import RawTable
from ecom.ingest.findings import REMARKS
from ecom.store import Finding
from tests.ingest.conftest import Look, codes, rows_of

LINES = "order_id,sku,quantity,unit_price,line_amount"
ADS = "date,platform,campaign,spend,currency"


def found(table: object, code: str) -> Finding:
    (one,) = [one for one in table.findings if one.code == code]  # type: ignore[attr-defined]
    return one


def test_every_remark_says_what_is_allowed_and_what_to_do() -> None:
    for code, remark in REMARKS.items():
        assert remark.allowed is not None, code
        assert remark.remedy is not None or remark.severity == "info", code


@pytest.mark.parametrize(
    ("place", "row", "name"),
    [
        (0, 1, "A1"),
        (2, 14, "C14"),
        (25, 2, "Z2"),
        (26, 2, "AA2"),
        (701, 9, "ZZ9"),
        (702, 9, "AAA9"),
    ],
)
def test_cells_are_named_as_a_spreadsheet_does(place: int, row: int, name: str) -> None:
    assert cell_name(place, row) == name


def test_a_remark_names_file_cell_value_what_is_allowed_and_the_remedy(look: Look) -> None:
    table = look(f"{LINES}\nA,K1,1,10,10\nA,K2,zwei,10,20\n")
    one = found(table, "BAD_NUMBER")
    assert (one.column, one.cell, one.value, one.rows) == ("quantity", "C3", "zwei", (3,))
    assert one.allowed is not None
    assert one.remedy is not None
    assert one.marked is None
    assert table.marks.to_pylist() == [{"row": 3, "place": 2, "code": "BAD_NUMBER"}]


def test_every_affected_cell_is_marked_not_only_the_first_five(look: Look) -> None:
    rows = "".join(f"A,K{n},many,10,10\n" for n in range(9))
    table = look(f"{LINES}\nA,X,1,10,10\n{rows}")
    one = found(table, "BAD_NUMBER")
    assert one.rows == (3, 4, 5, 6, 7)
    assert one.occurrences == 9
    assert table.marks["row"].to_pylist() == list(range(3, 12))


def test_impossible_quantities(look: Look) -> None:
    table = look(
        f"{LINES}\n"
        "A,K1,1000000,1,1\n"  # an id in the wrong column: refused
        "A,K2,999999,1,999999\n"  # the most that is believed
        "A,K3,-1,10,-10\n"  # no returns in our template
        "A,K4,0,10,10\n"  # money for nothing
        "A,K5,2,10,20.25\n"  # 1.25 % and 0.25 more than 2 x 10: above 1 % + 0.05
        "A,K6,2,10,20.24\n"  # within 20 x 1.01 + 0.05 = 20.25
        "A,K7,2,10,15\n"  # a discount
    )
    assert codes(table) == {
        "IMPOSSIBLE_QUANTITY",
        "NEGATIVE_QUANTITY",
        "QUANTITY_ZERO_WITH_MONEY",
    }
    assert found(table, "IMPOSSIBLE_QUANTITY").cell == "C2"
    assert found(table, "NEGATIVE_QUANTITY").cell == "C4"
    assert found(table, "QUANTITY_ZERO_WITH_MONEY").cell == "C5"
    assert [row["sku"] for row in rows_of(table)] == ["K2", "K3", "K4", "K5", "K6", "K7"]
    assert table.staged is not None
    assert table.staged.rows_rejected == 1
    more = look(f"{LINES}\nA,K5,2,10,20.26\n")
    assert found(more, "LINE_AMOUNT_DISAGREES").cell == "E2"


def test_returns_are_negative_where_the_export_has_them(look: Look) -> None:
    head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    table = look(f"{head}\nC1,85123A,HOLDER,-6,2010-12-01 08:26,2.55,17850,United Kingdom\n")
    assert codes(table) == set()


def test_unlike_currencies_are_named(look: Look) -> None:
    table = look(f"{ADS}\n2026-05-01,x,a,1,CNY\n2026-05-01,x,b,1,USD\n2026-05-01,x,c,1,CNY\n")
    one = found(table, "UNLIKE_CURRENCIES")
    assert (one.value, one.cell, one.occurrences) == ("CNY, USD", "E3", 1)
    # the shop's own currency speaks, too: it is CNY
    other = look(f"{ADS}\n2026-05-01,x,a,1,USD\n2026-05-01,x,b,1,USD\n")
    assert found(other, "UNLIKE_CURRENCIES").occurrences == 2
    assert codes(look(f"{ADS}\n2026-05-01,x,a,1,CNY\n")) == set()


def test_an_order_whose_lines_are_incomplete(look: Look) -> None:
    head = (
        "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,"
        "Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Id"
    )
    paid = "2026-05-01 10:00:00 +0800"

    def first(order: str, subtotal: str, price: str) -> str:
        return (
            f"{order},a@b.co,paid,{paid},CNY,{subtotal},0,0,{subtotal},0,{paid},1,thing,{price},K,"
        )

    table = look(
        f"{head}\n"
        f"{first('#1', '30.00', '10.00')}\n"  # 10.00 and 10.00 below: 20.00 of 30.00
        "#1,,,,,,,,,,,1,other,10.00,L,\n"
        f"{first('#2', '9.00', '10.00')}\n"  # a discount of 1.00 on the order
        f"{first('#3', '10.15', '10.00')}\n"  # 10.15 x 0.99 - 0.05 = 9.9985: rounding
    )
    assert table.layout is not None
    assert table.layout.layout_id == "shopify_orders"
    one = found(table, "ORDER_LINES_INCOMPLETE")
    assert (one.value, one.rows, one.occurrences) == ("#1", (2,), 1)


def _raw(last: int, *preamble: str, rows: int = 2, totals: int = 0) -> RawTable:
    numbers = np.arange(last - rows + 1, last + 1, dtype=np.int32)
    return RawTable("", ("a",), (), numbers, 1, preamble=preamble, rows_totals=totals)


@pytest.mark.parametrize("last", [1_048_576, 1_048_575, 65_536, 65_535])
def test_a_table_that_ends_at_a_row_limit(last: int) -> None:
    (one,) = check_whole(_raw(last))
    assert one.code == "ROW_LIMIT"
    assert one.rows == (last,)


@pytest.mark.parametrize("last", [1_048_574, 65_534, 65_537, 3])
def test_a_table_that_ends_elsewhere(last: int) -> None:
    assert check_whole(_raw(last)) == []


@pytest.mark.parametrize(
    ("line", "differs"),
    [
        ("Rows: 2", False),
        ("Rows: 3", True),
        ("Row count: 1,002", True),
        ("总行数：2", False),
        ("共 5 条记录", True),
        ("Narrows: 7", False),
        ("Report of 2026", False),
    ],
)
def test_rows_that_the_file_announces(line: str, differs: bool) -> None:
    assert [one.code for one in check_whole(_raw(4, line))] == ["ROW_COUNT_DISAGREES"] * differs


def test_total_lines_may_be_announced_or_not() -> None:
    # 2 rows and 1 total line: both 2 and 3 are right
    for told in (2, 3):
        assert check_whole(_raw(4, f"Rows: {told}", totals=1)) == []
    (one,) = check_whole(_raw(4, "Rows: 4", totals=1))
    assert one.value == "4 ≠ 3"


@pytest.mark.parametrize(
    ("ids", "lost"),
    [
        (["6917926768823640000", "6917926768823650000"], 2),  # both went through Excel
        (["6917926768823640000", "6917926768823640123"], 0),  # one of two by chance: nothing said
        (["6917926768823640000", "6917926768823650000", "6917926768823640123"], 2),
        (["6.91793E+18", "6917926768823640123"], 1),
        (["123456789012345000", "7"], 0),  # a lone one may be true
        (["1000", "2000", "3000"], 0),  # short ids keep all their digits
    ],
)
def test_ids_that_lost_digits(look: Look, ids: list[str], lost: int) -> None:
    rows = "".join(f"{one},K,1,10,10\n" for one in ids)
    table = look(f"{LINES}\n{rows}")
    assert table.staged is not None
    assert table.staged.rows_rejected == lost
    assert ("ID_PRECISION_LOST" in codes(table)) == bool(lost)


def test_postage_may_be_in_the_amount_of_a_line(look: Look) -> None:
    head = "主订单编号,子订单编号,选购商品,商品数量,商家编码,商品单价,订单应付金额,运费"
    head += ",订单提交时间,订单状态"

    def row(paid: str) -> str:
        return f"1,11,台灯,2,K,10.00,{paid},6.00,2026-05-01 10:00:00,已完成"

    # 2 x 10.00 and postage of 6.00 make 26.00; 1 % of 20.00 and 0.05 are let pass: 26.25
    assert "LINE_AMOUNT_DISAGREES" not in codes(look(f"{head}\n{row('26.25')}\n"))
    assert "LINE_AMOUNT_DISAGREES" in codes(look(f"{head}\n{row('26.26')}\n"))
