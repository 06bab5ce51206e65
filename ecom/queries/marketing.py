"""Ad spend, what the platforms claim for it, and what the advertising shops sold and won.

Three rules keep spend from being counted twice or spread where nobody knows how it fell:

- A platform's report may be loaded at several levels. Per shop, platform, account and period only
  the coarsest feeds totals: account, campaign, ad group, ad, product.
- A row of several days counts when it lies wholly inside what is asked for (the period, or the
  month); a row that hangs over the edge is left out and named by ``spend_left_out``.
- Where finer rows of the same account lie inside a row of several days, they count and it does not.

Spend knows shops and channels only; filters on category, device and region leave it alone.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select

from ecom.model import Period
from ecom.queries.coverage import overlap, span_of
from ecom.queries.documents import first_sales
from ecom.queries.sales import sales_by
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.schema import ad_spend, budgets
from ecom.store import Store
from ecom.store.functions import start_of_month

LEVELS = ("account", "campaign", "adgroup", "ad", "product")
"""Coarsest first; an unknown level comes last."""

MEASURES = ("spend", "attributed_revenue", "spend_with_claims", "impressions", "clicks")

_ACCOUNT = ("shop_id", "ad_platform", "account")


def spend_measures(
    store: Store, resolved: ResolvedScope, period: Period
) -> dict[str, float | None]:
    """Sum the spend of a period and what stands against it.

    Returns
    -------
    dict
        ``MEASURES``; ``advertised_gmv`` and ``advertised_new_buyers`` of the shops with spend in
        the period; ``budget`` for spend, by the days of the period in each budgeted month.
        ``spend_with_claims`` is the part on platforms that report revenue at all. All None outside
        the days the ad reports span, or when only rows of several days touch the period's edge.
    """
    resolved = advertising_scope(resolved)
    budget = _budget_of(budgets_of(store, resolved, period), period)
    ads = span_of(store, resolved, ad_spend.c.period_start, ad_spend.c.period_end)
    rows = _spend(store, resolved, period, ("shop",))
    spend = rows[rows["reason"] == ""]
    hidden = spend.empty and (rows["reason"] == "edge").any()
    if hidden or overlap(ads, period) is None:
        unknown = (*MEASURES, "advertised_gmv", "advertised_new_buyers")
        return {**dict.fromkeys(unknown), "budget": budget}
    advertised = _narrow(resolved, spend)
    sales = sales_by(store, advertised, period, by=("shop",))
    won = new_buyers_by(store, advertised, period, by=("shop",))
    return {
        **{name: float(spend[name].sum()) for name in MEASURES},
        "advertised_gmv": float(sales["gmv"].sum()),
        "advertised_new_buyers": float(won["new_buyers"].sum()),
        "budget": budget,
    }


def spend_daily(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Sum the spend of each day, from one-day rows only.

    Returns
    -------
    DataFrame
        Index ``day`` (datetime.date), every day of the period; columns ``MEASURES`` and
        ``advertised_gmv``. Zero between the first and the last day with a row, NaN outside.
    """
    resolved = advertising_scope(resolved)
    days = pd.Index([day.date() for day in pd.date_range(period.start, period.end)], name="day")
    spend = spend_by(store, resolved, period, by=("day", "shop"))
    sales = sales_by(store, _narrow(resolved, spend), period, by=("day",))
    daily = spend.groupby("day")[list(MEASURES)].sum()
    daily["advertised_gmv"] = sales.set_index("day")["gmv"].reindex(daily.index)
    if len(daily):
        daily = daily.reindex(days[(days >= min(daily.index)) & (days <= max(daily.index))])
    return daily.fillna(0.0).reindex(days)


def spend_by(
    store: Store, resolved: ResolvedScope, period: Period, *, by: Sequence[str]
) -> pd.DataFrame:
    """Sum the spend of each combination of some dimensions.

    Parameters
    ----------
    by : of "shop", "platform", "channel", "month", "day"
        A row of several days has no day, and one that hangs over the end of a month no month: it
        is left out then.

    Returns
    -------
    DataFrame
        The dimensions, then ``MEASURES``. The channel is the platform's name where the report
        brings none.
    """
    rows = _spend(store, resolved, period, by)
    counted = rows[rows["reason"] == ""]
    summed: pd.DataFrame = counted.groupby(list(by), as_index=False)[list(MEASURES)].sum()
    return summed


def spend_left_out(
    store: Store, resolved: ResolvedScope, period: Period, *, by: Sequence[str] = ()
) -> pd.DataFrame:
    """What ``spend_by`` with the same arguments does not count, and why.

    Returns
    -------
    DataFrame
        ``reason`` (currency: another one than the report's; edge: hangs over the period, month or
        day; repeated: finer rows are there), ``platform``, ``currency``, ``spend``; only non-zero.
    """
    rows = _spend(store, resolved, period, (*by, "platform"))
    keys = ["reason", "platform", "currency"]
    rest = rows[rows["reason"] != ""].groupby(keys, as_index=False)["spend"].sum()
    return rest[rest["spend"] != 0].reset_index(drop=True)


def new_buyers_by(
    store: Store, resolved: ResolvedScope, period: Period, *, by: Sequence[str]
) -> pd.DataFrame:
    """Count the customers whose first sale ever in the scope's shops falls in the period.

    Parameters
    ----------
    by : of "shop", "channel", "month": those of the first sale.

    Returns
    -------
    DataFrame
        The dimensions, then ``new_buyers``.
    """
    first = first_sales(resolved)
    expressions = {
        "shop": first.c.shop_id,
        "channel": first.c.channel,
        "month": start_of_month(first.c.day),
    }
    keys = [expressions[name].label(name) for name in by]
    rows = store.read(
        select(*keys, func.count().label("new_buyers"))
        .where(within(first.c.day, period), *in_scope(resolved, first))
        .group_by(*keys)
    )
    return _dated(rows)


def budgets_of(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """The budgets of all months the period touches, whole months.

    Returns
    -------
    DataFrame
        ``month`` (its first day), ``shop``, ``channel``, ``metric`` (spend | revenue), ``amount``;
        categories are added up, other currencies than the report's left out.
    """
    resolved = advertising_scope(resolved)
    keys = (
        budgets.c.month.label("month"),
        budgets.c.shop_id.label("shop"),
        budgets.c.channel.label("channel"),
        budgets.c.metric.label("metric"),
    )
    rows = store.read(
        select(*keys, func.sum(budgets.c.amount).label("amount"))
        .where(
            budgets.c.is_current,
            within(budgets.c.month, Period(period.start.replace(day=1), period.end)),
            _in_currency(budgets.c.currency, resolved),
            *in_scope(resolved, budgets),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return _dated(rows).astype({"amount": "float64"})


def advertising_scope(resolved: ResolvedScope) -> ResolvedScope:
    """The scope without the filters that spend does not know."""
    return replace(resolved, scope=replace(resolved.scope, categories=(), devices=(), regions=()))


def _spend(
    store: Store, resolved: ResolvedScope, period: Period, by: Sequence[str]
) -> pd.DataFrame:
    """Spend by ``by``, currency and the reason why it does not count ("" when it does)."""
    row = _one_level(resolved, period)
    same_month = start_of_month(row.c.period_start) == start_of_month(row.c.period_end)
    fits = [row.c.period_start >= period.start, row.c.period_end <= period.end]
    if "month" in by:
        fits.append(same_month)
    if "day" in by:
        fits.append(row.c.period_start == row.c.period_end)
    reason = case(
        (~_in_currency(row.c.currency, resolved), "currency"),
        (_has_finer_rows(row), "repeated"),
        (~and_(*fits), "edge"),
        else_="",
    )
    expressions: dict[str, ColumnElement[Any]] = {
        "shop": row.c.shop_id,
        "platform": row.c.ad_platform,
        "channel": row.c.channel,
        "month": start_of_month(row.c.period_start),
        "day": row.c.period_start,
    }
    keys = [expressions[name].label(name) for name in by]
    keys += [func.coalesce(row.c.currency, "").label("currency"), reason.label("reason")]
    rows = select(*keys, *(row.c[name] for name in MEASURES)).where(*in_scope(resolved, row))
    facts = rows.subquery("facts")
    names = [key.name for key in keys]
    frame = store.read(
        select(
            *(facts.c[name] for name in names),
            *(func.sum(func.coalesce(facts.c[name], 0)).label(name) for name in MEASURES),
        ).group_by(*(facts.c[name] for name in names))
    )
    return _dated(frame).astype(dict.fromkeys(MEASURES, "float64"))


def _one_level(resolved: ResolvedScope, period: Period) -> Any:
    """The rows that touch the period, of the coarsest level of their account and period."""
    table = ad_spend
    depth = case(
        *((table.c.level == name, rank) for rank, name in enumerate(LEVELS)), else_=len(LEVELS)
    )
    account = [table.c[name] for name in _ACCOUNT]
    ranked = (
        select(
            *account,
            table.c.period_start,
            table.c.period_end,
            func.coalesce(func.nullif(table.c.channel, ""), table.c.ad_platform).label("channel"),
            table.c.currency,
            table.c.spend,
            table.c.attributed_revenue,
            table.c.impressions,
            table.c.clicks,
            depth.label("depth"),
            func.min(depth)
            .over(partition_by=(*account, table.c.period_start, table.c.period_end))
            .label("coarsest"),
            # A platform that reports no revenue at all would make every ROAS look too low.
            func.count(table.c.attributed_revenue).over(partition_by=account).label("claims"),
        )
        .where(
            table.c.is_current,
            table.c.shop_id.in_(resolved.shops),
            table.c.period_start <= period.end,
            table.c.period_end >= period.start,
        )
        .subquery("ranked")
    )
    with_claims = case((ranked.c.claims > 0, ranked.c.spend), else_=literal(0))
    return (
        select(ranked, with_claims.label("spend_with_claims"))
        .where(ranked.c.depth == ranked.c.coarsest)
        .cte("one_level")
    )


def _has_finer_rows(row: Any) -> ColumnElement[bool]:
    finer = row.alias("finer")
    return and_(
        row.c.period_start < row.c.period_end,
        exists(select(1).select_from(finer)).where(
            *(finer.c[name] == row.c[name] for name in _ACCOUNT),
            finer.c.period_start >= row.c.period_start,
            finer.c.period_end <= row.c.period_end,
            or_(finer.c.period_start > row.c.period_start, finer.c.period_end < row.c.period_end),
        ),
    )


def _in_currency(column: ColumnElement[Any], resolved: ResolvedScope) -> ColumnElement[bool]:
    """Whether money is in the report's currency; unnamed money is taken to be."""
    return func.coalesce(column, "").in_(("", resolved.currency))


def _narrow(resolved: ResolvedScope, spend: pd.DataFrame) -> ResolvedScope:
    """The scope of just the shops that spent something."""
    return replace(resolved, shops=tuple(sorted(set(spend.loc[spend["spend"] > 0, "shop"]))))


def _budget_of(rows: pd.DataFrame, period: Period) -> float | None:
    """Spend budget of the period's days: each month's amount by the share of its days inside."""
    rows = rows[rows["metric"] == "spend"]
    if rows.empty:
        return None
    return float((rows["amount"] * share_of_month(rows["month"], period)).sum())


def share_of_month(months: pd.Series, period: Period) -> pd.Series:
    """The share of each month's days, 0..1, that lie in a period.

    Parameters
    ----------
    months : the first day of each month, datetime.date.
    """
    return months.map(lambda month: _share_of_month(month, period)).astype("float64")


def _share_of_month(month: date, period: Period) -> float:
    whole = Period(month, month.replace(day=monthrange(month.year, month.month)[1]))
    shared = overlap(whole, period)
    return 0.0 if shared is None else shared.days / whole.days


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Days and months as datetime.date."""
    for name in ("day", "month"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name]).dt.date
    return frame
