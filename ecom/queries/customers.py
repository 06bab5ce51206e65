"""Who buys: customers' paid sales, first and later ones, by period and by day.

A customer is new on the day of the first paid order ever, in the shops in scope. A filter on
channel, device or region chooses orders; a customer counts as new under it when an order of that
first day passes the filter, so nobody is new twice. Orders without a customer are left out here;
``unknown_customers`` says how many.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Date, Subquery, and_, case, func, or_, select, true

from ecom.model import Period
from ecom.queries.documents import documents
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.store import Store
from ecom.store.functions import days_between

CUSTOMER_MEASURES = (
    "buyers",
    "repeat_buyers",
    "new_buyers",
    "buyer_orders",
    "buyer_gmv",
    "active_customers",
)


def customer_measures(
    store: Store, resolved: ResolvedScope, period: Period
) -> dict[str, float | None]:
    """Sums about the buyers of a period; every value None when no order names a customer.

    Returns
    -------
    dict
        ``CUSTOMER_MEASURES``: customers, orders, and ``buyer_gmv`` as paid amount.
        ``active_customers`` are those whose last order lies at most ``settings.dormant_days``
        before the end of the period.
    """
    sales = customer_sales(resolved, until=period.end)
    passes = passes_filters(resolved, sales)
    during = within(sales.c.day, period)
    person = (
        select(
            func.min(sales.c.day).label("first_day"),
            func.min(case((passes, sales.c.day))).label("first_passing"),
            func.max(case((passes, sales.c.day))).label("last_day"),
            func.sum(case((during, 1), else_=0)).label("all_orders"),
            func.sum(case((and_(passes, during), 1), else_=0)).label("orders"),
            func.sum(case((and_(passes, during), sales.c.amount), else_=0)).label("gmv"),
        )
        .group_by(sales.c.customer)
        .subquery("person")
    )
    bought = person.c.orders > 0
    again = or_(person.c.first_day < period.start, person.c.all_orders > 1)
    new = and_(within(person.c.first_day, period), person.c.first_passing == person.c.first_day)
    active = person.c.last_day >= period.end - timedelta(resolved.settings.dormant_days)
    frame = store.read(
        select(
            _count(bought).label("buyers"),
            _count(and_(bought, again)).label("repeat_buyers"),
            _count(new).label("new_buyers"),
            func.sum(person.c.orders).label("buyer_orders"),
            func.sum(person.c.gmv).label("buyer_gmv"),
            _count(active).label("active_customers"),
        )
    )
    row = frame.iloc[0]
    return {name: None if pd.isna(row[name]) else float(row[name]) for name in CUSTOMER_MEASURES}


def customer_daily(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """The same sums for each day by itself.

    Returns
    -------
    DataFrame
        Index ``day`` (every day of the period), columns ``CUSTOMER_MEASURES`` plus
        ``new_buyer_gmv``, the part of ``buyer_gmv`` paid by customers on their first day. A repeat
        buyer of a day had bought before it, or buys twice on it. Empty when no order names a
        customer.
    """
    sales = customer_sales(resolved, until=period.end)
    passes = passes_filters(resolved, sales)
    first = (
        select(sales.c.customer, func.min(sales.c.day).label("first_day"))
        .group_by(sales.c.customer)
        .subquery("first")
    )
    visit = (
        select(
            sales.c.customer,
            sales.c.day,
            func.count().label("all_orders"),
            func.sum(case((passes, 1), else_=0)).label("orders"),
            func.sum(case((passes, sales.c.amount), else_=0)).label("gmv"),
        )
        .where(within(sales.c.day, period))
        .group_by(sales.c.customer, sales.c.day)
        .subquery("visit")
    )
    new = first.c.first_day == visit.c.day
    frame = store.read(
        select(
            visit.c.day,
            func.count().label("buyers"),
            _count(or_(~new, visit.c.all_orders > 1)).label("repeat_buyers"),
            _count(new).label("new_buyers"),
            func.sum(visit.c.orders).label("buyer_orders"),
            func.sum(visit.c.gmv).label("buyer_gmv"),
            func.sum(case((new, visit.c.gmv), else_=0)).label("new_buyer_gmv"),
        )
        .join_from(visit, first, first.c.customer == visit.c.customer)
        .where(visit.c.orders > 0)
        .group_by(visit.c.day)
    )
    active = _active_by_day(store, resolved, period)
    if frame.empty and not active.any():
        return pd.DataFrame(columns=[*CUSTOMER_MEASURES, "new_buyer_gmv"], dtype=float)
    sums = frame.set_index(pd.DatetimeIndex(frame.pop("day"))).astype(float)
    sums = sums.reindex(active.index, fill_value=0.0).assign(active_customers=active)
    sums.index = pd.Index(pd.DatetimeIndex(sums.index).date, name="day")
    return sums[[*CUSTOMER_MEASURES, "new_buyer_gmv"]]


def customer_sales(resolved: ResolvedScope, *, until: date) -> Subquery:
    """Paid sales that name a customer, of the shops in scope, up to a day.

    Returns
    -------
    Subquery
        ``customer``, ``day`` (local day of payment), ``amount`` (paid, before refunds),
        ``channel``, ``device``, ``region``.
    """
    sales = documents(resolved, sales_only=True)
    return (
        select(
            sales.c.customer,
            sales.c.day,
            func.coalesce(sales.c.paid_amount, 0).label("amount"),
            sales.c.channel,
            sales.c.device,
            sales.c.region,
        )
        .where(sales.c.customer.is_not(None), sales.c.day <= until)
        .subquery("customer_sales")
    )


def passes_filters(resolved: ResolvedScope, sales: Subquery) -> ColumnElement[bool]:
    """The condition that a row of ``customer_sales`` passes the scope's filters."""
    return and_(true(), *in_scope(resolved, sales))


def unknown_customers(store: Store, resolved: ResolvedScope, period: Period) -> int:
    """Number of paid sales of the period that pass the filters but name no customer."""
    sales = documents(resolved, sales_only=True)
    frame = store.read(
        select(func.count().label("orders")).where(
            sales.c.customer.is_(None), within(sales.c.day, period), *in_scope(resolved, sales)
        )
    )
    return int(frame["orders"].iloc[0])


def _active_by_day(store: Store, resolved: ResolvedScope, period: Period) -> pd.Series:
    """Customers with an order in the ``dormant_days`` up to each day; index = timestamps.

    An order keeps its customer active up to the next one, or for ``dormant_days`` more days. So
    the number changes by +1 where an active stretch starts and by -1 on the day after it ends.
    """
    dormant = resolved.settings.dormant_days
    sales = customer_sales(resolved, until=period.end)
    order_days = (
        select(sales.c.customer, sales.c.day)
        .where(passes_filters(resolved, sales), sales.c.day >= period.start - timedelta(dormant))
        .distinct()
        .subquery("order_days")
    )
    customer, day = order_days.c.customer, order_days.c.day
    previous = func.lag(day, type_=Date).over(partition_by=customer, order_by=day)
    following = func.lead(day, type_=Date).over(partition_by=customer, order_by=day)
    stretch = select(
        order_days.c.day,
        or_(previous.is_(None), days_between(previous, order_days.c.day) > dormant + 1).label(
            "starts"
        ),
        or_(following.is_(None), days_between(order_days.c.day, following) > dormant + 1).label(
            "ends"
        ),
    ).subquery("stretch")
    frame = store.read(
        select(
            stretch.c.day,
            _count(stretch.c.starts).label("starts"),
            _count(stretch.c.ends).label("ends"),
        ).group_by(stretch.c.day)
    )
    whole = pd.date_range(period.start - timedelta(dormant), period.end)
    changes = frame.set_index(pd.DatetimeIndex(frame.pop("day"))).astype(float)
    changes = changes.reindex(whole, fill_value=0.0)
    ended = changes["ends"].cumsum().shift(dormant + 1, fill_value=0.0)
    return (changes["starts"].cumsum() - ended).loc[pd.Timestamp(period.start) :]


def _count(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))
