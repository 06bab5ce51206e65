"""Products that one side knows and the other does not: sales against catalogue and stock."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Double, Select, Subquery, and_, cast, func, literal, or_, select, union_all

from ecom.schema import (
    ad_spend,
    inventory_snapshots,
    order_items,
    orders,
    product_costs,
    products,
    sku_map,
    traffic_agg,
)
from ecom.store import Store
from ecom.store.rules import is_document
from ecom.store.sku_names import mapped_skus, names_line, seller_sku, shop_sku


def known_products(store: Store) -> pd.DataFrame:
    """What the seller's own lists know.

    Returns
    -------
    DataFrame
        ``sku`` (one row each, by SKU), ``name``, ``product_id``, ``in_catalogue`` (products or
        costs), ``in_stock_lists``, ``on_hand`` (units of its newest lists; 0 when in none).
    """
    rows = union_all(*_knowing()).subquery("knowing")
    newest = _on_hand()
    frame = store.read(
        select(
            rows.c.sku,
            func.max(rows.c.name).label("name"),
            func.max(rows.c.product_id).label("product_id"),
            func.max(rows.c.in_catalogue).label("in_catalogue"),
            func.max(rows.c.in_stock_lists).label("in_stock_lists"),
            func.coalesce(func.max(newest.c.on_hand), 0).label("on_hand"),
        )
        .select_from(rows.outerjoin(newest, newest.c.sku == rows.c.sku))
        .where(rows.c.sku != "")
        .group_by(rows.c.sku)
        .order_by(rows.c.sku)
    )
    return frame.astype({"in_catalogue": "bool", "in_stock_lists": "bool", "on_hand": "float64"})


def sold_products(store: Store) -> pd.DataFrame:
    """What the order lines name, by shop.

    Returns
    -------
    DataFrame
        ``shop_id``, ``platform_sku`` (the product id of lines without a SKU), ``sku`` (the
        seller's, by the map), ``is_mapped``, ``name``, ``product_id``, ``units``, ``amount``
        (before refunds), ``last_day``; most money first.
    """
    line, mapped = order_items, mapped_skus()
    keys = [line.c.shop_id, shop_sku(line).label("platform_sku"), seller_sku(mapped).label("sku")]
    amount = func.sum(cast(func.coalesce(line.c.line_amount, 0), Double))
    frame = store.read(
        select(
            *keys,
            func.count(mapped.c.sku).label("is_mapped"),
            func.max(func.coalesce(line.c.product_name, "")).label("name"),
            func.max(func.coalesce(line.c.product_id, "")).label("product_id"),
            func.sum(cast(func.coalesce(line.c.quantity, 0), Double)).label("units"),
            amount.label("amount"),
            func.max(orders.c.paid_date).label("last_day"),
        )
        .select_from(
            line.join(
                orders,
                and_(orders.c.shop_id == line.c.shop_id, orders.c.order_id == line.c.order_id),
            ).outerjoin(mapped, names_line(mapped))
        )
        .where(
            is_document(orders),
            orders.c.kind == "sale",
            line.c.is_current,
            or_(line.c.is_goods.is_(None), line.c.is_goods),
        )
        .group_by(*keys)
        .order_by(amount.desc(), *keys)
    )
    return frame.assign(
        is_mapped=frame["is_mapped"] > 0,
        last_day=pd.to_datetime(frame["last_day"]).dt.date,
    )


def reported_products(store: Store) -> pd.DataFrame:
    """Product ids in traffic and ad reports that neither products nor order lines know.

    Returns
    -------
    DataFrame
        ``shop_id``, ``product_id``, ``visitor_days``, ``amount`` (paid, as the reports say),
        ``spend``; most money first.
    """
    reported = union_all(
        select(
            traffic_agg.c.shop_id,
            traffic_agg.c.product_id,
            cast(traffic_agg.c.uv, Double).label("visitor_days"),
            cast(traffic_agg.c.paid_amount, Double).label("amount"),
            cast(literal(0), Double).label("spend"),
        ).where(traffic_agg.c.is_current, traffic_agg.c.grain == "product"),
        select(
            ad_spend.c.shop_id,
            ad_spend.c.product_id,
            cast(literal(0), Double),
            cast(literal(0), Double),
            cast(ad_spend.c.spend, Double),
        ).where(ad_spend.c.is_current, ad_spend.c.product_id != ""),
    ).subquery("reported")
    known = (
        select(products.c.shop_id, products.c.product_id)
        .where(products.c.is_current, products.c.product_id.is_not(None))
        .union(
            select(order_items.c.shop_id, order_items.c.product_id).where(
                order_items.c.is_current, order_items.c.product_id.is_not(None)
            )
        )
        .subquery("known")
    )
    sums = [
        func.coalesce(func.sum(reported.c[name]), 0).label(name)
        for name in ("visitor_days", "amount", "spend")
    ]
    return store.read(
        select(reported.c.shop_id, reported.c.product_id, *sums)
        .select_from(
            reported.outerjoin(
                known,
                and_(
                    known.c.shop_id == reported.c.shop_id,
                    known.c.product_id == reported.c.product_id,
                ),
            )
        )
        .where(known.c.product_id.is_(None), reported.c.product_id != "")
        .group_by(reported.c.shop_id, reported.c.product_id)
        .order_by(sums[1].desc(), sums[2].desc(), reported.c.product_id)
    )


def sku_names(store: Store) -> pd.DataFrame:
    """The map as it stands: ``shop_id``, ``platform_sku``, ``sku``, ``batch_id``."""
    named = sku_map.c
    return store.read(
        select(named.shop_id, named.platform_sku, named.sku, named.batch_id)
        .where(named.is_current)
        .order_by(named.shop_id, named.platform_sku)
    )


def _knowing() -> tuple[Select[Any], ...]:
    product, cost, listed = products.c, product_costs.c, inventory_snapshots.c
    return (
        select(
            product.sku,
            func.coalesce(product.product_name, "").label("name"),
            func.coalesce(product.product_id, "").label("product_id"),
            literal(1).label("in_catalogue"),
            literal(0).label("in_stock_lists"),
        ).where(product.is_current),
        select(cost.sku, literal(""), literal(""), literal(1), literal(0))
        .where(cost.is_current)
        .distinct(),
        select(
            listed.sku,
            func.max(func.coalesce(listed.product_name, "")),
            literal(""),
            literal(0),
            literal(1),
        )
        .where(listed.is_current)
        .group_by(listed.sku),
    )


def _on_hand() -> Subquery:
    """Units of each SKU in the newest list of each warehouse."""
    listed = inventory_snapshots.c
    newest = (
        select(
            listed.source, listed.warehouse, func.max(listed.snapshot_date).label("snapshot_date")
        )
        .where(listed.is_current)
        .group_by(listed.source, listed.warehouse)
        .subquery("newest")
    )
    return (
        select(
            listed.sku,
            func.sum(cast(func.coalesce(listed.on_hand, listed.available), Double)).label(
                "on_hand"
            ),
        )
        .select_from(
            inventory_snapshots.join(
                newest,
                and_(*(newest.c[name] == listed[name] for name in newest.c.keys())),  # noqa: SIM118
            )
        )
        .where(listed.is_current)
        .group_by(listed.sku)
        .subquery("on_hand")
    )
