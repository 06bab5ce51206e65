"""Visits: measures over a period, by day, and the pages they began on."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, case, func, literal, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.queries.traffic_facts import TrafficFacts, traffic_facts
from ecom.queries.traffic_sources import SourceKind, visit_days
from ecom.schema import sessions
from ecom.store import Store


def traffic_measures(
    store: Store, resolved: ResolvedScope, period: Period
) -> dict[str, float | None]:
    """Measures of traffic over a period, by the names of ``ecom.metrics``; None where unknown."""
    (facts,) = traffic_facts(store, resolved, (period,))
    return {**facts.measures, "visitors": range_visitors(store, resolved, facts)}


def traffic_daily(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """The measures by day. Index: every day of the period; NaN where no source speaks."""
    (facts,) = traffic_facts(store, resolved, (period,))
    return facts.daily


def range_visitors(store: Store, resolved: ResolvedScope, facts: TrafficFacts) -> float | None:
    """Distinct visitors over the whole period; None when a shop in it tells only days.

    People are known by a shop's own visitor id, so shops are counted apart and added. A back-office
    row counts when it spans exactly this period and is not split by channel.
    """
    rows = facts.rows
    if rows.empty:
        return None
    is_events = rows["kind"] == SourceKind.EVENTS
    first, last = pd.Timestamp(facts.period.start), pd.Timestamp(facts.period.end)
    is_exact = (
        (rows["start"] == first)
        & (rows["end"] == last)
        & rows["kind"].isin([SourceKind.SHOP, SourceKind.TOTAL])
        & rows["range_visitors"].notna()
    )
    if not (is_events | is_exact).all():
        return None
    counted = 0.0
    if is_events.any():
        per_shop = (
            select(func.count(func.distinct(sessions.c.visitor_id)).label("visitors"))
            .where(within(sessions.c.session_date, facts.period), *in_scope(resolved, sessions))
            .group_by(sessions.c.shop_id)
            .subquery("per_shop")
        )
        answer = store.read(select(func.sum(per_shop.c.visitors).label("visitors")))
        counted = float(answer["visitors"].fillna(0).iloc[0])
    return counted + float(rows.loc[is_exact, "range_visitors"].sum())


def landing_pages(store: Store, resolved: ResolvedScope, *, limit: int = 15) -> pd.DataFrame:
    """Pages that visits began on, by number of visits; from event logs only.

    Returns
    -------
    DataFrame
        landing_page, visitors (distinct over the period), sessions, bounced_sessions,
        stay_seconds, buying_sessions; ``sessions_before`` counts the base period, NaN without one.
    """
    now = within(sessions.c.session_date, resolved.period)
    page = func.coalesce(sessions.c.landing_page, "").label("landing_page")
    before: ColumnElement[Any] = literal(None)
    if resolved.base is not None:
        before = func.sum(case((within(sessions.c.session_date, resolved.base), 1), else_=0))
    visits = func.sum(case((now, 1), else_=0)).label("sessions")
    statement = (
        select(
            page,
            func.count(func.distinct(case((now, sessions.c.visitor_id)))).label("visitors"),
            visits,
            func.sum(case((now & sessions.c.is_single_page, 1), else_=0)).label("bounced_sessions"),
            func.sum(case((now, sessions.c.stay_seconds))).label("stay_seconds"),
            func.sum(case((now & (sessions.c.purchases > 0), 1), else_=0)).label("buying_sessions"),
            before.label("sessions_before"),
        )
        .where(visit_days(resolved, resolved.periods()), *in_scope(resolved, sessions))
        .group_by(page)
        .having(func.sum(case((now, 1), else_=0)) > 0)
        .order_by(visits.desc(), page)
        .limit(limit)
    )
    frame = store.read(statement)
    numbers = [name for name in frame.columns if name != "landing_page"]
    return frame.astype(dict.fromkeys(numbers, "float64"))
