"""Which days a subject's data spans, to tell "nothing happened" from "nothing is known"."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Column, ColumnElement, func, select, union

from ecom.model import Period
from ecom.queries.scope import ResolvedScope
from ecom.schema import ad_spend, daily_sales, daily_visits, import_batches, traffic_agg
from ecom.store import Store


def span_of(
    store: Store, resolved: ResolvedScope, first: Column[Any], last: Column[Any] | None = None
) -> Period | None:
    """The first to the last day of a table for the scope's shops; None without rows.

    Parameters
    ----------
    first, last : the columns with a row's first and last day; one is enough for one-day rows.
    """
    table = first.table
    conditions: list[ColumnElement[bool]] = [table.c.shop_id.in_(resolved.shops)]
    if "is_current" in table.c:
        conditions.append(table.c.is_current)
    span = store.read(
        select(
            func.min(first).label("first"),
            func.max(first if last is None else last).label("last"),
        ).where(*conditions)
    ).iloc[0]
    if pd.isna(span["first"]):
        return None
    return Period(pd.Timestamp(span["first"]).date(), pd.Timestamp(span["last"]).date())


def overlap(one: Period | None, other: Period | None) -> Period | None:
    """The days two periods share; None when there are none."""
    if one is None or other is None:
        return None
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Period(start, end) if start <= end else None


def active_shops(store: Store) -> frozenset[str]:
    """Shops that sell, are visited or advertise; the others only lend their name to files that
    speak for all shops, such as targets, budgets and stock.
    """
    tables = (daily_sales, daily_visits, traffic_agg, ad_spend)
    return frozenset(store.read(union(*(select(table.c.shop_id) for table in tables)))["shop_id"])


def unfinished_from(store: Store, resolved: ResolvedScope) -> date | None:
    """The first day on which some shop's orders may not be complete; None when all days are.

    That is the day after the earliest last order day of the shops that still sold in the period,
    where others go on; and the last day itself when its file was written before it was over.
    """
    shop = (
        select(daily_sales.c.shop_id, func.max(daily_sales.c.day).label("last"))
        .where(daily_sales.c.shop_id.in_(resolved.shops))
        .group_by(daily_sales.c.shop_id)
        .subquery()
    )
    written = (
        select(import_batches.c.shop_id, func.max(import_batches.c.source_updated_at).label("at"))
        .where(import_batches.c.tables.contains("orders"))
        .group_by(import_batches.c.shop_id)
        .subquery()
    )
    frame = store.read(
        select(shop.c.shop_id, shop.c.last, written.c.at)
        .join_from(shop, written, written.c.shop_id == shop.c.shop_id)
        .where(shop.c.last >= resolved.period.start)
    )
    if frame.empty:
        return None
    zones = {
        shop.shop_id: shop.timezone or resolved.settings.timezone for shop in resolved.known_shops
    }
    lasts = pd.to_datetime(frame["last"]).dt.date
    newest = max(lasts)
    firsts = []
    for shop_id, last, at in zip(frame["shop_id"], lasts, frame["at"], strict=True):
        written_on = at.tz_localize("UTC").tz_convert(zones[shop_id]).date()
        if written_on == last:
            firsts.append(last)
        elif last < newest:
            firsts.append(last + timedelta(1))
    return min(firsts, default=None)
