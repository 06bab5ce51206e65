"""Inventory: what there is to sell."""

from __future__ import annotations

from ecom.metrics.base import Metric
from ecom.model import Good, Unit
from ecom.text import message

METRICS = (
    Metric(
        "stock_units",
        message("Stock"),
        message("Units on hand in the latest snapshot."),
        Unit.COUNT,
        "stock_units",
        good=Good.NEITHER,
    ),
    Metric(
        "stock_value",
        message("Stock value"),
        message("Units on hand × unit cost, where the cost is known."),
        Unit.MONEY,
        "stock_value",
        good=Good.NEITHER,
        base=message("at cost"),
    ),
    Metric(
        "days_of_cover",
        message("Stock cover"),
        message("Units available ÷ mean units sold a day over the demand window (a setting)."),
        Unit.DAYS,
        "stock_units_with_demand",
        "daily_demand",
        Good.NEITHER,
    ),
    Metric(
        "turnover",
        message("Stock turnover"),
        message(
            "Cost of goods sold over the last 365 days of data, scaled to a year ÷ mean stock at "
            "cost."
        ),
        Unit.MULTIPLE,
        "annual_cost_of_sales",
        "mean_stock_value",
    ),
    Metric(
        "out_of_stock_rate",
        message("Out of stock"),
        message("SKUs with demand but nothing available ÷ SKUs with demand."),
        Unit.RATIO,
        "skus_out",
        "skus_with_demand",
        Good.DOWN,
    ),
)
