"""Whose name a product goes by: the shop's on an order line, the seller's in stock and costs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, func, select

from ecom.schema import order_items, sku_map


def mapped_skus() -> Subquery:
    """The current map: shop_id, platform_sku, sku."""
    named = sku_map.c
    return (
        select(named.shop_id, named.platform_sku, named.sku)
        .where(named.is_current, func.coalesce(named.sku, "") != "")
        .subquery("mapped")
    )


def shop_sku(line: FromClause = order_items) -> ColumnElement[str]:
    """What the shop calls the product of a line: its SKU; the product id of a line that has none.

    Lines without a merchant's code are common in Chinese back offices, and can be mapped like this.
    """
    return func.coalesce(func.nullif(line.c.sku, ""), line.c.product_id, "")


def names_line(mapped: FromClause, line: FromClause = order_items) -> ColumnElement[bool]:
    """The condition on which an entry of the map speaks of a line."""
    return and_(mapped.c.shop_id == line.c.shop_id, mapped.c.platform_sku == shop_sku(line))


def seller_sku(mapped: FromClause, line: FromClause = order_items) -> ColumnElement[Any]:
    """What the seller calls the product of a line; the line's own SKU where nobody mapped it."""
    return func.coalesce(mapped.c.sku, line.c.sku, "")
