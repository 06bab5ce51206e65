"""Files into the store: accounts, re-imports, refusals, frames."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ecom.errors import InvalidParameter
from ecom.ingest import examine_for_store, import_files, load_frame
from ecom.schema import order_items, orders
from ecom.store import Shop, Store

from .conftest import examined

Write = Callable[..., Path]
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
LINE = "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"
SHOP = Shop("notebook", "own", "", "CNY", "Asia/Shanghai")


def test_one_bad_file_never_stops_the_others(store: Store, write: Write, tmp_path: Path) -> None:
    paths = [
        write("", "empty.csv"),
        write(f"{HEAD}\n{LINE}\n", "good.csv"),
        write("a,b\n1,2\n", "unknown.csv"),
        tmp_path / "absent.csv",
    ]
    empty, good, unknown, absent = import_files(store, paths)
    assert empty.problem
    assert unknown.problem
    assert absent.problem
    assert all(one.remedy for one in (empty, unknown, absent))
    assert good.problem is None
    assert good.batches[0].account.new == 1
    assert len(store.batches()) == 1


def test_the_same_file_again_changes_nothing(store: Store, write: Write) -> None:
    path = write(f"{HEAD}\n{LINE}\n{LINE}\n")
    import_files(store, [path])
    (again,) = import_files(store, [path])
    assert again.batches[0].already_loaded
    assert again.accounts[0].unchanged == 2
    assert again.accounts[0].adds_up


def test_a_dry_run_says_what_would_happen_and_stores_nothing(store: Store, write: Write) -> None:
    (outcome,) = import_files(store, [write(f"{HEAD}\n{LINE}\n")], dry_run=True)
    assert outcome.batches == ()
    assert outcome.accounts[0].new == 1
    assert len(store.batches()) == 0
    assert store.shops() == ()


def test_an_order_and_its_lines_arrive_in_canonical_tables(store: Store, write: Write) -> None:
    import_files(store, [write(f"{HEAD}\n{LINE}\n{LINE}\n")], shop=Shop("uk"))
    (order,) = store.read(select(orders)).to_dict("records")
    assert (order["shop_id"], order["currency"]) == ("uk", "GBP")
    assert Decimal(str(order["paid_amount"])) == Decimal("30.6")
    lines = store.read(select(order_items.c.line_amount))
    assert [float(value) for value in lines["line_amount"]] == [15.3, 15.3]


def test_a_frame_is_loaded_like_an_export(store: Store) -> None:
    frame = pd.DataFrame(
        {
            "order_id": ["1", "2"],
            "created_at": pd.to_datetime(["2026-01-01 15:00", "2026-01-01 17:00"]),
            "paid_amount": [10.5, 20],
            "customer_id": ["ann", "bob"],
        }
    )
    batch = load_frame(store, "orders", frame, shop=SHOP)
    assert batch.account.new == 2
    stored = store.read(select(orders).order_by(orders.c.order_id)).to_dict("records")
    assert [str(row["order_date"])[:10] for row in stored] == ["2026-01-01", "2026-01-02"]
    assert stored[0]["status"] == "paid"
    assert stored[0]["customer_key"] not in (None, "ann")


def test_a_frame_with_an_unknown_table_or_column_is_refused(store: Store) -> None:
    with pytest.raises(InvalidParameter, match="nonsense"):
        load_frame(store, "nonsense", pd.DataFrame(), shop=SHOP)
    with pytest.raises(InvalidParameter, match="colour"):
        load_frame(store, "orders", pd.DataFrame({"order_id": ["1"], "colour": [1]}), shop=SHOP)
    with pytest.raises(InvalidParameter, match="order_id"):
        load_frame(store, "orders", pd.DataFrame({"paid_amount": [1]}), shop=SHOP)


_CELL = st.one_of(
    st.sampled_from(["536365", "C1", "A2", "", "-", "合计", "2.55", "-6", "6.9E+18", "2010-12-01"]),
    st.text(alphabet="ab1.,\"'= \t-", max_size=6),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(_CELL, min_size=1, max_size=9), max_size=12))
def test_rows_always_add_up(tmp_path: Path, rows: list[list[str]]) -> None:
    quoted = ['"' + cell.replace('"', '""') + '"' for row in rows for cell in row]
    cells = iter(quoted)
    lines = [",".join(next(cells) for _ in row) for row in rows]
    path = tmp_path / "mutated.csv"
    path.write_text("\n".join([HEAD, LINE, *lines, ""]), encoding="utf-8")
    (table,) = examined(path).tables
    staged = table.staged
    assert staged is not None
    filled = sum(1 for row in rows if any(cell.strip(" \t") for cell in row))
    known = staged.rows_rejected + staged.rows_totals + staged.rows_repeated
    assert staged.rows_read == staged.tables["order_items"].num_rows + known
    assert filled + 1 <= staged.rows_read + 1  # blank lines may be left out, no other
    lost = [one for one in table.findings if one.severity == "error"]
    assert sum(one.occurrences for one in lost) >= bool(staged.rows_rejected)


def test_a_file_goes_to_the_one_known_shop_of_its_platform(
    store: Store, tmp_path: Path, shared_dir: Path
) -> None:
    known = Shop("own-site", "own", "Own site", "CNY", "Asia/Shanghai")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("date,channel,visitors\n2026-05-01,Direct,10\n")
    second.write_text("date,channel,visitors\n2026-05-02,Direct,10\n")
    import_files(store, [first], shop=known)
    (table,) = examine_for_store(store, second).tables
    assert table.staged is not None
    assert table.staged.shop.shop_id == "own-site"
    ads = shared_dir / "data" / "google_ads" / "campaign_report.csv"
    (table,) = examine_for_store(store, ads).tables
    assert table.staged is not None
    assert table.staged.shop.shop_id == "own-site"
