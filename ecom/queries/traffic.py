"""Visits: measures over a period, by day, and the pages they began on."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import case, func, literal, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.queries.traffic_facts import TrafficFacts, traffic_facts
from ecom.queries.traffic_sources import SourceKind, visit_days
from ecom.schema import sessions
from ecom.store import Store

_OF_LANDINGS = ("visitor_id", "is_single_page", "stay_seconds", "purchases")


def traffic_measures(
    store: Store, resolved: ResolvedScope, period: Period
) -> dict[str, float | None]:
    """Measures of traffic over a period, by the names of ``ecom.metrics``; None where unknown."""
    (facts,) = traffic_facts(store, resolved, (period,))
    return {**facts.measures, "visitors": range_visitors(store, resolved, facts)}


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
    visit = (
        select(
            func.coalesce(sessions.c.landing_page, "").label("landing_page"),
            case((within(sessions.c.session_date, resolved.period), 1), else_=0).label("is_now"),
            *(sessions.c[name] for name in _OF_LANDINGS),
        )
        .where(visit_days(resolved, resolved.periods()), *in_scope(resolved, sessions))
        .cte("visit")
    )
    visits = func.sum(visit.c.is_now)
    # Distinct visitors are counted of the pages that are shown, not of all.
    top = (
        select(
            visit.c.landing_page,
            visits.label("sessions"),
            (func.count() - visits if resolved.base else literal(None)).label("sessions_before"),
        )
        .group_by(visit.c.landing_page)
        .having(visits > 0)
        .order_by(visits.desc(), visit.c.landing_page)
        .limit(limit)
        .subquery("top")
    )
    keys = (top.c.landing_page, top.c.sessions, top.c.sessions_before)
    statement = (
        select(
            top.c.landing_page,
            func.count(func.distinct(visit.c.visitor_id)).label("visitors"),
            top.c.sessions,
            func.sum(case((visit.c.is_single_page, 1), else_=0)).label("bounced_sessions"),
            func.sum(visit.c.stay_seconds).label("stay_seconds"),
            func.sum(case((visit.c.purchases > 0, 1), else_=0)).label("buying_sessions"),
            top.c.sessions_before,
        )
        .join_from(top, visit, visit.c.landing_page == top.c.landing_page)
        .where(visit.c.is_now == 1)
        .group_by(*keys)
        .order_by(top.c.sessions.desc(), top.c.landing_page)
    )
    frame = store.read(statement)
    numbers = [name for name in frame.columns if name != "landing_page"]
    return frame.astype(dict.fromkeys(numbers, "float64"))
