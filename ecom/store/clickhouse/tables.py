"""How the tables of a state come into being: whole, on the one server that a store has.

``sharding`` does the same on a cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.sql.dml import Delete, Update

from ecom.store.clickhouse.ddl import create_table
from ecom.store.clickhouse.dialect import StoreDialect

Run = Callable[..., list[Any]]  # a statement, and values that it binds


class Tables(Protocol):
    """Makes tables in the databases of states."""

    def create(self, table: Table, database: str) -> None:
        """Make an empty table."""

    def clone(self, table: Table, home: str, database: str) -> None:
        """Make a table that holds what that of another state holds, and can be changed."""

    def change(
        self, connection: Connection, statement: Delete | Update, table: Table, home: str
    ) -> bool:
        """Change a table of another state or this one; False leaves it to the engine."""

    def parts(self) -> Collection[str]:
        """What there is beyond the tables in the databases of states."""

    def drop_idle(self, parts: Collection[str], busy: Collection[int]) -> None:
        """Drop those that no state uses, but for numbers that somebody may still write."""


class WholeTables:
    """Implements ``Tables`` on one server."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def create(self, table: Table, database: str) -> None:
        """Make an empty table."""
        self._run(create_table(table, StoreDialect(), database=database))

    def clone(self, table: Table, home: str, database: str) -> None:
        """Link the files of the table before; none is copied."""
        name = table.name
        self._run(f"CREATE TABLE `{database}`.`{name}` CLONE AS `{home}`.`{name}`")

    def change(
        self, connection: Connection, statement: Delete | Update, table: Table, home: str
    ) -> bool:
        """Leave it to the engine."""
        return False

    def parts(self) -> Collection[str]:
        """Nothing."""
        return ()

    def drop_idle(self, parts: Collection[str], busy: Collection[int]) -> None:
        """Nothing is left."""


def runner(engine: Engine) -> Run:
    """Runs a statement that names its databases. Names are our own; values are bound."""

    def run(statement: str, **values: str) -> list[Any]:
        with engine.connect() as connection:
            return list(connection.exec_driver_sql(statement, values or None).fetchall())

    return run
