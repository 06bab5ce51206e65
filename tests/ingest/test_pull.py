"""A shop's own database on the road of files. SQLite files written here are the oracle."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ecom.errors import InvalidParameter
from ecom.ingest.pull import pull, try_source
from ecom.ingest.service import FileOutcome
from ecom.schema import FACTS
from ecom.store import Store
from ecom.store.external import Limits
from ecom.store.sources import Source, batches_of, list_sources, save_source

SCHEMA = """
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, order_id, created_at TEXT, paid_at TEXT, status TEXT,
    customer_id INTEGER, paid_amount, currency TEXT, phone TEXT, updated_at TEXT
);
CREATE TABLE lines (
    id INTEGER PRIMARY KEY, order_id TEXT, line_id TEXT, sku TEXT, quantity INTEGER,
    line_amount NUMERIC
);
CREATE TABLE stock (id INTEGER PRIMARY KEY, sku TEXT, on_hand INTEGER);
"""
BIG = 6938400912837465021  # nineteen digits; a float would end in ...5000
NOW = datetime(2026, 4, 1, 8, 30)


class Shopdb:
    """A SQLite file that tests change with plain SQL."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.secrets = {"SHOP_DB": f"sqlite:///{path}"}
        self.run(SCHEMA)

    def run(self, script: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(script)

    def orders(self, *rows: tuple[Any, ...]) -> None:
        """Rows of (id, order_id, paid_amount, updated_at); the rest is the same for all."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO orders VALUES (?, ?, '2026-03-01 20:00:00', "
                "'2026-03-01 20:05:00', 'paid', 77, ?, 'CNY', '13800000000', ?)",
                rows,
            )
            connection.commit()

    def lines(self, *rows: tuple[Any, ...]) -> None:
        """Rows of (id, order_id, line_id, sku, quantity, line_amount)."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.commit()


@pytest.fixture
def shopdb(tmp_path: Path) -> Shopdb:
    return Shopdb(tmp_path / "shop.sqlite")


@pytest.fixture
def source(store: Store) -> Callable[..., Source]:
    """``source(query, ...)``: a saved source of the shop's own database."""

    def _source(query: str = "orders", **options: Any) -> Source:
        made = Source("own shop", "SHOP_DB", query, shop_id="mine", **options)
        return save_source(store, made)

    return _source


@pytest.fixture
def run(store: Store, shopdb: Shopdb) -> Callable[..., FileOutcome]:
    def _run(source: Source, **options: Any) -> FileOutcome:
        outcome = pull(store, source, resolve=shopdb.secrets.get, now=NOW, **options)
        assert all(account.adds_up for account in outcome.accounts)
        return outcome

    return _run


def current(store: Store, table: str, *names: str) -> list[tuple[Any, ...]]:
    """Current rows, in order."""
    facts = FACTS[table]
    columns = [facts.c[name] for name in names]
    frame = store.read(select(*columns).where(facts.c.is_current).order_by(*columns))
    return list(frame.itertuples(index=False, name=None))


def good(outcome: FileOutcome) -> tuple[int, int, int, int]:
    """New, changed, unchanged and rejected rows of a pull without a problem."""
    assert outcome.problem is None, (outcome.problem, outcome.remedy)
    (account,) = outcome.accounts
    return account.new, account.changed, account.unchanged, account.rejected


# --- values ----------------------------------------------------------------------------------


def test_a_table_is_recognised_and_loaded_exactly(store, shopdb, source, run) -> None:
    # 20:05 in Shanghai is 12:05 UTC; 0.1 + 0.2 is stored as the text it is.
    shopdb.orders((1, BIG, "123456789.0001", None), (2, "007", 0.3, None), (3, b"0x", 5, None))
    outcome = run(source())
    assert good(outcome) == (3, 0, 0, 0)
    (batch,) = outcome.batches
    assert (batch.layout_id, batch.shop_id, batch.file_name) == ("own_orders", "mine", "own shop")
    assert current(store, "orders", "order_id", "paid_amount", "paid_at") == [
        ("007", 0.3, datetime(2026, 3, 1, 12, 5)),
        ("0x", 5, datetime(2026, 3, 1, 12, 5)),
        (str(BIG), pytest.approx(123456789.0001, abs=1e-7), datetime(2026, 3, 1, 12, 5)),
    ]


def test_people_are_left_at_the_door(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None))
    trial = try_source(store, source(), resolve=shopdb.secrets.get)
    assert trial.examination.tables[0].dropped_columns == ("phone",)
    run(list_sources(store)[0])
    ((key,),) = current(store, "orders", "customer_key")
    assert len(key) == 32  # the hash of 77


def test_times_without_an_offset_are_in_the_zone_of_the_source(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None))
    run(source(timezone="UTC"))
    # 20:05 UTC is 04:05 of the next day in Shanghai.
    assert current(store, "orders", "paid_at", "paid_date") == [
        (datetime(2026, 3, 1, 20, 5), datetime(2026, 3, 2))
    ]


def test_a_query_gives_its_own_names(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None), (2, "b", 2, None))
    query = (
        "WITH paid AS (SELECT * FROM orders WHERE paid_amount > 1 AND status <> ':x%')\n"
        "SELECT order_id AS 订单编号, created_at AS 下单时间, status AS 状态,\n"
        "paid_at AS 付款时间, paid_amount AS 实付金额 FROM paid -- all of them"
    )
    assert good(run(source(query))) == (1, 0, 0, 0)
    assert current(store, "orders", "order_id", "paid_amount") == [("b", 2)]


def test_rows_that_can_not_be_read_are_rejected_and_told(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", "12,,x", None), (2, None, 2, None), (3, "c", 3, None))
    outcome = run(source())
    assert good(outcome) == (1, 0, 0, 2)
    assert {one.code for one in outcome.findings} == {"BAD_NUMBER", "MISSING_ID"}
    (batch,) = outcome.batches
    assert set(store.issues(batch.batch_id)["source_row"]) == {1, 2}


def test_an_empty_table_is_no_batch(store, shopdb, source, run) -> None:
    assert good(run(source())) == (0, 0, 0, 0)
    assert good(run(replace(source_of(store), cursor_column="id"))) == (0, 0, 0, 0)
    assert store.batches().empty


def source_of(store: Store) -> Source:
    return list_sources(store)[0]


# --- all rows each time ----------------------------------------------------------------------


def test_the_same_rows_twice_are_one_batch(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None), (2, "b", 2, None))
    own = source()
    assert good(run(own)) == (2, 0, 0, 0)
    version = store.version
    again = run(own)
    assert (good(again), again.batches) == ((0, 0, 2, 0), ())
    assert store.version == version


def test_a_value_that_goes_back_is_news_again(store, shopdb, source, run) -> None:
    own = source()
    for amount, account in ((1, (1, 0, 0, 0)), (2, (0, 1, 0, 0)), (1, (0, 1, 0, 0))):
        shopdb.orders((1, "a", amount, None))
        assert good(run(own)) == account
        assert good(run(own)) == (0, 0, 1, 0)  # and every state is news once
        assert current(store, "orders", "paid_amount") == [(amount,)]
    assert len(store.batches()) == 3


def test_a_line_that_is_gone_is_news(store, shopdb, source, run) -> None:
    shopdb.lines((1, "a", "1", "x", 1, 10), (2, "a", "2", "y", 1, 20))
    own = source("lines")
    run(own)
    shopdb.run("DELETE FROM lines WHERE id = 2")
    assert len(run(own).batches) == 1
    assert current(store, "order_items", "sku") == [("x",)]


# --- by a cursor -----------------------------------------------------------------------------


def test_only_rows_beyond_the_cursor_come(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None), (2, "b", 2, None))
    own = source(cursor_column="id", overlap=0)
    assert good(run(own)) == (2, 0, 0, 0)
    assert good(run(own)) == (0, 0, 0, 0)
    shopdb.orders((3, "c", 3, None))
    assert good(run(own)) == (1, 0, 0, 0)
    assert len(batches_of(store, own.source_id)) == 2


def test_a_changed_row_comes_by_its_time_of_change(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, "2026-03-01 10:00:00"), (2, "b", 2, "2026-03-01 11:00:00"))
    own = source(cursor_column="updated_at", overlap=0)
    run(own)
    shopdb.orders((1, "a", 9, "2026-03-01 12:00:00"))
    assert good(run(own)) == (0, 1, 0, 0)
    assert current(store, "orders", "order_id", "paid_amount") == [("a", 9), ("b", 2)]


@pytest.mark.parametrize(("overlap", "comes"), [(0, False), (30, True)])
def test_late_rows_come_within_the_overlap(store, shopdb, source, run, overlap, comes) -> None:
    shopdb.orders((1, "a", 1, "2026-03-01 10:00:00"), (2, "b", 2, "2026-03-01 11:00:00"))
    own = source(cursor_column="updated_at", overlap=overlap)
    run(own)
    # Written at 10:45, committed after the pull: 15 minutes behind the last value.
    shopdb.orders((3, "c", 3, "2026-03-01 10:45:00"))
    # With the overlap "b" (11:00) is read again and unchanged.
    assert good(run(own)) == ((1, 0, 1, 0) if comes else (0, 0, 0, 0))
    assert good(run(own))[:2] == (0, 0)
    assert len(store.batches()) == 1 + comes


@pytest.mark.parametrize("undone", [0, 1, 2])
def test_undoing_any_batch_brings_its_rows_again(store, shopdb, source, run, undone: int) -> None:
    own = source(cursor_column="id", overlap=0)
    batches = []
    for number in (1, 2, 3):
        shopdb.orders((number, f"o{number}", number, None))
        batches += run(own).batches
    everything = [("o1", 1), ("o2", 2), ("o3", 3)]
    store.undo(batches[undone].batch_id)
    left = [row for place, row in enumerate(everything) if place != undone]
    assert current(store, "orders", "order_id", "paid_amount") == left
    # It goes on from the batch before the undone one, so later rows come again, unchanged.
    assert good(run(own)) == (1, 0, 2 - undone, 0)
    assert current(store, "orders", "order_id", "paid_amount") == everything
    assert good(run(own)) == (0, 0, 0, 0)


def test_undoing_a_batch_of_late_rows_brings_them_again(store, shopdb, source, run) -> None:
    own = source(cursor_column="id", overlap=5)
    shopdb.orders((10, "a", 1, None))
    run(own)
    shopdb.orders((8, "late", 1, None))
    (late,) = run(own).batches
    shopdb.orders((30, "b", 1, None))
    run(own)
    store.undo(late.batch_id)
    run(own)
    assert current(store, "orders", "order_id") == [("a",), ("b",), ("late",)]


def test_an_edited_query_reads_from_the_beginning(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None), (2, "b", 2, None))
    own = source("SELECT * FROM orders WHERE id > 1", cursor_column="id")
    assert good(run(own)) == (1, 0, 0, 0)
    edited = save_source(store, replace(own, query="SELECT * FROM orders WHERE id > 0"))
    assert good(run(edited)) == (1, 0, 1, 0)


def test_an_order_comes_whole_when_one_of_its_lines_is_new(store, shopdb, source, run) -> None:
    shopdb.lines((1, "a", "1", "x", 1, 10), (2, "a", "2", "y", 1, 20), (3, "b", "1", "x", 1, 10))
    own = source("lines", cursor_column="id", overlap=0)
    assert good(run(own)) == (3, 0, 0, 0)
    shopdb.lines((4, "a", "3", "z", 1, 30))
    # Order a is read again with its three lines, order b is not.
    assert good(run(own)) == (1, 0, 2, 0)
    assert current(store, "order_items", "order_id", "sku") == [
        ("a", "x"), ("a", "y"), ("a", "z"), ("b", "x"),
    ]  # fmt: skip


def test_a_cursor_is_refused_where_a_part_would_take_the_rest_away(
    store, shopdb, source, run
) -> None:
    shopdb.run("INSERT INTO stock VALUES (1, 'x', 5), (2, 'y', 6)")
    own = source("stock", cursor_column="id", layout="own_stock")
    outcome = run(own)
    assert "can't be pulled by a cursor" in str(outcome.problem)
    with pytest.raises(InvalidParameter, match="by a cursor"):
        try_source(store, own, resolve=shopdb.secrets.get)
    # Without a cursor the whole list is a snapshot of the day of the pull.
    assert good(run(replace(own, cursor_column=""))) == (2, 0, 0, 0)
    days = current(store, "inventory_snapshots", "snapshot_date", "sku", "on_hand")
    assert days == [(datetime(2026, 4, 1), "x", 5), (datetime(2026, 4, 1), "y", 6)]


def test_a_cursor_that_is_no_column_is_named(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None))
    problem = str(run(source(cursor_column="changed")).problem)
    assert "changed" in problem


# --- faults ----------------------------------------------------------------------------------


def test_a_fault_keeps_what_is_there_and_the_next_pull_works(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None))
    own = source(cursor_column="id", overlap=0)
    run(own)
    before = store.version
    shopdb.run("ALTER TABLE orders RENAME TO away")
    assert "no table “orders”" in str(run(own).problem)
    noted = source_of(store)
    assert noted.last_pulled_at == NOW
    assert "no table “orders”" in str(noted.problem[0])
    assert store.version == before
    assert current(store, "orders", "order_id") == [("a",)]
    shopdb.run("ALTER TABLE away RENAME TO orders")
    shopdb.orders((2, "b", 2, None))
    assert good(run(own)) == (1, 0, 0, 0)
    assert source_of(store).problem == ()


def test_a_changed_set_of_columns_is_told_in_a_sentence(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", 1, None))
    own = source()
    run(own)
    shopdb.run("ALTER TABLE orders RENAME COLUMN paid_amount TO total_paid")
    assert "paid_amount" in str(run(own).problem)
    assert current(store, "orders", "order_id") == [("a",)]
    shopdb.run("ALTER TABLE orders RENAME COLUMN total_paid TO paid_amount")
    assert good(run(own)) == (0, 0, 1, 0)


def test_a_missing_secret_and_a_missing_file_are_sentences(store, shopdb, source, run) -> None:
    own = source()
    assert "no secret SHOP_DB" in str(pull(store, own, resolve={}.get).problem)
    gone = {"SHOP_DB": f"sqlite:///{shopdb.path}.gone"}
    assert "no such database" in str(pull(store, own, resolve=gone.get).problem)


def test_more_rows_than_agreed_are_refused_whole(store, shopdb, source, run) -> None:
    shopdb.orders(*((number, f"o{number}", 1, None) for number in range(300)))
    outcome = run(source(), limits=Limits(rows=299))
    assert "more than 299 rows" in str(outcome.problem)
    assert store.batches().empty


def test_a_query_that_takes_too_long_is_ended(store, shopdb, source, run) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT count(*) AS order_id FROM n"
    )
    outcome = run(source(endless), limits=Limits(seconds=0.2))
    assert "too long" in str(outcome.problem)


def test_every_row_rejected_is_a_problem_not_silence(store, shopdb, source, run) -> None:
    shopdb.orders((1, "a", "x,,y", None))
    assert "Every row was rejected" in str(run(source()).problem)
    assert store.batches().empty
