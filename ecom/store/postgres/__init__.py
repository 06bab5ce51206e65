"""PostgreSQL: a store for many processes. What is special to it is in this package alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    CompoundSelect,
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    column,
    create_engine,
    event,
    func,
    select,
    table,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from ecom.errors import StoreError
from ecom.store.engine import Work, deletion, with_constants
from ecom.store.postgres import functions as _spelling  # noqa: F401  (being loaded is its job)
from ecom.store.postgres import rows as bulk
from ecom.store.postgres import tables
from ecom.store.postgres.faults import explained, first_line
from ecom.text import message

_OLDEST = 14
_CONNECT_SECONDS = 10
_LOOK_SECONDS = 0.1
# Numbers that other programs in the same database are unlikely to lock.
_MAKING, _WRITING = 0x65636F6D01, 0x65636F6D02
# What our SQL relies on, and what suits few large questions: compiling a statement (jit) takes
# longer than most of them run, and comparing each row with each (nestloop), which looks cheap where
# a condition is thought to leave few rows, takes minutes where it leaves many.
_SESSION = {
    "timezone": "UTC",
    "datestyle": "ISO,YMD",
    "jit": "off",
    "work_mem": "64MB",
    "enable_nestloop": "off",
}
# A batch touches few rows, which are found one by one; what is asked meanwhile (a trial) are pages.
_FOR_FEW_ROWS = "SET LOCAL enable_nestloop = on"
_FOR_MANY_ROWS = "SET LOCAL enable_nestloop = off"


class PostgreSQLSupport:
    """Implements ``EngineSupport``."""

    is_embedded = False

    def connect(self, url: URL) -> Engine:
        """Connect, by whatever driver the URL names, with ours, and look whether it will do.

        Settings for the server may stand in the URL: ``?options=-c work_mem=256MB``.
        """
        given = url.query.get("options", "")
        ours = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
        engine = create_engine(
            url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
            pool_size=16,
            max_overflow=32,
            pool_pre_ping=True,
            hide_parameters=True,
            use_native_hstore=False,
            connect_args={
                "application_name": url.query.get("application_name", "ecom"),
                "client_encoding": "utf8",
                "connect_timeout": _CONNECT_SECONDS,
                "options": f"{ours} {given}".strip(),
                # Poolers between here and the server lose statements that are kept.
                "prepare_threshold": None,
            },
        )
        event.listen(engine, "after_cursor_execute", bulk.after_insert)
        try:
            with engine.connect() as connection:
                _refuse_unfit(connection)
        except StoreError:
            engine.dispose()
            raise
        except DBAPIError as error:
            engine.dispose()
            raise self.explain(error) or StoreError(
                message("The database can't be opened: {why}", why=first_line(error))
            ) from None  # drivers quote the address
        return engine

    def disconnect(self, engine: Engine) -> None:
        """Close all connections."""
        engine.dispose()

    def create_tables(self, connection: Connection) -> None:
        """Make the tables that are not there; processes that start together take turns."""
        connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
        tables.create_tables(connection)

    @contextmanager
    def reading(self, engine: Engine) -> Iterator[Connection]:
        """A connection for queries; each of them sees what was committed when it began."""
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def writing(self, engine: Engine, wait: Callable[[], None]) -> Iterator[Work]:
        """A transaction; one process writes at a time, and the lock ends with its connection."""
        with engine.connect() as connection, connection.begin() as transaction:
            take_turn = select(func.pg_try_advisory_xact_lock(_WRITING))
            while not connection.execute(take_turn).scalar_one():
                wait()
                time.sleep(_LOOK_SECONDS)
            connection.exec_driver_sql(_FOR_FEW_ROWS)
            connection.info["grown"] = Counter()
            work = Work(connection)
            yield work
            if not work.is_kept:
                transaction.rollback()

    def fetch(
        self, connection: Connection, statement: Select[Any] | CompoundSelect[Any]
    ) -> pd.DataFrame:
        """Take the driver's cells column by column, so that no row becomes a Python object."""
        is_writing = not bulk.driver(connection).autocommit
        if is_writing:
            connection.exec_driver_sql(_FOR_MANY_ROWS)
        cursor = connection.execute(statement).cursor
        assert cursor is not None
        if is_writing:
            connection.exec_driver_sql(_FOR_FEW_ROWS)
        cells, names = cursor.pgresult, [field[0] for field in cursor.description]
        rows = range(cells.ntuples)
        columns = {
            place: bulk.column([cells.get_value(row, place) for row in rows], cells.ftype(place))
            for place in range(len(names))
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(len(rows))).set_axis(names, axis=1)

    def parts(
        self, connection: Connection, statement: Select[Any] | CompoundSelect[Any], *, rows: int
    ) -> Iterator[pd.DataFrame]:
        """All at once."""
        yield self.fetch(connection, statement)

    def insert(
        self, connection: Connection, table: Table, rows: pa.Table, constants: Mapping[str, object]
    ) -> None:
        """Stream the rows as csv."""
        rows = with_constants(rows, constants)
        bulk.copy(connection, table.name, rows)
        bulk.note_growth(connection, table.name, rows.num_rows)

    def remove(
        self, connection: Connection, table: Table, source_rows: pa.Array, *, batch_id: int
    ) -> None:
        """Lend the row numbers to one statement."""
        with self.lend(connection, pa.table({"source_row": source_rows})) as gone:
            connection.execute(deletion(table, gone, batch_id=batch_id))

    @contextmanager
    def lend(self, connection: Connection, rows: pa.Table) -> Iterator[FromClause]:
        """Put the rows into a temporary table of this connection's."""
        name = f"lent_{uuid4().hex}"
        columns = [(field.name, bulk.sql_type(field.type)) for field in rows.schema]
        shape = ", ".join(f"{bulk.quoted(field)} {kind}" for field, kind in columns)
        connection.exec_driver_sql(f'CREATE TEMPORARY TABLE "{name}" ({shape})')
        try:
            bulk.copy(connection, name, rows)
            connection.exec_driver_sql(f'ANALYZE "{name}"')
            yield table(name, *(column(field) for field, _ in columns))
        finally:
            # A transaction that failed takes no more statements, and takes the table with it.
            if bulk.driver(connection).info.transaction_status != TransactionStatus.INERROR:
                connection.exec_driver_sql(f'DROP TABLE "{name}"')

    def explain(self, error: Exception) -> StoreError | None:
        """Know faults by their code; by their words where the server lets nobody in."""
        return explained(error)


def _refuse_unfit(connection: Connection) -> None:
    version = connection.dialect.server_version_info or (0,)
    if int(version[0]) < _OLDEST:
        raise StoreError(
            message(
                "The database server is too old (PostgreSQL {found}).",
                found=".".join(str(part) for part in version),
            ),
            message("Use PostgreSQL {needed} or newer.", needed=_OLDEST),
        )
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            message(
                "The database can't hold all letters (its encoding is {found}).", found=encoding
            ),
            message("Create it with ENCODING 'UTF8'."),
        )


support = PostgreSQLSupport()
