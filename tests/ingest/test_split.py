"""Rows that hold several lines of an order, joined by a mark."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ecom.ingest.tables.split import _equal_parts

from .conftest import Look, codes, rows_of

HEAD = "主订单编号,子订单编号,商品数量,商品金额,订单应付金额,订单提交时间,支付完成时间,订单状态\n"
WHEN = "2026-08-01 10:00:00,2026-08-01 10:01:00,已完成\n"


def test_a_row_of_three_lines_is_three_lines_that_keep_the_sum(look: Look) -> None:
    table = look(HEAD + f"1,A;B;C,3,120,100,{WHEN}" + f"2,D,2,50,50,{WHEN}")
    lines = rows_of(table)
    assert [line["line_key"] for line in lines] == ["A", "B", "C", "D"]
    assert [line["quantity"] for line in lines] == [1, 1, 1, 2]
    # 100 in three parts of whole cents: 33.34 + 33.33 + 33.33
    assert [line["line_amount"] for line in lines] == [
        Decimal("33.34"), Decimal("33.33"), Decimal("33.33"), 50,
    ]  # fmt: skip
    assert [line["source_row"] for line in lines] == [2, 2, 2, 3]
    assert [order["paid_amount"] for order in rows_of(table, "orders")] == [100, 50]
    assert "SPLIT_ROWS" in codes(table)


def test_a_quantity_that_is_not_the_number_of_lines_can_not_be_told_apart(look: Look) -> None:
    table = look(HEAD + f"1,A;B,3,120,100,{WHEN}" + f"2,D,2,50,50,{WHEN}")
    assert table.staged is not None
    assert (table.staged.rows_read, table.staged.rows_rejected) == (2, 1)
    assert [order["order_id"] for order in rows_of(table, "orders")] == ["2"]
    (remark,) = (one for one in table.findings if one.code == "SPLIT_ROW_UNRESOLVED")
    assert (remark.severity, remark.rows, remark.value) == ("error", (2,), "A;B")


def test_other_layouts_keep_semicolons(look: Look) -> None:
    table = look(
        "标题,价格,购买数量,商家编码,外部系统编号,主订单编号,子订单编号\n灯;送灯泡,5,2,L,,1,A;B\n"
    )
    assert [line["line_key"] for line in rows_of(table)] == ["A;B"]


@given(cents=st.integers(0, 10**9), count=st.integers(1, 50))
def test_parts_of_an_amount_add_up_to_it(cents: int, count: int) -> None:
    parts = [Decimal(part) for part in _equal_parts(f"{cents / 100:.2f}", count)]
    assert len(parts) == count
    assert sum(parts) == Decimal(cents) / 100
    assert max(parts) - min(parts) < Decimal(count) / 100
