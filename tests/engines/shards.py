"""Two shards in the embedded engine of ClickHouse, which has no servers to talk to.

A configuration file names a cluster of two shards at two names of this machine, so that the engine
answers both by itself and nothing listens. Both have the same tables: rows reach the shard that
``Distributed`` chooses, and stand in one table. Which shard a row belongs to is therefore told when
it is read: a filter of the session, made of the very expression that ``Distributed`` has, lets each
shard see its own rows only. Another lets no shard read what only the server of the URL has.

What this can't show is taken out of statements or does not arise: ``ON CLUSTER`` (there is no
Keeper), replicas, a shard that fails.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CLUSTER = "two"
_CONFIGURATION = f"""<clickhouse>
<tcp_port>9000</tcp_port>
<remote_servers><{CLUSTER}>
<shard><internal_replication>true</internal_replication>
<replica><host>localhost</host><port>9000</port></replica></shard>
<shard><internal_replication>true</internal_replication>
<replica><host>127.0.0.1</host><port>9000</port></replica></shard>
</{CLUSTER}></remote_servers>
</clickhouse>"""
_ON_CLUSTER = re.compile(rf" ON CLUSTER `{CLUSTER}`")
_DEFINES = re.compile(r"\s*(CREATE|DROP|RENAME|ALTER|EXCHANGE)\b")
_TABLES = """
SELECT database, name, engine, engine_full FROM system.tables
WHERE engine = 'Distributed' OR (engine = 'MergeTree' AND match(database, '_[gwx][0-9]+$'))
"""
_DISTRIBUTED = re.compile(r"Distributed\('\w+', '(\w+)', '(\w+)', (.+)\)$")


class Shards:
    """Connections of the engine that see two shards."""

    def __init__(self) -> None:
        self._changes = 0
        self._lock = threading.Lock()

    def changed(self) -> int:
        """Count a statement that makes, drops or renames tables."""
        with self._lock:
            self._changes += 1
            return self._changes

    @property
    def changes(self) -> int:
        return self._changes


class Connection:
    """Stands before a connection of the engine."""

    def __init__(self, connection: Any, shards: Shards) -> None:
        self._connection = connection
        self._shards = shards
        self._seen = -1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def query(self, statement: str | bytes, *arguments: Any, **options: Any) -> Any:
        return self._connection.query(self._seen_by_shards(statement), *arguments, **options)

    def send_query(self, statement: str | bytes, *arguments: Any, **options: Any) -> Any:
        return self._connection.send_query(self._seen_by_shards(statement), *arguments, **options)

    def _seen_by_shards(self, statement: str | bytes) -> str:
        text = statement.decode() if isinstance(statement, bytes) else statement
        if _DEFINES.match(text):
            self._shards.changed()
            return _ON_CLUSTER.sub("", text)
        if self._seen != self._shards.changes:
            self._seen = self._shards.changes
            self._connection.query(
                f"SET additional_table_filters = {{{', '.join(self._filters())}}}"
            )
        return text

    def _filters(self) -> Iterator[str]:
        rows = self._connection.query(_TABLES, "TabSeparatedRaw").bytes().decode().splitlines()
        tables = [row.split("\t") for row in rows]
        sharded = {database for database, _, engine, _ in tables if engine == "Distributed"}
        for database, name, engine, full in tables:
            if engine == "Distributed":
                parts, part, key = _DISTRIBUTED.match(full).groups()  # type: ignore[union-attr]  # ours
                yield _filter(f"{parts}.{part}", f"{key} % 2 + 1 = shardNum()")
            elif database in sharded:
                yield _filter(
                    f"{database}.{name}", "throwIf(shardNum() > 0, 'not on this shard') = 0"
                )


def _filter(table: str, condition: str) -> str:
    escaped = condition.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{table}': '{escaped}'"


def know_two_shards(folder: Path) -> None:
    """Let the engine of this process know the cluster."""
    chdb = pytest.importorskip("chdb", reason="needs chdb, or ECOM_TEST_CLICKHOUSE")
    configuration = folder / "cluster.xml"
    configuration.write_text(_CONFIGURATION, encoding="utf-8")
    connect, shards = chdb.connect, Shards()

    def connected(path: str) -> Connection:
        return Connection(connect(f"{path}?config-file={configuration}"), shards)

    chdb.connect = connected
