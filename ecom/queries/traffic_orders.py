"""Buyers and money from the orders, for shops whose traffic source tells none."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
from sqlalchemy import func, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency, within_any
from ecom.queries.traffic_sources import SourceKind
from ecom.schema import daily_sales, daily_visits, documents
from ecom.store import Store


def with_orders(
    store: Store,
    resolved: ResolvedScope,
    periods: Collection[Period],
    facts: list[pd.DataFrame],
) -> list[pd.DataFrame]:
    """Fill ``buyer_days`` and ``traffic_gmv`` where the visitors' source does not tell them.

    An event log that never names a purchase tells none. Between a shop's first and last sale a day
    without one sold nothing; beyond them nobody knows, and the measures stay NaN.
    """
    buying = _shops_that_log_purchases(store, resolved)
    silent = [_without_silent_logs(rows, buying) for rows in facts]
    if all(rows[["buyer_days", "traffic_gmv"]].notna().all(axis=None) for rows in silent):
        return silent
    sold = _orders_by_day(store, resolved, periods)
    return [_filled(rows, sold) for rows in silent]


def _without_silent_logs(rows: pd.DataFrame, buying: Collection[str]) -> pd.DataFrame:
    tells = (rows["kind"] != SourceKind.EVENTS) | rows["shop_id"].isin(list(buying))
    return rows.assign(
        buyer_days=rows["buyer_days"].where(tells), traffic_gmv=rows["traffic_gmv"].where(tells)
    )


def _filled(rows: pd.DataFrame, sold: pd.DataFrame) -> pd.DataFrame:
    spans = sold[["shop_id", "first", "last"]].drop_duplicates()
    merged = rows.merge(sold[["shop_id", "start", "buyers", "gmv"]], how="left").merge(
        spans, how="left"
    )
    known = merged["start"].between(merged["first"], merged["last"])
    known &= merged["start"] == merged["end"]
    for name, own in (("buyer_days", "buyers"), ("traffic_gmv", "gmv")):
        merged[name] = merged[name].fillna(merged[own].fillna(0).where(known))
    return merged[list(rows.columns)]


def _shops_that_log_purchases(store: Store, resolved: ResolvedScope) -> tuple[str, ...]:
    frame = store.read(
        select(daily_visits.c.shop_id)
        .where(daily_visits.c.shop_id.in_(resolved.shops), daily_visits.c.purchases > 0)
        .distinct()
    )
    return tuple(str(shop) for shop in frame["shop_id"])


def _orders_by_day(
    store: Store, resolved: ResolvedScope, periods: Collection[Period]
) -> pd.DataFrame:
    """shop_id, start, buyers, gmv; first and last are the shop's first and last day of sales."""
    # An order without a customer is a buyer of its own.
    buyer = func.coalesce(documents.c.customer, documents.c.order_id)
    day = (
        select(
            documents.c.shop_id,
            documents.c.day.label("start"),
            func.count(func.distinct(buyer)).label("buyers"),
            func.sum(documents.c.paid_amount).label("gmv"),
        )
        .where(
            documents.c.kind == "sale",
            documents.c.shop_id.in_(resolved.shops),
            in_currency(resolved, documents),
            within_any(documents.c.day, periods),
        )
        .group_by(documents.c.shop_id, documents.c.day)
        .subquery("day")
    )
    span = (
        select(
            daily_sales.c.shop_id,
            func.min(daily_sales.c.day).label("first"),
            func.max(daily_sales.c.day).label("last"),
        )
        .where(daily_sales.c.shop_id.in_(resolved.shops))
        .group_by(daily_sales.c.shop_id)
        .subquery("span")
    )
    frame = store.read(
        select(span, day.c.start, day.c.buyers, day.c.gmv).select_from(
            span.outerjoin(day, day.c.shop_id == span.c.shop_id)
        )
    )
    dates = {name: pd.to_datetime(frame[name]) for name in ("start", "first", "last")}
    return frame.assign(**dates).astype({"buyers": "float64", "gmv": "float64"})
