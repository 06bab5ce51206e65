"""Sales: money, orders, buyers, units and margin of a scope, as summed measures.

Money and orders come from ``daily_sales``; units and margin from ``daily_items``; distinct buyers
from the orders themselves. With a category filter the money, too, comes from ``daily_items``: the
amounts of the goods in these categories, without shipping and adjustments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy import Date as DateType

from ecom.model import Period
from ecom.queries.coverage import overlap, span_of
from ecom.queries.documents import documents, with_category
from ecom.queries.scope import ResolvedScope, in_currency, in_scope, within, within_any
from ecom.schema import daily_items, daily_sales
from ecom.store import Store

MONEY = ("gmv", "net_revenue", "refunds", "orders")
"""Zero on a day without sales."""

GOODS = ("units", "margin", "revenue_with_cost")
"""Unknown, not zero, where no order lines were loaded."""

MEASURES = (*MONEY, "buyers", *GOODS)

_KEYS = ("day", "shop_id", "channel")
_SUMS = [*MONEY, *GOODS]


@dataclass(frozen=True, eq=False, slots=True)
class SalesFacts:
    """Sales of some periods, fetched once and added up as often as needed.

    Attributes
    ----------
    rows : one row a day, shop and channel with sales or returns: ``day`` (datetime.date), ``shop``,
        ``channel`` ("" where the exports do not say), ``MONEY`` and ``GOODS``.
    span : the first to the last day with an order in the scope's shops, ever.
    buyers : distinct customers of each period asked for.
    buyers_of_day : distinct customers of each day; index = day.

    Where buyers are not asked for both are empty: ``by`` and ``within`` are all there is then.
    """

    rows: pd.DataFrame
    span: Period | None
    buyers: dict[Period, float]
    buyers_of_day: pd.Series
    _sums: dict[tuple[Period, tuple[str, ...]], pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False
    )

    def measures(self, period: Period) -> dict[str, float | None]:
        """Sums over one of the periods asked for, by the names in ``MEASURES``.

        All are None when the period lies outside ``span``.
        """
        if overlap(self.span, period) is None:
            return dict.fromkeys(MEASURES)
        inside = self.within(period)
        sums = {
            **{name: float(inside[name].sum()) for name in MONEY},
            **{name: _known(inside[name].sum(min_count=1)) for name in GOODS},
            "buyers": self.buyers[period],
        }
        return {name: sums[name] for name in MEASURES}

    def daily(self, period: Period) -> pd.DataFrame:
        """Sums of each day of a period.

        Returns
        -------
        DataFrame
            Index ``day`` (datetime.date), every day of the period; columns ``MEASURES``. A day
            without sales is 0 inside ``span`` and NaN outside. Buyers are distinct within their
            day and must not be added over days.
        """
        days = pd.Index([day.date() for day in pd.date_range(period.start, period.end)], name="day")
        rows = self.within(period)
        frame = rows.groupby("day")[_SUMS].sum(min_count=1).reindex(days).astype("float64")
        frame["buyers"] = self.buyers_of_day.reindex(days)
        covered = overlap(self.span, period)
        if covered is not None:
            inside = (days >= covered.start) & (days <= covered.end)
            for name in (*MONEY, "buyers"):
                frame[name] = frame[name].mask(inside & frame[name].isna(), 0.0)
        return frame[list(MEASURES)]

    def by(self, period: Period, *dimensions: str) -> pd.DataFrame:
        """Sums of ``MONEY`` and ``GOODS`` by "day", "month", "shop" or "channel", one row each."""
        asked = (period, dimensions)
        if asked not in self._sums:  # several parts of a page ask for the same sums
            rows = self.within(period)
            if "month" in dimensions:
                rows = rows.assign(month=first_of_month(rows["day"]))
            groups = rows.groupby(list(dimensions), as_index=False)
            self._sums[asked] = groups[_SUMS].sum(min_count=1)
        return self._sums[asked].copy(deep=False)

    def within(self, period: Period) -> pd.DataFrame:
        """The rows of a period."""
        return self.rows[self.rows["day"].between(period.start, period.end)]


def sales_facts(
    store: Store,
    resolved: ResolvedScope,
    periods: Sequence[Period],
    *,
    with_buyers: bool = True,
) -> SalesFacts:
    """Fetch the sales of some periods.

    Parameters
    ----------
    with_buyers : whether to count distinct customers, which takes as long as all else.
    """
    rows = store.read(_rows(resolved, periods)).rename(columns={"shop_id": "shop"})
    rows["day"] = pd.to_datetime(rows["day"]).dt.date
    # In the same order, so that sums agree to the last digit.
    rows = rows.sort_values(["day", "shop", "channel"], ignore_index=True)
    total, by_day = (
        _buyers(store, resolved, periods) if with_buyers else ({}, pd.Series(dtype="float64"))
    )
    return SalesFacts(
        rows=rows.astype(dict.fromkeys(_SUMS, "float64")).fillna(dict.fromkeys(MONEY, 0.0)),
        span=span_of(store, resolved, daily_sales.c.day),
        buyers=total,
        buyers_of_day=by_day,
    )


def sales_measures(
    store: Store, resolved: ResolvedScope, period: Period
) -> dict[str, float | None]:
    """Sum the sales of a period; see ``SalesFacts.measures``."""
    return sales_facts(store, resolved, (period,)).measures(period)


def first_of_month(days: pd.Series) -> pd.Series:
    """The first day of each day's month, as datetime.date."""
    return pd.Series([day.replace(day=1) for day in days], index=days.index, dtype="object")


def _rows(resolved: ResolvedScope, periods: Sequence[Period]) -> Select[Any]:
    """Additive measures by day, shop and channel."""
    goods = _goods(resolved, periods)
    if resolved.scope.categories:
        # Each order has one day, shop and channel, so distinct orders add up over these.
        orders = with_category(documents(resolved, sales_only=True))
        counted = _summed(
            orders,
            resolved,
            periods,
            func.count(func.distinct(orders.c.document)).label("orders"),
        )
        return _joined(goods, counted, [*MONEY[:-1]], ["orders"], list(GOODS))
    facts = daily_sales
    paid, refunded = func.sum(facts.c.paid_amount), func.sum(facts.c.refunded_amount)
    money = _summed(
        facts,
        resolved,
        periods,
        paid.label("gmv"),
        (paid - refunded + func.sum(facts.c.adjustment_amount)).label("net_revenue"),
        refunded.label("refunds"),
        func.sum(facts.c.orders).label("orders"),
    )
    return _joined(money, goods, list(MONEY), list(GOODS))


def _joined(
    left: Subquery, right: Subquery, first: list[str], second: list[str], last: Sequence[str] = ()
) -> Select[Any]:
    same = and_(*(left.c[key] == right.c[key] for key in _KEYS))
    return select(
        *(left.c[name] for name in (*_KEYS, *first)),
        *(right.c[name] for name in second),
        *(left.c[name] for name in last),
    ).select_from(left.outerjoin(right, same))


def _goods(resolved: ResolvedScope, periods: Sequence[Period]) -> Subquery:
    facts = daily_items
    paid, refunded = func.sum(facts.c.amount), func.sum(facts.c.refunded_amount)
    with_cost = func.sum(facts.c.amount_with_cost)
    return _summed(
        facts,
        resolved,
        periods,
        paid.label("gmv"),
        (paid - refunded).label("net_revenue"),
        refunded.label("refunds"),
        func.sum(facts.c.units).label("units"),
        (with_cost - func.sum(facts.c.cost)).label("margin"),
        with_cost.label("revenue_with_cost"),
    )


def _buyers(
    store: Store, resolved: ResolvedScope, periods: Sequence[Period]
) -> tuple[dict[Period, float], pd.Series]:
    """Distinct customers of each period, and of each day (index: datetime.date)."""
    rows = store.read(_buyers_select(resolved, periods))
    by_day = rows[rows["period"] < 0]
    total = rows[rows["period"] >= 0].set_index("period")["buyers"]
    return (
        {period: float(total.get(place, 0)) for place, period in enumerate(periods)},
        pd.Series(
            by_day["buyers"].to_numpy("float64"), index=pd.to_datetime(by_day["day"]).dt.date
        ),
    )


def _buyers_select(resolved: ResolvedScope, periods: Sequence[Period]) -> Any:
    """Distinct customers of each day (period -1) and of each whole period."""
    facts = documents(resolved, sales_only=True)
    if resolved.scope.categories:
        facts = with_category(facts)
    # Everybody once a day, so that the documents are read once.
    person = (
        select(facts.c.day, facts.c.customer)
        .where(
            facts.c.customer.is_not(None),
            within_any(facts.c.day, periods),
            *in_scope(resolved, facts),
        )
        .distinct()
        .cte("person")
    )
    whole = [
        select(
            literal(place).label("period"),
            cast(literal(None), DateType).label("day"),
            func.count(func.distinct(person.c.customer)).label("buyers"),
        ).where(within(person.c.day, period))
        for place, period in enumerate(periods)
    ]
    return union_all(
        select(literal(-1).label("period"), person.c.day, func.count().label("buyers")).group_by(
            person.c.day
        ),
        *whole,
    )


def _summed(
    facts: FromClause,
    resolved: ResolvedScope,
    periods: Sequence[Period],
    *measures: ColumnElement[Any],
) -> Subquery:
    keys = [facts.c[key] for key in _KEYS]
    return (
        select(*keys, *measures)
        .where(
            within_any(facts.c.day, periods),
            in_currency(resolved, facts),
            *in_scope(resolved, facts),
        )
        .group_by(*keys)
        .subquery()
    )


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
