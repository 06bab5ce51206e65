"""Stock over time: every day's lists added up, and the sales beside them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Double, cast, func, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, within
from ecom.queries.stock_selects import IS_STOCKED, ON_HAND, attributes_select, of_shops
from ecom.schema import daily_items, inventory_snapshots
from ecom.store import Store

_CARRIED_DAYS = 92  # a warehouse not listed for longer is taken to be closed


def stock_history(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Units and value on the days of a period that have a stock list.

    Between its lists a warehouse is taken to hold what the last one says.

    Returns
    -------
    DataFrame
        Index: day (datetime.date); columns: stock_units, stock_value (at cost; NaN where no cost is
        known).
    """
    listed = inventory_snapshots.c
    known = attributes_select(period.end).subquery("known")
    unit_cost = func.coalesce(listed.unit_cost, known.c.dated_cost, known.c.product_cost)
    categories = resolved.scope.categories
    category = func.coalesce(func.nullif(listed.category, ""), known.c.product_category, "")
    frame = store.read(
        select(
            listed.source,
            listed.warehouse,
            listed.snapshot_date.label("day"),
            cast(func.sum(ON_HAND), Double).label("stock_units"),
            cast(func.sum(ON_HAND * unit_cost), Double).label("stock_value"),
        )
        .select_from(inventory_snapshots.outerjoin(known, known.c.sku == listed.sku))
        .where(
            IS_STOCKED,
            listed.snapshot_date.between(period.start - timedelta(_CARRIED_DAYS), period.end),
            *([category.in_(categories)] if categories else []),
        )
        .group_by(listed.source, listed.warehouse, listed.snapshot_date)
    )
    listed_days = frame.assign(day=pd.to_datetime(frame["day"]))
    names = ("stock_units", "stock_value")
    history = pd.DataFrame({name: _carried(listed_days, name) for name in names})
    history = history[history.index >= pd.Timestamp(period.start)]
    return history.set_axis(pd.Index([day.date() for day in history.index], name="day"))


def mean_stock_value(history: pd.DataFrame) -> float | None:
    """Mean stock at cost over the days of a history, straight between its lists; None if unknown.

    Lists that come daily at one time and weekly at another weigh by the days they stand for. With
    two lists it is their mean, with one it is that.
    """
    value = history["stock_value"].dropna()
    if value.empty:
        return None
    if len(value) == 1:
        return float(value.iloc[0])
    days = np.array([day.toordinal() for day in value.index], dtype=float)
    area = np.trapezoid(value.to_numpy(dtype=float), days)
    return float(area / (days[-1] - days[0]))


def units_sold(store: Store, resolved: ResolvedScope, period: Period) -> pd.Series:
    """Units sold by day (index: datetime.date), of the shops and categories in scope."""
    item = daily_items.c
    categories = resolved.scope.categories
    frame = store.read(
        select(item.day, cast(func.sum(item.units), Double).label("units"))
        .where(
            within(item.day, period),
            *of_shops(resolved),
            *([item.category.in_(categories)] if categories else []),
        )
        .group_by(item.day)
        .order_by(item.day)
    )
    days = [stamp.date() for stamp in pd.to_datetime(frame["day"])]
    return pd.Series(frame["units"].to_numpy(), index=pd.Index(days, name="day"), name="units")


def _carried(lists: pd.DataFrame, name: str) -> pd.Series:
    """Sum over warehouses, each with its last list."""
    wide = lists.pivot(index="day", columns=["source", "warehouse"], values=name).ffill()
    return wide.sum(axis=1).where(wide.notna().any(axis=1))
