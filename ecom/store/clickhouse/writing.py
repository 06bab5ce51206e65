"""A write: a connection to the state that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from clickhouse_connect.driver.exceptions import Error
from sqlalchemy import Connection, Engine, Table, event, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Delete, Update, UpdateBase

from ecom.schema import metadata
from ecom.store.clickhouse.arrow import as_stored
from ecom.store.clickhouse.dialect import HOMES, TURN
from ecom.store.clickhouse.generations import Generations, Turn
from ecom.store.engine import Work


@contextmanager
def writing(engine: Engine, generations: Generations, wait: Callable[[], None]) -> Iterator[Work]:
    """A connection to what becomes the newest state at the end."""
    with generations.turn(wait) as turn:
        with _in_database(engine, turn.database) as connection:
            connection.execution_options(**{HOMES: turn.homes, TURN: turn})
            event.listen(connection, "before_execute", _change_own, retval=True)
            work = Work(connection)
            yield work
        turn.is_kept = work.is_kept


def send(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Append rows, as they lie in memory, to a table of a state or to one that is lent."""
    if table.metadata is metadata:
        turn: Turn = connection.get_execution_options()[TURN]
        turn.own(table)
    handle: Any = connection.connection.driver_connection
    try:
        handle.client.insert_arrow(table.name, as_stored(rows, table))
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


def _change_own(
    connection: Connection, statement: Any, many: Any, parameters: Any, _: Any
) -> tuple[Any, Any, Any]:
    """Before a table is changed, make it one of the state that is written."""
    if isinstance(statement, UpdateBase) and isinstance(statement.table, Table):
        table: Table = statement.table
        turn: Turn = connection.get_execution_options()[TURN]
        if table.metadata is metadata:
            if isinstance(statement, Delete | Update) and turn.change(connection, statement, table):
                return select(literal(1)), (), {}  # done; only its result was not asked for
            turn.own(table)
    return statement, many, parameters
