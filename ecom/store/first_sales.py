"""The selects behind ``first_sales``: what each customer of a shop began with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_

from ecom.schema import documents, touched_customers, touched_orders


def first_sales_select(*, only_touched: bool = False) -> Select[Any]:
    """One row a known customer, shop and currency: the first sale.

    Parameters
    ----------
    only_touched : only the customers in ``touched_customers``.
    """
    sale = documents.c
    limits: list[ColumnElement[bool]] = [sale.kind == "sale", sale.customer.is_not(None)]
    if only_touched:
        chosen = select(touched_customers.c.shop_id, touched_customers.c.customer)
        limits.append(tuple_(sale.shop_id, sale.customer).in_(chosen))
    nth = func.row_number().over(
        partition_by=(sale.shop_id, sale.customer, sale.currency),
        order_by=(sale.day, sale.paid_at, sale.order_id),
    )
    ranked = (
        select(
            sale.shop_id,
            sale.customer,
            sale.currency,
            sale.order_id,
            sale.day,
            sale.paid_at,
            nth.label("nth"),
        )
        .where(*limits)
        .subquery("ranked")
    )
    kept = [column for column in ranked.c if column.name != "nth"]
    # In the order of days, so that engines skip blocks that nobody asks for.
    return select(*kept).where(ranked.c.nth == 1).order_by(ranked.c.day)


def touched_customers_select() -> Select[Any]:
    """Whose documents the orders in ``touched_orders`` are at this moment."""
    return (
        select(documents.c.shop_id, documents.c.customer)
        .join(
            touched_orders,
            and_(
                touched_orders.c.shop_id == documents.c.shop_id,
                touched_orders.c.order_id == documents.c.order_id,
            ),
        )
        .where(documents.c.customer.is_not(None))
        .distinct()
    )
