"""Events into visits.

A visit ends after more than ``session_gap_minutes`` without an event (exactly that long is still
the same visit); neither midnight nor a new campaign cuts it; it belongs to the local day it starts
on. An export that brings its own session ids keeps them, per visitor. A visit's source is its first
event's. Engaged, as Google Analytics 4 says: longer than ``engaged_seconds``, or two page views, or
a purchase.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from ecom.channels import classify
from ecom.schema import events, order_sessions, sessions, shops, source_channels
from ecom.settings import Settings
from ecom.store.engine import EngineSupport
from ecom.store.functions import local_hour, seconds_between

SEVERAL = "*"  # the currency of a visit that bought in several; its revenue adds up to nothing
_ORIGIN = ("source", "medium", "campaign")
_STEPS = ("view_item", "add_to_cart", "begin_checkout", "purchase")


def sessions_select(settings: Settings, *, visitors: Select[Any] | None) -> Select[Any]:
    """One row a visit, for ``sessions``; ``visitors`` (shop_id, visitor_id) narrows it."""
    event = _keyed_events(settings, visitors)
    visit = [event.c.shop_id, event.c.visitor_id, event.c.session_key]
    forward = func.row_number().over(
        partition_by=visit, order_by=(event.c.event_at, event.c.event_id)
    )
    backward = func.row_number().over(
        partition_by=visit, order_by=(event.c.event_at.desc(), event.c.event_id.desc())
    )
    placed = select(event, forward.label("nth"), backward.label("nth_last")).subquery("placed")
    is_purchase = placed.c.event_name == "purchase"
    bought_in = case((is_purchase, func.nullif(placed.c.currency, "")))

    def first(name: str) -> ColumnElement[Any]:
        return func.max(case((placed.c.nth == 1, placed.c[name])))

    def happened(name: str) -> ColumnElement[Any]:
        return func.min(case((placed.c.event_name == name, placed.c.event_at)))

    def occurrences(name: str) -> ColumnElement[Any]:
        return func.sum(case((placed.c.event_name == name, 1), else_=0))

    stay = seconds_between(func.min(placed.c.event_at), func.max(placed.c.event_at))
    # A log without page views (an item log) counts the item views instead.
    pages = func.coalesce(func.nullif(occurrences("page_view"), 0), occurrences("view_item"))
    visits = (
        select(
            placed.c.shop_id,
            placed.c.visitor_id,
            placed.c.session_key,
            func.min(placed.c.event_at).label("started_at"),
            func.max(placed.c.event_at).label("ended_at"),
            first("event_date").label("session_date"),
            first("page").label("landing_page"),
            func.max(case((placed.c.nth_last == 1, placed.c.page))).label("exit_page"),
            *(first(name).label(name) for name in (*_ORIGIN, "channel", "device", "region")),
            pages.label("page_views"),
            func.count().label("events"),
            stay.label("stay_seconds"),
            or_(stay > settings.engaged_seconds, pages >= 2, occurrences("purchase") > 0).label(
                "is_engaged"
            ),
            (pages <= 1).label("is_single_page"),
            *(happened(step).label(f"first_{step}_at") for step in _STEPS),
            occurrences("purchase").label("purchases"),
            func.sum(case((is_purchase, placed.c.value))).label("revenue"),
            case(
                (func.min(bought_in) != func.max(bought_in), literal(SEVERAL)),
                else_=func.coalesce(func.min(bought_in), ""),
            ).label("currency"),
        )
        .group_by(placed.c.shop_id, placed.c.visitor_id, placed.c.session_key)
        .subquery("visits")
    )
    zone = func.coalesce(func.nullif(shops.c.timezone, ""), literal(settings.timezone))
    plain = [
        column
        for column in visits.c
        if column.name not in (*_ORIGIN, "channel", "device", "region")
    ]
    return select(
        *plain,
        local_hour(visits.c.started_at, zone).label("local_hour"),
        *(func.coalesce(visits.c[name], "").label(name) for name in (*_ORIGIN, "device", "region")),
        func.coalesce(func.nullif(visits.c.channel, ""), source_channels.c.channel).label(
            "channel"
        ),
        (
            func.row_number().over(
                partition_by=(visits.c.shop_id, visits.c.visitor_id),
                order_by=(visits.c.started_at, visits.c.session_key),
            )
            == 1
        ).label("is_new_visitor"),
    ).select_from(
        visits.join(shops, shops.c.shop_id == visits.c.shop_id).join(
            source_channels,
            and_(
                *(source_channels.c[name] == func.coalesce(visits.c[name], "") for name in _ORIGIN)
            ),
        )
    )


def order_sessions_select(*, visitors: Select[Any] | None) -> Select[Any]:
    """Which visit each order was placed in: the first purchase event that names the order."""
    narrowed = [events.c.is_current, events.c.event_name == "purchase", events.c.order_id != ""]
    if visitors is not None:
        narrowed.append(_among(events, visitors))
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
    connection: Connection, support: EngineSupport, *, where: ColumnElement[bool] | None
) -> None:
    """Classify the origins not seen before; there are few, so the rules run in Python."""
    origin = {name: func.coalesce(events.c[name], "").label(name) for name in _ORIGIN}
    known = and_(*(source_channels.c[name] == origin[name] for name in _ORIGIN))
    statement = select(*origin.values()).where(~exists(select(1)).where(known)).distinct()
    if where is not None:
        statement = statement.where(where)
    fresh = support.fetch(connection, statement)
    if len(fresh):
        fresh["channel"] = classify(fresh)
        rows = pa.Table.from_pandas(fresh.astype("str"), preserve_index=False)
        support.insert(connection, source_channels, rows, {})


def _keyed_events(settings: Settings, visitors: Select[Any] | None) -> Any:
    """Current events with the key of the visit they belong to."""
    by_time = (events.c.event_at, events.c.event_id)
    person = (events.c.shop_id, events.c.visitor_id)
    narrowed = [events.c.is_current, events.c.visitor_id.is_not(None)]
    if visitors is not None:
        narrowed.append(_among(events, visitors))
    earlier = func.lag(events.c.event_at).over(partition_by=person, order_by=by_time)
    gap = seconds_between(earlier, events.c.event_at)
    starts = case((earlier.is_(None), 1), (gap > settings.session_gap_minutes * 60, 1), else_=0)
    marked = select(events, starts.label("starts")).where(*narrowed).subquery("marked")
    nth_visit = func.sum(marked.c.starts).over(
        partition_by=(marked.c.shop_id, marked.c.visitor_id),
        order_by=(marked.c.event_at, marked.c.event_id),
        rows=(None, 0),
    )
    key = func.coalesce(
        func.nullif(marked.c.session_id, ""), literal("#").concat(cast(nth_visit, String))
    )
    return select(
        *(column for column in marked.c if column.name != "starts"), key.label("session_key")
    ).subquery("keyed")


def _among(table: Any, visitors: Select[Any]) -> ColumnElement[bool]:
    chosen = visitors.subquery("chosen")
    return exists(select(1)).where(
        chosen.c.shop_id == table.c.shop_id, chosen.c.visitor_id == table.c.visitor_id
    )
