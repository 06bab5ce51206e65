"""Customers one by one: how long until the second order, how recent, how often, how much."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select

from ecom.model import Period
from ecom.queries.customers import customer_sales, passes_filters
from ecom.queries.documents import documents
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.store import Store
from ecom.store.functions import days_between, start_of_month


def second_orders(store: Store, resolved: ResolvedScope, *, until: date) -> pd.DataFrame:
    """How long customers took from the first to the second day with an order.

    Customers whose first order passes the scope's filters; the second may be any order in the
    scope's shops. A second order on the first day does not count.

    Returns
    -------
    DataFrame
        ``month`` (of the first order), ``days`` (until the second order, or, where there is none
        yet, until ``until``), ``came_back`` (bool), ``customers``. One row a combination.
    """
    sales = customer_sales(resolved, until=until)
    first = _first_orders(sales, resolved).subquery("first")
    second_day = func.min(case((sales.c.day > first.c.first_day, sales.c.day)))
    person = (
        select(first.c.first_day, second_day.label("second_day"))
        .join_from(first, sales, sales.c.customer == first.c.customer)
        .where(first.c.first_passing == first.c.first_day)
        .group_by(first.c.customer, first.c.first_day)
        .subquery("person")
    )
    came_back = person.c.second_day.is_not(None)
    keys: list[ColumnElement[Any]] = [
        start_of_month(person.c.first_day).label("month"),
        days_between(person.c.first_day, func.coalesce(person.c.second_day, until)).label("days"),
        came_back.label("came_back"),
    ]
    frame = store.read(select(*keys, func.count().label("customers")).group_by(*keys))
    return frame.assign(
        month=pd.to_datetime(frame["month"]).dt.date,
        days=frame["days"].astype("int64"),
        came_back=frame["came_back"].astype(bool),
        customers=frame["customers"].astype("int64"),
    )


def customer_totals(store: Store, resolved: ResolvedScope, *, until: date) -> pd.DataFrame:
    """Recency, frequency and money of every customer with an order that passes the filters.

    Returns
    -------
    DataFrame
        One row a customer, nameless: ``days_since`` (from the last order to ``until``),
        ``orders``, ``amount`` (paid).
    """
    sales = customer_sales(resolved, until=until)
    totals: list[ColumnElement[Any]] = [
        days_between(func.max(sales.c.day), until).label("days_since"),
        func.count().label("orders"),
        func.sum(sales.c.amount).label("amount"),
    ]
    frame = store.read(
        select(*totals).where(passes_filters(resolved, sales)).group_by(sales.c.customer)
    )
    return frame.astype({"days_since": "int64", "orders": "int64", "amount": "float64"})


def revenue_by_newness(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Paid amount by day of new customers, returning customers and unknown ones.

    An order is of a new customer when it is placed on the day of the customer's first order.

    Returns
    -------
    DataFrame
        ``day``, ``new``, ``returning``, ``unknown``; only days with an order.
    """
    sales = documents(resolved, sales_only=True)
    first = _first_orders(customer_sales(resolved, until=period.end), resolved).subquery("first")
    amount = func.coalesce(sales.c.paid_amount, 0)
    is_new = first.c.first_day == sales.c.day
    kinds = {
        "new": is_new,
        "returning": and_(sales.c.customer.is_not(None), first.c.first_day < sales.c.day),
        "unknown": sales.c.customer.is_(None),
    }
    frame = store.read(
        select(
            sales.c.day,
            *(
                func.sum(case((condition, amount), else_=0)).label(kind)
                for kind, condition in kinds.items()
            ),
        )
        .join_from(sales, first, first.c.customer == sales.c.customer, isouter=True)
        .where(within(sales.c.day, period), *in_scope(resolved, sales))
        .group_by(sales.c.day)
        .order_by(sales.c.day)
    )
    return frame.assign(
        day=pd.to_datetime(frame["day"]).dt.date,
        **{kind: frame[kind].astype("float64") for kind in kinds},
    )


def _first_orders(sales: Subquery, resolved: ResolvedScope) -> Select[Any]:
    """One row a customer: the first day with an order, and the first with one that passes."""
    return select(
        sales.c.customer,
        func.min(sales.c.day).label("first_day"),
        func.min(case((passes_filters(resolved, sales), sales.c.day))).label("first_passing"),
    ).group_by(sales.c.customer)
