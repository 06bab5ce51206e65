"""Rows into PostgreSQL and out of it, in bulk: Arrow to COPY, cells to columns."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_ROWS_A_WRITE = 20_000
_ROWS_THAT_MATTER = 200
# PostgreSQL's text has no room for the letter NUL.
_NUL, _INSTEAD = b"\0", "\N{REPLACEMENT CHARACTER}".encode()
# The number PostgreSQL gives a type -> what its text is read as; all others stay text.
_KINDS = {
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    700: pa.float64(),
    701: pa.float64(),
    1700: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
}
_BOOLEAN = 16
_WITH_GAPS = {
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def copy(connection: Connection, name: str, rows: pa.Table) -> None:
    """COPY rows into a table; csv tells an empty text (in quotes) from none."""
    columns = ", ".join(quoted(column) for column in rows.column_names)
    statement = f'COPY "{name}" ({columns}) FROM STDIN (FORMAT csv)'
    options = csv.WriteOptions(include_header=False)
    try:
        with driver(connection).cursor() as cursor, cursor.copy(statement) as stream:
            for batch in rows.to_batches(max_chunksize=_ROWS_A_WRITE):
                sink = pa.BufferOutputStream()
                csv.write_csv(batch, sink, options)
                stream.write(sink.getvalue().to_pybytes().replace(_NUL, _INSTEAD))
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, (), error, psycopg.Error, dialect=connection.dialect
        ) from error


def after_insert(
    connection: Connection, cursor: Any, _s: str, _p: object, context: Any, _m: bool
) -> None:
    """What SQLAlchemy calls after every statement: notes what was inserted from a select."""
    if context.isinsert and context.compiled is not None:
        note_growth(connection, context.compiled.statement.table.name, cursor.rowcount)


def note_growth(connection: Connection, name: str, rows: int) -> None:
    """Have a table that grew a lot looked at; the server itself does only after the commit.

    Without it the statements that follow are planned for an empty table, and may take hours.
    """
    grown: Counter[str] = connection.info.setdefault("grown", Counter())
    grown[name] += rows
    if grown[name] < _ROWS_THAT_MATTER:
        return
    known = "SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)"
    if grown[name] > connection.exec_driver_sql(known, (name,)).scalar_one() / 2:
        connection.exec_driver_sql(f'ANALYZE "{name}"')
        grown[name] = 0


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection, for what SQLAlchemy has no words for."""
    found = connection.connection.driver_connection
    assert isinstance(found, psycopg.Connection)
    return found


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_type(kind: pa.DataType) -> str:
    """The type of a column that holds any value of an Arrow column."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    for is_kind, name in (
        (pa.types.is_integer, "bigint"),
        (pa.types.is_floating, "double precision"),
        (pa.types.is_decimal, "numeric"),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "timestamp"),
    ):
        if is_kind(kind):
            return name
    return 'text COLLATE "C"'


def column(cells: list[bytes | None], kind: int) -> pd.Series:
    """A column of cells as the server wrote them, with the dtype that any engine gives it."""
    text = pa.array(cells, pa.large_binary()).cast(pa.large_string())
    if kind == _BOOLEAN:
        values = pc.equal(text, "t")
    elif kind in _KINDS:
        values = text.cast(_KINDS[kind])
    elif text.null_count == len(text):
        return pd.Series([None] * len(text), dtype="object")
    else:
        return text.to_pandas()
    if pa.types.is_date(values.type):
        values = values.cast(pa.timestamp("us"))
    return values.to_pandas(types_mapper=_WITH_GAPS.get if values.null_count else None)
