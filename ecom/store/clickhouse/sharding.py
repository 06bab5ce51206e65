"""The tables of a store on a cluster: the large ones lie on its shards, the others on one server.

``shop_shards``
    A database on every server of the cluster, with the parts of large tables: ``events_8_3f0c9a71``
    is what turn 8 wrote of the events. Never changed once its state is committed.
``shop_g8`` and its like
    On the server of the URL alone, which commits by renaming one (``generations``). A large table
    there is ``Distributed`` over one of those parts, which its comment names.

Nothing here is a mutation, whose condition each replica would work out by itself: a change writes
the months it meets anew and links the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    TableClause,
    case,
    column,
    func,
    insert,
    literal,
    literal_column,
    select,
)
from sqlalchemy.sql.dml import Delete, Update

from ecom.store.clickhouse.ddl import SHARDED, columns, create_part, create_table, shard_of
from ecom.store.clickhouse.dialect import TURN, StoreDialect
from ecom.store.clickhouse.tables import Run

_MONTH = literal_column("_partition_id", String)  # of a row, as the engine calls it


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as the server of the URL knows it.

    Attributes
    ----------
    shards : how many replicas each of its shards has.
    """

    name: str
    shards: tuple[int, ...]

    @property
    def replicas(self) -> int:
        """Of the shard that has most."""
        return max(self.shards)

    @property
    def engine(self) -> str:
        """Of the parts of tables."""
        return "ReplicatedMergeTree" if self.replicas > 1 else "MergeTree"


class ShardedTables:
    """Implements ``Tables`` on a cluster."""

    def __init__(self, run: Run, cluster: Cluster, name: str) -> None:
        self._run = run
        self._cluster = cluster
        self._name = name
        self._on = f"ON CLUSTER `{cluster.name}`"
        self._database = f"{name}_shards"
        self._dialect = StoreDialect()

    def create(self, table: Table, database: str) -> None:
        """Make an empty table."""
        if table.name in SHARDED:
            self._show(table, self._create_part(table, database), database)
        else:
            self._run(create_table(table, self._dialect, database=database))

    def clone(self, table: Table, home: str, database: str) -> None:
        """Link the files of the table before, on each shard by itself."""
        name = table.name
        if name in SHARDED:
            part = self._create_part(table, database)
            self._link(part, self.part_of(name, home), months=None)
            self._show(table, part, database)
        else:
            self._run(f"CREATE TABLE `{database}`.`{name}` CLONE AS `{home}`.`{name}`")

    def change(
        self, connection: Connection, statement: Delete | Update, table: Table, home: str
    ) -> bool:
        """Write the months of a large table anew that a deletion or an update meets."""
        if table.name not in SHARDED:
            return False
        turn = connection.get_execution_options()[TURN]
        months = set(connection.execute(_months_of(table, statement)).scalars())
        if not months:
            return True
        others = set(connection.execute(select(_MONTH).select_from(table).distinct()).scalars())
        part = self._create_part(table, turn.database)
        self._link(part, self.part_of(table.name, home), months=others - months)
        aside = TableClause(f"{table.name}_anew", *(column(one.name) for one in table.columns))
        self._show(table, part, turn.database, called=aside.name)
        rows = _rows_after(table, statement).where(_MONTH.in_(sorted(months)))
        connection.execute(insert(aside).from_select([one.name for one in table.columns], rows))
        self._run(f"DROP TABLE `{turn.database}`.`{aside.name}`")
        self._show(table, part, turn.database)
        turn.homes[table.name] = turn.database
        return True

    def parts(self) -> Collection[str]:
        """The names of all parts of tables."""
        found = self._run(
            "SELECT name FROM system.tables WHERE database = %(database)s", database=self._database
        )
        return [name for (name,) in found]

    def drop_idle(self, parts: Collection[str], busy: Collection[int]) -> None:
        """Drop those that no state shows, but for numbers that somebody may still write."""
        shown = {
            name
            for (name,) in self._run(
                "SELECT comment FROM system.tables WHERE engine = 'Distributed' "
                "AND startsWith(database, %(start)s)",
                start=f"{self._name}_",
            )
        }
        for name in parts:
            if self._quoted(name) not in shown and int(name.rsplit("_", 2)[1]) not in busy:
                self._run(f"DROP TABLE IF EXISTS {self._quoted(name)} {self._on} SYNC")

    def part_of(self, table: str, home: str) -> str:
        """The part that a table of a state shows."""
        ((part,),) = self._run(
            "SELECT comment FROM system.tables WHERE database = %(home)s AND name = %(table)s",
            home=home,
            table=table,
        )
        return str(part)

    def drop_all(self) -> None:
        """Drop the parts of all states."""
        self._run(f"DROP DATABASE IF EXISTS `{self._database}` {self._on} SYNC")

    # --- parts ---------------------------------------------------------------------------------

    def _create_part(self, table: Table, database: str) -> str:
        """Make an empty part on every server; its name begins with the table and the turn."""
        number = database.rsplit("_", 1)[1][1:]
        place = self._quoted(f"{table.name}_{number}_{uuid4().hex[:8]}")
        self._run(f"CREATE DATABASE IF NOT EXISTS `{self._database}` {self._on}")
        self._run(
            create_part(
                table,
                self._dialect,
                place=place,
                cluster=f"`{self._cluster.name}`",
                engine=self._cluster.engine,
            )
        )
        return place

    def _link(self, part: str, source: str, *, months: Iterable[str] | None) -> None:
        """Link files of another part on all servers; ``months`` None: all of them."""
        chosen = ["ALL"] if months is None else [f"ID '{month}'" for month in sorted(months)]
        if not chosen:
            return
        links = ", ".join(f"ATTACH PARTITION {one} FROM {source}" for one in chosen)
        self._run(f"ALTER TABLE {part} {self._on} {links}")
        if self._cluster.replicas > 1:
            self._run(f"SYSTEM SYNC REPLICA {self._on} {part}")

    def _show(self, table: Table, part: str, database: str, *, called: str = "") -> None:
        """Make the table through which a part is read and written as a whole."""
        where = ", ".join(f"'{name}'" for name in part.replace("`", "").split("."))
        self._run(
            f"CREATE OR REPLACE TABLE `{database}`.`{called or table.name}` "
            f"({columns(table, self._dialect)}) ENGINE = "
            f"Distributed('{self._cluster.name}', {where}, {shard_of(table)}) "
            f"COMMENT '{part}'"
        )

    def _quoted(self, name: str) -> str:
        return f"`{self._database}`.`{name}`"


def _is_meant(statement: Delete | Update) -> ColumnElement[bool]:
    """Whether a row is deleted or updated; not where the condition is unknown."""
    if statement.whereclause is None:
        return literal(True)
    return func.coalesce(statement.whereclause, literal(False))


def _months_of(table: Table, statement: Delete | Update) -> Select[Any]:
    """The months that hold rows a statement changes."""
    return select(_MONTH).select_from(table).where(_is_meant(statement)).distinct()


def _rows_after(table: Table, statement: Delete | Update) -> Select[Any]:
    """The rows of a table as a statement leaves them."""
    is_meant = _is_meant(statement)
    if isinstance(statement, Delete):
        return select(*table.columns).where(~is_meant)
    # What is set can't be asked of a statement in another way.
    values = {getattr(key, "name", key): value for key, value in (statement._values or {}).items()}
    return select(
        *(
            case((is_meant, values[one.name]), else_=one).label(one.name)
            if one.name in values
            else one
            for one in table.columns
        )
    )
