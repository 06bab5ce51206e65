"""Batches load whole, count their rows, and can be taken away in any order."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ecom import schema
from ecom.errors import StoreError, UnknownBatch
from ecom.store import RowAccount, Shop, Store, open_store
from tests.conftest import empty_store, stage

pytestmark = pytest.mark.every_engine

DAY = date(2026, 1, 1)


def order(order_id: str, paid: float, day: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "kind": "sale",
        "status": "paid",
        "paid_amount": paid,
        "paid_date": date(2026, 1, day),
        **more,
    }


def sales(store: Store) -> dict[tuple[int, str], float]:
    frame = store.read(select(schema.daily_sales))
    return {
        (day.day, shop): float(amount)
        for day, shop, amount in zip(
            pd.to_datetime(frame["day"]), frame["shop_id"], frame["paid_amount"], strict=True
        )
    }


def test_a_first_file_is_all_new(store: Store) -> None:
    (batch,) = store.load(stage("orders", [order("1", 10), order("2", 5)]))
    assert batch.account == RowAccount(read=2, new=2)
    assert batch.account.adds_up
    assert sales(store) == {(1, "shop"): 15.0}


def test_the_same_file_twice_changes_nothing(store: Store) -> None:
    staged = stage("orders", [order("1", 10)])
    store.load(staged)
    version = store.version
    (again,) = store.load(staged)
    assert again.already_loaded
    assert again.account == RowAccount(read=1, unchanged=1)
    assert store.version == version
    assert len(store.batches()) == 1


def test_a_newer_file_changes_moves_and_adds(store: Store) -> None:
    store.load(stage("orders", [order("1", 10), order("2", 5)]))
    newer = stage(
        "orders",
        [order("1", 10), order("2", 7, day=2), order("3", 1, day=3)],
        when=datetime(2026, 1, 5),
    )
    (batch,) = store.load(newer)
    assert batch.account == RowAccount(read=3, new=1, changed=1, unchanged=1)
    assert sales(store) == {(1, "shop"): 10.0, (2, "shop"): 7.0, (3, "shop"): 1.0}


def test_an_older_export_loaded_later_does_not_overwrite(store: Store) -> None:
    store.load(stage("orders", [order("1", 10)], when=datetime(2026, 1, 5)))
    (batch,) = store.load(stage("orders", [order("1", 99)], when=datetime(2026, 1, 2)))
    assert batch.account == RowAccount(read=1, unchanged=1)
    assert sales(store) == {(1, "shop"): 10.0}


def test_lines_of_an_edited_order_are_replaced_together(store: Store) -> None:
    lines = [
        {"order_id": "1", "line_key": "a", "sku": "A", "quantity": 1, "line_amount": 6},
        {"order_id": "1", "line_key": "b", "sku": "B", "quantity": 1, "line_amount": 4},
    ]
    store.load(stage("orders", [order("1", 10)]), stage("order_items", lines))
    store.load(stage("order_items", lines[:1], when=datetime(2026, 1, 9)))
    items = store.read(select(schema.daily_items.c.sku, schema.daily_items.c.amount))
    assert items.to_numpy().tolist() == [["A", 6.0]]


def test_dry_run_answers_the_same_and_stores_nothing(store: Store) -> None:
    store.load(stage("orders", [order("1", 10)]))
    newer = stage("orders", [order("1", 12), order("2", 1)], when=datetime(2026, 1, 5))
    version = store.version
    planned = store.plan(newer)
    assert store.version == version
    assert sales(store) == {(1, "shop"): 10.0}
    assert planned == tuple(batch.account for batch in store.load(newer))


def test_undo_brings_back_what_was_before(store: Store) -> None:
    (first,) = store.load(stage("orders", [order("1", 10)]))
    (second,) = store.load(stage("orders", [order("1", 12)], when=datetime(2026, 1, 5)))
    store.undo(second.batch_id)
    assert sales(store) == {(1, "shop"): 10.0}
    store.undo(first.batch_id)
    assert sales(store) == {}
    assert store.shops() == ()


def test_undo_of_an_unknown_batch_says_so(store: Store) -> None:
    with pytest.raises(UnknownBatch, match="no batch 7"):
        store.undo(7)


def test_if_one_table_of_a_file_fails_nothing_is_stored(store: Store) -> None:
    broken = stage("orders", [order("1", 10)])
    wrong = stage("order_items", [{"order_id": "1", "line_key": "a", "quantity": "many"}])
    with pytest.raises(Exception, match="many"):
        store.load(broken, wrong)
    assert store.version == 0
    assert len(store.batches()) == 0
    assert sales(store) == {}


def test_costs_in_force_on_the_day_make_the_margin(store: Store) -> None:
    lines = [
        {"order_id": number, "line_key": "a", "sku": "A", "quantity": 2, "line_amount": 20}
        for number in ("1", "2")
    ]
    store.load(stage("orders", [order("1", 20, day=1), order("2", 20, day=9)]))
    store.load(stage("order_items", lines))
    costs = [
        {"sku": "A", "valid_from": date(2025, 1, 1), "unit_cost": 3},
        {"sku": "A", "valid_from": date(2026, 1, 5), "unit_cost": 4},
    ]
    store.load(stage("product_costs", costs))
    items = store.read(select(schema.daily_items.c.day, schema.daily_items.c.cost))
    assert sorted(items["cost"]) == [6.0, 8.0]


def test_a_database_of_another_schema_version_is_refused(database: str, monkeypatch: Any) -> None:
    open_store(database).close()
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 99)
    with pytest.raises(StoreError, match="another version"):
        open_store(database)


def test_a_url_of_an_unknown_engine_is_refused_without_showing_the_password() -> None:
    with pytest.raises(StoreError) as raised:
        open_store("oracle://me:secret@host/db")
    assert "secret" not in str(raised.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_text("not a database, but long enough to have a header " * 100)
    with pytest.raises(StoreError, match="not a DuckDB database"):
        open_store(f"duckdb:///{path}")


BATCH = st.lists(
    st.tuples(st.sampled_from("12345"), st.integers(1, 9), st.integers(1, 5)),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row[0],
)


@pytest.mark.only_on("duckdb", why="test_undo tries all tables on every engine")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(BATCH, st.integers(1, 20), st.sampled_from("ab")), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_undoing_in_any_order_leaves_what_the_rest_alone_would_make(
    files: list[tuple[list[tuple[str, int, int]], int, str]], rng: random.Random
) -> None:
    staged = [
        stage(
            "orders",
            [order(number, paid, day) for number, paid, day in rows],
            shop=Shop(shop, currency="CNY"),
            when=datetime(2026, 1, when),
        )
        for rows, when, shop in files
    ]
    with empty_store() as store:
        batches = [store.load(one)[0] for one in staged]
        kept = [
            (batch, one)
            for batch, one in zip(batches, staged, strict=True)
            if not batch.already_loaded
        ]
        gone = rng.sample(kept, rng.randint(0, len(kept)))
        for batch, _ in gone:
            store.undo(batch.batch_id)
        left = [pair for pair in kept if pair not in gone]
        with empty_store() as fresh:
            for _, one in left:
                fresh.load(one)
            assert sales(store) == sales(fresh)
            assert store.shops() == fresh.shops()


def test_a_refund_known_only_to_the_lines_counts_for_the_order(store: Store) -> None:
    lines = [
        {"order_id": "1", "line_key": "a", "quantity": 1, "line_amount": 6, "refunded_amount": 6},
        {"order_id": "1", "line_key": "b", "quantity": 1, "line_amount": 4},
        {"order_id": "2", "line_key": "a", "quantity": 1, "line_amount": 5, "refunded_amount": 1},
    ]
    store.load(stage("orders", [order("1", 10), order("2", 5, refunded_amount=2)]))
    store.load(stage("order_items", lines))
    refunds = store.read(select(schema.daily_sales.c.refunded_amount))
    assert refunds["refunded_amount"].tolist() == [8.0]
