"""Order conventions: where the money stands, what a status means, what a line is."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .conftest import Look, codes, rows_of


def by_id(rows: list[dict[str, Any]], key: str = "order_id") -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def test_uci_documents_are_sales_returns_and_adjustments(look: Look) -> None:
    table = look(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
        "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
        "536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,17850.0,United Kingdom\n"
        "C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0,France\n"
        "A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,-11062.06,,France\n"
        "536414,22139,,56,2010-12-01 11:52:00,0,,France\n"
    )
    orders = by_id(rows_of(table, "orders"))
    assert [row["kind"] for row in orders.values()] == [
        "sale",
        "return",
        "adjustment",
        "adjustment",
    ]
    assert orders["536365"]["paid_amount"] == Decimal("48.60")
    assert orders["C536379"]["refunded_amount"] == Decimal("27.50")
    assert orders["C536379"]["paid_amount"] == 0
    assert orders["A563185"]["adjustment_amount"] == Decimal("-11062.06")
    assert orders["536365"]["items_quantity"] == 13
    lines = rows_of(table)
    assert [line["line_key"] for line in lines[:3]] == [
        "85123A||2.55|#1", "85123A||2.55|#2", "POST||18|#1",
    ]  # fmt: skip
    assert [line["is_goods"] for line in lines] == [True, True, False, False, False, True]


def test_tmall_gross_paid_is_net_paid_plus_refund(look: Look) -> None:
    table = look(
        "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\n"
        "1,178.8,0.0,上海,2020-02-21 00:00:00,,0.0\n"
        "2,21.0,21.0,内蒙古自治区,2020-02-20 23:59:54,2020-02-21 00:00:02,0.0\n"
        "3,64.8,0.0,江苏省,2020-02-20 23:57:04,2020-02-20 23:57:11,64.8\n"
        "4,327.7,148.9,浙江省,2020-02-20 23:56:39,2020-02-20 23:56:53,178.8\n"
    )
    orders = rows_of(table)
    assert [row["status"] for row in orders] == ["unpaid", "paid", "refunded", "partially_refunded"]
    assert [row["paid_amount"] for row in orders] == [
        Decimal(0), Decimal("21.0"), Decimal("64.8"), Decimal("327.7"),
    ]  # fmt: skip
    assert orders[1]["paid_at"] == datetime(2020, 2, 20, 16, 0, 2)
    assert (orders[1]["order_date"], orders[1]["paid_date"]) == (
        date(2020, 2, 20),
        date(2020, 2, 21),
    )
    assert orders[0]["paid_date"] is None
    assert orders[2]["region"] == "江苏"


def test_a_closed_taobao_order_was_refunded_only_if_it_was_paid(look: Look) -> None:
    head = "订单编号,买家会员名,买家应付货款,总金额,买家实际支付金额,订单状态,"
    head += "订单关闭原因,订单创建时间,订单付款时间"
    body = (
        '="1",ann,50,50,0,交易关闭,买家未付款,2025-01-01 10:00:00,\n'
        '="2",bob,50,50,0,交易关闭,退款,2025-01-01 10:00:00,2025-01-01 10:01:00\n'
        '="3",b***b,50,50,50,交易成功,,2025-01-01 10:00:00,2025-01-01 10:01:00\n'
        '="4",bob,50,50,50,没见过的,,2025-01-01 10:00:00,2025-01-01 10:01:00\n'
    )
    table = look((head + "\n" + body).encode("gb18030"))
    orders = by_id(rows_of(table))
    assert [row["status"] for row in orders.values()] == [
        "cancelled", "refunded", "completed", "unknown",
    ]  # fmt: skip
    assert (orders["1"]["paid_amount"], orders["2"]["paid_amount"]) == (0, 50)
    assert orders["2"]["refunded_amount"] == 50
    assert orders["2"]["customer_key"] == orders["4"]["customer_key"]
    assert orders["3"]["customer_key"] is None
    assert "UNKNOWN_STATUS" in codes(table)


def test_jd_order_money_stands_on_every_line_and_counts_once(look: Look) -> None:
    head = "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,应付金额,"
    head += "订单状态,下单帐号,客户地址,付款确认时间,货号"
    body = (
        "7,100,灯,1,2026-01-15 10:00:00,300,500,480,完成,jd_a,浙江杭州,2026-01-15 10:01:00,L12\n"
        "7,101,扇,2,2026-01-15 10:00:00,100,500,470,完成,jd_a,浙江杭州,2026-01-15 10:01:00,F1\n"
        "8,100,灯,1,2026-01-15 10:00:00,300,300,300,(删除)等待付款,jd_b,北京市,,L12\n"
        "9,100,灯,1,2026-01-15 10:00:00,300,300,300,已取消,jd_b,北京市,,L12\n"
    )
    table = look(head + "\n" + body)
    orders = by_id(rows_of(table, "orders"))
    assert orders["7"]["paid_amount"] == 480
    assert (orders["8"]["status"], orders["9"]["status"]) == ("cancelled", "cancelled")
    assert orders["9"]["paid_amount"] == 0
    assert "ORDER_MONEY_DISAGREES" in codes(table)
    assert [line["line_amount"] for line in rows_of(table)] == [300, 200, 300, 300]


def test_douyin_money_is_the_sum_of_sub_orders(look: Look) -> None:
    head = "主订单编号,子订单编号,选购商品,商品单价,商品数量,订单应付金额,"
    head += "订单提交时间,支付完成时间,订单状态,售后状态"
    paid = "2026-09-22 00:54:10,2026-09-22 00:55:00"
    body = (
        f"\t69\t,\t691\t,灯,30,1,28.90,{paid},已完成,-\n"
        f"\t69\t,\t692\t,扇,50,1,50,{paid},已关闭,退款成功\n"
        "\t70\t,\t701\t,灯,30,1,30,2026-09-22 00:54:10,-,已关闭,-\n"
    )
    table = look("\ufeff" + head + "\n" + body)
    orders = by_id(rows_of(table, "orders"))
    assert (orders["69"]["paid_amount"], orders["69"]["refunded_amount"]) == (Decimal("78.90"), 50)
    assert (orders["69"]["status"], orders["70"]["status"]) == ("partially_refunded", "cancelled")
    assert orders["70"]["paid_amount"] == 0
    assert [line["refunded_amount"] for line in rows_of(table)] == [0, 50, 0]
    assert [line["line_key"] for line in rows_of(table)] == ["691", "692", "701"]


def test_shopify_order_cells_stand_on_the_first_row_only(look: Look) -> None:
    head = (
        "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Total,Created at,"
        "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,"
        "Refunded Amount,Id,Cancelled at,Billing Name"
    )
    body = (
        "#1001,a@x.com,partially_refunded,2025-10-07 09:50:26 +0200,EUR,90,10,100,"
        "2025-10-07 09:50:26 +0200,1,Lamp,60,L12,5,25,555,,Ann\n"
        "#1001,a@x.com,,,,,,,2025-10-07 09:50:26 +0200,1,Fan,35,F1,0,,,,\n"
        "#1002,b@x.com,pending,,EUR,35,0,35,2025-10-07 09:50:26 +0200,1,Fan,35,F1,0,0,556,,Bob\n"
    )
    table = look(head + "\n" + body)
    orders = by_id(rows_of(table, "orders"))
    assert set(orders) == {"555", "556"}
    assert orders["555"]["paid_amount"] == 100
    assert orders["555"]["refunded_amount"] == 25
    assert orders["555"]["created_at"] == datetime(2025, 10, 7, 7, 50, 26)
    assert orders["555"]["currency"] == "EUR"
    assert (orders["556"]["status"], orders["556"]["paid_amount"]) == ("unpaid", 0)
    assert [line["order_id"] for line in rows_of(table)] == ["555", "555", "556"]
    assert rows_of(table)[0]["line_amount"] == 55
    assert table.dropped_columns == ("Billing Name",)


def test_a_taobao_item_file_leaves_the_order_table_alone(look: Look) -> None:
    head = "子订单编号,主订单编号,标题,价格,购买数量,外部系统编号,商家编码,"
    head += "买家应付货款,退款状态,退款金额"
    body = "11,1,灯,59.00,1,,L12,55,退款成功,55\n12,1,扇,30,1,,F1,30,没有申请退款,0\n"
    table = look(head + "\n" + body)
    assert table.staged is not None
    assert set(table.staged.tables) == {"order_items"}
    assert [line["refunded_amount"] for line in rows_of(table)] == [55, 0]


def test_equal_lines_without_an_id_are_two_lines(look: Look) -> None:
    head = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"
    line = "1,灯,59.00,1,,红,,,交易成功,L12\n"
    table = look(head + "\n" + line + line)
    assert [row["line_key"] for row in rows_of(table)] == ["L12|红|59|#1", "L12|红|59|#2"]
