"""Which days a subject's data spans, to tell "nothing happened" from "nothing is known"."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Column, func, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope
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
    conditions = [table.c.shop_id.in_(resolved.shops)]
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
