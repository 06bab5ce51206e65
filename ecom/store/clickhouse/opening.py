"""Opening a store: on one server or on a cluster, whichever it was made on."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Engine, event

from ecom.errors import StoreError
from ecom.schema import events
from ecom.store.clickhouse.generations import Generations
from ecom.store.clickhouse.self_check import check
from ecom.store.clickhouse.sharding import Cluster, ShardedTables
from ecom.store.clickhouse.tables import Run, WholeTables, runner
from ecom.text import message


def open_generations(engine: Engine, name: str, cluster: str | None) -> Generations:
    """The states of a store.

    Parameters
    ----------
    name : what the names of its databases begin with.
    cluster : the cluster whose shards hold its large tables; None: one server has everything.

    Raises
    ------
    StoreError
        The store was made elsewhere; the cluster is not there, or does not do what stores need.
    """
    run = runner(engine)
    whole = Generations(run, WholeTables(run), name)
    homes = whole.newest()
    made_on = _cluster_of(run, homes[events.name]) if homes else cluster
    if made_on != cluster:
        raise _made_elsewhere(made_on)
    if cluster is None:
        return whole
    found = _found(run, cluster)
    _write_to_all_replicas(engine, found)
    check(engine, run, found, name)
    return Generations(run, ShardedTables(run, found, name), name)


def _cluster_of(run: Run, database: str) -> str | None:
    """The cluster whose shards hold the events of a state."""
    ((engine,),) = run(
        "SELECT engine_full FROM system.tables WHERE database = %(database)s AND name = %(table)s",
        database=database,
        table=events.name,
    )
    match = re.match(r"Distributed\('([^']+)'", engine)
    return match[1] if match else None


def _found(run: Run, name: str) -> Cluster:
    """A cluster as the server knows it."""
    rows = run(
        "SELECT shard_num, count(), max(is_local) FROM system.clusters "
        "WHERE cluster = %(name)s GROUP BY shard_num ORDER BY shard_num",
        name=name,
    )
    if not rows:
        known = run("SELECT DISTINCT cluster FROM system.clusters ORDER BY cluster")
        raise StoreError(
            message("The server knows no cluster “{given}”.", given=name),
            message("Clusters it knows: {names}.", names=", ".join(one for (one,) in known) or "–"),
        )
    if not any(is_local for *_, is_local in rows):
        raise StoreError(
            message("The server of the URL is not in the cluster “{given}” itself.", given=name),
            message("Use the URL of a server that is."),
        )
    return Cluster(name, tuple(int(replicas) for _, replicas, _ in rows))


def _write_to_all_replicas(engine: Engine, cluster: Cluster) -> None:
    """A write reads what it wrote, from whichever replica: all have it when an insert is done."""

    def connected(connection: Any, _: object) -> None:
        connection.client.set_client_setting("insert_quorum", cluster.replicas)

    if cluster.replicas > 1:
        event.listen(engine, "connect", connected)
        engine.dispose()


def _made_elsewhere(cluster: str | None) -> StoreError:
    if cluster is None:
        return StoreError(
            message("This store lies on one server, not on a cluster."),
            message("Leave “cluster” out of the URL, or name a new store and fill that."),
        )
    return StoreError(
        message("This store lies on the cluster “{name}”.", name=cluster),
        message("Add “?cluster={name}” to the URL.", name=cluster),
    )
