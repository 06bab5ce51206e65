"""Exports that complete each other: orders in one file, their lines in another."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from ecom.ingest import import_files
from ecom.schema import daily_items, daily_sales
from ecom.store import Store

ORDERS = """\
订单编号,买家会员名,买家应付货款,总金额,买家实际支付金额,订单状态,订单关闭原因,订单创建时间,订单付款时间
="1",甲,100,100,100,交易成功,,2026-03-01 10:00:00,2026-03-01 10:01:00
="2",乙,59,59,0,交易关闭,买家未付款,2026-03-01 11:00:00,
="3",乙,30,30,30,交易成功,,2026-03-01 12:00:00,2026-03-01 12:01:00
"""
LINES = """\
子订单编号,主订单编号,标题,价格,购买数量,外部系统编号,商家编码,买家应付货款,退款状态,退款金额
="11",="1",台灯,45,2,,L,80,没有申请退款,0
="12",="1",灯泡,5,4,,B,20,没有申请退款,0
="21",="2",台灯,59,1,,L,59,没有申请退款,0
="31",="3",台灯,30,1,,L,30,退款成功,10
"""


@pytest.mark.parametrize("names", [("orders", "lines"), ("lines", "orders")])
def test_lines_of_an_order_that_was_never_paid_do_not_count(
    names: tuple[str, str], store: Store, tmp_path: Path
) -> None:
    for name, text in (("orders", ORDERS), ("lines", LINES)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="gb18030")
    outcomes = import_files(store, [tmp_path / f"{name}.csv" for name in names])
    assert [outcome.problem for outcome in outcomes] == [None, None]
    items, sales = daily_items.c, daily_sales.c
    sold = store.read(
        select(
            func.sum(items.amount).label("amount"),
            func.sum(items.units).label("units"),
            func.sum(items.refunded_amount).label("refunded"),
        )
    )
    # 80 + 20 + 30, the line of the unpaid order 2 not; 2 + 4 + 1 pieces
    assert sold.astype(float).to_numpy().tolist() == [[130, 7, 10]]
    paid = store.read(
        select(
            func.sum(sales.paid_amount).label("paid"),
            func.sum(sales.refunded_amount).label("refunded"),
        )
    )
    # the order export has no refunds; those of its lines count
    assert paid.astype(float).to_numpy().tolist() == [[130, 10]]
