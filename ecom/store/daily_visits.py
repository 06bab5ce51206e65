"""The select behind ``daily_visits``: visits added up by day, as a whole and by part."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Subquery,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from ecom.schema import MONEY, sessions

_SUMS = "sessions page_views engaged_sessions single_page_sessions stay_seconds".split()
SPLITS: dict[str, ColumnElement[Any]] = {
    "": literal("", String),
    "channel": sessions.c.channel,
    "device": sessions.c.device,
    "region": sessions.c.region,
    "hour": sessions.c.local_hour,
}


def daily_visits_select(*, days: Collection[date] | None = None) -> CompoundSelect[Any]:
    """Visits by day and shop, once for each of ``SPLITS``, then what they bought by currency.

    Parameters
    ----------
    days : only these; None means all.
    """
    return union_all(*(half(name, days) for name in SPLITS for half in (_counted, _bought)))


def _counted(split: str, days: Collection[date] | None) -> Select[Any]:
    """Who came. Each visitor first becomes one row a day, which is far less work than to count
    distinct ones three times."""
    visit = _visits(split, days).c
    keys = (visit.day, visit.shop_id, visit.part)
    visitor = (
        select(
            *keys,
            func.max(case((visit.is_new_visitor, 1), else_=0)).label("is_new"),
            func.max(case((visit.purchases > 0, 1), else_=0)).label("buys"),
            func.count().label("sessions"),
            func.sum(visit.page_views).label("page_views"),
            func.sum(case((visit.is_engaged, 1), else_=0)).label("engaged_sessions"),
            func.sum(case((visit.is_single_page, 1), else_=0)).label("single_page_sessions"),
            func.sum(visit.stay_seconds).label("stay_seconds"),
        )
        .group_by(*keys, visit.visitor_id)
        .subquery("visitor")
    )
    key = [visitor.c[column.name] for column in keys]
    return select(
        *_shown(key, split, literal("", String)),
        func.count().label("visitors"),
        func.sum(visitor.c.is_new).label("new_visitors"),
        func.sum(visitor.c.buys).label("buyers"),
        *(func.sum(visitor.c[name]).label(name) for name in _SUMS),
        literal(0).label("purchases"),
        cast(null(), MONEY).label("revenue"),
    ).group_by(*key)


def _bought(split: str, days: Collection[date] | None) -> Select[Any]:
    """What was bought."""
    visit = _visits(split, days).c
    keys = (visit.day, visit.shop_id, visit.part)
    return (
        select(
            *_shown(keys, split, visit.currency),
            *(literal(0).label(name) for name in ("visitors", "new_visitors", "buyers", *_SUMS)),
            func.sum(visit.purchases).label("purchases"),
            func.sum(visit.revenue).label("revenue"),
        )
        .where(visit.purchases > 0)
        .group_by(*keys, visit.currency)
    )


def _visits(split: str, days: Collection[date] | None) -> Subquery:
    part = func.coalesce(cast(SPLITS[split], String), "") if split else literal("", String)
    visits = select(
        sessions.c.session_date.label("day"),
        part.label("part"),
        *(column for column in sessions.c if column.name != "session_date"),
    )
    if days is not None:
        visits = visits.where(sessions.c.session_date.in_(days))
    return visits.subquery("visit")


def _shown(
    keys: Iterable[ColumnElement[Any]], split: str, currency: ColumnElement[str]
) -> list[ColumnElement[Any]]:
    return [*keys, literal(split, String).label("split"), currency.label("currency")]
