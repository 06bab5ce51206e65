"""Tiny files written on the spot and looked at as a person would add them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecom.ingest import Examination, ExaminedTable, examine
from ecom.settings import Settings
from ecom.store import Shop

SHOP = Shop("shop", "", "The shop", "CNY", "Asia/Shanghai")
Look = Callable[..., ExaminedTable]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes, str], Path]:
    """``write(content, name)``: a file with this content; text is written as UTF-8."""

    def _write(content: str | bytes, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


@pytest.fixture
def look(write: Callable[..., Path]) -> Look:
    """``look(content, name=..., shop=...)``: the only table of a file, examined."""

    def _look(
        content: str | bytes, name: str = "file.csv", shop: Shop | None = SHOP, **options: Any
    ) -> ExaminedTable:
        (table,) = examined(write(content, name), shop=shop, **options).tables
        return table

    return _look


def examined(path: Path, *, shop: Shop | None = SHOP, **options: Any) -> Examination:
    """``examine`` with the usual settings."""
    return examine(path, shop=shop, settings=Settings(), secret=b"secret", **options)


def rows_of(table: ExaminedTable, name: str | None = None) -> list[dict[str, Any]]:
    """The staged rows of one canonical table; adds up the account on the way."""
    staged = table.staged
    assert staged is not None, table.problem
    accepted = staged.tables[staged.grain].num_rows
    known = staged.rows_rejected + staged.rows_totals + staged.rows_repeated
    assert staged.rows_read == accepted + known
    return staged.tables[name or staged.grain].to_pylist()


def codes(table: ExaminedTable) -> set[str]:
    """The codes of what was remarked."""
    return {one.code for one in table.findings}
