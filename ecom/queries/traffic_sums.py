"""The SQL behind the traffic facts: sums over visits and over aggregate rows, alike in name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency, in_scope, within_any
from ecom.queries.traffic_sources import aggregate_keys, usable_aggregates, visit_days, visit_keys
from ecom.schema import daily_visits, sessions, traffic_agg

# Sums that both kinds of source tell, by the names of ``ecom.metrics``.
SUMS = (
    "visitor_days",
    "page_views",
    "sessions",
    "engaged_sessions",
    "sessions_with_engagement",
    "bounced_sessions",
    "sessions_with_bounce",
    "stay_seconds",
    "sessions_with_stay",
    "new_visitor_days",
    "visitor_days_with_new",
    "buyer_days",
    "traffic_gmv",
    "range_visitors",  # distinct over the row's own span, however long
)
_OF_VISITS = (
    "visitor_id page_views is_engaged is_single_page stay_seconds is_new_visitor purchases"
).split()
_OF_ROWS = (
    "uv pv sessions engaged_sessions bounced_sessions stay_seconds new_uv paid_buyers paid_amount"
).split()
OTHER = "Other"
_SLASH = " / "
_MADE_ONCE = frozenset(("", "channel", "device", "region", "hour"))
_OF_CHANNEL = ("channel_l2", "channel_l3", "channel_l4")


def _path(*columns: ColumnElement[Any], leave_out: ColumnElement[Any] | None = None) -> Any:
    """Names from the wide to the narrow with a slash between; blank ones are passed over."""
    parts: list[ColumnElement[Any]] = []
    for column in columns:
        is_blank = func.coalesce(column, "") == ""
        if leave_out is not None:
            is_blank = or_(is_blank, column == leave_out)
        parts.append(case((is_blank, ""), else_=literal(_SLASH, String) + column))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return func.substr(whole, len(_SLASH) + 1)


_DIMENSIONS = {
    "channel": (sessions.c.channel, traffic_agg.c.channel),
    "device": (sessions.c.device, traffic_agg.c.device),
    "region": (sessions.c.region, literal("")),
    "hour": (sessions.c.local_hour, traffic_agg.c.hour),
    # Source and campaign of a visit; what an export names below its channel.
    "origin": (
        _path(sessions.c.source, sessions.c.campaign),
        _path(*(traffic_agg.c[name] for name in _OF_CHANNEL), leave_out=traffic_agg.c.channel),
    ),
    "landing": (sessions.c.landing_page, literal("")),
}


def facts_select(
    resolved: ResolvedScope,
    periods: Collection[Period],
    splits: Collection[str],
    *,
    within: Mapping[str, str] | None = None,
    kept: Collection[str] | None = None,
) -> CompoundSelect[Any]:
    """Sums by source, shop, day and part, of visits and of aggregate rows, never across the two.

    Parameters
    ----------
    splits : keys of ``_DIMENSIONS``, or "" for whole days. Visitors of the parts of a day overlap,
        so each split is counted anew.
    within : the one part that counts, by its dimension.
    kept : parts told apart; the others are one named ``OTHER``. None: all of them.

    Returns
    -------
    CompoundSelect
        The columns of ``visit_keys``, ``split``, ``part`` ("" in the split "") and ``SUMS``.
    """
    scope, within = resolved.scope, within or {}
    is_part = scope.channels or scope.devices or scope.regions or within or kept is not None
    made = () if is_part else tuple(by for by in splits if _is_made(resolved, by))
    visits = [
        _of_some_visits(resolved, periods, by, within, kept) for by in splits if by not in made
    ]
    if made:
        visits.append(_of_all_visits(resolved, periods, made))
    rows = (_of_aggregates(resolved, periods, by, within, kept) for by in splits)
    return union_all(*visits, *rows)


def largest_select(
    resolved: ResolvedScope,
    periods: Collection[Period],
    by: str,
    *,
    within: Mapping[str, str],
    limit: int,
) -> Select[Any]:
    """The parts that most visits of an event log have: column ``part``."""
    part = _dimension(resolved, by, of=0)
    return (
        select(part.label("part"))
        .where(*visits_inside(resolved, periods, within))
        .group_by(part)
        .order_by(func.count().desc(), part)
        .limit(limit)
    )


def visits_inside(
    resolved: ResolvedScope, periods: Collection[Period], within: Mapping[str, str]
) -> list[ColumnElement[bool]]:
    """The conditions that a visit is of the periods, passes the filters and lies in these parts."""
    return [
        visit_days(resolved, periods),
        *in_scope(resolved, sessions),
        *_inside(resolved, within, of=0),
    ]


def _is_made(resolved: ResolvedScope, by: str) -> bool:
    """Whether ``daily_visits`` tells it: visitors of two names of a region can't be added up."""
    return by in _MADE_ONCE and not (by == "region" and resolved.spellings.groups)


def _dimension(resolved: ResolvedScope, name: str, *, of: int) -> ColumnElement[str]:
    """The part that a visit (``of`` 0) or an aggregate row (1) is in; "" where it is none."""
    part = _text(_DIMENSIONS[name][of])
    return resolved.spellings.joined(part) if name == "region" and of == 0 else part


def _inside(
    resolved: ResolvedScope, within: Mapping[str, str], *, of: int
) -> list[ColumnElement[bool]]:
    """The conditions of visits (``of`` 0) or aggregate rows (1) to be in these parts."""
    return [_dimension(resolved, name, of=of) == value for name, value in within.items()]


def _part(
    resolved: ResolvedScope, by: str, kept: Collection[str] | None, *, of: int
) -> ColumnElement[str]:
    part = _dimension(resolved, by, of=of) if by else _text(literal(""))
    return part if kept is None or not by else case((part.in_(kept), part), else_=OTHER)


def _of_all_visits(
    resolved: ResolvedScope, periods: Collection[Period], splits: Collection[str]
) -> Select[Any]:
    """The sums of all visits of a day, which are made once, when events are loaded."""
    row = daily_visits.c
    revenue = case((in_currency(resolved, daily_visits), row.revenue))
    sums = {
        "visitor_days": func.sum(row.visitors),
        "page_views": func.sum(row.page_views),
        "sessions": func.sum(row.sessions),
        "engaged_sessions": func.sum(row.engaged_sessions),
        "sessions_with_engagement": func.sum(row.sessions),
        "bounced_sessions": func.sum(row.single_page_sessions),
        "sessions_with_bounce": func.sum(row.sessions),
        "stay_seconds": func.sum(row.stay_seconds),
        "sessions_with_stay": func.sum(row.sessions),
        "new_visitor_days": func.sum(row.new_visitors),
        "visitor_days_with_new": func.sum(row.visitors),
        "buyer_days": func.sum(row.buyers),
        "traffic_gmv": func.coalesce(func.sum(revenue), 0),
        "range_visitors": cast(null(), BigInteger),
    }
    return _summed(
        [*visit_keys(row.shop_id, row.day), row.split, row.part],
        [row.shop_id, row.day, row.split, row.part],
        sums,
    ).where(row.split.in_(splits), row.shop_id.in_(resolved.shops), within_any(row.day, periods))


def _of_some_visits(
    resolved: ResolvedScope,
    periods: Collection[Period],
    by: str,
    within: Mapping[str, str],
    kept: Collection[str] | None,
) -> Select[Any]:
    """The sums of the visits that pass the filters."""
    visits = (
        select(
            sessions.c.shop_id,
            sessions.c.session_date,
            _part(resolved, by, kept, of=0).label("part"),
            *(sessions.c[n] for n in _OF_VISITS),
            case((in_currency(resolved, sessions), sessions.c.revenue)).label("revenue"),
        )
        .where(*visits_inside(resolved, periods, within))
        .subquery("visits")
    )
    # All visits are alike but for shop and day; to group by the other keys would only cost.
    return _summed(
        [*visit_keys(visits.c.shop_id, visits.c.session_date), _split(by), visits.c.part],
        [visits.c.shop_id, visits.c.session_date, visits.c.part],
        _visit_sums(visits.c),
    )


def _of_aggregates(
    resolved: ResolvedScope,
    periods: Collection[Period],
    by: str,
    within: Mapping[str, str],
    kept: Collection[str] | None,
) -> Select[Any]:
    """The sums of aggregate rows."""
    part = _part(resolved, by, kept, of=1).label("part")
    rows = (
        select(*aggregate_keys(), part, *(traffic_agg.c[n] for n in _OF_ROWS))
        .where(
            usable_aggregates(resolved, periods),
            *in_scope(resolved, traffic_agg),
            *_inside(resolved, within, of=1),
        )
        .subquery("rows")
    )
    row_keys = [rows.c[key.name] for key in aggregate_keys()]
    return _summed(
        [*row_keys, _split(by), rows.c.part], [*row_keys, rows.c.part], _aggregate_sums(rows.c)
    )


def _split(by: str) -> ColumnElement[str]:
    return literal(by, String).label("split")


def _summed(
    shown: list[ColumnElement[Any]],
    group: list[ColumnElement[Any]],
    sums: dict[str, ColumnElement[Any]],
) -> Select[Any]:
    return select(*shown, *(sums[name].label(name) for name in SUMS)).group_by(*group)


def _visit_sums(visit: ReadOnlyColumnCollection[str, Any]) -> dict[str, ColumnElement[Any]]:
    visitors, visits = func.count(func.distinct(visit.visitor_id)), func.count()
    return {
        "visitor_days": visitors,
        "page_views": func.sum(visit.page_views),
        "sessions": visits,
        "engaged_sessions": func.sum(case((visit.is_engaged, 1), else_=0)),
        "sessions_with_engagement": visits,
        "bounced_sessions": func.sum(case((visit.is_single_page, 1), else_=0)),
        "sessions_with_bounce": visits,
        "stay_seconds": func.sum(visit.stay_seconds),
        "sessions_with_stay": visits,
        "new_visitor_days": func.count(
            func.distinct(case((visit.is_new_visitor, visit.visitor_id)))
        ),
        "visitor_days_with_new": visitors,
        "buyer_days": func.count(func.distinct(case((visit.purchases > 0, visit.visitor_id)))),
        "traffic_gmv": func.coalesce(func.sum(visit.revenue), 0),
        "range_visitors": cast(null(), BigInteger),
    }


def _aggregate_sums(row: ReadOnlyColumnCollection[str, Any]) -> dict[str, ColumnElement[Any]]:
    # Visitors of hours or of several days are not visitors of a day.
    is_day = (row.whole_day == 1) & (row.start == row.end)
    visitors = case((is_day, row.uv))

    def where(known: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.sum(case((known.is_not(None), value)))

    return {
        "visitor_days": func.sum(visitors),
        "page_views": func.sum(row.pv),
        "sessions": func.sum(row.sessions),
        "engaged_sessions": func.sum(row.engaged_sessions),
        "sessions_with_engagement": where(row.engaged_sessions, row.sessions),
        "bounced_sessions": func.sum(row.bounced_sessions),
        "sessions_with_bounce": where(row.bounced_sessions, row.sessions),
        "stay_seconds": func.sum(row.stay_seconds * row.sessions),
        "sessions_with_stay": where(row.stay_seconds, row.sessions),
        "new_visitor_days": func.sum(case((is_day, row.new_uv))),
        "visitor_days_with_new": where(row.new_uv, visitors),
        "buyer_days": func.sum(case((is_day, row.paid_buyers))),
        "traffic_gmv": func.sum(case((is_day, row.paid_amount))),
        "range_visitors": func.sum(case((row.whole_day == 1, row.uv))),
    }


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return func.coalesce(cast(column, String), "")
