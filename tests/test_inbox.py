"""The inbox takes complete files, each once, and says why it refuses one."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from ecom.inbox import hand_over, scan_once, watch
from ecom.store import Store

ORDERS = (
    "order_id,created_at,paid_at,status,paid_amount,currency\n"
    "o1,2026-03-01 10:00:00,2026-03-01 10:01:00,paid,100.00,CNY\n"
)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "inbox"
    made.mkdir()
    return made


def scan(store: Store, folder: Path):
    return scan_once(store, folder, settle_seconds=0.01)


def test_a_file_handed_over_is_imported_for_its_shop_and_put_away(
    store: Store, folder: Path, orders: Path
) -> None:
    hand_over([orders], folder, shop_id="mine")
    (outcome,) = scan(store, folder)
    assert outcome.problem is None
    assert [batch.shop_id for batch in outcome.batches] == ["mine"]
    assert sorted(path.name for path in folder.rglob("*")) == ["done", "orders.csv"]
    assert orders.exists()  # a copy was handed over


def test_a_file_is_imported_only_once(store: Store, folder: Path, orders: Path) -> None:
    hand_over([orders], folder)
    assert len(scan(store, folder)) == 1
    assert scan(store, folder) == ()
    hand_over([orders], folder)
    (again,) = scan(store, folder)
    assert again.batches[0].already_loaded
    assert sorted(path.name for path in (folder / "done").iterdir()) == [
        "orders-2.csv",
        "orders.csv",
    ]


def test_a_refused_file_gets_a_note_that_says_why(store: Store, folder: Path) -> None:
    (folder / "holiday.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    (outcome,) = scan(store, folder)
    assert outcome.problem is not None
    note = (folder / "failed" / "holiday.csv.txt").read_text(encoding="utf-8")
    assert str(outcome.problem) in note
    assert (folder / "failed" / "holiday.csv").exists()


def test_unfinished_and_hidden_files_wait(store: Store, folder: Path) -> None:
    (folder / "orders.csv.part").write_text(ORDERS)
    (folder / ".orders.csv").write_text(ORDERS)
    (folder / "orders.csv.shop").write_text("mine")
    assert scan(store, folder) == ()


def test_a_growing_file_waits_until_it_stands_still(store: Store, folder: Path) -> None:
    path = folder / "orders.csv"
    path.write_text(ORDERS)

    def grow() -> None:
        time.sleep(0.1)
        with path.open("a") as file:
            file.write("o2,2026-03-02 10:00:00,2026-03-02 10:01:00,paid,50.00,CNY\n")

    writer = threading.Thread(target=grow)
    writer.start()
    assert scan_once(store, folder, settle_seconds=0.5) == ()
    writer.join()
    (outcome,) = scan(store, folder)
    assert outcome.accounts[0].new == 2


def test_the_watch_imports_what_is_dropped_and_ends_when_told(
    store: Store, folder: Path, orders: Path
) -> None:
    stop = threading.Event()
    watcher = threading.Thread(
        target=watch, args=(store, folder), kwargs={"poll_seconds": 0.05, "stop": stop}
    )
    watcher.start()
    try:
        before = store.version
        hand_over([orders], folder)
        deadline = time.monotonic() + 10
        while store.version == before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert store.version == before + 1
    finally:
        stop.set()
        watcher.join(10)
    assert not watcher.is_alive()
