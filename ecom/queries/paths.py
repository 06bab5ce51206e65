"""The ways that visits took: pages and actions in their order, counted by the way.

What happens at one moment is one step, since nobody knows an order within it: an action rather than
the page it was done on, of several actions the one furthest down the funnel, of several pages the
one seen least. A page is its address without host, query and trailing slash; a view of a product's
page is a product view. The pages and actions seen most have their own names, the others share one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from ecom.errors import InvalidParameter
from ecom.model import Period
from ecom.queries.calendar import campaigns
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.queries.traffic_sources import visit_days
from ecom.queries.visits import of_visit
from ecom.schema import events, sessions
from ecom.store import Store
from ecom.store.functions import spelled, without
from ecom.store.sessionize import STEPS

OTHER_PAGES, OTHER_ACTIONS, UNNAMED_PAGE = "other pages", "other actions", "unnamed page"
SPLITS = ("channel", "device", "days")
NIGHT_ENDS = 6  # local hour
_MOST_PAGES, _MOST_ACTIONS = 40, 16  # with the steps and the others less than 64 letters
_FIRST_LETTER = 48  # as ``spelled`` writes them
_SUMS = ("sessions", "page_views", "bounced_sessions", "stay_seconds")
_OF_A_VISIT = ("part", "is_campaign", "is_night", "has_bought")

# Scheme and host, query, and a fragment that is no route of a single-page shop ("#/cart" is one).
_NO_PATH = r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*|\?[^#]*|#([^/!].*)?$|/+$"


@dataclass(frozen=True, eq=False, slots=True)
class Ways:
    """The ways of a period's visits.

    Attributes
    ----------
    rows : one row a way, part and kind of day: ``way`` (a letter a step), ``part`` ("" where it is
        not told), ``is_campaign``, ``is_night``, ``sessions`` and ``buying_sessions``.
    names : letter -> page or action.
    """

    rows: pd.DataFrame
    names: dict[str, str]


def visit_sums(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Visits of an event log by day.

    Returns
    -------
    DataFrame
        One row a day and part of it: ``day``, ``is_campaign``, ``is_night``, ``sessions``,
        ``page_views``, ``bounced_sessions``, ``stay_seconds`` and ``last_at``, when the last event
        of these visits was (UTC).
    """
    visit = _visits(store, resolved, period).subquery("visit")
    keys = (visit.c.session_date, visit.c.is_campaign, visit.c.is_night)
    frame = store.read(
        select(
            *keys,
            func.count().label("sessions"),
            func.sum(visit.c.page_views).label("page_views"),
            func.sum(case((visit.c.is_single_page, 1), else_=0)).label("bounced_sessions"),
            func.sum(visit.c.stay_seconds).label("stay_seconds"),
            func.max(visit.c.ended_at).label("last_at"),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return frame.rename(columns={"session_date": "day"}).astype(dict.fromkeys(_SUMS, "float64"))


def ways(store: Store, resolved: ResolvedScope, *, until: datetime, split: str) -> Ways:
    """Count the visits of the period by the way they took.

    Parameters
    ----------
    until : no event of these visits is later (UTC); see ``visit_sums``.
    split : one of ``SPLITS``; for ``days`` every ``part`` is "".

    Raises
    ------
    InvalidParameter
        There is no such split.
    """
    if split not in SPLITS:
        raise InvalidParameter.not_one_of("split", split, SPLITS)
    period = resolved.period
    read = and_(
        events.c.is_current,
        events.c.visitor_id.is_not(None),
        events.c.shop_id.in_(resolved.shops),
        events.c.event_date >= period.start,
        events.c.event_at <= until,
    )
    pages, actions = _most_seen(store, read)
    visit = _visits(store, resolved, period, split=split).subquery("visit")
    one = _spelled_out(visit, _code(pages, actions), read).subquery("one")
    keys = (one.c.way, one.c.part, one.c.is_campaign, one.c.is_night)
    rows = store.read(
        select(
            *keys,
            func.count().label("sessions"),
            func.sum(one.c.has_bought).label("buying_sessions"),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    known = (OTHER_PAGES, *pages, OTHER_ACTIONS, *actions, *STEPS)
    return Ways(
        rows.astype({"sessions": "int64", "buying_sessions": "int64"}),
        {chr(_FIRST_LETTER + code): name for code, name in enumerate(known)},
    )


def _spelled_out(
    visit: Subquery, code: ColumnElement[int], read: ColumnElement[bool]
) -> Select[Any]:
    """The way of each visit."""
    moment = (
        select(
            visit.c.number,
            events.c.event_at,
            func.max(code).label("code"),
            *(func.min(visit.c[name]).label(name) for name in _OF_A_VISIT),
        )
        .select_from(events.join(visit, of_visit(visit)))
        .where(read)
        .group_by(visit.c.number, events.c.event_at)
        .subquery("moment")
    )
    way = spelled(moment.c.event_at, moment.c.code).label("way")
    columns = [way, *(func.min(moment.c[name]).label(name) for name in _OF_A_VISIT)]
    return select(*columns).group_by(moment.c.number)


def _visits(
    store: Store, resolved: ResolvedScope, period: Period, *, split: str = "days"
) -> Select[Any]:
    """The scope's visits of a period, numbered, with their kind of day."""
    spans = campaigns(store, resolved, period)
    day = sessions.c.session_date
    named = [
        within(day, Period(start, end))
        for start, end in zip(spans["start"], spans["end"], strict=True)
    ]
    is_campaign = case((or_(*named), 1), else_=0) if named else literal(0)
    part: ColumnElement[Any] = literal("") if split == "days" else sessions.c[split]
    return select(
        *sessions.c,
        # Numbers are sorted and grouped by in a fraction of the time that keys of text take.
        func.row_number().over().label("number"),
        cast(func.coalesce(part, ""), String).label("part"),
        cast(is_campaign, Integer).label("is_campaign"),
        case((sessions.c.local_hour < NIGHT_ENDS, 1), else_=0).label("is_night"),
        case((sessions.c.purchases > 0, 1), else_=0).label("has_bought"),
    ).where(visit_days(resolved, (period,)), *in_scope(resolved, sessions))


def _most_seen(store: Store, read: ColumnElement[bool]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pages and the actions that have names of their own, most seen first."""
    is_page = and_(events.c.event_name == "page_view", ~_shows_a_product())
    step = (
        select(
            case((is_page, 1), else_=0).label("is_page"),
            case((is_page, _path()), else_=events.c.event_name).label("name"),
        )
        .where(read, events.c.event_name.not_in(STEPS))
        .subquery("step")
    )
    counted = (
        select(step.c.is_page, step.c.name, func.count().label("seen"))
        .where(step.c.name.is_not(None))
        .group_by(step.c.is_page, step.c.name)
        .subquery("counted")
    )
    rank = func.row_number().over(
        partition_by=counted.c.is_page, order_by=(counted.c.seen.desc(), counted.c.name)
    )
    ranked = select(counted.c.is_page, counted.c.name, rank.label("rank")).subquery("ranked")
    found = store.read(
        select(ranked.c.is_page, ranked.c.name)
        .where(ranked.c.rank <= case((ranked.c.is_page == 1, _MOST_PAGES), else_=_MOST_ACTIONS))
        .order_by(ranked.c.rank)
    )
    pages = found.loc[found["is_page"] == 1, "name"]
    actions = found.loc[(found["is_page"] == 0) & (found["name"] != "page_view"), "name"]
    return tuple(pages), tuple(actions)


def _code(pages: Collection[str], actions: Collection[str]) -> ColumnElement[int]:
    """The number of an event's step: pages, then actions, then the funnel's steps in order."""
    others = 1 + len(pages)
    first = others + 1 + len(actions)
    of_pages = {name: code for code, name in enumerate(pages, start=1)}
    of_actions = {name: code for code, name in enumerate(actions, start=others + 1)}
    of_steps = {name: code for code, name in enumerate(STEPS, start=first)}
    page = case(of_pages, value=_path(), else_=0) if of_pages else literal(0)
    code = case(
        (_shows_a_product(), of_steps["view_item"]),
        (events.c.event_name == "page_view", page),
        else_=case(of_steps | of_actions, value=events.c.event_name, else_=others),
    )
    return cast(code, Integer)


def _shows_a_product() -> ColumnElement[bool]:
    told = or_(*(func.coalesce(events.c[name], "") != "" for name in ("product_id", "sku")))
    return and_(events.c.event_name == "page_view", told)


def _path() -> ColumnElement[str]:
    page = func.coalesce(events.c.page, "")
    path = func.coalesce(func.nullif(without(page, _NO_PATH), ""), "/")
    return case((page == "", UNNAMED_PAGE), else_=path)
