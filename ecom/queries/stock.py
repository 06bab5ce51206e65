"""Stock: what lies where, what it is worth, and how fast it sells.

Stock belongs to the company. A shop or category filter narrows the sales or the items it is held
against; the other filters say nothing about stock and are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ecom.model import Period
from ecom.queries.scope import ResolvedScope
from ecom.queries.stock_history import mean_stock_value, stock_history
from ecom.queries.stock_selects import (
    LONG_DAYS,
    empty_days_select,
    lists_select,
    sales_span_select,
    skus_select,
)
from ecom.store import Store

COST_DAYS = 365
_LEAST_DAYS = 7  # with fewer days in stock in the demand window, the last LONG_DAYS speak
_QUIET_DAYS = 7  # a longer silence of all shops means that the sales data ends there


@dataclass(frozen=True, eq=False, slots=True)
class StockFacts:
    """Stock by SKU at the end of a day.

    Attributes
    ----------
    on : the day asked for.
    rows : one row a SKU. Text: sku, product_name, category, supplier. Units: on_hand, available,
        inbound. Money a unit: unit_cost, price (mean price paid, else the list price). Sales up to
        ``sales_until``: daily_demand and demand_sd (units a day in stock; NaN when no sales are
        known), demand_days (days counted), masked_days (days not counted: nothing available,
        nothing sold), active_days and active_squares (days with sales and their Σ units²),
        demand_units, revenue of the last 90 days, year_cost (cost of sales of the last 365 days),
        last_sale. lead_days is NaN where no list says it.
    lists : source, warehouse, day: the stock lists behind the rows.
    sales_first, sales_until : the days that demand can be taken from; None without sales.
    mean_value : mean stock at cost over the last 365 days; None when not asked for.
    unlisted_skus : SKUs sold in the demand window that no list has.
    """

    on: date
    rows: pd.DataFrame
    lists: pd.DataFrame
    sales_first: date | None
    sales_until: date | None
    mean_value: float | None
    unlisted_skus: int

    @property
    def measures(self) -> dict[str, float | None]:
        """Sums by the names of ``ecom.metrics``; None where unknown."""
        rows = self.rows
        wanted = rows[rows["daily_demand"] > 0]
        known = not rows.empty and self.sales_until is not None
        demand = {
            "stock_units_with_demand": wanted["available"].clip(lower=0).sum(),
            "daily_demand": wanted["daily_demand"].sum(),
            "skus_out": (wanted["available"] <= 0).sum(),
            "skus_with_demand": len(wanted),
        }
        return {
            "stock_units": _number(rows["on_hand"].sum(min_count=1)),
            "stock_value": _number((rows["on_hand"] * rows["unit_cost"]).sum(min_count=1)),
            "annual_cost_of_sales": self._annual_cost() if known else None,
            "mean_stock_value": self.mean_value,
            **{name: float(value) if known else None for name, value in demand.items()},
        }

    def _annual_cost(self) -> float | None:
        """Cost of the sales of up to a year, scaled to 365 days."""
        if self.sales_first is None or self.sales_until is None:
            return None
        days = min((self.sales_until - self.sales_first).days + 1, COST_DAYS)
        cost = _number(self.rows["year_cost"].sum(min_count=1))
        return None if cost is None else cost * COST_DAYS / days


def stock_measures(store: Store, resolved: ResolvedScope, *, on: date) -> dict[str, float | None]:
    """Measures of stock at the end of a day, by the names of ``ecom.metrics``; None if unknown."""
    return stock_facts(store, resolved, on=on).measures


def stock_facts(
    store: Store, resolved: ResolvedScope, *, on: date, with_mean_value: bool = True
) -> StockFacts:
    """Stock by SKU: the latest list of each source and warehouse on or before ``on``, with sales.

    Sales are not demand: days in the window on which the lists show nothing available and on which
    nothing sold are not counted. Where fewer than a week is left, the last 90 days are taken.

    Parameters
    ----------
    with_mean_value : whether to read a year of lists for ``StockFacts.mean_value``.
    """
    span = store.read(sales_span_select(resolved, on)).iloc[0]
    first, last = _day(span["first"]), _day(span["last"])
    until = last if last is not None and (on - last).days > _QUIET_DAYS else on
    window = resolved.settings.demand_days
    found = store.read(skus_select(resolved, on, until=until, window=window))
    is_listed = found["is_listed"] == 1
    rows = _described(found[is_listed].drop(columns="is_listed").reset_index(drop=True))
    if resolved.scope.categories:
        rows = rows[rows["category"].isin(resolved.scope.categories)].reset_index(drop=True)
    mean_value = None
    if with_mean_value:
        year = Period(on - timedelta(COST_DAYS - 1), on)
        mean_value = mean_stock_value(stock_history(store, resolved, year))
    return StockFacts(
        on=on,
        rows=_with_demand(rows, until, first, window),
        lists=store.read(lists_select(on)),
        sales_first=first,
        sales_until=None if first is None else until,
        mean_value=mean_value,
        unlisted_skus=int((found.loc[~is_listed, "units_window"] > 0).sum()),
    )


def empty_days(store: Store, resolved: ResolvedScope, period: Period) -> pd.Series:
    """Days of a period on which lists show a SKU out of stock and nothing sold. Index: sku."""
    frame = store.read(empty_days_select(resolved, first=period.start, last=period.end))
    return frame.set_index("sku")["empty_days"]


def _described(rows: pd.DataFrame) -> pd.DataFrame:
    """Take words and money from the list, else from the catalogue."""
    texts = {
        name: rows[f"list_{name}"].fillna(rows[f"product_{name}"]).fillna("").astype("str")
        for name in ("name", "category")
    }
    cost = (rows["cost_value"] / rows["costed_units"]).where(rows["costed_units"] > 0)
    cost = cost.fillna(rows["list_cost"]).fillna(rows["dated_cost"]).fillna(rows["product_cost"])
    paid = (rows["revenue"] / rows["units_long"]).where(rows["units_long"] > 0)
    # Lines without a known cost are worth what the stock is.
    year_cost = rows["year_cost"].mask(rows["year_cost"] == 0).fillna(rows["year_units"] * cost)
    return rows.assign(
        product_name=texts["name"],
        category=texts["category"],
        supplier=rows["supplier"].fillna(""),
        unit_cost=cost,
        price=paid.fillna(rows["product_price"]),
        year_cost=year_cost,
    )


def _with_demand(
    rows: pd.DataFrame, until: date, sales_first: date | None, window: int
) -> pd.DataFrame:
    """Add the daily demand and what it rests on."""
    if sales_first is None:
        unknown = (
            "daily_demand demand_sd demand_days demand_units masked_days active_days "
            "active_squares revenue"
        ).split()
        return rows.assign(**dict.fromkeys(unknown, np.nan))
    dates = [pd.to_datetime(rows[name]) for name in ("listed_on", "first_sale", "first_list")]
    seen = pd.concat(dates, axis=1).min(axis=1)
    since = _not_before(seen, sales_first)

    def counted(length: int, masked: str) -> pd.Series:
        start = _not_before(since, until - timedelta(length - 1))
        return (pd.Timestamp(until) - start).dt.days + 1 - rows[masked].fillna(0)

    short, long = counted(window, "masked_window"), counted(LONG_DAYS, "masked_long")
    is_short = (short >= _LEAST_DAYS) | (long <= short)
    days = short.where(is_short, long).clip(lower=0)
    taken = {
        name: rows[f"{name}_window"].where(is_short, rows[f"{name}_long"]).fillna(0.0)
        for name in ("units", "squares", "active", "masked")
    }
    mean = (taken["units"] / days).where(days > 0, 0.0)
    variance = (taken["squares"] - days * mean**2) / (days - 1).where(days > 1)
    return rows.assign(
        daily_demand=mean,
        demand_sd=variance.clip(lower=0).pow(0.5).fillna(0.0),
        demand_days=days,
        demand_units=taken["units"],
        masked_days=taken["masked"],
        active_days=taken["active"],
        active_squares=taken["squares"],
        revenue=rows["revenue"].fillna(0.0),
    )


def _not_before(days: pd.Series, first: date) -> pd.Series:
    earliest = pd.Timestamp(first)
    return days.mask(days < earliest, earliest)


def _day(value: pd.Timestamp) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
