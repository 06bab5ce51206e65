"""Customers one by one: how long until the second order, how recent, how often, how much."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from ecom.model import Period
from ecom.models.customers import DAY_BITS, MONEY, CustomerOrders, day_number
from ecom.models.runs import changes, sizes


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
    month = first_day.astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    key = ((month << DAY_BITS) | days) * 2 + came_back
    keys, customers = np.unique(key[known.passes[firsts]], return_counts=True)
    months = (keys >> (DAY_BITS + 1)).astype("datetime64[M]").astype("datetime64[D]")
    return pd.DataFrame(
        {
            "month": pd.Series(months.astype(object), dtype="object"),
            "days": (keys >> 1) & ((1 << DAY_BITS) - 1),
            "came_back": (keys & 1) == 1,
            "customers": customers.astype("int64"),
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
    chosen = orders.passes & (orders.day >= start) & (orders.day <= end)
    is_new = orders.first_day[orders.customer[chosen]] == orders.day[chosen]
    place = orders.day[chosen] - start
    sums = {
        name: np.bincount(place, weights=orders.amount[chosen] * kind, minlength=period.days)
        for name, kind in {"new": is_new, "returning": ~is_new}.items()
    }
    found = np.flatnonzero(np.bincount(place, minlength=period.days))
    days = pd.Index([period.start + timedelta(int(day)) for day in found], name="day", dtype=object)
    return pd.DataFrame({name: part[found] / MONEY for name, part in sums.items()}, index=days)
