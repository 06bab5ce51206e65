"""The select behind ``documents``: orders with what other files know of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import FromClause, Select, and_, func, select, tuple_

from ecom.schema import order_sessions, orders
from ecom.store.rules import (
    is_document,
    line_money,
    paid,
    payment_money,
    persons,
    refund_money,
    refunded,
)


def documents_select(*, among: Select[Any] | None = None) -> Select[Any]:
    """One row a counted order, return or adjustment.

    An order without a channel, device or region has those of the visit it was placed in.

    Parameters
    ----------
    among : select of (shop_id, order_id), optional
        Only these orders; None means all.
    """
    visit, lines, charges, returned, person = (
        order_sessions, line_money(), payment_money(), refund_money(), persons(),
    )  # fmt: skip
    source: FromClause = orders
    for part in (visit, lines, charges, returned):
        source = source.outerjoin(
            part, and_(part.c.shop_id == orders.c.shop_id, part.c.order_id == orders.c.order_id)
        )
    source = source.outerjoin(
        person,
        and_(
            person.c.shop_id == orders.c.shop_id,
            person.c.customer_key == orders.c.customer_key,
        ),
    )
    chosen = [] if among is None else [tuple_(orders.c.shop_id, orders.c.order_id).in_(among)]
    return (
        select(
            orders.c.batch_id,
            orders.c.shop_id,
            orders.c.order_id,
            orders.c.kind,
            func.coalesce(person.c.person_key, func.nullif(orders.c.customer_key, "")).label(
                "customer"
            ),
            orders.c.paid_date.label("day"),
            orders.c.paid_at,
            *(
                func.coalesce(orders.c[name], visit.c[name], "").label(name)
                for name in ("channel", "device", "region")
            ),
            func.coalesce(orders.c.currency, "").label("currency"),
            paid(orders, lines, charges).label("paid_amount"),
            refunded(orders, lines, charges, returned).label("refunded_amount"),
            func.coalesce(orders.c.adjustment_amount, 0).label("adjustment_amount"),
        )
        .select_from(source)
        .where(is_document(orders), *chosen)
    )
