"""Open a foreign database: its own driver, read-only, with limits on time."""

from __future__ import annotations

import importlib.util
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ecom.errors import SourceError
from ecom.store.external.faults import explained
from ecom.store.external.read import Foreign
from ecom.text import message

# Backend -> the driver we read it with (module, package); SQLite comes with Python.
_DRIVERS = {
    "sqlite": ("sqlite", "sqlite3", ""),
    "postgresql": ("postgresql+psycopg", "psycopg", "psycopg[binary]"),
    "mysql": ("mysql+pymysql", "pymysql", "pymysql"),
    "mariadb": ("mariadb+pymysql", "pymysql", "pymysql"),
}
_SAME = {"postgres": "postgresql", "sqlite3": "sqlite"}
_STEPS = 10_000  # of SQLite's machine between two looks at the clock


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one pull may take.

    ``rows`` and ``bytes`` are the most of one answer, ``seconds`` the most for reading it,
    ``connect_seconds`` for being let in.
    """

    rows: int = 5_000_000
    bytes: int = 2_000_000_000
    seconds: float = 600.0
    connect_seconds: int = 10


@contextmanager
def opened(url: str, *, limits: Limits | None = None) -> Iterator[Foreign]:
    """Open a database for one pull; everything inside is one transaction that can only read.

    Parameters
    ----------
    url : SQLAlchemy URL of PostgreSQL, MySQL, MariaDB or a SQLite file. A driver named in it is
        passed over for the one we know.
    limits : default ``Limits()``.

    Raises
    ------
    SourceError
        The URL is none, its driver is not installed, or the database can't be reached or read. No
        sentence holds the URL or its password.
    """
    bounds = limits or Limits()
    address = _address(url)
    deadline = time.monotonic() + bounds.seconds
    with explained(address):
        engine = _engine(address, bounds, deadline)
        try:
            with engine.connect() as connection, connection.begin():
                _read_only(connection, bounds)
                yield Foreign(connection, most=(bounds.rows, bounds.bytes), deadline=deadline)
        finally:
            engine.dispose()


def _address(url: str) -> URL:
    """The URL with our driver; a sentence where there is none for it."""
    try:
        given = make_url(url)
        backend = given.get_backend_name()
    except (ArgumentError, ValueError):
        raise SourceError(
            message("The secret holds no database URL."),
            message("Write it as postgresql://user:password@host/database."),
        ) from None
    backend = _SAME.get(backend, backend)
    if backend not in _DRIVERS:
        raise SourceError(
            message("Databases of the kind “{kind}” can't be read.", kind=backend),
            message("PostgreSQL, MySQL, MariaDB and SQLite can. Export files from others."),
        )
    name, module, package = _DRIVERS[backend]
    if importlib.util.find_spec(module) is None:
        raise SourceError(
            message("The driver for {kind} is not installed.", kind=backend),
            message("Install it: pip install {package}", package=package),
        )
    return given.set(drivername=name)


def _engine(address: URL, limits: Limits, deadline: float) -> Engine:
    backend = address.get_backend_name()
    if backend == "sqlite":
        return create_engine(
            "sqlite://", poolclass=NullPool, creator=lambda: _sqlite(address, limits, deadline)
        )
    arguments: dict[str, Any] = {"connect_timeout": limits.connect_seconds}
    if backend != "postgresql":
        # Behind the server's own limit, for a server that is gone and says nothing.
        arguments["read_timeout"] = int(limits.seconds) + limits.connect_seconds
    # hide_parameters: a cursor's value may be personal, and errors are logged.
    return create_engine(address, poolclass=NullPool, connect_args=arguments, hide_parameters=True)


def _sqlite(address: URL, limits: Limits, deadline: float) -> sqlite3.Connection:
    """A file that must exist, opened so that nothing can be written or attached."""
    path = Path(address.database or "").expanduser()
    if not path.is_file():
        raise SourceError(
            message("There is no such database."),
            message("Check the name of the database in the secret."),
        )
    connection = sqlite3.connect(
        f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, timeout=limits.connect_seconds
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA query_only = ON")
    # Some programs write other encodings into text columns; a bad letter must not stop a table.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    return connection


def _read_only(connection: Connection, limits: Limits) -> None:
    """Make the transaction refuse to write, and the server end what runs too long."""
    milliseconds = max(1, int(limits.seconds * 1000))
    run = connection.exec_driver_sql
    match connection.dialect.name:
        case "postgresql":
            run("SET TRANSACTION READ ONLY")
            run(f"SET LOCAL statement_timeout = {milliseconds}")
        case "mysql" | "mariadb":
            if getattr(connection.dialect, "is_mariadb", False):
                run(f"SET SESSION max_statement_time = {milliseconds / 1000}")
            else:
                run(f"SET SESSION max_execution_time = {milliseconds}")
            # PyMySQL reads an answer to its end before it closes a cursor, so the end must be near.
            run(f"SET SESSION sql_select_limit = {limits.rows + 1}")
            run("START TRANSACTION READ ONLY")
