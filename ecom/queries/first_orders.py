"""First orders by shop and channel: what they earn, and whether their customers come back.

A customer is won by the channel of the first sale ever in the shops in scope; a filter on channel,
device or region chooses these first sales, never the later ones.
"""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
from sqlalchemy import CTE, and_, case, func, select

from ecom.model import Period
from ecom.queries.documents import documents, first_sales
from ecom.queries.scope import ResolvedScope, in_scope
from ecom.schema import documents as all_documents
from ecom.store import Store
from ecom.store.daily import goods_lines
from ecom.store.functions import days_between

MONEY = ("first_orders", "first_net_revenue", "goods_amount", "amount_with_cost", "cost")
_KEYS = ["shop", "channel"]


def first_order_money(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """What the first orders of a period brought and what their goods cost.

    Returns
    -------
    DataFrame
        ``shop``, ``channel`` ("" where the order does not say) and ``MONEY``: orders; paid less
        refunds plus adjustments; of the goods lines the amount after refunds, the part of it whose
        cost is known, and that cost. The last three are NaN where no lines are loaded.
    """
    first = _first(resolved, period)
    net = (
        func.coalesce(first.c.paid_amount, 0)
        - func.coalesce(first.c.refunded_amount, 0)
        + func.coalesce(first.c.adjustment_amount, 0)
    )
    shop, channel = first.c.shop_id.label("shop"), first.c.channel
    orders = store.read(
        select(
            shop,
            channel,
            func.count().label("first_orders"),
            func.sum(net).label("first_net_revenue"),
        ).group_by(first.c.shop_id, first.c.channel)
    )
    goods = goods_lines()
    of_first = and_(
        first.c.shop_id == all_documents.c.shop_id, first.c.order_id == all_documents.c.order_id
    )
    lines = store.read(
        select(shop, channel, *goods.sums)
        .select_from(goods.rows.join(first, of_first))
        .where(*goods.conditions)
        .group_by(first.c.shop_id, first.c.channel)
    )
    for name in ("amount", "refunded_amount", "amount_with_cost", "cost"):
        lines[name] = lines[name].astype("float64")
    lines = lines.assign(goods_amount=lines["amount"] - lines["refunded_amount"])
    told = [*_KEYS, "goods_amount", "amount_with_cost", "cost"]
    merged = orders.merge(lines[told], on=_KEYS, how="left")
    return merged[[*_KEYS, *MONEY]].astype(dict.fromkeys(MONEY, "float64"))


def repeaters(
    store: Store, resolved: ResolvedScope, won_in: Period, *, within_days: int
) -> pd.DataFrame:
    """How many of the customers won in a period bought again soon.

    Parameters
    ----------
    won_in : days of the first orders; all of them at least ``within_days`` before the last day of
        data, else those who still may come back count as lost.
    within_days : how long after the first order a second one counts. One on the same day does not.

    Returns
    -------
    DataFrame
        ``shop``, ``channel``, ``customers``, ``repeated``.
    """
    first = _first(resolved, won_in)
    later = documents(resolved, sales_only=True)
    again = (
        select(first.c.customer)
        .join_from(first, later, first.c.customer == later.c.customer)
        .where(
            later.c.day > first.c.day,
            days_between(first.c.day, later.c.day) <= within_days,
            # No more than these two say, but an engine can skip blocks of other days by it.
            later.c.day.between(won_in.start, won_in.end + timedelta(within_days)),
        )
        .distinct()
        .subquery("again")
    )
    won = first.alias("won")
    frame = store.read(
        select(
            won.c.shop_id.label("shop"),
            won.c.channel,
            func.count().label("customers"),
            func.sum(case((again.c.customer.is_not(None), 1), else_=0)).label("repeated"),
        )
        .select_from(won.outerjoin(again, again.c.customer == won.c.customer))
        .group_by(won.c.shop_id, won.c.channel)
    )
    return frame.astype({"customers": "float64", "repeated": "float64"})


def _first(resolved: ResolvedScope, period: Period) -> CTE:
    """First sales of a period that pass the filters."""
    first = first_sales(resolved, period)
    return select(first).where(*in_scope(resolved, first)).cte("first_of_customer")
