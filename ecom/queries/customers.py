"""Who buys: customers' paid sales, first and later ones, by period and by day.

A customer is new on the day of the first paid order ever, in the shops in scope. A filter on
channel, device or region chooses orders; a customer counts as new under it when an order of that
first day passes the filter, so nobody is new twice. Orders without a customer are left out here;
``unknown_sales`` says how many.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
    true,
)

from ecom.model import Period
from ecom.models.customers import CUSTOMER_MEASURES, EPOCH, CustomerOrders, customer_sums
from ecom.queries.documents import documents
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.store import Store
from ecom.store.functions import days_between, number_of

__all__ = ["CUSTOMER_MEASURES", "customer_measures", "customer_orders", "unknown_sales"]


def customer_measures(
    store: Store, resolved: ResolvedScope, period: Period
) -> dict[str, float | None]:
    """Sums about the buyers of a period, as ``ecom.models.customers.customer_sums`` says."""
    orders = customer_orders(store, resolved, until=period.end)
    return customer_sums(orders, period, dormant_days=resolved.settings.dormant_days)


def customer_orders(store: Store, resolved: ResolvedScope, *, until: date) -> CustomerOrders:
    """Every order of ``customer_sales``, to be asked as often as there are questions.

    Narrow rows without a name, because grouping millions of orders by a text once for each question
    takes longer than handing them over once.
    """
    sales = customer_sales(resolved, until=until)
    passes = case((passes_filters(resolved, sales), 1), else_=0).label("passes")
    rows = select(
        number_of(sales.c.customer).label("customer"),
        days_between(literal(EPOCH), sales.c.day).label("day"),
        sales.c.amount,
        passes,
    )
    # Engines sort on all cores; what they leave unsorted is sorted by ``of``.
    columns = rows.selected_columns
    orders = store.read(rows.order_by(columns.customer, columns.day, passes.desc()))
    return CustomerOrders.of(orders)


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


def unknown_sales(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Paid sales that pass the filters but name no customer, by day.

    Returns
    -------
    DataFrame
        Index ``day``, columns ``orders`` and ``amount``; only days with such a sale.
    """
    sales = documents(resolved, sales_only=True)
    frame = store.read(
        select(
            sales.c.day,
            func.count().label("orders"),
            func.sum(func.coalesce(sales.c.paid_amount, 0)).label("amount"),
        )
        .where(sales.c.customer.is_(None), within(sales.c.day, period), *in_scope(resolved, sales))
        .group_by(sales.c.day)
        .order_by(sales.c.day)
    )
    days = pd.Index(pd.to_datetime(frame["day"]).dt.date, name="day", dtype="object")
    sums = frame[["orders", "amount"]].set_index(days)
    return sums.astype({"orders": "int64", "amount": "float64"})
