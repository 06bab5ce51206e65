"""Small tools for Arrow tables whose columns may be absent."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.decimals import MONEY_SCALE, from_units
from ecom.ingest.cells.text import mask

SOURCE_ROW = "source_row"  # the column that says where in the file a row stood


def column_of(table: pa.Table, name: str) -> pa.Array:
    """One column as one array."""
    chunked = table[name]
    # combine_chunks would copy a single chunk
    return chunked.chunk(0) if chunked.num_chunks == 1 else chunked.combine_chunks()


def optional(table: pa.Table, name: str, default: pa.Array | None = None) -> pa.Array:
    """One column; where it is absent the default, or empty text."""
    if name in table.column_names:
        return column_of(table, name)
    return pa.nulls(table.num_rows, pa.string()) if default is None else default


def money_or_zero(rows: pa.Table, name: str) -> pa.Array:
    """A money column; zeros where it is absent."""
    if name in rows.column_names:
        return column_of(rows, name)
    return money(np.zeros(rows.num_rows, dtype=np.int64))


def known(rows: pa.Table, name: str) -> np.ndarray:
    """In which rows a column has a value; in none where it is absent."""
    if name not in rows.column_names:
        return np.zeros(rows.num_rows, dtype=bool)
    return mask(pc.is_valid(column_of(rows, name)))


def money(units: np.ndarray) -> pa.Array:
    """A money column from units of 0.0001."""
    return from_units(units, scale=MONEY_SCALE)


def constant(value: str, length: int) -> pa.Array:
    """The same text in every row."""
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(length, dtype=np.int32)), pa.array([value])
    ).cast(pa.string())


def put(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """The table with a column set or added."""
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, values)
    return table.append_column(name, values)
