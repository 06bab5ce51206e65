"""Fixtures everybody uses: an empty store, literal rows in it, and the shared material."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ecom.schema import FACTS
from ecom.store import Batch, Shop, Staged, Store, open_store
from tests.engines.servers import EVERY, SECRET, STARTS, servers

ROOT = Path(__file__).resolve().parents[1]
SHOP = Shop("shop", "own", "The shop", "CNY", "Asia/Shanghai")
# Where every test that opens a store says something about each engine, without being told to.
EVERY_ENGINE = frozenset(ROOT / "tests" / name for name in ("analysis", "queries"))

# Where such tests are about the storing itself, they run on a cluster, too.
HOW_IT_STORES = frozenset(ROOT / "tests" / name for name in ("store", "engines"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", choices=list(STARTS), default="duckdb", help="the store's engine in tests"
    )


def pytest_configure(config: pytest.Config) -> None:
    for line in (
        "every_engine(but): runs on all engines, but for one, whatever --engine says",
        "only_on(engine, why): says nothing about other engines",
    ):
        config.addinivalue_line("markers", line)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asks_a_store = not {"store", "database"}.isdisjoint(metafunc.fixturenames)
    marked = metafunc.definition.get_closest_marker("every_engine")
    if marked or (asks_a_store and metafunc.definition.path.parent in EVERY_ENGINE):
        only = metafunc.definition.get_closest_marker("only_on")
        asks_how_it_stores = metafunc.definition.path.parent in HOW_IT_STORES
        engines = list(STARTS) if asks_how_it_stores else EVERY
        engines = [name for name in engines if marked is None or name != marked.kwargs.get("but")]
        engines = [only.args[0]] if only else engines
        metafunc.parametrize("engine", engines, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        only = item.get_closest_marker("only_on")
        chosen = getattr(item, "callspec", None)
        engine = chosen.params.get("engine") if chosen else None
        if only and only.args[0] != (engine or config.getoption("--engine")):
            item.add_marker(pytest.mark.skip(f"only on {only.args[0]}: {only.kwargs['why']}"))


@pytest.fixture(scope="session", autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine that stores are opened on: ``--engine``, or all in turn (``every_engine``)."""
    servers.at_hand = getattr(request, "param", request.config.getoption("--engine"))
    yield servers.at_hand
    servers.at_hand = request.config.getoption("--engine")


@pytest.fixture(scope="session", autouse=True)
def _servers() -> Iterator[None]:
    """Servers that tests started end with them."""
    with pytest.MonkeyPatch.context() as patched:
        # Customers are hashed with a secret that a server's store doesn't make itself.
        patched.setenv("ECOM_SECRET", SECRET)
        yield
    servers.close()


@contextmanager
def empty_store() -> Iterator[Store]:
    """An empty store on the engine at hand, gone after the block."""
    databases = servers[servers.at_hand]
    url = databases.empty()
    try:
        with open_store(url) as opened:
            yield opened
    finally:
        databases.drop(url)


@pytest.fixture
def store(engine: str) -> Iterator[Store]:
    """An empty private store."""
    with empty_store() as opened:
        yield opened


@pytest.fixture
def database(engine: str) -> Iterator[str]:
    """URL of an empty database that can be opened again and again."""
    url = servers[engine].empty(is_kept=True)
    yield url
    servers[engine].drop(url)


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
