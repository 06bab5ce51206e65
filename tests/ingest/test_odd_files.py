"""What mutated exports found: odd ways to write a file that must not change what it says."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Look

ORDERS = "order_id,created_at,paid_at,status,paid_amount,currency"


def order(number: int, amount: str = "5.00") -> str:
    return f"A-{number},2026-05-01 10:00:00,2026-05-01 10:00:00,paid,{amount},CNY"


def test_empty_lines_count_as_rows(look: Look) -> None:
    table = look("\n".join([ORDERS, order(1), "", order(2), "", order(3, "five")]))
    (bad,) = [one for one in table.findings if one.severity == "error"]
    assert bad.rows == (6,)  # header 1, orders in 2, 4 and 6
    assert table.staged is not None
    assert table.staged.tables["orders"]["source_row"].to_pylist() == [2, 4]


def test_many_lines_that_end_in_carriage_returns_are_no_wide_table(look: Look) -> None:
    table = look("\r".join([ORDERS, *(order(number) for number in range(200))]))
    assert table.staged is not None
    assert table.staged.rows_read == 200


def test_a_row_of_which_nothing_is_stored_is_skipped(look: Look) -> None:
    rows = [f"{ORDERS},note", f"{order(1)},", ",,,,,,call back"]
    table = look("\n".join(rows))
    assert table.staged is not None
    assert (table.staged.rows_rejected, table.staged.rows_totals) == (0, 1)
    assert "ROWS_SKIPPED" in {one.code for one in table.findings}


@pytest.mark.parametrize(("total", "is_told"), [("109.000", False), ("108.000", True)])
def test_a_total_is_read_with_the_decimal_mark_of_its_file(
    look: Look, total: str, is_told: bool
) -> None:
    # 100,000 + 9,000 impressions, written the European way as the costs beside them show.
    head = "By Day;Campaign name;Ad group name;Cost (EUR);Impressions;Clicks (destination)"
    rows = [
        f"{head};Conversions;Total conversion value",
        "2026-07-14;Sommer;Breit;18,50;100.000;900;12;1.250",
        "2026-07-15;Sommer;Breit;1.001,50;9.000;100;0;2.000",
        f"Total;;;1.020,00;{total};1.000;12;3.250",
    ]
    table = look("\n".join(rows), name="ads.csv")
    told = [one.column for one in table.findings if one.code == "TOTAL_DISAGREES"]
    assert told == (["Impressions"] if is_told else [])
