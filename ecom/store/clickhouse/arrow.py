"""Arrow tables between ClickHouse and the house."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    BigInteger,
    Boolean,
    CompoundSelect,
    Date,
    DateTime,
    Double,
    Integer,
    Numeric,
    Select,
    String,
    Table,
)
from sqlalchemy.types import TypeEngine

_DIGITS = 38
_WIDE = (pa.int64(), pa.uint64(), pa.uint32())
_WITH_NULLS = {
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}
_KINDS: tuple[tuple[type[TypeEngine[Any]], pa.DataType], ...] = (
    (Boolean, pa.bool_()),
    (BigInteger, pa.int64()),
    (Integer, pa.int32()),
    (Double, pa.float64()),
    (Date, pa.date32()),
    (DateTime, pa.timestamp("us")),
    (String, pa.string()),
)


def arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    """The Arrow type in which values of a column travel."""
    if isinstance(kind, Numeric) and not isinstance(kind, Double):
        return pa.decimal128(_DIGITS, kind.scale or 0)
    return next(arrow for ours, arrow in _KINDS if isinstance(kind, ours))


def sql_type(kind: pa.DataType) -> TypeEngine[Any]:
    """The column type for values of an Arrow type."""
    if pa.types.is_integer(kind):
        return BigInteger()
    return next((ours() for ours, arrow in _KINDS if arrow == kind), String())


def as_stored(rows: pa.Table, table: Table) -> pa.Table:
    """Rows in the types of a table's columns."""
    columns = [
        _cast(rows.column(name), arrow_type(table.c[name].type)) for name in rows.column_names
    ]
    return pa.table(columns, names=rows.column_names)


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_decimal(kind):
        if pa.types.is_decimal(column.type) and column.type.scale > kind.scale:
            column = pc.round(column, kind.scale)
        if pa.types.is_integer(column.type):
            column = column.cast(pa.decimal128(19, 0))
    return column.cast(kind)


def as_frame(answer: pa.Table, statement: Select[Any] | CompoundSelect[Any]) -> pd.DataFrame:
    """A query's answer as DuckDB would give it.

    Decimals are floats, pandas' own types hold columns with NULLs, and columns have the names of
    the statement, where ClickHouse adds the table to a name that several tables have.
    """
    asked = zip(statement.selected_columns, answer.columns, strict=True)
    return pd.DataFrame({column.name: _series(values, column.type) for column, values in asked})


def _series(column: pa.ChunkedArray, kind: TypeEngine[Any]) -> pd.Series:
    arrow = column.type
    if pa.types.is_union(arrow):  # numbers of several kinds, from the parts of a UNION
        numbers = (None if one is None else float(one) for one in column.to_pylist())
        return pa.chunked_array([pa.array(numbers, pa.float64())]).to_pandas()
    if isinstance(kind, Boolean):
        column = column.cast(pa.bool_())
    elif pa.types.is_decimal(arrow):
        column = column.cast(pa.float64())
    elif pa.types.is_integer(arrow):
        column = column.cast(pa.int64() if arrow in _WIDE else pa.int32())
    elif pa.types.is_floating(arrow):
        return column.to_pandas()
    elif pa.types.is_date(arrow) or pa.types.is_timestamp(arrow):
        return column.cast(pa.timestamp("us")).to_pandas()
    elif column.null_count == len(column):  # of text that is all there is to see
        return pd.Series([None] * len(column), dtype="object")
    if not column.null_count or pa.types.is_decimal(arrow):
        return column.to_pandas()
    return column.to_pandas(types_mapper=_WITH_NULLS.get)
