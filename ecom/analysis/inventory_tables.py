"""The tables of the inventory page: stock with its policy, and what follows from it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.model import Good, Unit
from ecom.models.inventory import (
    Level,
    abc_classes,
    days_of_cover,
    demand_pattern,
    demand_spread,
    fill_rate,
    safety_stock,
    stock_levels,
    stock_needed,
)
from ecom.queries.stock import StockFacts
from ecom.queries.stock_selects import LONG_DAYS
from ecom.settings import Settings
from ecom.text import message

_FURTHEST = 3650  # days; a stock-out later than this is no date worth naming

LEVEL_LABELS = {
    Level.OUT: message("Out of stock"),
    Level.WARNING: message("Warning"),
    Level.SAFETY: message("Safety"),
    Level.OK: message("Healthy"),
    Level.OVERSTOCK: message("Overstock"),
    Level.IDLE: message("No demand"),
    Level.UNKNOWN: message("Demand unknown"),
}
PATTERN_LABELS = {
    "smooth": message("Smooth"),
    "intermittent": message("Intermittent"),
    "erratic": message("Erratic"),
    "lumpy": message("Lumpy"),
    "none": message("None"),
}
SKU = Column("sku", message("SKU"))
NAME = Column("product_name", message("Product"))
AVAILABLE = Column("available", message("Available"), Unit.COUNT)
DEMAND = Column(
    "daily_demand",
    message("Demand a day"),
    Unit.NUMBER,
    help=message("Mean units sold on days in stock; days out of stock are not counted."),
)
VALUE = Column.of("stock_value")
ORDER = Column(
    "order_quantity",
    message("Order now"),
    Unit.COUNT,
    help=message("Up to the reorder point, less what is available and on its way."),
)


def policy(facts: StockFacts, settings: Settings) -> pd.DataFrame:
    """What each SKU's stock means.

    Returns
    -------
    DataFrame
        ``facts.rows`` and: review_days, spread, warning_point (demand over the lead time at the
        service level), reorder_point (over lead time and review; also the level to order up to),
        order_quantity, days_of_cover, stock_out_date, level, abc, pattern, fill_rate, stock_value.
    """
    rows = facts.rows
    mean, sd = rows["daily_demand"].astype("float64"), rows["demand_sd"].astype("float64")
    lead = rows["lead_days"].fillna(settings.lead_time_days)
    bridge = lead + settings.review_days
    spread = demand_spread(mean, sd, bridge)
    service = settings.service_level
    frame = rows.assign(
        daily_demand=mean,
        lead_days=lead,
        review_days=settings.review_days,
        warning_point=stock_needed(mean, sd, lead, service_level=service),
        reorder_point=stock_needed(mean, sd, bridge, service_level=service),
        days_of_cover=days_of_cover(rows["available"], mean),
        fill_rate=fill_rate(safety_stock(spread, service), spread, mean * settings.review_days),
        stock_value=rows["on_hand"] * rows["unit_cost"],
        abc=abc_classes(rows["revenue"].astype("float64")),
    )
    level = stock_levels(frame)
    short = frame["reorder_point"] - frame["available"] - frame["inbound"]
    mean_size = rows["demand_units"] / rows["active_days"].where(rows["active_days"] > 0)
    cv2 = rows["active_squares"] / rows["active_days"] / mean_size**2 - 1
    interval = rows["demand_days"] / rows["active_days"].where(rows["active_days"] > 0)
    return frame.assign(
        level=level,
        order_quantity=np.ceil(short.clip(lower=0).where(mean > 0).round(6)),
        stock_out_date=_stock_out_dates(facts.on, frame["days_of_cover"]),
        pattern=demand_pattern(interval.astype("float64"), cv2.astype("float64")),
    )


def stock_table(stock: pd.DataFrame) -> Table:
    """Every SKU, most urgent first; within a level the one that earns most."""
    rank = stock["level"].map({str(level): place for place, level in enumerate(Level)})
    ordered = stock.assign(rank=rank).sort_values(
        ["rank", "revenue", "sku"], ascending=[True, False, True]
    )
    return Table.make(
        ordered.assign(
            level=words(LEVEL_LABELS[Level(level)] for level in ordered["level"]).to_numpy(),
            pattern=words(PATTERN_LABELS[name] for name in ordered["pattern"]).to_numpy(),
            last_sale=_dates(ordered["last_sale"]),
        ),
        SKU,
        NAME,
        Column("category", message("Category")),
        Column("abc", message("ABC"), help=message("By revenue of the last 90 days.")),
        Column("level", message("Level")),
        AVAILABLE,
        Column("inbound", message("On its way"), Unit.COUNT),
        DEMAND,
        Column.of("days_of_cover"),
        Column("stock_out_date", message("Lasts until")),
        Column("lead_days", message("Lead time"), Unit.DAYS),
        Column("reorder_point", message("Reorder point"), Unit.COUNT),
        ORDER,
        VALUE,
        Column("revenue", message("Revenue (90 days)"), Unit.MONEY, Good.UP),
        Column("masked_days", message("Days out of stock"), Unit.COUNT, Good.DOWN),
        Column("pattern", message("Demand pattern")),
        Column(
            "fill_rate",
            message("Expected fill rate"),
            Unit.RATIO,
            Good.UP,
            message("Share of demand served from the shelf when ordering at every review."),
        ),
        Column("last_sale", message("Last sale")),
        Column("supplier", message("Supplier")),
    )


def levels(stock: pd.DataFrame) -> Table:
    """SKUs, units and value by level, most urgent first; levels that occur."""
    grouped = stock.groupby("level").agg(
        skus=("sku", "count"), units=("on_hand", "sum"), value=("stock_value", _known_sum)
    )
    frame = grouped.reindex([str(level) for level in Level if str(level) in grouped.index])
    return Table.make(
        frame.assign(
            level=words(LEVEL_LABELS[Level(level)] for level in frame.index).to_numpy(),
            stock_value=frame["value"],
            share=frame["skus"] / frame["skus"].sum(),
        ),
        Column("level", message("Level")),
        Column("skus", message("SKUs"), Unit.COUNT),
        Column("share", message("Share"), Unit.RATIO),
        Column("units", message("Units"), Unit.COUNT),
        VALUE,
    )


def classes(stock: pd.DataFrame) -> Table:
    """SKUs, revenue and stock by ABC class."""
    frame = (
        stock[stock["abc"] != ""]
        .groupby("abc")
        .agg(
            skus=("sku", "count"),
            revenue=("revenue", "sum"),
            stock_value=("stock_value", _known_sum),
            to_order=("order_quantity", lambda quantity: int((quantity > 0).sum())),
        )
        .reset_index()
    )
    total = frame["revenue"].sum()
    return Table.make(
        frame.assign(revenue_share=frame["revenue"] / total if total else np.nan),
        Column("abc", message("ABC")),
        Column("skus", message("SKUs"), Unit.COUNT),
        Column("revenue", message("Revenue (90 days)"), Unit.MONEY),
        Column("revenue_share", message("Share of revenue"), Unit.RATIO),
        VALUE,
        Column("to_order", message("SKUs to order"), Unit.COUNT),
    )


def pareto(stock: pd.DataFrame) -> Table:
    """SKUs by revenue with their cumulated share: place, sku, abc, revenue, cumulated."""
    sold = stock[stock["revenue"] > 0].sort_values(["revenue", "sku"], ascending=[False, True])
    return Table.make(
        sold.assign(
            place=range(1, len(sold) + 1),
            cumulated=sold["revenue"].cumsum() / sold["revenue"].sum(),
        ),
        Column("place", message("Place"), Unit.COUNT),
        SKU,
        Column("abc", message("ABC")),
        Column("revenue", message("Revenue (90 days)"), Unit.MONEY),
        Column("cumulated", message("Cumulated share"), Unit.RATIO),
    )


def orders(stock: pd.DataFrame) -> Table:
    """What to order now, the soonest to run out first."""
    due = stock[stock["order_quantity"] > 0]
    frame = due.assign(order_value=due["order_quantity"] * due["unit_cost"]).sort_values(
        ["days_of_cover", "sku"]
    )
    return Table.make(
        frame,
        SKU,
        NAME,
        Column("supplier", message("Supplier")),
        Column("abc", message("ABC")),
        AVAILABLE,
        Column("inbound", message("On its way"), Unit.COUNT),
        Column.of("days_of_cover"),
        Column("stock_out_date", message("Lasts until")),
        ORDER,
        Column("order_value", message("Order value at cost"), Unit.MONEY),
    )


def slow_movers(stock: pd.DataFrame, on: date) -> Table:
    """Stock that nobody bought in the last 90 days, the dearest first."""
    last = pd.to_datetime(stock["last_sale"])
    still = ~(last > pd.Timestamp(on - timedelta(LONG_DAYS)))
    frame = stock[still & (stock["on_hand"] > 0) & stock["daily_demand"].notna()].sort_values(
        ["stock_value", "sku"], ascending=[False, True]
    )
    return Table.make(
        frame.assign(last_sale=_dates(frame["last_sale"])),
        SKU,
        NAME,
        Column("category", message("Category")),
        Column("on_hand", message("On hand"), Unit.COUNT),
        VALUE,
        Column("last_sale", message("Last sale")),
    )


def lost_sales(stock: pd.DataFrame, empty: pd.Series) -> Table:
    """What days out of stock may have cost: days × demand a day × price, an estimate.

    Parameters
    ----------
    empty : days of the period out of stock, by SKU.
    """
    days = stock["sku"].map(empty.to_dict()).astype("float64")
    units = days * stock["daily_demand"]
    frame = stock.assign(empty_days=days, lost_units=units, lost_sales=units * stock["price"])
    frame = frame[frame["lost_units"] > 0].sort_values(
        ["lost_sales", "sku"], ascending=[False, True]
    )
    return Table.make(
        frame,
        SKU,
        NAME,
        Column("empty_days", message("Days out of stock"), Unit.COUNT, Good.DOWN),
        DEMAND,
        Column("lost_units", message("Units not sold (estimate)"), Unit.COUNT, Good.DOWN),
        Column(
            "lost_sales",
            message("Sales lost (estimate)"),
            Unit.MONEY,
            Good.DOWN,
            message("Days known to be out of stock × demand a day × mean price."),
        ),
    )


def history_table(history: pd.DataFrame, sold: pd.Series) -> Table:
    """Stock and units sold by day; days without either are left out."""
    frame = history.join(sold.rename("units_sold"), how="outer").sort_index()
    return Table.make(
        frame.assign(day=frame.index),
        Column("day", message("Day")),
        Column.of("stock_units"),
        VALUE,
        Column("units_sold", message("Units sold"), Unit.COUNT, Good.UP),
    )


def _stock_out_dates(on: date, cover: pd.Series) -> pd.Series:
    days = [
        on + timedelta(int(value)) if value <= _FURTHEST else None
        for value in cover.astype("float64")
    ]
    return pd.Series(days, index=cover.index, dtype="object")


def _dates(days: pd.Series) -> pd.Series:
    stamps = [None if pd.isna(day) else day.date() for day in pd.to_datetime(days)]
    return pd.Series(stamps, index=days.index, dtype="object")


def _known_sum(values: pd.Series) -> float:
    return values.sum(min_count=1)
