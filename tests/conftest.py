"""Fixtures everybody uses: an empty store, literal rows in it, and the shared material."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ecom.schema import FACTS
from ecom.store import Batch, Shop, Staged, Store, open_store

ROOT = Path(__file__).resolve().parents[1]
SHOP = Shop("shop", "own", "The shop", "CNY", "Asia/Shanghai")


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty private store."""
    with open_store("duckdb:///:memory:") as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Real files and public cases; they are not part of the project."""
    folder = Path(os.environ.get("ECOM_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"needs the shared material at {folder} (or ECOM_SHARED)")
    return folder


def stage(
    table: str, rows: list[dict[str, Any]], *, shop: Shop = SHOP, when: datetime | None = None
) -> Staged:
    """Literal canonical rows as a staged file; ``shop_id`` and ``source_row`` are filled in."""
    full = [
        {
            "source_row": number,
            **({"shop_id": shop.shop_id} if "shop_id" in FACTS[table].c else {}),
            **row,
        }
        for number, row in enumerate(rows, start=2)
    ]
    names = sorted({name for row in full for name in row})
    data = pa.table({name: pa.array([row.get(name) for row in full]) for name in names})
    digest = hashlib.sha256(repr((table, full)).encode()).hexdigest()
    return Staged(
        layout_id=f"literal_{table}",
        shop=shop,
        file_name=f"{table}.csv",
        file_sha256=digest,
        tables={table: data},
        grain=table,
        rows_read=len(rows),
        source_updated_at=when or datetime(2026, 1, 1),
    )


@pytest.fixture
def load() -> Callable[..., Batch]:
    """``load(store, table, rows, shop=..., when=...)``: put literal canonical rows into a store."""

    def _load(store: Store, table: str, rows: list[dict[str, Any]], **options: Any) -> Batch:
        (batch,) = store.load(stage(table, rows, **options))
        return batch

    return _load
