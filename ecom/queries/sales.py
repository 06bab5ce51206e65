"""Sales: money, orders, buyers, units and margin of a scope, as summed measures.

Money and orders come from ``daily_sales``; units and margin from ``daily_items``; distinct buyers
from the orders themselves. With a category filter the money, too, comes from ``daily_items``: the
amounts of the goods in these categories, without shipping and adjustments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, Subquery, and_, func, select, true

from ecom.model import Period
from ecom.queries.coverage import overlap, span_of
from ecom.queries.documents import documents, with_category
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.schema import daily_items, daily_sales
from ecom.store import Store

DIMENSIONS = {
    "shop": "shop_id",
    "channel": "channel",
    "device": "device",
    "region": "region",
    "category": "category",
}
# Zero on a day without sales; the measures of goods stay unknown where no order lines were loaded.
_ZERO_WITHOUT_SALES = ["gmv", "net_revenue", "refunds", "orders", "buyers"]
MEASURES = (*_ZERO_WITHOUT_SALES, "units", "margin", "revenue_with_cost")


def sales_measures(
    store: Store, resolved: ResolvedScope, period: Period
) -> dict[str, float | None]:
    """Sum the sales of a period.

    Returns
    -------
    dict
        By the names in ``MEASURES``. All are None when the period lies outside the days that the
        scope's sales span; units and margin also without order lines.
    """
    row = store.read(_grouped(resolved, period, ())).astype("float64").iloc[0]
    if overlap(span_of(store, resolved, daily_sales.c.day), period) is None:
        return dict.fromkeys(MEASURES)
    row[_ZERO_WITHOUT_SALES] = row[_ZERO_WITHOUT_SALES].fillna(0.0)
    return {name: None if pd.isna(row[name]) else float(row[name]) for name in MEASURES}


def sales_daily(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Sum the sales of each day.

    Returns
    -------
    DataFrame
        Index ``day`` (datetime.date), every day of the period; columns ``MEASURES``. A day without
        sales is 0 between the first and last sale of the scope's shops, NaN outside. Buyers are
        distinct within their day and must not be added over days.
    """
    days = pd.Index([day.date() for day in pd.date_range(period.start, period.end)], name="day")
    frame = store.read(_grouped(resolved, period, ("day",)))
    frame = frame.set_index(pd.Index(pd.to_datetime(frame.pop("day")).dt.date, name="day"))
    frame = frame.astype("float64").reindex(days)
    covered = overlap(span_of(store, resolved, daily_sales.c.day), period)
    if covered is not None:
        inside = (days >= covered.start) & (days <= covered.end)
        frame.loc[inside, _ZERO_WITHOUT_SALES] = frame.loc[inside, _ZERO_WITHOUT_SALES].fillna(0.0)
    return frame


def sales_by(
    store: Store, resolved: ResolvedScope, period: Period, *, by: Sequence[str]
) -> pd.DataFrame:
    """Sum the sales of each value of one or more dimensions.

    Parameters
    ----------
    by : keys of ``DIMENSIONS``, or "day"
        "category" turns the money into goods amounts, as a category filter does.

    Returns
    -------
    DataFrame
        One row a combination that occurs: the dimensions under their names in ``by``, "" where the
        exports do not say, then ``MEASURES``. Buyers and orders of categories overlap.
    """
    columns = tuple(DIMENSIONS.get(name, name) for name in by)
    frame = store.read(_grouped(resolved, period, columns))
    frame = frame.rename(columns=dict(zip(columns, by, strict=True)))
    if "day" in by:
        frame["day"] = pd.to_datetime(frame["day"]).dt.date
    frame = frame.astype(dict.fromkeys(MEASURES, "float64"))
    return frame.fillna(dict.fromkeys(_ZERO_WITHOUT_SALES, 0.0))


def _grouped(resolved: ResolvedScope, period: Period, keys: tuple[str, ...]) -> Any:
    """One select with all measures, a row for each combination of ``keys``."""
    by_goods = bool(resolved.scope.categories) or "category" in keys
    goods = _goods(resolved, period, keys)
    people = _people(resolved, period, keys, by_goods=by_goods)
    money = _goods_money(resolved, period, keys) if by_goods else _money(resolved, period, keys)
    orders = people.c.orders if by_goods else money.c.orders
    return select(
        *(money.c[key] for key in keys),
        money.c.gmv,
        money.c.net_revenue,
        money.c.refunds,
        orders,
        people.c.buyers,
        goods.c.units,
        goods.c.margin,
        goods.c.revenue_with_cost,
    ).select_from(
        money.outerjoin(goods, _same(money, goods, keys)).outerjoin(
            people, _same(money, people, keys)
        )
    )


def _same(left: FromClause, right: FromClause, keys: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(true(), *(left.c[key] == right.c[key] for key in keys))


def _money(resolved: ResolvedScope, period: Period, keys: tuple[str, ...]) -> Subquery:
    facts = daily_sales
    paid, refunded = func.sum(facts.c.paid_amount), func.sum(facts.c.refunded_amount)
    return _summed(
        facts,
        resolved,
        period,
        keys,
        paid.label("gmv"),
        (paid - refunded + func.sum(facts.c.adjustment_amount)).label("net_revenue"),
        refunded.label("refunds"),
        func.sum(facts.c.orders).label("orders"),
    ).subquery("money")


def _goods_money(resolved: ResolvedScope, period: Period, keys: tuple[str, ...]) -> Subquery:
    facts = daily_items
    paid, refunded = func.sum(facts.c.amount), func.sum(facts.c.refunded_amount)
    return _summed(
        facts,
        resolved,
        period,
        keys,
        paid.label("gmv"),
        (paid - refunded).label("net_revenue"),
        refunded.label("refunds"),
    ).subquery("money")


def _goods(resolved: ResolvedScope, period: Period, keys: tuple[str, ...]) -> Subquery:
    facts = daily_items
    with_cost = func.sum(facts.c.amount_with_cost)
    return _summed(
        facts,
        resolved,
        period,
        keys,
        func.sum(facts.c.units).label("units"),
        (with_cost - func.sum(facts.c.cost)).label("margin"),
        with_cost.label("revenue_with_cost"),
    ).subquery("goods")


def _people(
    resolved: ResolvedScope, period: Period, keys: tuple[str, ...], *, by_goods: bool
) -> Subquery:
    """Distinct orders and customers; an order belongs to every category it has goods of."""
    facts = documents(resolved, sales_only=True)
    if by_goods:
        facts = with_category(facts)
    return _summed(
        facts,
        resolved,
        period,
        keys,
        func.count(func.distinct(facts.c.document)).label("orders"),
        func.count(func.distinct(facts.c.customer)).label("buyers"),
    ).subquery("people")


def _summed(
    facts: FromClause,
    resolved: ResolvedScope,
    period: Period,
    keys: tuple[str, ...],
    *measures: ColumnElement[Any],
) -> Any:
    columns = [facts.c[key] for key in keys]
    statement = select(*columns, *measures).where(
        within(facts.c.day, period), *in_scope(resolved, facts)
    )
    return statement.group_by(*columns) if columns else statement
