"""From when to when each fact reaches: ``fact_spans``, so that nobody reads a log to know it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
)

from ecom import schema
from ecom.schema import FACTS, fact_spans

# The dated facts that say how far the data reaches.
DAYS: dict[str, ColumnElement[Any]] = {
    "orders": schema.orders.c.paid_date,
    "events": schema.events.c.event_date,
    "traffic_agg": schema.traffic_agg.c.period_end,
    "ad_spend": schema.ad_spend.c.period_end,
    "search_terms": schema.search_terms.c.period_end,
    "inventory_snapshots": schema.inventory_snapshots.c.snapshot_date,
}


def write_spans(
    connection: Connection, tables: Collection[str], *, batch_id: int | None = None
) -> None:
    """Fill ``fact_spans`` for some fact tables.

    Parameters
    ----------
    batch_id : only of this batch, where the rows of no other have changed.
    """
    for name in sorted(DAYS.keys() & set(tables)):
        old = [fact_spans.c.fact == name]
        if batch_id is not None:
            old.append(fact_spans.c.batch_id == batch_id)
        connection.execute(delete(fact_spans).where(*old))
        rows = _spans_select(name, batch_id)
        connection.execute(
            insert(fact_spans).from_select([column.name for column in rows.selected_columns], rows)
        )


def _spans_select(name: str, batch_id: int | None) -> Select[Any]:
    row, day = FACTS[name].c, DAYS[name]
    shop = row.shop_id if "shop_id" in row else literal("", String)
    known = row.visitor_id.is_not(None) if name == "events" else None
    event = cast(null(), String) if known is None else case((known, row.event_name))
    keys = [row.batch_id, shop.label("shop_id"), event.label("event_name")]
    conditions = [row.is_current, day.is_not(None)]
    if batch_id is not None:
        conditions.append(row.batch_id == batch_id)
    found = select(*keys, day.label("day")).where(*conditions).subquery("found")
    return select(
        found.c.batch_id,
        literal(name, String).label("fact"),
        found.c.shop_id,
        found.c.event_name,
        func.min(found.c.day).label("first_day"),
        func.max(found.c.day).label("last_day"),
    ).group_by(found.c.batch_id, found.c.shop_id, found.c.event_name)
