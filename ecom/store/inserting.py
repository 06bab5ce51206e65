"""Rows into the fact tables: at once, or part by part for tables that do not fit into memory."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Integer, Table

from ecom.progress import Watch
from ecom.schema import FACTS
from ecom.store.engine import EngineSupport
from ecom.store.staging import Staged


def insert_rows(
    connection: Connection,
    support: EngineSupport,
    staged: Staged,
    provenance: dict[str, int | bool],
    watch: Watch,
) -> Staged:
    """Insert the rows of a batch and say what is known of it after the last of them."""
    if staged.parts is None:
        _insert(connection, support, staged.tables, provenance)
        return staged
    parts = staged.parts(watch)
    while True:
        try:
            tables = next(parts)
        except StopIteration as ended:
            whole: Staged = ended.value
            break
        _insert(connection, support, tables, provenance)
    if whole.replaced_rows is not None and len(whole.replaced_rows):
        support.remove(
            connection, FACTS[whole.grain], whole.replaced_rows, batch_id=provenance["batch_id"]
        )
    return whole


def _insert(
    connection: Connection,
    support: EngineSupport,
    tables: Mapping[str, pa.Table],
    provenance: dict[str, int | bool],
) -> None:
    for name, rows in tables.items():
        support.insert(connection, FACTS[name], with_keys(FACTS[name], rows), provenance)


def with_keys(table: Table, rows: pa.Table) -> pa.Table:
    """Rows whose key columns are never NULL, so that keys compare with ``=``."""
    for name in table.info["key"]:
        kind = table.c[name].type
        if kind.python_type not in (str, int):
            continue
        filler: str | int = -1 if isinstance(kind, Integer) else ""
        if name in rows.column_names:
            column = rows.column(name)
            if column.null_count:
                filled = pc.fill_null(column.cast(pa.string()) if filler == "" else column, filler)
                rows = rows.set_column(rows.column_names.index(name), name, filled)
        else:
            rows = rows.append_column(name, pa.array([filler] * rows.num_rows))
    return rows
