"""What the store knows of the things a file speaks of, asked before the file is loaded."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import FromClause, Select, and_, func, select, union

from ecom.schema import (
    daily_items,
    inventory_snapshots,
    order_items,
    orders,
    products,
    traffic_agg,
)
from ecom.store.store import Store

# Where the ids of a shop's products are known from.
_PRODUCT_IDS = (
    (products, products.c.sku),
    (products, products.c.product_id),
    (daily_items, daily_items.c.sku),
    (daily_items, daily_items.c.product_id),
    (traffic_agg, traffic_agg.c.product_id),
)


def shops_that_know(store: Store, kind: str) -> frozenset[str]:
    """Shops with any "products" (from whatever export) or "orders"."""
    tables = [orders] if kind == "orders" else [products, daily_items, traffic_agg]
    rows = store.read(union(*(select(table.c.shop_id) for table in tables)))
    return frozenset(rows["shop_id"])


def known_products(store: Store, ids: pa.Array) -> pd.Series:
    """How many of some product ids or skus each shop knows. Index: shop_id."""
    known = union(
        *(
            select(table.c.shop_id, column.label("id")).where(column != "")
            for table, column in _PRODUCT_IDS
        )
    ).subquery()

    def ask(lent: FromClause) -> Select[Any]:
        return (
            select(known.c.shop_id, func.count(func.distinct(known.c.id)).label("ids"))
            .join_from(known, lent, known.c.id == lent.c.id)
            .group_by(known.c.shop_id)
        )

    return store.read_with(pa.table({"id": ids}), ask).set_index("shop_id")["ids"]


def known_orders(store: Store, ids: pa.Array) -> pd.Series:
    """How many of some order ids each shop knows. Index: shop_id."""

    def ask(lent: FromClause) -> Select[Any]:
        return (
            select(orders.c.shop_id, func.count(func.distinct(orders.c.order_id)).label("ids"))
            .join_from(orders, lent, orders.c.order_id == lent.c.id)
            .group_by(orders.c.shop_id)
        )

    return store.read_with(pa.table({"id": ids}), ask).set_index("shop_id")["ids"]


def missing_lines(store: Store, shop_id: str, lines: pa.Table) -> pd.DataFrame:
    """Orders of which the store has current lines that a file lacks.

    Parameters
    ----------
    lines : Table
        ``order_id`` and ``line_key`` of all lines in the file.

    Returns
    -------
    DataFrame
        ``order_id`` and ``lines``, how many would go; sorted by order.
    """

    def ask(lent: FromClause) -> Select[Any]:
        known = order_items
        touched = select(lent.c.order_id).distinct().subquery("touched")
        same = and_(lent.c.order_id == known.c.order_id, lent.c.line_key == known.c.line_key)
        return (
            select(known.c.order_id, func.count().label("lines"))
            .select_from(
                known.join(touched, touched.c.order_id == known.c.order_id).outerjoin(lent, same)
            )
            .where(known.c.is_current, known.c.shop_id == shop_id, lent.c.order_id.is_(None))
            .group_by(known.c.order_id)
            .order_by(known.c.order_id)
        )

    return store.read_with(lines.select(["order_id", "line_key"]), ask)


def goods_of_orders(store: Store, shop_id: str, ids: pa.Array) -> pd.DataFrame:
    """What the store's orders say their goods cost: ``order_id``, ``goods_amount`` (float)."""

    def ask(lent: FromClause) -> Select[Any]:
        return (
            select(orders.c.order_id, orders.c.goods_amount)
            .join_from(orders, lent, orders.c.order_id == lent.c.id)
            .where(
                orders.c.is_current,
                orders.c.shop_id == shop_id,
                orders.c.goods_amount.is_not(None),
            )
        )

    return store.read_with(pa.table({"id": ids}), ask).astype({"goods_amount": "float64"})


def stock_lists(store: Store, lists: pa.Table) -> pd.DataFrame:
    """The lists of the same source and warehouse that the store has.

    Parameters
    ----------
    lists : Table
        ``snapshot_date``, ``source``, ``warehouse`` of the lists in a file, each once.

    Returns
    -------
    DataFrame
        ``source``, ``warehouse``, ``day`` (datetime.date) and ``items`` of every current list.
    """

    def ask(lent: FromClause) -> Select[Any]:
        known = inventory_snapshots
        day = known.c.snapshot_date
        places = select(lent.c.source, lent.c.warehouse).distinct().subquery("places")
        return (
            select(known.c.source, known.c.warehouse, day.label("day"), func.count().label("items"))
            .join_from(
                known,
                places,
                and_(known.c.source == places.c.source, known.c.warehouse == places.c.warehouse),
            )
            .where(known.c.is_current)
            .group_by(known.c.source, known.c.warehouse, day)
        )

    frame = store.read_with(lists, ask)
    return frame.assign(day=pd.to_datetime(frame["day"]).dt.date)
