"""Which orders count. The one place that says it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_

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
