"""Whose name a product goes by: the shop's on an order line, the seller's in stock and costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, func, select

from ecom.schema import order_items, products, sku_map


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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the catalogue knows of the product of a line.

    Attributes
    ----------
    mapped : the entry of the map of SKUs that speaks of the line.
    product : the current product of the seller's name.
    listed : the shop's own entry of the product; without an entry of the map it is the same row
        again. (To join it only beside a map would leave DuckDB, where the map is empty, with a
        join without a key: every line against every product.)
    """

    mapped: Subquery
    product: Subquery
    listed: Subquery

    @classmethod
    def of_lines(cls) -> Catalogue:
        """The catalogue, to be joined to ``order_items``."""
        product, listed = (
            select(products).where(products.c.is_current).subquery(name)
            for name in ("product", "listed")
        )
        return cls(mapped_skus(), product, listed)

    def beside(self, lines: FromClause) -> FromClause:
        """Order lines (or a join with them) with their products, where any are known."""
        line, product, listed = order_items.c, self.product.c, self.listed.c
        return (
            lines.outerjoin(self.mapped, names_line(self.mapped))
            .outerjoin(self.product, and_(product.shop_id == line.shop_id, product.sku == self.sku))
            .outerjoin(
                self.listed,
                and_(listed.shop_id == line.shop_id, listed.sku == line.sku),
            )
        )

    @property
    def sku(self) -> ColumnElement[Any]:
        """What the seller calls the product."""
        return seller_sku(self.mapped)

    @property
    def category(self) -> ColumnElement[Any]:
        """The seller's category, else the shop's, else the line's own; "" when nobody tells."""
        told = (self.product.c.category, self.listed.c.category, order_items.c.category)
        return func.coalesce(*told, "")
