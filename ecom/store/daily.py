"""The selects behind the daily facts: sales by order, items by product."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from ecom.schema import documents, order_items, product_costs
from ecom.store.sku_names import Catalogue

_FOREVER = date(9999, 12, 31)


def daily_sales_select(*, days: Collection[date] | None = None) -> Select[Any]:
    """Money and orders by shop, local day of payment, channel, device and region.

    Parameters
    ----------
    days : only these; None means all.
    """
    keys = _dimensions()
    is_sale = documents.c.kind == "sale"
    return (
        select(
            *keys,
            func.sum(case((is_sale, 1), else_=0)).label("orders"),
            *(
                func.sum(documents.c[name]).label(name)
                for name in ("paid_amount", "refunded_amount", "adjustment_amount")
            ),
        )
        .where(*_within(days))
        .group_by(*keys)
    )


@dataclass(frozen=True, slots=True)
class GoodsLines:
    """Goods lines of counted orders and returns, with their products and unit costs.

    ``sku`` is the seller's name of the product (``sku_map``), and by it products and costs are
    found; what the seller's name does not bring, the shop's own entry of the product does.

    The unit cost is the line's own, else the one in force on the day (``product_costs``), else the
    product's. Revenue whose cost is unknown stays out of ``amount_with_cost``, so that a margin is
    only ever taken where both sides are known.

    Attributes
    ----------
    rows : the joined tables; ``documents`` is one of them.
    conditions : what a line has to be to count.
    keys : seller's SKU, platform's product id and category.
    sums : units, returned units and the money of ``daily_items``, to be grouped.
    """

    rows: FromClause
    conditions: tuple[ColumnElement[bool], ...]
    keys: tuple[ColumnElement[Any], ...]
    sums: tuple[ColumnElement[Any], ...]


def goods_lines() -> GoodsLines:
    """The lines that margins are taken from."""
    line, known = order_items, Catalogue.of_lines()
    product, listed = known.product, known.listed
    period = _cost_periods()
    unit_cost = func.coalesce(
        line.c.unit_cost, period.c.unit_cost, product.c.unit_cost, listed.c.unit_cost
    )
    amount = func.coalesce(line.c.line_amount, 0)
    given_back = func.coalesce(line.c.refunded_amount, 0)
    is_return = line.c.quantity < 0
    of_order = and_(documents.c.shop_id == line.c.shop_id, documents.c.order_id == line.c.order_id)
    in_force = and_(
        period.c.sku == known.sku,
        documents.c.day >= period.c.valid_from,
        documents.c.day < period.c.valid_to,
    )
    return GoodsLines(
        rows=known.beside(line.join(documents, of_order)).outerjoin(period, in_force),
        conditions=(
            documents.c.kind != "adjustment",
            line.c.is_current,
            or_(line.c.is_goods.is_(None), line.c.is_goods),
        ),
        keys=(
            known.sku.label("sku"),
            func.coalesce(line.c.product_id, listed.c.product_id, product.c.product_id, "").label(
                "product_id"
            ),
            known.category.label("category"),
        ),
        sums=(
            func.sum(case((is_return, 0), else_=line.c.quantity)).label("units"),
            func.sum(case((is_return, -line.c.quantity), else_=0)).label("returned_units"),
            func.sum(case((is_return, 0), else_=amount)).label("amount"),
            func.sum(case((is_return, -amount), else_=0) + given_back).label("refunded_amount"),
            func.sum(case((unit_cost.is_not(None), amount - given_back), else_=0)).label(
                "amount_with_cost"
            ),
            func.sum(func.coalesce(unit_cost * line.c.quantity, 0)).label("cost"),
        ),
    )


def daily_items_select(*, days: Collection[date] | None = None) -> Select[Any]:
    """Units, money and cost by product, for goods lines of counted documents.

    Parameters
    ----------
    days : only these; None means all.
    """
    goods = goods_lines()
    keys = [*_dimensions(), *goods.keys]
    return (
        select(*keys, *goods.sums)
        .select_from(goods.rows)
        .where(*goods.conditions, *_within(days))
        .group_by(*keys)
        .order_by(documents.c.day)  # so that engines skip blocks of days that nobody asks for
    )


def _dimensions() -> list[ColumnElement[Any]]:
    """What both tables are kept by."""
    return [
        documents.c[name] for name in ("day", "shop_id", "channel", "device", "region", "currency")
    ]


def _cost_periods() -> Subquery:
    """Each listed unit cost with the days it is in force: valid_from up to before valid_to."""
    cost = product_costs.c
    following = func.lead(cost.valid_from).over(partition_by=cost.sku, order_by=cost.valid_from)
    return (
        select(
            cost.sku,
            cost.valid_from,
            func.coalesce(following, literal(_FOREVER)).label("valid_to"),
            cost.unit_cost,
        )
        .where(cost.is_current)
        .subquery("cost_period")
    )


def _within(days: Collection[date] | None) -> list[ColumnElement[bool]]:
    return [] if days is None else [documents.c.day.in_(days)]
