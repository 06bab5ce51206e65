"""The embedded engine. Everything DuckDB-specific in the house is in this file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import duckdb
import pandas as pd
import pyarrow as pa
from sqlalchemy import (
    CompoundSelect,
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    column,
    create_engine,
    table,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from ecom.errors import StoreError, StoreLocked
from ecom.schema import metadata
from ecom.store import functions
from ecom.store.engine import Work
from ecom.text import message

# What goes beyond is kept in a folder beside the database for as long as a statement runs. DuckDB
# alone would take four fifths of the machine.
_MEMORY_LIMIT = "1GB"
# They take a quarter of the time of an append and save a third of the room.
_SLOW_PACKING = "SET GLOBAL disabled_compression_methods = 'fsst,zstd,dict_fsst'"


class DuckDBSupport:
    """Implements ``EngineSupport``."""

    is_embedded = True

    def __init__(self) -> None:
        # DuckDB forgets a memory database, and gives a file's lock away, when its last connection
        # closes, so each engine has one that is held for its life.
        self._held: WeakKeyDictionary[Engine, Connection] = WeakKeyDictionary()

    def connect(self, url: URL) -> Engine:
        """Open or make the database file; ``:memory:`` is private to the returned engine.

        DuckDB's own settings may stand in the URL: ``duckdb:///shop.duckdb?memory_limit=4GB``.
        """
        if url.database in (None, "", ":memory:"):
            # A bare :memory: would be a new database for every pooled connection.
            url = url.set(database=f":memory:{uuid4().hex}")
        elif url.database and not url.database.startswith(":memory:"):
            Path(url.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
            if "memory_limit" not in url.query:
                url = url.update_query_dict({"memory_limit": _MEMORY_LIMIT})
        engine = create_engine(url, pool_size=16, max_overflow=32)
        try:
            held = self._held[engine] = engine.connect()
            held.exec_driver_sql(_SLOW_PACKING)
            held.commit()
        except (DBAPIError, duckdb.Error) as error:
            raise self.explain(error) or StoreError(
                message("The database can't be opened: {why}", why=_first_line(error))
            ) from error
        return engine

    def disconnect(self, engine: Engine) -> None:
        """Give the file free."""
        held = self._held.pop(engine, None)
        if held is not None:
            held.close()
        engine.dispose()

    def create_tables(self, connection: Connection) -> None:
        """Make the tables that are not there."""
        metadata.create_all(connection)

    @contextmanager
    def reading(self, engine: Engine) -> Iterator[Connection]:
        """A connection for queries."""
        with engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, engine: Engine, wait: Callable[[], None]) -> Iterator[Work]:
        """A transaction. Nobody has to be waited for: one process owns the file."""
        with engine.connect() as connection, connection.begin() as transaction:
            work = Work(connection)
            yield work
            if not work.is_kept:
                transaction.rollback()

    def fetch(
        self, connection: Connection, statement: Select[Any] | CompoundSelect[Any]
    ) -> pd.DataFrame:
        """Take the result as a DataFrame straight from the engine."""
        result = connection.execute(statement)
        frame: pd.DataFrame = result.cursor.df()  # DuckDB's own cursor
        return frame

    def parts(
        self, connection: Connection, statement: Select[Any] | CompoundSelect[Any], *, rows: int
    ) -> Iterator[pd.DataFrame]:
        """Take over rows while the engine still makes the next ones."""
        reader = connection.execute(statement).cursor.to_arrow_reader(rows)
        batch = None
        for batch in reader:
            yield batch.to_pandas()
        if batch is None:
            yield reader.schema.empty_table().to_pandas()

    def insert(
        self, connection: Connection, table: Table, rows: pa.Table, constants: Mapping[str, object]
    ) -> None:
        """Let DuckDB read the Arrow table in place."""
        columns = [*rows.column_names, *constants]
        sources = [f'"{column}"' for column in rows.column_names]
        sources += [f"${position + 1}" for position in range(len(constants))]
        quoted = ", ".join(f'"{column}"' for column in columns)
        # Names come from our own schema; values are bound.
        statement = f'INSERT INTO "{table.name}" ({quoted}) SELECT {", ".join(sources)} FROM rows'  # noqa: S608
        self._execute(connection, statement, list(constants.values()), rows)

    def remove(
        self, connection: Connection, table: Table, source_rows: pa.Array, *, batch_id: int
    ) -> None:
        """Let DuckDB read the row numbers in place."""
        rows = pa.table({"source_row": source_rows})
        statement = (
            f'DELETE FROM "{table.name}" WHERE batch_id = $1 '  # noqa: S608  (as in insert)
            "AND source_row IN (SELECT source_row FROM rows)"
        )
        self._execute(connection, statement, [batch_id], rows)

    def _execute(
        self, connection: Connection, statement: str, values: list[object], rows: pa.Table
    ) -> None:
        """Run a statement in which ``rows`` stands for the Arrow table.

        DuckDB finds the table by the name of this very argument. A table that is registered
        instead is held until the transaction ends, so a large file would be held as a whole.
        """
        connection.exec_driver_sql("SET python_scan_all_frames = true")  # SQLAlchemy's lie between
        with _one_thread(connection.engine):
            connection.exec_driver_sql(statement, tuple(values))

    @contextmanager
    def lend(self, connection: Connection, rows: pa.Table) -> Iterator[FromClause]:
        """Let DuckDB read the Arrow table in place."""
        name = f"lent_{uuid4().hex}"
        handle = connection.connection.driver_connection
        assert handle is not None  # an open connection has one
        handle.register(name, rows)
        try:
            yield table(name, *(column(field.name) for field in rows.schema))
        finally:
            handle.unregister(name)

    def explain(self, error: Exception) -> StoreError | None:
        """Know the faults people can mend by their wording; DuckDB has no codes for them."""
        words = str(error)
        if "lock" in words and "onflicting" in words:
            return StoreLocked(
                message("Another program has the database open."),
                message(
                    "Put files into the inbox folder of the running app, or close it and try again."
                ),
            )
        if "No space left" in words or "out of disk" in words.lower():
            return StoreError(
                message("The disk is full; nothing was changed."),
                message("Free some space and try again."),
            )
        if "Out of Memory Error" in words:
            return StoreError(
                message("The database ran out of its memory; nothing was changed."),
                message("Allow it more in its URL, such as …?memory_limit=4GB, and start again."),
            )
        if "not a valid DuckDB database" in words or "does not exist as a valid" in words:
            return StoreError(
                message("The database file is not a DuckDB database."),
                message("Choose another file, or move this one away and start afresh."),
            )
        if "ermission denied" in words or "Cannot open file" in words:
            return StoreError(
                message("The database file can't be opened: {why}", why=_first_line(error)),
                message("Check that the folder exists and that you may write to it."),
            )
        return None


@contextmanager
def _one_thread(engine: Engine) -> Iterator[None]:
    """Several threads take twice the work and no less time to append a table held in memory.

    The setting is the database's, so it is set from aside: a transaction that has failed takes no
    more statements.
    """
    with engine.connect() as aside:
        threads = int(aside.exec_driver_sql("SELECT current_setting('threads')").scalar_one())
        aside.exec_driver_sql("SET threads = 1")
        try:
            yield
        finally:
            aside.exec_driver_sql(f"SET threads = {threads}")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


@compiles(functions.seconds_between, "duckdb")
def _seconds_between(
    element: functions.seconds_between, compiler: SQLCompiler, **options: object
) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(date_diff('microsecond', {earlier}, {later}) / 1e6)"


@compiles(functions.local_hour, "duckdb")
def _local_hour(element: functions.local_hour, compiler: SQLCompiler, **options: object) -> str:
    moment, zone = (compiler.process(clause, **options) for clause in element.clauses)
    return f"hour(timezone({zone}, timezone('UTC', {moment})))"


@compiles(functions.start_of_week, "duckdb")
def _start_of_week(
    element: functions.start_of_week, compiler: SQLCompiler, **options: object
) -> str:
    day, first = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(date_trunc('week', {day} + CAST({first} AS INTEGER)) AS DATE) - CAST({first} AS INTEGER)"  # noqa: E501


@compiles(functions.start_of_month, "duckdb")
def _start_of_month(
    element: functions.start_of_month, compiler: SQLCompiler, **options: object
) -> str:
    (day,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(date_trunc('month', {day}) AS DATE)"


@compiles(functions.day_of_week, "duckdb")
def _day_of_week(element: functions.day_of_week, compiler: SQLCompiler, **options: object) -> str:
    (day,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(isodow({day}) - 1)"


@compiles(functions.days_between, "duckdb")
def _days_between(element: functions.days_between, compiler: SQLCompiler, **options: object) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"date_diff('day', {earlier}, {later})"


@compiles(functions.json_text, "duckdb")
def _json_text(element: functions.json_text, compiler: SQLCompiler, **options: object) -> str:
    document, key = (compiler.process(clause, **options) for clause in element.clauses)
    path = f"'$.\"' || {key} || '\"'"
    return f"json_extract_string(CASE WHEN json_valid({document}) THEN {document} END, {path})"


@compiles(functions.number_in, "duckdb")
def _number_in(element: functions.number_in, compiler: SQLCompiler, **options: object) -> str:
    (text,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"TRY_CAST({text} AS DOUBLE)"


@compiles(functions.number_of, "duckdb")
def _number_of(element: functions.number_of, compiler: SQLCompiler, **options: object) -> str:
    texts = ", ".join(compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(hash({texts}) >> 1 AS BIGINT)"


@compiles(functions.without, "duckdb")
def _without(element: functions.without, compiler: SQLCompiler, **options: object) -> str:
    text, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"regexp_replace({text}, {pattern}, '', 'g')"


# A third of the time that string_agg takes, because whole numbers are sorted.
@compiles(functions.spelled, "duckdb")
def _spelled(element: functions.spelled, compiler: SQLCompiler, **options: object) -> str:
    moment, code = (compiler.process(clause, **options) for clause in element.clauses)
    sorted_codes = f"list_sort(list(epoch_us({moment}) * 64 + {code}))"
    letters = f"list_transform({sorted_codes}, lambda one: chr(CAST(48 + one % 64 AS INTEGER)))"
    return f"array_to_string({letters}, '')"


@compiles(functions.earliest, "duckdb")
def _earliest(element: functions.earliest, compiler: SQLCompiler, **options: object) -> str:
    moment, tie, *values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"arg_min_null(row({', '.join(values)}), row({moment}, {tie}))"


@compiles(functions.latest, "duckdb")
def _latest(element: functions.latest, compiler: SQLCompiler, **options: object) -> str:
    moment, tie, value = (compiler.process(clause, **options) for clause in element.clauses)
    return f"arg_max_null({value}, row({moment}, {tie}))"


@compiles(functions.packed, "duckdb")
def _packed(element: functions.packed, compiler: SQLCompiler, **options: object) -> str:
    values, place = (compiler.process(clause, **options) for clause in element.clauses)
    return f"struct_extract({values}, {place})"


support = DuckDBSupport()
