"""What customers' orders say, once they are read: who bought again, when, and for how much.

All of it rests on one list of orders, sorted by customer and day, that is read once; each question
is a few passes over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecom.model import Period
from ecom.models.runs import BoolArray, IntArray, changes, in_order, sizes

EPOCH = date(1970, 1, 1)
CUSTOMER_MEASURES = (
    "buyers",
    "repeat_buyers",
    "new_buyers",
    "buyer_orders",
    "buyer_gmv",
    "active_customers",
)

MONEY = 10_000  # money is counted in these parts, so that sums are exact in any order
DAY_BITS = 20


@dataclass(frozen=True, eq=False, slots=True)
class CustomerOrders:
    """Paid orders that name a customer, by customer and day; of a day those that pass first.

    Attributes
    ----------
    customer : a number from 0, rising, without gaps.
    day : days since 1970, of payment on the shop's calendar.
    amount : paid, in ten-thousandths of the currency (whole numbers).
    passes : whether the order passes the scope's filters.
    firsts : the position of each customer's first order.
    """

    customer: IntArray
    day: IntArray
    amount: NDArray[np.float64]
    passes: BoolArray
    firsts: IntArray

    @classmethod
    def of(cls, orders: pd.DataFrame) -> CustomerOrders:
        """Sort rows of ``customer`` (any number), ``day``, ``amount`` (in the currency) and
        ``passes``."""
        customer, day, passes = (
            orders[name].to_numpy(dtype="int64") for name in ("customer", "day", "passes")
        )
        order = in_order(customer, day, 1 - passes)
        amount = orders["amount"].to_numpy(dtype="float64")[order]
        return cls._grouped(
            customer[order], day[order], np.rint(amount * MONEY), passes[order] == 1
        )

    @classmethod
    def _grouped(
        cls, customer: IntArray, day: IntArray, amount: NDArray[np.float64], passes: BoolArray
    ) -> CustomerOrders:
        opens = changes(customer)
        return cls(np.cumsum(opens) - 1, day, amount, passes, np.flatnonzero(opens))

    def take(self, chosen: BoolArray) -> CustomerOrders:
        """Some of the orders; customers are numbered anew."""
        if chosen.all():
            return self
        rows = np.flatnonzero(chosen)
        return self._grouped(
            self.customer[rows], self.day[rows], self.amount[rows], self.passes[rows]
        )

    def until(self, day: date) -> CustomerOrders:
        """The orders up to a day."""
        return self.take(self.day <= day_number(day))

    @property
    def first_day(self) -> IntArray:
        """The day of each customer's first order."""
        return self.day[self.firsts]


def customer_sums(
    orders: CustomerOrders, period: Period, *, dormant_days: int
) -> dict[str, float | None]:
    """Sums about the buyers of a period; every value None without an order up to its end.

    Returns
    -------
    dict
        ``CUSTOMER_MEASURES``: customers, orders, and ``buyer_gmv`` as paid amount.
        ``active_customers`` are those whose last order lies at most ``dormant_days`` before the
        end of the period.
    """
    start, end = day_number(period.start), day_number(period.end)
    first_day = orders.first_day
    known = first_day <= end
    if not known.any():
        return dict.fromkeys(CUSTOMER_MEASURES)
    during = np.flatnonzero((orders.day >= start) & (orders.day <= end))
    customer, counted = orders.customer[during], orders.passes[during]
    opens = np.flatnonzero(changes(customer))
    bought = np.logical_or.reduceat(counted, opens)
    again = (first_day[customer[opens]] < start) | (sizes(opens, len(during)) > 1)
    lately = np.flatnonzero(
        orders.passes & (orders.day >= end - dormant_days) & (orders.day <= end)
    )
    sums = (
        bought.sum(),
        (bought & again).sum(),
        # Of the first day's orders those that pass come first.
        (known & (first_day >= start) & orders.passes[orders.firsts]).sum(),
        counted.sum(),
        orders.amount[during[counted]].sum() / MONEY,
        changes(orders.customer[lately]).sum(),
    )
    return dict(zip(CUSTOMER_MEASURES, map(float, sums), strict=True))


def customer_days(orders: CustomerOrders, period: Period, *, dormant_days: int) -> pd.DataFrame:
    """The same sums for each day by itself.

    Returns
    -------
    DataFrame
        Index ``day`` (every day of the period), columns ``CUSTOMER_MEASURES`` plus
        ``new_buyer_gmv``, the part of ``buyer_gmv`` paid by customers on their first day. A repeat
        buyer of a day had bought before it, or buys twice on it. Empty where nobody is active.
    """
    known = orders.until(period.end)
    start = day_number(period.start)
    during = known.day >= start
    first_day, here = known.first_day[known.customer[np.flatnonzero(during)]], known.take(during)
    opens = np.flatnonzero(changes(here.customer) | changes(here.day))  # one a customer and day
    active = _active_by_day(known, period, dormant_days)
    columns = [*CUSTOMER_MEASURES, "new_buyer_gmv"]
    if not here.passes.any() and not active.any():
        return pd.DataFrame(columns=columns, dtype=float)
    day = here.day[opens] - start
    bought = here.passes[opens]
    new = first_day[opens] == here.day[opens]
    paid = here.passes * here.amount

    def count(chosen: BoolArray) -> NDArray[np.float64]:
        return np.bincount(day[chosen], minlength=period.days).astype("float64")

    def add(values: NDArray[Any]) -> NDArray[Any]:
        return np.bincount(here.day - start, weights=values, minlength=period.days)

    every = [period.start + timedelta(place) for place in range(period.days)]
    return pd.DataFrame(
        {
            "buyers": count(bought),
            "repeat_buyers": count(bought & (~new | (sizes(opens, len(here.day)) > 1))),
            "new_buyers": count(bought & new),
            "buyer_orders": add(here.passes),
            "buyer_gmv": add(paid) / MONEY,
            "active_customers": active,
            "new_buyer_gmv": add(paid * (first_day == here.day)) / MONEY,
        },
        index=pd.Index(every, name="day"),
    )[columns]


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def _active_by_day(known: CustomerOrders, period: Period, dormant_days: int) -> NDArray[np.float64]:
    """Customers with an order in the ``dormant_days`` up to each day.

    An order keeps its customer active up to the next one, or for ``dormant_days`` more days. So
    the number changes by +1 where an active stretch starts and by -1 on the day after it ends.
    """
    origin = day_number(period.start) - dormant_days
    chosen = np.flatnonzero(known.passes & (known.day >= origin))
    day, length = known.day[chosen] - origin, period.days + dormant_days
    starts = changes(known.customer[chosen])
    starts[1:] |= np.diff(day) > dormant_days + 1
    ends = np.append(starts[1:], np.ones(min(len(day), 1), dtype=bool))
    begun, ended = (
        np.cumsum(np.bincount(day[one], minlength=length), dtype=np.float64)
        for one in (starts, ends)
    )
    over = np.zeros(period.days)
    over[1:] = ended[: period.days - 1]
    return begun[dormant_days:] - over
