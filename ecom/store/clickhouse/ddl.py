"""Our tables as ClickHouse's."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table
from sqlalchemy.engine import Dialect

# What a table is sorted by, where that is not its key: by what queries narrow it to.
_SORTED = {
    "events": "shop_id event_date event_name",
    "orders": "shop_id paid_date order_id",
    "order_items": "shop_id order_id line_key",
    "inventory_snapshots": "snapshot_date source warehouse sku",
    "traffic_agg": "shop_id period_start grain source",
    "ad_spend": "shop_id period_start ad_platform",
    "search_terms": "shop_id period_start ad_platform",
    "sessions": "shop_id session_date visitor_id",
    "order_sessions": "shop_id order_id",
    "documents": "shop_id day order_id",
    "first_sales": "shop_id day customer",
    "daily_visits": "shop_id split day",
    "daily_sales": "shop_id day channel",
    "daily_items": "shop_id day sku",
    "source_channels": "source medium campaign referrer click",
    "import_issues": "batch_id",
}
# On a cluster, the tables that its shards share: what decides the shard of a row, the first of the
# two that it has. All other tables stay whole on the server of the URL.
SHARDED = {
    "events": "visitor_id event_id",
    "sessions": "visitor_id session_key",
    "orders": "customer_key order_id",
    "documents": "customer order_id",
    "first_sales": "customer order_id",
    "order_items": "order_id line_key",
    "order_sessions": "order_id session_key",
}
# The day whose month is a row's part of a table on shards: changes write the months anew they meet.
_DAYS = {
    "events": "event_date",
    "sessions": "session_date",
    "orders": "order_date",
    "documents": "day",
    "first_sales": "day",
}
# Text with few different values: kept as numbers into a dictionary, and counted by them.
_OF_FEW_VALUES = frozenset(
    "shop_id kind status event_name channel device region country currency source medium "
    "grain carrier ad_platform match_type platform warehouse category".split()
)


def create_table(table: Table, dialect: Dialect, *, database: str) -> str:
    """The statement that makes one of our tables where it is not there."""
    order = ", ".join(f"`{name}`" for name in sorted_by(table))
    return (
        f"CREATE TABLE IF NOT EXISTS `{database}`.`{table.name}` ({columns(table, dialect)}) "
        f"ENGINE = MergeTree ORDER BY tuple({order}) SETTINGS allow_nullable_key = 1"
    )


def create_part(table: Table, dialect: Dialect, *, place: str, cluster: str, engine: str) -> str:
    """The statement that makes the part of a table on each shard of a cluster.

    Parameters
    ----------
    place : its quoted name, with that of its database.
    cluster : quoted.
    engine : MergeTree, or ReplicatedMergeTree.
    """
    day = _DAYS.get(table.name)
    months = f"PARTITION BY toYYYYMM(`{day}`) " if day else ""
    order = ", ".join(f"`{name}`" for name in sorted_by(table))
    return (
        f"CREATE TABLE {place} ON CLUSTER {cluster} ({columns(table, dialect)}) ENGINE = {engine} "
        f"{months}ORDER BY tuple({order}) SETTINGS allow_nullable_key = 1"
    )


def shard_of(table: Table) -> str:
    """The number that decides the shard of a row."""
    first, other = (f"`{name}`" for name in SHARDED[table.name].split())
    return f"cityHash64(coalesce(nullIf({first}, ''), {other}, ''))"


def columns(table: Table, dialect: Dialect) -> str:
    """The columns of a table with their types."""
    return ", ".join(f"`{column.name}` {_type(column, dialect)}" for column in table.columns)


def sorted_by(table: Table) -> tuple[str, ...]:
    """What the rows of a table are sorted by."""
    named = _SORTED.get(table.name, "").split()
    return tuple(named or table.info.get("key") or [one.name for one in table.primary_key])


def _type(column: Column[object], dialect: Dialect) -> str:
    name = dialect.type_compiler_instance.process(column.type)
    if not _is_required(column):
        name = f"Nullable({name})"
    return f"LowCardinality({name})" if column.name in _OF_FEW_VALUES else name


def _is_required(column: Column[object]) -> bool:
    """Whether a column never is NULL (text and numbers of a key are filled: ``ecom.schema``)."""
    if column.primary_key or not column.nullable:
        return True
    key = column.table.info.get("key", ())
    return column.name in key and isinstance(column.type, String | Integer)
