"""Which orders count, and what was refunded on them. The one place that says it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, func, select

from ecom.schema import order_items

COUNTED_STATUSES = (
    "paid",
    "shipped",
    "completed",
    "partially_refunded",
    "refunded",
    # An unmapped status is counted and shown as a warning, so that nothing vanishes quietly.
    "unknown",
)


def is_document(orders: FromClause) -> ColumnElement[bool]:
    """Current sales, returns and adjustments that moved money or goods."""
    return and_(
        orders.c.is_current,
        orders.c.paid_date.is_not(None),
        orders.c.status.in_(COUNTED_STATUSES),
    )


def is_sale(orders: FromClause) -> ColumnElement[bool]:
    """Current paid orders; a later refund does not take the order away."""
    return and_(is_document(orders), orders.c.kind == "sale")


def line_refunds() -> Subquery:
    """What the current lines of each order say was refunded: shop_id, order_id, refunded_amount."""
    line = order_items
    return (
        select(
            line.c.shop_id,
            line.c.order_id,
            func.sum(line.c.refunded_amount).label("refunded_amount"),
        )
        .where(line.c.is_current, line.c.refunded_amount > 0)
        .group_by(line.c.shop_id, line.c.order_id)
        .subquery("line_refunds")
    )


def refunded(orders: FromClause, lines: FromClause) -> ColumnElement[Any]:
    """An order's refund: what it says itself, or the sum of its lines when that is more.

    Some order exports have no refund column, or know of whole refunds only; their line exports do.

    Parameters
    ----------
    lines : ``line_refunds()``, outer-joined to the orders.
    """
    own, of_lines = (func.coalesce(part.c.refunded_amount, 0) for part in (orders, lines))
    return func.greatest(own, of_lines)
