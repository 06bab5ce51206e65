"""The team's budgets by month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import pandas as pd
from sqlalchemy import func, select

from ecom.model import Period
from ecom.queries.coverage import overlap
from ecom.queries.scope import ResolvedScope, advertising_scope, in_scope, within
from ecom.schema import budgets
from ecom.store import Store


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
            func.coalesce(budgets.c.currency, "").in_(("", resolved.currency)),
            *in_scope(resolved, budgets),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    rows["month"] = pd.to_datetime(rows["month"]).dt.date
    return rows.astype({"amount": "float64"})


def budget_of(rows: pd.DataFrame, period: Period) -> float | None:
    """Spend budget of a period's days: each month's amount by the share of its days inside.

    Parameters
    ----------
    rows : answer of ``budgets_of`` for this period or a longer one.
    """
    shares = share_of_month(rows["month"], period)
    counted = rows[(rows["metric"] == "spend") & (shares > 0)]
    return float((counted["amount"] * shares).sum()) if len(counted) else None


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
