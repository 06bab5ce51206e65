"""Which days the rows of each batch speak of: by subject, shop, source and grain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from ecom import schema
from ecom.schema import import_batches, order_items, orders
from ecom.store import Store


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of facts whose days can be told.

    Attributes
    ----------
    table : the fact table.
    first, last : columns with a row's first and last day.
    source : the column that tells sources of one subject apart; "" when there is just one.
    grain : the column that says how finely a source's rows are split, or "".
    is_listed : rows are lists as of a day (stock), so days between two lists lack nothing.
    """

    name: str
    table: str
    first: str
    last: str = ""
    source: str = ""
    grain: str = ""
    is_listed: bool = False


SUBJECTS: tuple[Subject, ...] = (
    Subject("orders", "orders", "order_date"),
    Subject("order_lines", "order_items", "order_date"),
    Subject("refunds", "refunds", "refunded_date"),
    Subject("payments", "payments", "payment_date", source="provider"),
    Subject("events", "events", "event_date"),
    Subject("traffic", "traffic_agg", "period_start", "period_end", "source", "grain"),
    Subject("ads", "ad_spend", "period_start", "period_end", "ad_platform", "level"),
    Subject("search_words", "search_terms", "period_start", "period_end", "ad_platform"),
    Subject("content", "content_daily", "as_of_date", source="platform", is_listed=True),
    Subject("messages", "crm_campaigns", "sent_date", source="platform"),
    Subject("private_domain", "private_domain_daily", "as_of_date", source="platform"),
    Subject("service", "service_enquiries", "opened_date"),
    Subject("stock", "inventory_snapshots", "snapshot_date", source="warehouse", is_listed=True),
    Subject("movements", "stock_movements", "moved_date", source="warehouse"),
    Subject("listings", "listings", "seen_date", is_listed=True),
    Subject("feedback", "feedback", "created_date"),
)
BY_NAME = {subject.name: subject for subject in SUBJECTS}
KEYS = ("subject", "shop_id", "source", "grain")


def covered_spans(store: Store) -> pd.DataFrame:
    """Count the rows of every batch by the days they speak of.

    Returns
    -------
    DataFrame
        ``KEYS`` (a blank where a table has no such column), ``start``, ``end`` (timestamps; a day,
        or the span of rows of several days), ``batch_id``, ``rows`` and ``current`` (those of them
        that count), sorted by these.
    """
    parts = union_all(*(_select(subject) for subject in SUBJECTS)).subquery("parts")
    order = [parts.c[name] for name in (*KEYS, "start", "end", "batch_id")]
    frame = store.read(select(parts).order_by(*order))
    return frame.assign(
        start=pd.to_datetime(frame["start"]),
        end=pd.to_datetime(frame["end"]),
        current=frame["current"].astype("int64"),
    )


def batch_periods(store: Store) -> pd.DataFrame:
    """Of every batch: ``layout_id``, ``period_start``, ``period_end`` (timestamps; NaT where the
    file does not say). Index: ``batch_id``.
    """
    batch = import_batches.c
    frame = store.read(
        select(batch.batch_id, batch.layout_id, batch.period_start, batch.period_end)
    )
    return frame.assign(
        period_start=pd.to_datetime(frame["period_start"]),
        period_end=pd.to_datetime(frame["period_end"]),
    ).set_index("batch_id")


def _select(subject: Subject) -> Select[*tuple[Any, ...]]:
    facts: FromClause = schema.FACTS[subject.table]
    days: FromClause = facts
    rows: FromClause = facts
    if subject.table == "order_items":  # a line has the day of its order
        days = orders
        rows = order_items.join(
            orders,
            and_(
                orders.c.shop_id == order_items.c.shop_id,
                orders.c.order_id == order_items.c.order_id,
                orders.c.is_current,
            ),
        )
    first, last = days.c[subject.first], days.c[subject.last or subject.first]
    texts = {"shop_id": "shop_id", "source": subject.source, "grain": subject.grain}
    columns = [facts.c[column] for column in texts.values() if column and column in facts.c]
    return (
        select(
            literal(subject.name, String).label("subject"),
            *(_text(facts, column).label(label) for label, column in texts.items()),
            first.label("start"),
            last.label("end"),
            facts.c.batch_id,
            func.count().label("rows"),
            func.sum(case((facts.c.is_current, 1), else_=0)).label("current"),
        )
        .select_from(rows)
        .where(first.is_not(None), last.is_not(None))
        .group_by(*columns, first, last, facts.c.batch_id)
    )


def _text(facts: FromClause, name: str) -> ColumnElement[str]:
    return func.coalesce(facts.c[name], "") if name and name in facts.c else literal("", String)
