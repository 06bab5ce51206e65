"""Events into visits.

A visit ends after more than ``session_gap_minutes`` without an event (exactly that long is still
the same visit); neither midnight nor a new campaign cuts it; it belongs to the local day it starts
on. An export that brings its own session ids keeps them, per visitor. A visit's source is its first
event's. Engaged, as Google Analytics 4 says: longer than ``engaged_seconds``, or two page views, or
a purchase.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
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
    text,
    tuple_,
)

from ecom.channels import ORIGIN, classify
from ecom.schema import (
    events,
    order_sessions,
    sessions,
    shops,
    source_channels,
    touched_orders,
    touched_visitors,
)
from ecom.settings import Settings
from ecom.store.engine import EngineSupport
from ecom.store.functions import earliest, latest, local_hour, packed, seconds_between
from ecom.store.touched import Visitors

SEVERAL = "*"  # the currency of a visit that bought in several; its revenue adds up to nothing
_TAGS = ("source", "medium", "campaign")
_INHERITED = (*ORIGIN, "channel", "device", "region")
_OF_THE_FIRST = ("event_date", "page", *_INHERITED)
STEPS = ("view_item", "add_to_cart", "begin_checkout", "purchase")


def sessions_select(
    settings: Settings, *, zones: Collection[str], visitors: Visitors | None
) -> Select[Any]:
    """One row a visit, for ``sessions``.

    Parameters
    ----------
    zones : the time zones of all shops; spelled out one by one, because engines look a zone up
        anew for every row when it comes from a column.
    visitors : narrows it to those in ``touched_visitors`` and to what of them may have changed.
    """
    visits = _with_first_event(_counted(_keyed_events(settings, visitors), settings), visitors)
    zone = func.coalesce(func.nullif(shops.c.timezone, ""), literal(settings.timezone))
    plain = [column for column in visits.c if column.name not in _INHERITED]
    made = select(
        *plain,
        case(
            *((zone == name, local_hour(visits.c.started_at, name)) for name in sorted(zones)),
        ).label("local_hour"),
        *(func.coalesce(visits.c[name], "").label(name) for name in (*_TAGS, "device", "region")),
        func.coalesce(func.nullif(visits.c.channel, ""), source_channels.c.channel).label(
            "channel"
        ),
    ).select_from(
        visits.join(shops, shops.c.shop_id == visits.c.shop_id).join(
            source_channels,
            and_(
                *(source_channels.c[name] == func.coalesce(visits.c[name], "") for name in ORIGIN)
            ),
        )
    )
    # Reports read some days: engines skip the blocks of the others.
    return made.order_by(visits.c.session_date)


def _counted(event: Subquery, settings: Settings) -> Subquery:
    """What the events of each visit add up to; ``first`` packs what its first event says."""
    is_purchase = event.c.event_name == "purchase"
    bought_in = case((is_purchase, func.nullif(event.c.currency, "")))

    def happened(name: str) -> ColumnElement[Any]:
        return func.min(case((event.c.event_name == name, event.c.event_at)))

    def occurrences(name: str) -> ColumnElement[Any]:
        return func.sum(case((event.c.event_name == name, 1), else_=0))

    stay = seconds_between(func.min(event.c.event_at), func.max(event.c.event_at))
    # A log without page views (an item log) counts the item views instead.
    pages = func.coalesce(func.nullif(occurrences("page_view"), 0), occurrences("view_item"))
    order = (event.c.event_at, event.c.event_id)
    is_engaged = or_(stay > settings.engaged_seconds, pages >= 2, occurrences("purchase") > 0)
    currency = case(
        (func.min(bought_in) != func.max(bought_in), literal(SEVERAL)),
        else_=func.coalesce(func.min(bought_in), ""),
    )
    visit = (event.c.shop_id, event.c.visitor_id, event.c.session_key)
    return (
        select(
            *visit,
            func.min(event.c.event_at).label("started_at"),
            func.max(event.c.event_at).label("ended_at"),
            earliest(*order, *(event.c[name] for name in _OF_THE_FIRST)).label("first"),
            latest(*order, event.c.page).label("exit_page"),
            pages.label("page_views"),
            func.count().label("events"),
            stay.label("stay_seconds"),
            is_engaged.label("is_engaged"),
            (pages <= 1).label("is_single_page"),
            *(happened(step).label(f"first_{step}_at") for step in STEPS),
            occurrences("purchase").label("purchases"),
            func.sum(case((is_purchase, event.c.value))).label("revenue"),
            currency.label("currency"),
            (func.max(case((event.c.is_of_first_visit, 1), else_=0)) == 1).label("is_new_visitor"),
            (func.min(event.c.event_date) == func.max(event.c.event_date)).label("is_of_one_day"),
        )
        .group_by(*visit)
        .subquery("counted")
    )


def _with_first_event(counted: Subquery, visitors: Visitors | None) -> Subquery:
    """The visits with what their first event says, and whether they are plain."""
    # Places are spelled out: a bound number would leave the type of the result open.
    of_the_first = {
        name: packed(counted.c.first, text(str(place)))
        for place, name in enumerate(_OF_THE_FIRST, start=1)
    }
    return select(
        *(column for column in counted.c if column.name not in ("first", "is_of_one_day")),
        _is_plain(counted, visitors).label("is_plain"),
        cast(of_the_first["event_date"], Date).label("session_date"),
        of_the_first["page"].label("landing_page"),
        *(of_the_first[name].label(name) for name in _INHERITED),
    ).subquery("visits")


def _is_plain(visit: FromClause, visitors: Visitors | None) -> ColumnElement[bool]:
    """The condition of ``sessions.is_plain``. Only visits that an export names can overlap."""
    named = select(events.c.shop_id, events.c.visitor_id).where(
        events.c.is_current, events.c.visitor_id.is_not(None), events.c.session_id != ""
    )
    if visitors is not None:  # who has named visits is done again as a whole
        named = named.select_from(visitors.join(events, events)).where(
            touched_visitors.c.since.is_(None)
        )
    firsts = [visit.c[f"first_{step}_at"] for step in STEPS]
    return and_(
        func.coalesce(visit.c.is_of_one_day, False),
        *(func.coalesce(earlier < later, True) for earlier, later in combinations(firsts, 2)),
        tuple_(visit.c.shop_id, visit.c.visitor_id).not_in(named),
    )


def zones_of_shops(connection: Connection, settings: Settings) -> set[str]:
    """The time zones that shops are in; the team's own for those that have none."""
    named = connection.execute(select(shops.c.timezone).distinct()).scalars()
    return {settings.timezone, *(name for name in named if name)}


def order_sessions_select(*, only_touched: bool) -> Select[Any]:
    """Which visit each order was placed in: the first purchase event that names the order.

    Parameters
    ----------
    only_touched : narrows it to the orders in ``touched_orders``.
    """
    narrowed = [events.c.is_current, events.c.event_name == "purchase", events.c.order_id != ""]
    if only_touched:
        touched = select(touched_orders.c.shop_id, touched_orders.c.order_id)
        narrowed.append(tuple_(events.c.shop_id, events.c.order_id).in_(touched))
    ranked = (
        select(
            events.c.shop_id,
            events.c.order_id,
            sessions.c.session_key,
            sessions.c.visitor_id,
            sessions.c.channel,
            sessions.c.device,
            sessions.c.region,
            func.row_number()
            .over(
                partition_by=(events.c.shop_id, events.c.order_id),
                order_by=(events.c.event_at, sessions.c.started_at),
            )
            .label("nth"),
        )
        .join(
            sessions,
            and_(
                sessions.c.shop_id == events.c.shop_id,
                sessions.c.visitor_id == events.c.visitor_id,
                events.c.event_at >= sessions.c.started_at,
                events.c.event_at <= sessions.c.ended_at,
            ),
        )
        .where(*narrowed)
        .subquery("ranked")
    )
    return select(*(ranked.c[column.name] for column in order_sessions.columns)).where(
        ranked.c.nth == 1
    )


def name_new_channels(
    connection: Connection,
    support: EngineSupport,
    settings: Settings,
    *,
    where: ColumnElement[bool] | None,
) -> None:
    """Classify the origins not seen before; there are few, so the rules run in Python."""
    origins = select(*(func.coalesce(events.c[name], "").label(name) for name in ORIGIN)).distinct()
    if where is not None:
        origins = origins.where(where)
    origin = origins.subquery("origin")
    known = select(*(source_channels.c[name] for name in ORIGIN))
    is_fresh = tuple_(*(origin.c[name] for name in ORIGIN)).not_in(known)
    fresh = support.fetch(connection, select(origin).where(is_fresh))
    if len(fresh):
        fresh["channel"] = classify(fresh, rules=settings.rules)
        rows = pa.Table.from_pandas(fresh.astype("str"), preserve_index=False)
        support.insert(connection, source_channels, rows, {})


def _keyed_events(settings: Settings, visitors: Visitors | None) -> Any:
    """Current events with the key of the visit they belong to.

    Only the moments are sorted, which is what costs: an event then finds its visit by a join on
    the visitor and the span up to the next visit.
    """
    source, narrowed = _current_events(visitors)
    start = _starts(settings, visitors)
    key = func.coalesce(
        func.nullif(events.c.session_id, ""), literal("#").concat(cast(start.c.nth, String))
    )
    return (
        select(
            *(column for column in events.c),
            key.label("session_key"),
            and_(start.c.nth == 1, start.c.own_key == key).label("is_of_first_visit"),
        )
        .select_from(
            source.join(
                start,
                and_(
                    start.c.shop_id == events.c.shop_id,
                    start.c.visitor_id == events.c.visitor_id,
                    events.c.event_at >= start.c.event_at,
                    or_(start.c.next_at.is_(None), events.c.event_at < start.c.next_at),
                ),
            )
        )
        .where(*narrowed)
        .subquery("keyed")
    )


def _current_events(visitors: Visitors | None) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """The events that visits are made of: where they are, and the conditions for them."""
    conditions = [events.c.is_current, events.c.visitor_id.is_not(None)]
    if visitors is None:
        return events, conditions
    return visitors.join(events, events), conditions + visitors.from_then_on(events.c.event_at)


def _starts(settings: Settings, visitors: Visitors | None) -> Subquery:
    """The moments at which a visitor came back after a pause: nth visit, its start, the next.

    ``own_key`` is the key of the very first visit, also where several begin at the same moment.
    """
    own_key = func.coalesce(func.nullif(events.c.session_id, ""), "#1")
    earlier = func.lag(events.c.event_at).over(
        partition_by=(events.c.shop_id, events.c.visitor_id),
        order_by=(events.c.event_at, own_key),
    )
    source, narrowed = _current_events(visitors)
    moment = (
        select(
            events.c.shop_id,
            events.c.visitor_id,
            events.c.event_at,
            own_key.label("own_key"),
            earlier.label("earlier_at"),
            (literal(0) if visitors is None else touched_visitors.c.visits).label("visits"),
        )
        .select_from(source)
        .where(*narrowed)
        .subquery("moment")
    )
    gap = seconds_between(moment.c.earlier_at, moment.c.event_at)
    person = (moment.c.shop_id, moment.c.visitor_id)
    following = func.lead(moment.c.event_at).over(partition_by=person, order_by=moment.c.event_at)
    nth = func.row_number().over(partition_by=person, order_by=moment.c.event_at)
    return (
        select(
            *person,
            moment.c.event_at,
            moment.c.own_key,
            following.label("next_at"),
            (moment.c.visits + nth).label("nth"),
        )
        .where(or_(moment.c.earlier_at.is_(None), gap > settings.session_gap_minutes * 60))
        .subquery("start")
    )
