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
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from ecom.errors import StoreError
from ecom.schema import metadata
from ecom.store.clickhouse import sharded_dialect as sharded
from ecom.store.clickhouse.arrow import as_frame, sql_type
from ecom.store.clickhouse.ddl import columns
from ecom.store.clickhouse.dialect import AS_ARROW, DRIVER, HOMES, SETTINGS, TURN
from ecom.store.clickhouse.faults import explain, first_line
from ecom.store.clickhouse.generations import Generations, Turn
from ecom.store.clickhouse.opening import open_generations
from ecom.store.clickhouse.writing import send, writing
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
        named = url.query.get("cluster")
        cluster = named if named is None or isinstance(named, str) else named[-1]
        driver, settings = (
            (DRIVER, SETTINGS) if cluster is None else (sharded.DRIVER, sharded.SHARDED_SETTINGS)
        )
        engine = create_engine(
            url.difference_update_query(["cluster"])
            .set(drivername=driver, database="default")
            .update_query_dict({f"ch_{key}": str(value) for key, value in settings.items()}),
            pool_size=16,
            max_overflow=32,
            pool_reset_on_return=None,  # there is nothing to roll back
        )
        try:
            self._generations[engine] = open_generations(engine, name, cluster)
        except (DBAPIError, Error, StoreError) as error:
            engine.dispose()
            if isinstance(error, StoreError):
                raise
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
            turn.create(table)

    @contextmanager
    def reading(self, engine: Engine) -> Iterator[Connection]:
        """A connection to the newest committed state."""
        with engine.connect() as connection:
            yield connection.execution_options(**{HOMES: self._generations[engine].newest()})

    @contextmanager
    def writing(self, engine: Engine, wait: Callable[[], None]) -> Iterator[Work]:
        """A connection to what becomes the newest state at the end."""
        with writing(engine, self._generations[engine], wait) as work:
            yield work

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
        send(connection, table, with_constants(rows, constants))

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
            send(connection, aside, rows)
            yield aside
        finally:
            connection.exec_driver_sql(f"DROP {kind} `{aside.name}`")
