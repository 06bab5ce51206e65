"""The select behind ``documents``: orders with what other files know of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import FromClause, Select, and_, func, select

from ecom.schema import order_sessions, orders
from ecom.store.rules import (
    is_document,
    is_touched,
    line_money,
    paid,
    payment_money,
    persons,
    refund_money,
    refunded,
)


def documents_select(*, only_touched: bool = False) -> Select[Any]:
    """One row a counted order, return or adjustment.

    An order without a channel, device or region has those of the visit it was placed in.

    Parameters
    ----------
    only_touched : only the orders in ``touched_orders``.
    """
    visit, person = order_sessions, persons()
    lines, charges, returned = (
        made(only_touched=only_touched) for made in (line_money, payment_money, refund_money)
    )
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
    chosen = [is_touched(orders)] if only_touched else []
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
        .order_by(orders.c.paid_date)  # reports read some days, and engines skip blocks of others
    )
