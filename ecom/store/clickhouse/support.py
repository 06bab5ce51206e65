"""``EngineSupport`` for ClickHouse: connections, bulk in and out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import pandas as pd
import pyarrow as pa
from clickhouse_connect.driver.exceptions import Error
from sqlalchemy import (
    Column,
    CompoundSelect,
    Connection,
    Engine,
    FromClause,
    MetaData,
    Select,
    Table,
    create_engine,
    event,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

from ecom.errors import StoreError
from ecom.schema import metadata
from ecom.store.clickhouse.arrow import as_frame, as_stored, sql_type
from ecom.store.clickhouse.ddl import columns, create_table
from ecom.store.clickhouse.dialect import AS_ARROW, DRIVER, HOMES, SETTINGS, TURN
from ecom.store.clickhouse.faults import explain, first_line
from ecom.store.clickhouse.generations import Generations, Turn
from ecom.store.engine import Work, deletion, with_constants
from ecom.text import message


class ClickHouseSupport:
    """Implements ``EngineSupport``."""

    is_embedded = False

    def __init__(self) -> None:
        self._generations: WeakKeyDictionary[Engine, Generations] = WeakKeyDictionary()

    def connect(self, url: URL) -> Engine:
        """Connect to a server; the URL's database is what our databases' names begin with."""
        name = url.database or ""
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise StoreError(
                message("“{given}” can't be the name of a database.", given=name),
                message("End the URL with a name of letters, digits and underscores."),
            )
        if "cluster" in url.query:
            raise StoreError(
                message("A cluster of ClickHouse servers can't hold the store."),
                message("Use the URL of one server, without “cluster”."),
            )
        settings = {f"ch_{key}": str(value) for key, value in SETTINGS.items()}
        engine = create_engine(
            url.set(drivername=DRIVER, database="default").update_query_dict(settings),
            pool_size=16,
            max_overflow=32,
            pool_reset_on_return=None,  # there is nothing to roll back
        )
        generations = self._generations[engine] = Generations(engine, name)
        try:
            generations.newest()
        except (DBAPIError, Error) as error:
            engine.dispose()
            raise self.explain(error) or StoreError(
                message("The database can't be opened: {why}", why=first_line(error))
            ) from None  # drivers quote the address
        return engine

    def disconnect(self, engine: Engine) -> None:
        """Close the connections."""
        self._generations.pop(engine, None)
        engine.dispose()

    def create_tables(self, connection: Connection) -> None:
        """Make the tables that are not there."""
        turn: Turn = connection.get_execution_options()[TURN]
        for table in metadata.sorted_tables:
            if table.name not in turn.homes:
                connection.exec_driver_sql(create_table(table, connection.dialect))
                turn.homes[table.name] = turn.database

    @contextmanager
    def reading(self, engine: Engine) -> Iterator[Connection]:
        """A connection to the newest committed state."""
        with engine.connect() as connection:
            yield connection.execution_options(**{HOMES: self._generations[engine].newest()})

    @contextmanager
    def writing(self, engine: Engine, wait: Callable[[], None]) -> Iterator[Work]:
        """A connection to what becomes the newest state at the end."""
        with self._generations[engine].turn(wait) as turn:
            with _in_database(engine, turn.database) as connection:
                connection.execution_options(**{HOMES: turn.homes, TURN: turn})
                event.listen(connection, "before_execute", _own_what_changes)
                work = Work(connection)
                yield work
            turn.is_kept = work.is_kept

    def fetch(
        self, connection: Connection, statement: Select[Any] | CompoundSelect[Any]
    ) -> pd.DataFrame:
        """Take the result as an Arrow table."""
        result = connection.execute(statement, execution_options={AS_ARROW: True})
        answer: Any = result.cursor
        return as_frame(answer.data, statement)

    def parts(
        self, connection: Connection, statement: Select[Any] | CompoundSelect[Any], *, rows: int
    ) -> Iterator[pd.DataFrame]:
        """All at once."""
        yield self.fetch(connection, statement)

    def insert(
        self, connection: Connection, table: Table, rows: pa.Table, constants: Mapping[str, object]
    ) -> None:
        """Send the rows as they lie in memory."""
        connection.get_execution_options()[TURN].own(table.name)
        rows = with_constants(rows, constants)
        self._send(connection, table, as_stored(rows, table))

    def remove(
        self, connection: Connection, table: Table, source_rows: pa.Array, *, batch_id: int
    ) -> None:
        """Delete by a table of row numbers; a deletion does not see those of one connection."""
        rows = pa.table({"source_row": source_rows})
        with self._kept_aside(connection, rows, "TABLE") as aside:
            connection.execute(deletion(table, aside, batch_id=batch_id))

    @contextmanager
    def lend(self, connection: Connection, rows: pa.Table) -> Iterator[FromClause]:
        """Put the rows into a table that only this connection sees."""
        with self._kept_aside(connection, rows, "TEMPORARY TABLE") as lent:
            yield lent

    def explain(self, error: Exception) -> StoreError | None:
        """Know the faults people can mend by ClickHouse's numbers."""
        return explain(error)

    @contextmanager
    def _kept_aside(self, connection: Connection, rows: pa.Table, kind: str) -> Iterator[Table]:
        """Rows as a table in memory for as long as the block lasts."""
        aside = Table(
            f"lent_{uuid4().hex}",
            MetaData(),
            *(Column(field.name, sql_type(field.type)) for field in rows.schema),
        )
        connection.exec_driver_sql(
            f"CREATE {kind} `{aside.name}` ({columns(aside, connection.dialect)}) ENGINE = Memory"
        )
        try:
            self._send(connection, aside, as_stored(rows, aside))
            yield aside
        finally:
            connection.exec_driver_sql(f"DROP {kind} `{aside.name}`")

    def _send(self, connection: Connection, table: Table, rows: pa.Table) -> None:
        handle: Any = connection.connection.driver_connection
        try:
            handle.client.insert_arrow(table.name, rows)
        except Error as error:
            raise DBAPIError(f"INSERT INTO {table.name}", None, error) from error


@contextmanager
def _in_database(engine: Engine, database: str) -> Iterator[Connection]:
    """A connection whose new and changed tables are those of a database."""
    with engine.connect() as connection:
        handle: Any = connection.connection.driver_connection
        handle.client.database, before = database, handle.client.database
        try:
            yield connection
        finally:
            handle.client.database = before


def _own_what_changes(connection: Connection, statement: object, *_: object) -> None:
    if isinstance(statement, UpdateBase) and isinstance(statement.table, Table):
        connection.get_execution_options()[TURN].own(statement.table.name)
