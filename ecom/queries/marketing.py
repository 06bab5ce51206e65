"""Ad spend, what the platforms claim for it, and what the advertising shops sold and won.

Three rules keep spend from being counted twice or spread where nobody knows how it fell:

- A platform's report may be loaded at several levels. Per shop, platform, account and period only
  the coarsest feeds totals: account, campaign, ad group, ad, product.
- A row of several days counts when it lies wholly inside what is asked for (the period, or the
  month); a row that hangs over the edge is left out and named by ``SpendFacts.left_out``.
- Where finer rows of the same account lie inside a row of several days, they count and it does not.

Spend knows shops and channels only; filters on category, device and region leave it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, tuple_

from ecom.model import Period
from ecom.queries.budgets import budget_of, budgets_of
from ecom.queries.coverage import overlap, span_of
from ecom.queries.documents import first_sales
from ecom.queries.sales import SalesFacts, first_of_month, sales_facts
from ecom.queries.scope import ResolvedScope, advertising_scope, in_scope
from ecom.schema import ad_spend
from ecom.store import Store

LEVELS = ("account", "campaign", "adgroup", "ad", "product")
"""Coarsest first; an unknown level comes last."""

MEASURES = ("spend", "attributed_revenue", "spend_with_claims", "impressions", "clicks")

_ACCOUNT = ("shop_id", "ad_platform", "account")
_KEYS = ("shop", "platform", "channel", "currency", "start", "end", "is_repeated")


@dataclass(frozen=True, eq=False, slots=True)
class SpendFacts:
    """Ad spend, fetched once and added up as often as needed.

    Attributes
    ----------
    rows : one row a shop, platform, channel, currency and span of days, of the level that counts:
        ``shop``, ``platform``, ``channel`` (the platform's name where the report brings none),
        ``currency``, ``start``, ``end`` (datetime.date), ``is_repeated`` (finer rows are there)
        and ``MEASURES``. ``spend_with_claims`` is the part in accounts that report revenue at all.
    currency : ISO code; rows in another one never count.
    span : the first to the last day the ad reports of these shops cover, ever.
    """

    rows: pd.DataFrame
    currency: str
    span: Period | None

    def by(self, period: Period, *dimensions: str) -> pd.DataFrame:
        """Sums of ``MEASURES`` by "shop", "platform", "channel", "month", "day", one row each.

        A row of several days has no day, and one that hangs over the end of a month no month: it
        is left out then.
        """
        rows = self.counted(period)
        if "day" in dimensions:
            rows = rows[rows["start"] == rows["end"]].rename(columns={"start": "day"})
        elif "month" in dimensions:
            first = first_of_month(rows["start"])
            rows = rows.assign(month=first)[first == first_of_month(rows["end"])]
        summed: pd.DataFrame = rows.groupby(list(dimensions), as_index=False)[list(MEASURES)].sum()
        return summed

    def counted(self, period: Period) -> pd.DataFrame:
        """The rows that count in a period."""
        return self.rows[(self._reasons(period) == "")]

    def left_out(self, period: Period) -> pd.DataFrame:
        """What touches the period and does not count, and why.

        Returns
        -------
        DataFrame
            ``reason`` (currency: another one than the report's; edge: hangs over the period;
            repeated: finer rows are there), ``platform``, ``currency``, ``spend``; only non-zero.
        """
        rows = self.rows.assign(reason=self._reasons(period))
        rest = rows[~rows["reason"].isin(["", "outside"])]
        keys = ["reason", "platform", "currency"]
        summed = rest.groupby(keys, as_index=False)["spend"].sum()
        return summed[summed["spend"] != 0].reset_index(drop=True)

    def is_known(self, period: Period) -> bool:
        """Whether the reports cover the period by more than rows that do not count in it."""
        reasons = set(self._reasons(period))
        left_out_only = "" not in reasons and bool(reasons & {"edge", "currency"})
        return overlap(self.span, period) is not None and not left_out_only

    def _reasons(self, period: Period) -> NDArray[np.str_]:
        """Why each row does not count in a period; "" when it does."""
        start, end = (self.rows[name].to_numpy() for name in ("start", "end"))
        whys = {
            "outside": (end < period.start) | (start > period.end),
            "currency": ~self.rows["currency"].isin(["", self.currency]).to_numpy(),
            "repeated": self.rows["is_repeated"].to_numpy(),
            "edge": (start < period.start) | (end > period.end),
        }
        return np.select(list(whys.values()), list(whys), default="")


def spend_facts(
    store: Store,
    resolved: ResolvedScope,
    periods: Sequence[Period],
    *,
    by_batch: bool = False,
) -> SpendFacts:
    """Fetch the spend that touches some periods.

    Parameters
    ----------
    by_batch : keep the rows of different batches apart: ``rows`` has ``batch_id`` and ``count``.
    """
    resolved = advertising_scope(resolved)
    row = _one_level(resolved, periods)
    labels = {
        "shop": row.c.shop_id,
        "platform": row.c.ad_platform,
        "channel": row.c.channel,
        "currency": func.coalesce(row.c.currency, ""),
        "start": row.c.period_start,
        "end": row.c.period_end,
        "is_repeated": _has_finer_rows(row),
    }
    own = ("batch_id",) if by_batch else ()
    keyed = (
        select(
            *(column.label(name) for name, column in labels.items()),
            *(row.c[name] for name in (*MEASURES, *own)),
        )
        .where(*in_scope(resolved, row))
        .subquery("keyed")
    )
    keys = [keyed.c[name] for name in (*_KEYS, *own)]
    count = [func.count().label("count")] if by_batch else []
    rows = store.read(
        select(
            *keys,
            *(func.sum(func.coalesce(keyed.c[name], 0)).label(name) for name in MEASURES),
            *count,
        )
        .group_by(*keys)
        .order_by(*keys)  # the same order, so that sums agree to the last digit
    )
    for name in ("start", "end"):
        rows[name] = pd.to_datetime(rows[name]).dt.date
    return SpendFacts(
        rows=rows.astype({**dict.fromkeys(MEASURES, "float64"), "is_repeated": "bool"}),
        currency=resolved.currency,
        span=span_of(store, resolved, ad_spend.c.period_start, ad_spend.c.period_end),
    )


def spend_measures(
    store: Store, resolved: ResolvedScope, period: Period
) -> dict[str, float | None]:
    """Sum the spend of a period and what stands against it; see ``measures_of``."""
    resolved = advertising_scope(resolved)
    return measures_of(
        spend_facts(store, resolved, (period,)),
        sales_facts(store, resolved, (period,), with_buyers=False),
        won_by(new_buyers(store, resolved, period), period, "shop"),
        budgets_of(store, resolved, period),
        period,
    )


def measures_of(
    spend: SpendFacts,
    sales: SalesFacts,
    won: pd.DataFrame | None,
    budgets: pd.DataFrame,
    period: Period,
) -> dict[str, float | None]:
    """Sum the spend of a period and what stands against it.

    Parameters
    ----------
    sales, won, budgets : answers of ``sales_facts``, ``won_by`` shop (None where they are
        not asked for) and ``budgets_of`` on the ``advertising_scope``.

    Returns
    -------
    dict
        ``MEASURES``; ``advertised_gmv`` of the shops with spend in the period; the same shops'
        ``advertised_new_buyers`` and ``spend_with_buyers``, as far as their orders name customers;
        ``budget`` for spend, by the days of the period in each budgeted month. All but the budget
        are None where the ad reports do not cover the period.
    """
    names = (*MEASURES, "advertised_gmv", "advertised_new_buyers", "spend_with_buyers")
    measures: dict[str, float | None] = dict.fromkeys(names)
    measures["budget"] = budget_of(budgets, period)
    if not spend.is_known(period):
        return measures
    totals = spend.by(period, "shop").set_index("shop")
    by_shop = totals.loc[totals["spend"] > 0, "spend"]
    sold = sales.by(period, "shop").set_index("shop")["gmv"]
    measures |= {name: float(totals[name].sum()) for name in MEASURES}
    measures["advertised_gmv"] = float(sold.reindex(by_shop.index).sum())
    if won is not None:
        buyers = won.set_index("shop")["new_buyers"]
        known = by_shop.index.intersection(buyers.index)
        measures["advertised_new_buyers"] = float(buyers[known].sum())
        measures["spend_with_buyers"] = float(by_shop[known].sum())
    return measures


def daily_of(spend: SpendFacts, sales: SalesFacts, period: Period) -> pd.DataFrame:
    """Sum the spend of each day, from one-day rows only.

    Returns
    -------
    DataFrame
        Index ``day`` (datetime.date), every day of the period; columns ``MEASURES`` and
        ``advertised_gmv``. Zero between the first and the last day with a row, NaN outside.
    """
    days = pd.Index([day.date() for day in pd.date_range(period.start, period.end)], name="day")
    single = spend.by(period, "day", "shop")
    advertising = single.loc[single["spend"] > 0, "shop"]
    sold = sales.by(period, "day", "shop")
    sold = sold[sold["shop"].isin(advertising)].groupby("day")[["gmv"]].sum()
    daily = single.groupby("day")[list(MEASURES)].sum()
    if len(daily):
        daily = daily.reindex(days[(days >= min(daily.index)) & (days <= max(daily.index))])
    return daily.join(sold.rename(columns={"gmv": "advertised_gmv"})).fillna(0.0).reindex(days)


def new_buyers(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Count the customers whose first sale ever in the scope's shops falls in the period.

    Returns
    -------
    DataFrame
        ``day`` (datetime.date), ``shop`` and ``channel`` of the first sale, ``new_buyers``.
        Everybody is in one row, so rows may be added.
    """
    first = first_sales(resolved, period)
    keys = [first.c.day, first.c.shop_id.label("shop"), first.c.channel]
    rows = store.read(
        select(*keys, func.count().label("new_buyers"))
        .where(*in_scope(resolved, first))
        .group_by(first.c.day, first.c.shop_id, first.c.channel)
    )
    rows["day"] = pd.to_datetime(rows["day"]).dt.date
    return rows


def won_by(rows: pd.DataFrame, period: Period, *dimensions: str) -> pd.DataFrame:
    """Sums of ``new_buyers`` over a part of their period, by "shop", "channel", "month"."""
    inside = rows[rows["day"].between(period.start, period.end)]
    if "month" in dimensions:
        inside = inside.assign(month=first_of_month(inside["day"]))
    summed: pd.DataFrame = inside.groupby(list(dimensions), as_index=False)[["new_buyers"]].sum()
    return summed


def _one_level(resolved: ResolvedScope, periods: Sequence[Period]) -> Any:
    """The rows that touch the periods, of the coarsest level of their account and period."""
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
            table.c.batch_id,
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
            or_(
                *(
                    and_(table.c.period_start <= each.end, table.c.period_end >= each.start)
                    for each in periods
                )
            ),
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
    whole, finer = row.alias("whole"), row.alias("finer")
    place = (*_ACCOUNT, "period_start", "period_end")
    split = select(*(whole.c[name] for name in place)).join_from(
        whole,
        finer,
        and_(
            whole.c.period_start < whole.c.period_end,
            *(finer.c[name] == whole.c[name] for name in _ACCOUNT),
            finer.c.period_start >= whole.c.period_start,
            finer.c.period_end <= whole.c.period_end,
            or_(
                finer.c.period_start > whole.c.period_start,
                finer.c.period_end < whole.c.period_end,
            ),
        ),
    )
    return tuple_(*(row.c[name] for name in place)).in_(split)
