"""Columns made of other columns, and columns made into rows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.ingest.conftest import Look, codes, examined, rows_of

ETSY = (
    "Sale Date,Item Name,Quantity,Price,Order Shipping,Item Total,Transaction ID,Order ID,"
    "Date Paid\n"
)


def test_postage_of_an_order_counts_once_even_if_lines_disagree(look: Look) -> None:
    table = look(
        ETSY
        + "08/14/26,Card,1,5.00,4.50,5.00,1,77,08/14/26\n"
        + "08/14/26,Mug,1,9.00,3.00,9.00,2,77,08/14/26\n"
        + "08/14/26,Pin,1,1.00,0.00,1.00,3,77,08/14/26\n"
    )
    (order,) = rows_of(table, "orders")
    assert order["paid_amount"] == Decimal("19.5")  # 5 + 9 + 1 + 4.50; zero is not another postage
    # The columns of discounts, which the paid amount is made of as well, are not in this file.
    assert codes(table) == {"ORDER_MONEY_DISAGREES", "PART_MISSING"}


def test_an_order_without_money_is_unknown_and_not_zero(look: Look) -> None:
    header = "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at\n"
    table = look(header + "1,c,delivered,2017-10-02 10:00:00,2017-10-02 11:00:00\n")
    (order,) = rows_of(table)
    assert (order["status"], order["paid_amount"]) == ("completed", None)


def test_test_payments_never_count(look: Look) -> None:
    header = "id,Created (UTC),Amount,Amount Refunded,Currency,Status,livemode\n"
    table = look(
        header + "a,2026-05-01 10:00,5,0,usd,Paid,true\nb,2026-05-01 10:00,7,0,usd,Paid,FALSE\n"
    )
    assert [row["payment_id"] for row in rows_of(table)] == ["a"]
    # The shop counts in CNY, so the dollars are remarked on as well.
    assert codes(table) == {"ROWS_LEFT_OUT", "UNLIKE_CURRENCIES"}


@pytest.mark.parametrize("extra", ["Note", "Weight"])
def test_only_columns_of_whole_numbers_are_locations(look: Look, extra: str) -> None:
    cell = {"Note": "fragile", "Weight": "1.25"}[extra]
    table = look(f"Handle,Title,SKU,HS Code,COO,Depot,{extra}\nlamp,Lamp,L-1,,,7,{cell}\n")
    (row,) = rows_of(table)
    assert (row["warehouse"], row["available"]) == ("Depot", 7)


def test_the_number_of_rows_above_the_header_is_held_against_the_rows(look: Look) -> None:
    rows = "date,score\n2026-01-31,9\n2026-01-31,8\n"
    assert codes(look("Rows: 2\n" + rows)) == set()
    table = look("Rows: 1,200\n" + rows)
    assert codes(table) == {"ROW_COUNT_DISAGREES"}
    assert table.findings[0].value == "1,200 ≠ 2"


def test_tables_of_a_report_that_hold_nothing_for_us_are_no_fault(
    write: Callable[..., Path],
) -> None:
    days = "# Start date: 20260901\n# End date: 20260902\n"
    known = f"#\n{days}Nth day,new,returning\n0000,14,1\n"
    cities = f"\n#\n{days}City,Active users\nParis,3\n"
    kept, other = examined(write(known + cities)).tables
    assert kept.staged is not None
    assert str(other.problem) == "This table of the report holds nothing that is kept here."
