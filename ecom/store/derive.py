"""Derived tables, brought up to date for just what a batch touched.

Called inside the load's or the undo's transaction, after the touched rows are settled and while the
batch's own rows still stand in the fact tables: they say which visitors and days to do again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, exists, insert, select, tuple_, union

from ecom import schema
from ecom.progress import UNWATCHED, Watch
from ecom.schema import (
    FACTS,
    daily_items,
    daily_sales,
    documents,
    events,
    order_sessions,
    orders,
    sessions,
)
from ecom.settings import Settings
from ecom.store.daily import daily_items_select, daily_sales_select
from ecom.store.documents import documents_select
from ecom.store.engine import EngineSupport
from ecom.store.sessionize import (
    name_new_channels,
    order_sessions_select,
    sessions_select,
    zones_of_shops,
)
from ecom.store.versions import is_alone
from ecom.text import message

# Tables that say something about orders.
_OF_ORDERS = frozenset("orders order_items refunds payments customers events".split())
_CATALOGUE = {"products", "product_costs", "sku_map"}


def refresh(
    connection: Connection,
    support: EngineSupport,
    *,
    batch_id: int,
    tables: Collection[str],
    settings: Settings,
    watch: Watch = UNWATCHED,
) -> None:
    """Bring the derived tables up to date for the rows of ``batch_id``.

    Parameters
    ----------
    tables : the fact tables that the batch fills.
    settings : session gap and engagement threshold, and the zone of shops that have none.
    """
    if "events" in tables:
        watch.tell(0.0, message("Telling visits apart"))
        _refresh_sessions(connection, support, batch_id, settings)
    if _OF_ORDERS & set(tables):
        watch.tell(0.8, message("Adding up days"))
        _refresh_documents(connection, batch_id, _OF_ORDERS & set(tables))
    if _CATALOGUE & set(tables):
        watch.tell(0.9, message("Adding up products"))
        connection.execute(delete(daily_items))
        _fill(connection, daily_items, daily_items_select())


def rebuild(connection: Connection, support: EngineSupport, *, settings: Settings) -> None:
    """Make every derived table anew from the facts."""
    for table in schema.DERIVED.values():
        connection.execute(delete(table))
    name_new_channels(connection, support, where=None)
    _fill_sessions(connection, settings, None)
    _fill(connection, documents, documents_select())
    _fill(connection, daily_sales, daily_sales_select())
    _fill(connection, daily_items, daily_items_select())


def _fill(connection: Connection, table: schema.Table, rows: Select[tuple[object, ...]]) -> None:
    connection.execute(
        insert(table).from_select([column.name for column in rows.selected_columns], rows)
    )


def _refresh_sessions(
    connection: Connection, support: EngineSupport, batch_id: int, settings: Settings
) -> None:
    name_new_channels(connection, support, where=events.c.batch_id == batch_id)
    if is_alone(connection, events, batch_id):
        for table in (sessions, order_sessions):
            connection.execute(delete(table))
        _fill_sessions(connection, settings, None)
        return
    visitors = (
        select(events.c.shop_id, events.c.visitor_id)
        .where(events.c.batch_id == batch_id)
        .distinct()
    )
    for table in (sessions, order_sessions):
        touched = visitors.subquery()
        connection.execute(
            delete(table).where(
                exists(select(1)).where(
                    touched.c.shop_id == table.c.shop_id,
                    touched.c.visitor_id == table.c.visitor_id,
                )
            )
        )
    _fill_sessions(connection, settings, visitors)


def _fill_sessions(
    connection: Connection, settings: Settings, visitors: Select[tuple[object, ...]] | None
) -> None:
    zones = zones_of_shops(connection, settings)
    _fill(connection, sessions, sessions_select(settings, zones=zones, visitors=visitors))
    _fill(connection, order_sessions, order_sessions_select(visitors=visitors))


def _refresh_documents(connection: Connection, batch_id: int, tables: Collection[str]) -> None:
    """Look the touched orders up anew, then add up the days they were on and are on now."""
    touched = union(*(_touched_orders(name, batch_id) for name in sorted(tables))).subquery()
    chosen = select(touched.c.shop_id, touched.c.order_id)
    # Every version of an order counts here: one may have moved it from another day.
    days = (
        select(orders.c.shop_id, orders.c.paid_date)
        .join(
            touched,
            and_(orders.c.shop_id == touched.c.shop_id, orders.c.order_id == touched.c.order_id),
        )
        .where(orders.c.paid_date.is_not(None))
        .distinct()
    )
    connection.execute(
        delete(documents).where(tuple_(documents.c.shop_id, documents.c.order_id).in_(chosen))
    )
    _fill(connection, documents, documents_select(among=chosen))
    made = [(daily_sales, daily_sales_select(days=days))]
    if connection.execute(select(schema.order_items.c.batch_id).limit(1)).first() is not None:
        made.append((daily_items, daily_items_select(days=days)))
    for table, rows in made:
        connection.execute(delete(table).where(tuple_(table.c.shop_id, table.c.day).in_(days)))
        _fill(connection, table, rows)


def _touched_orders(name: str, batch_id: int) -> Select[Any]:
    """The orders (shop_id, order_id) that a batch's rows of a table say something about."""
    table = FACTS[name]
    if name == "customers":
        return select(orders.c.shop_id, orders.c.order_id).join(
            table,
            and_(
                table.c.shop_id == orders.c.shop_id,
                table.c.customer_key == orders.c.customer_key,
                table.c.batch_id == batch_id,
            ),
        )
    if name == "events":
        # All orders of these visitors: a new event can move the visit an old order was placed in.
        visitors = select(table.c.shop_id, table.c.visitor_id).where(table.c.batch_id == batch_id)
        return select(table.c.shop_id, table.c.order_id).where(
            table.c.order_id != "", tuple_(table.c.shop_id, table.c.visitor_id).in_(visitors)
        )
    return select(table.c.shop_id, table.c.order_id).where(
        table.c.batch_id == batch_id, table.c.order_id != ""
    )
