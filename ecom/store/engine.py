"""What the store needs from an engine beyond SQLAlchemy; one small file each implements it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
from sqlalchemy import (
    CompoundSelect,
    Connection,
    Delete,
    Engine,
    FromClause,
    Select,
    Table,
    delete,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ecom.errors import StoreError
from ecom.text import message

ENGINES = {
    "duckdb": "ecom.store.duckdb",
    "postgresql": "ecom.store.postgres",
    "clickhousedb": "ecom.store.clickhouse",
}


@dataclass(slots=True)
class Work:
    """A write under way: all of it is committed at the end of its block, or nothing.

    Attributes
    ----------
    connection : what is read and written through; it sees its own changes, nobody else does.
    is_kept : set to false for a write that was only to be looked at.
    """

    connection: Connection
    is_kept: bool = True


class EngineSupport(Protocol):
    """One database engine.

    Attributes
    ----------
    is_embedded : the database is a file of this machine that one process has to itself.
    """

    is_embedded: bool

    def connect(self, url: URL) -> Engine:
        """Make an engine; raise ``StoreError`` or ``StoreLocked`` when it can't be used."""

    def disconnect(self, engine: Engine) -> None:
        """Give the database free."""

    def create_tables(self, connection: Connection) -> None:
        """Make the tables of ``ecom.schema`` that are not there."""

    def reading(self, engine: Engine) -> AbstractContextManager[Connection]:
        """A connection for queries; what it sees is a committed state."""

    def writing(self, engine: Engine, wait: Callable[[], None]) -> AbstractContextManager[Work]:
        """A write, whole or not at all; an error in the block, too, takes everything back.

        Parameters
        ----------
        wait : called now and then while another process writes; may raise to give up.
        """

    def fetch(
        self, connection: Connection, statement: Select[Any] | CompoundSelect[Any]
    ) -> pd.DataFrame:
        """Run a query and return its result in bulk, never row by row."""

    def parts(
        self, connection: Connection, statement: Select[Any] | CompoundSelect[Any], *, rows: int
    ) -> Iterator[pd.DataFrame]:
        """The same result in order, one frame at least, of some ``rows`` if the engine can.

        For numbers and times; other columns may come as other types than ``fetch`` has them.
        """

    def insert(
        self, connection: Connection, table: Table, rows: pa.Table, constants: Mapping[str, object]
    ) -> None:
        """Append ``rows`` in bulk; ``constants`` fill further columns with one value each."""

    def lend(self, connection: Connection, rows: pa.Table) -> AbstractContextManager[FromClause]:
        """Show rows to queries on this connection as if they were a table, without storing them."""

    def remove(
        self, connection: Connection, table: Table, source_rows: pa.Array, *, batch_id: int
    ) -> None:
        """Delete the rows of a batch that came from these rows of its file, in bulk."""

    def explain(self, error: Exception) -> StoreError | None:
        """The sentence for a fault people can mend (disk full, locked ...); None otherwise."""


def engine_support(url: str) -> EngineSupport:
    """Choose the engine by the URL's first word."""
    try:
        name = make_url(url).get_backend_name()
    except ArgumentError:
        name = ""
    if name not in ENGINES:
        raise StoreError(
            message("“{given}” is not a database this program can open.", given=_masked(url)),
            message("Use a URL that starts with {choices}.", choices=", ".join(ENGINES)),
        )
    support: EngineSupport = importlib.import_module(ENGINES[name]).support
    return support


def with_constants(rows: pa.Table, constants: Mapping[str, object]) -> pa.Table:
    """Rows with further columns of one value each."""
    for name, value in constants.items():
        rows = rows.append_column(name, pa.repeat(pa.scalar(value), rows.num_rows))
    return rows


def deletion(table: Table, rows: FromClause, *, batch_id: int) -> Delete:
    """Take away those rows of a batch whose ``source_row`` stands in ``rows``."""
    return delete(table).where(
        table.c.batch_id == batch_id, table.c.source_row.in_(select(rows.c.source_row))
    )


def _masked(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.split("@")[-1]
