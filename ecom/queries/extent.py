"""What the data covers: first and last day per subject and shop."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Select, Table, func, literal, select, union_all

from ecom import schema
from ecom.store import Store

# subject, table, first day, last day
_SUBJECTS: tuple[tuple[str, Table, str, str], ...] = (
    ("orders", schema.orders, "order_date", "order_date"),
    ("events", schema.events, "event_date", "event_date"),
    ("traffic", schema.traffic_agg, "period_start", "period_end"),
    ("ads", schema.ad_spend, "period_start", "period_end"),
    ("stock", schema.inventory_snapshots, "snapshot_date", "snapshot_date"),
    ("budgets", schema.budgets, "month", "month"),
    ("targets", schema.targets, "period_start", "period_end"),
    ("calendar", schema.calendar_events, "start_date", "end_date"),
    ("listings", schema.listings, "seen_date", "seen_date"),
    ("feedback", schema.feedback, "created_date", "created_date"),
)
SUBJECTS = tuple(subject for subject, *_ in _SUBJECTS)


def data_extent(store: Store) -> pd.DataFrame:
    """Read how far every subject reaches.

    Returns
    -------
    DataFrame
        Columns ``subject`` (one of ``SUBJECTS``), ``shop_id`` ("" where a table has no shop),
        ``first_day``, ``last_day`` (dates) and ``rows``; subjects without rows are left out.
    """
    rows = union_all(*(_rows(*subject) for subject in _SUBJECTS)).subquery()
    frame = store.read(
        select(
            rows.c.subject,
            rows.c.shop_id,
            func.min(rows.c.first_day).label("first_day"),
            func.max(rows.c.last_day).label("last_day"),
            func.count().label("rows"),
        ).group_by(rows.c.subject, rows.c.shop_id)
    )
    frame["subject"] = pd.Categorical(frame["subject"], categories=list(SUBJECTS))
    for column in ("first_day", "last_day"):
        frame[column] = pd.to_datetime(frame[column]).dt.date
    frame = frame.sort_values(["subject", "shop_id"], ignore_index=True)
    return frame.astype({"subject": "str"})


def _rows(subject: str, table: Table, first: str, last: str) -> Select[*tuple[Any, ...]]:
    shop = func.coalesce(table.c.shop_id, "") if "shop_id" in table.c else literal("")
    return select(
        literal(subject).label("subject"),
        shop.label("shop_id"),
        table.c[first].label("first_day"),
        table.c[last].label("last_day"),
    ).where(table.c.is_current)
