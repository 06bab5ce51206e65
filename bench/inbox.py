"""An inbox of many small files, imported as the running app does."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.child import line
from ecom.inbox import scan_once
from ecom.store import open_store

_FILES = 300
_ROWS = 200
_HEAD = "order_id,created_at,paid_at,status,paid_amount,currency,channel\n"


def measure() -> None:
    """Print the seconds from the first look into the folder until all files are put away."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "inbox"
        folder.mkdir()
        for number in range(_FILES):
            (folder / f"orders-{number:03}.csv").write_text(_orders(number), encoding="utf-8")
        with open_store(f"duckdb:///{name}/s.duckdb") as store:
            started = time.perf_counter()
            outcomes = scan_once(store, folder)
            seconds = time.perf_counter() - started
        if len(outcomes) != _FILES or any(one.problem for one in outcomes):
            raise SystemExit("files of the inbox were refused")
    print(f"inbox, {_FILES} files of {_ROWS} orders")
    line("seconds (to reach: 60)", seconds)


def _orders(number: int) -> str:
    day = f"2026-{1 + number // 28 % 12:02}-{1 + number % 28:02}"
    rows = (
        f"A{number}-{row},{day} {row % 24:02}:00:00,{day} {row % 24:02}:10:00,paid,"
        f"{10 + row}.50,CNY,Direct\n"
        for row in range(_ROWS)
    )
    return _HEAD + "".join(rows)
