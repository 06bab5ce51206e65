"""Derived tables, brought up to date for just what a batch touched.

Called inside the load's or the undo's transaction, after the touched rows are settled and while the
batch's own rows still stand in the fact tables: they say which visitors and days to do again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    and_,
    delete,
    insert,
    select,
    tuple_,
)

from ecom import schema
from ecom.progress import UNWATCHED, Watch
from ecom.schema import (
    daily_items,
    daily_sales,
    daily_visits,
    documents,
    events,
    first_sales,
    order_sessions,
    orders,
    sessions,
    source_channels,
    touched_customers,
    touched_orders,
    touched_visitors,
)
from ecom.settings import Settings
from ecom.store.daily import daily_items_select, daily_sales_select
from ecom.store.daily_visits import daily_visits_select
from ecom.store.documents import documents_select
from ecom.store.engine import EngineSupport
from ecom.store.first_sales import first_sales_select, touched_customers_select
from ecom.store.sessionize import (
    name_new_channels,
    order_sessions_select,
    sessions_select,
    zones_of_shops,
)
from ecom.store.spans import DAYS, write_spans
from ecom.store.touched import Visitors, write_orders, write_visitors
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
    rivals: Collection[str],
    settings: Settings,
    watch: Watch = UNWATCHED,
) -> None:
    """Bring the derived tables up to date for the rows of ``batch_id``.

    Parameters
    ----------
    tables : the fact tables that the batch fills.
    rivals : those of them in which rows of other batches may have become current, or ceased to be.
    settings : session gap and engagement threshold, and the zone of shops that have none.
    """
    write_spans(connection, rivals)
    write_spans(connection, set(tables) - set(rivals), batch_id=batch_id)
    visitors = None
    if "events" in tables:
        watch.tell(0.0, message("Telling visits apart"))
        name_new_channels(connection, support, settings, where=events.c.batch_id == batch_id)
        if not is_alone(connection, events, batch_id):
            visitors = write_visitors(connection, batch_id, settings, has_rivals="events" in rivals)
        _refresh_sessions(connection, settings, visitors)
    speaking = _OF_ORDERS & set(tables)
    if speaking:
        watch.tell(0.8, message("Adding up days"))
        write_orders(connection, batch_id, speaking, visitors)
        _refresh_documents(connection, with_visits="events" in tables)
    if _CATALOGUE & set(tables):
        watch.tell(0.9, message("Adding up products"))
        connection.execute(delete(daily_items))
        _fill(connection, daily_items, daily_items_select())
    for table in (touched_visitors, touched_orders, touched_customers):
        connection.execute(delete(table))


def rebuild(connection: Connection, support: EngineSupport, *, settings: Settings) -> None:
    """Make every derived table anew from the facts."""
    for table in (*schema.DERIVED.values(), source_channels):
        connection.execute(delete(table))
    write_spans(connection, DAYS)
    name_new_channels(connection, support, settings, where=None)
    _refresh_sessions(connection, settings, None)
    _fill(connection, order_sessions, order_sessions_select(only_touched=False))
    _fill(connection, documents, documents_select())
    _fill(connection, first_sales, first_sales_select())
    _fill(connection, daily_sales, daily_sales_select())
    _fill(connection, daily_items, daily_items_select())


def _fill(
    connection: Connection, table: schema.Table, rows: Select[Any] | CompoundSelect[Any]
) -> None:
    connection.execute(
        insert(table).from_select([column.name for column in rows.selected_columns], rows)
    )


def _refresh_sessions(
    connection: Connection, settings: Settings, visitors: Visitors | None
) -> None:
    """Make visits again, those of all visitors or as far as they are touched, and their days."""
    zones = zones_of_shops(connection, settings)
    made = sessions_select(settings, zones=zones, visitors=visitors)
    if visitors is None:
        for table in (sessions, daily_visits):
            connection.execute(delete(table))
        _fill(connection, sessions, made)
        _fill(connection, daily_visits, daily_visits_select())
        return
    changed = visitors.join(sessions, sessions)
    changes = visitors.from_then_on(sessions.c.ended_at)
    on_days = select(sessions.c.session_date).select_from(changed).where(*changes).distinct()
    key = (sessions.c.shop_id, sessions.c.visitor_id, sessions.c.session_key)
    days = set(connection.execute(on_days).scalars())
    connection.execute(
        delete(sessions).where(tuple_(*key).in_(select(*key).select_from(changed).where(*changes)))
    )
    _fill(connection, sessions, made)
    days |= set(connection.execute(on_days).scalars())
    _fill_days(connection, daily_visits, daily_visits_select(days=days), days)


def _refresh_documents(connection: Connection, *, with_visits: bool) -> None:
    """Look the touched orders up anew, then add up the days they were on and are on now.

    Parameters
    ----------
    with_visits : whether the visits they were placed in may have changed.
    """
    chosen = select(touched_orders.c.shop_id, touched_orders.c.order_id)
    if with_visits:
        connection.execute(
            delete(order_sessions).where(
                tuple_(order_sessions.c.shop_id, order_sessions.c.order_id).in_(chosen)
            )
        )
        _fill(connection, order_sessions, order_sessions_select(only_touched=True))
    _fill(connection, touched_customers, touched_customers_select())  # as they were
    connection.execute(
        delete(documents).where(tuple_(documents.c.shop_id, documents.c.order_id).in_(chosen))
    )
    _fill(connection, documents, documents_select(only_touched=True))
    _fill(connection, touched_customers, touched_customers_select())  # as they are
    _refresh_first_sales(connection)
    # Every version of an order counts here: one may have moved it from another day.
    on_days = (
        select(orders.c.paid_date)
        .join(
            touched_orders,
            and_(
                orders.c.shop_id == touched_orders.c.shop_id,
                orders.c.order_id == touched_orders.c.order_id,
            ),
        )
        .where(orders.c.paid_date.is_not(None))
        .distinct()
    )
    days = set(connection.execute(on_days).scalars())
    _fill_days(connection, daily_sales, daily_sales_select(days=days), days)
    if connection.execute(select(schema.order_items.c.batch_id).limit(1)).first() is not None:
        _fill_days(connection, daily_items, daily_items_select(days=days), days)


def _refresh_first_sales(connection: Connection) -> None:
    """Look anew what the touched customers began with."""
    chosen = select(touched_customers.c.shop_id, touched_customers.c.customer)
    connection.execute(
        delete(first_sales).where(tuple_(first_sales.c.shop_id, first_sales.c.customer).in_(chosen))
    )
    _fill(connection, first_sales, first_sales_select(only_touched=True))


def _fill_days(
    connection: Connection,
    table: schema.Table,
    rows: Select[Any] | CompoundSelect[Any],
    days: Collection[date],
) -> None:
    """Replace the rows of some days."""
    if days:
        connection.execute(delete(table).where(table.c.day.in_(days)))
        _fill(connection, table, rows)
