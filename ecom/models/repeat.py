"""Customers one by one: how long until the second order, how recent, how often, how much."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from ecom.model import Period
from ecom.models.customers import MONEY, CustomerOrders, day_number
from ecom.models.runs import changes, numbered, sizes


def waits(orders: CustomerOrders, *, until: date) -> pd.DataFrame:
    """How long customers took from the first to the second day with an order.

    Customers whose first order passes the scope's filters; the second may be any order. A second
    order on the first day does not count.

    Returns
    -------
    DataFrame
        ``month`` (of the first order), ``days`` (until the second order, or, where there is none
        yet, until ``until``), ``came_back`` (bool), ``customers``. One row a combination.
    """
    known = orders.until(until)
    firsts, first_day = known.firsts, known.first_day
    later = np.flatnonzero(known.day > first_day[known.customer])
    seconds = later[changes(known.customer[later])]
    second_day = np.full(len(firsts), -1, dtype=np.int64)
    second_day[known.customer[seconds]] = known.day[seconds]
    came_back = second_day >= 0
    days = np.where(came_back, second_day, day_number(until)) - first_day
    starts = known.passes[firsts]
    # The months of a few thousand days are looked up, not worked out for each customer.
    origin, last = (int(first_day.min()), int(first_day.max())) if len(first_day) else (0, 0)
    months = np.arange(origin, last + 1).astype("datetime64[D]").astype("datetime64[M]")
    longest = int(days.max(initial=0)) + 1
    key = (numbered(months)[first_day - origin] * longest + days) * 2 + came_back
    customers = np.bincount(key[starts])
    keys = np.flatnonzero(customers)
    named = np.unique(months).astype("datetime64[D]").astype(object)
    return pd.DataFrame(
        {
            "month": pd.Series(named[keys // (2 * longest)], dtype="object"),
            "days": keys // 2 % longest,
            "came_back": (keys & 1) == 1,
            "customers": customers[keys],
        }
    )


def customer_totals(orders: CustomerOrders, *, until: date) -> pd.DataFrame:
    """Recency, frequency and money of every customer with an order that passes the filters.

    Returns
    -------
    DataFrame
        One row a customer: ``days_since`` (from the last order to ``until``), ``orders``,
        ``amount`` (paid).
    """
    known = orders.until(until)
    known = known.take(known.passes)
    firsts = known.firsts
    count = sizes(firsts, len(known.day))
    amount = np.add.reduceat(known.amount, firsts) if len(firsts) else known.amount
    return pd.DataFrame(
        {
            "days_since": day_number(until) - known.day[firsts + count - 1],
            "orders": count,
            "amount": amount / MONEY,
        }
    )


def newness(orders: CustomerOrders, period: Period) -> pd.DataFrame:
    """Paid amount by day of new and of returning customers.

    An order is of a new customer when it is placed on the day of the customer's first order.

    Returns
    -------
    DataFrame
        Index ``day``, columns ``new`` and ``returning``; only days with an order that passes.
    """
    start, end = day_number(period.start), day_number(period.end)
    chosen = np.flatnonzero(orders.passes & (orders.day >= start) & (orders.day <= end))
    day = orders.day[chosen]
    is_returning = orders.first_day[orders.customer[chosen]] < day
    place = day - start
    sums = np.bincount(
        place + is_returning * period.days,
        weights=orders.amount[chosen],
        minlength=2 * period.days,
    ).reshape(2, period.days)
    found = np.flatnonzero(np.bincount(place, minlength=period.days))
    days = pd.Index([period.start + timedelta(int(day)) for day in found], name="day", dtype=object)
    return pd.DataFrame((sums[:, found] / MONEY).T, index=days, columns=["new", "returning"])
