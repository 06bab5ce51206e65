"""Stock: what lies where, what it is worth, and how fast it sells.

Stock belongs to the company. A shop or category filter narrows the sales it is held against; the
other filters say nothing about stock and are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Double, Select, Subquery, and_, case, cast, func, or_, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.queries.stock_history import mean_stock_value, stock_history
from ecom.schema import daily_items, inventory_snapshots, products
from ecom.store import Store

REVENUE_DAYS = 90  # of the ABC classes, of slow movers and of the price
COST_DAYS = 365
_LEAST_DAYS = 7  # with fewer days in stock in the demand window, the longer window speaks


@dataclass(frozen=True, eq=False, slots=True)
class StockFacts:
    """Stock by SKU at the end of a day.

    Attributes
    ----------
    on : the day asked for.
    rows : one row a SKU. Text: sku, product_name, category, supplier. Units: on_hand, available,
        inbound. Money a unit: unit_cost, price. Sales before the end of ``on``: daily_demand and
        demand_sd (units a day in stock; NaN when no sales are known), demand_days (days counted),
        masked_days (days in the window with nothing available and nothing sold), active_days and
        squares (of units) behind the demand pattern, revenue and units of the last 90 days,
        cost_of_sales of the last 365, last_sale. ``lead_days`` is NaN where no list says it.
    snapshots : source, warehouse, day: the lists behind the rows.
    sales_first : the first day of sales of these shops; None without any.
    mean_value : mean stock at cost over the last 365 days.
    """

    on: date
    rows: pd.DataFrame
    snapshots: pd.DataFrame
    sales_first: date | None
    mean_value: float | None

    @property
    def measures(self) -> dict[str, float | None]:
        """Sums by the names of ``ecom.metrics``; None where unknown."""
        rows = self.rows
        wanted = rows[rows["daily_demand"] > 0]
        known = bool(len(rows)) and self.sales_first is not None
        cost = _year_of(rows["cost_of_sales"].sum(min_count=1), self.sales_first, self.on)
        return {
            "stock_units": _number(rows["on_hand"].sum(min_count=1)),
            "stock_value": _number((rows["on_hand"] * rows["unit_cost"]).sum(min_count=1)),
            "stock_units_with_demand": float(wanted["available"].clip(lower=0).sum())
            if known
            else None,
            "daily_demand": float(wanted["daily_demand"].sum()) if known else None,
            "annual_cost_of_sales": cost,
            "mean_stock_value": self.mean_value,
            "skus_out": float((wanted["available"] <= 0).sum()) if known else None,
            "skus_with_demand": float(len(wanted)) if known else None,
        }


def stock_measures(
    store: Store, resolved: ResolvedScope, *, on: date
) -> dict[str, float | None]:
    """Measures of stock at the end of a day, by the names of ``ecom.metrics``."""
    return stock_facts(store, resolved, on=on).measures


def stock_facts(store: Store, resolved: ResolvedScope, *, on: date) -> StockFacts:
    """Stock by SKU: the latest list of each source and warehouse on or before ``on``, with sales.

    Sales are not demand: days in the window on which a list shows nothing available and on which
    nothing sold are not counted. Where fewer than a week is left, the last 90 days are taken.
    """
    stock = store.read(_stock_select(on)).merge(
        store.read(_product_select()), how="left", on="sku", suffixes=("", "_listed")
    )
    sold = store.read(_sales_select(resolved, on))
    masked = store.read(_masked_select(resolved, on))
    rows = _combined(stock, sold, masked)
    if resolved.scope.categories:
        rows = rows[rows["category"].isin(resolved.scope.categories)].reset_index(drop=True)
    first = _first_sale(store, resolved)
    if first is not None and first > on:
        first = None
    history = stock_history(store, resolved, Period(on - timedelta(COST_DAYS - 1), on))
    return StockFacts(
        on=on,
        rows=_with_demand(rows, on, first, resolved.settings.demand_days),
        snapshots=_snapshots(store, on),
        sales_first=first,
        mean_value=mean_stock_value(history),
    )
