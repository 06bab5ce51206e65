"""A trial shows the store as it would be, to nobody but its holder, and leaves nothing behind."""

from __future__ import annotations

import threading
from datetime import date

import pyarrow as pa
import pytest
from sqlalchemy import func, select

from ecom.schema import orders
from ecom.store import Store
from tests.conftest import stage

pytestmark = pytest.mark.every_engine

COUNT = select(func.count().label("orders")).where(orders.c.is_current)


def sale(number: int) -> dict[str, object]:
    return {"order_id": f"o{number}", "status": "paid", "paid_date": date(2026, 5, 1)}


def count(store: Store) -> int:
    return int(store.read(COUNT)["orders"].iloc[0])


def test_only_the_trial_sees_what_is_tried(store: Store) -> None:
    store.load(stage("orders", [sale(1)]))
    version = store.version
    elsewhere: list[int] = []
    with store.trial(stage("orders", [sale(1), sale(2), sale(3)])) as trial:
        assert count(trial) == 3
        assert trial.version == version + 1
        assert len(trial.batches()) == 2
        assert count(store) == 1
        other = threading.Thread(target=lambda: elsewhere.append(count(store)))
        other.start()
        other.join()
    assert elsewhere == [1]
    assert count(store) == 1
    assert store.version == version
    assert len(store.batches()) == 1


def test_a_fault_inside_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(RuntimeError, match="mine"), store.trial(stage("orders", [sale(1)])):
        raise RuntimeError("mine")
    assert count(store) == 0
    assert store.shops() == ()
    (batch,) = store.load(stage("orders", [sale(1)]))  # and the store is free again
    assert batch.batch_id == 1


def test_a_trial_is_not_written_to(store: Store) -> None:
    with store.trial(stage("orders", [sale(1)])) as trial, pytest.raises(AssertionError):
        trial.load(stage("orders", [sale(2)]))


def test_rows_from_outside_are_held_against_the_store(store: Store) -> None:
    store.load(stage("orders", [sale(1), sale(2)]))
    rows = pa.table({"id": ["o2", "o3", "'; drop table orders; --"]})
    found = store.read_with(
        rows, lambda lent: select(orders.c.order_id).join(lent, lent.c.id == orders.c.order_id)
    )
    assert found["order_id"].tolist() == ["o2"]
    assert count(store) == 2
