"""Commands run in this process on a store of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ecom.cli import main

HEADER = (
    "order_id,created_at,paid_at,status,customer_id,paid_amount,refunded_amount,currency,channel"
)
GOOD = (
    "1001,2026-03-02 10:00,2026-03-02 10:05,completed,ann,40.00,0,EUR,Direct",
    "1002,2026-03-03 12:00,2026-03-03 12:01,completed,bob,60.00,0,EUR,Email",
)
NAMELESS = ",2026-03-04 09:00,2026-03-04 09:02,completed,dia,20.00,0,EUR,Direct"


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The URL of a store that is not there yet."""
    return f"duckdb:///{tmp_path}/shop.duckdb"


@pytest.fixture
def run(database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("import", path)`` on that store, as an English reader."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def _run(*arguments: object, url: str = database) -> Answer:
        capsys.readouterr()
        status = main([*map(str, arguments), "--database", url])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Answer(status, said.out, said.err)

    return _run


@pytest.fixture
def orders_csv(tmp_path: Path) -> Path:
    """Two orders and a row without a number."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join((HEADER, *GOOD, NAMELESS)) + "\n", encoding="utf-8")
    return path
