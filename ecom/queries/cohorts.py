"""What cohorts are made of: each person once a period, nameless."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    select,
    true,
)

from ecom.model import Grain
from ecom.models.cohorts import NEVER, Seen, by_period
from ecom.models.customers import EPOCH, MONEY, CustomerOrders, day_number
from ecom.models.runs import IntArray
from ecom.queries.cohort_query import CohortQuery, Source
from ecom.queries.customers import customer_orders
from ecom.queries.event_sets import EventSet, conditions
from ecom.queries.scope import ResolvedScope, in_currency
from ecom.schema import events
from ecom.store import Store
from ecom.store.functions import days_between, number_of, start_of_month, start_of_week


def seen_people(
    store: Store,
    resolved: ResolvedScope,
    query: CohortQuery,
    *,
    orders: CustomerOrders | None = None,
) -> Seen:
    """What every person did in each period, before the first cohort, too.

    Parameters
    ----------
    orders : the answer of ``customer_orders`` where it is known up to the end of the last period;
        for sales alone.
    """
    if query.source is Source.EVENTS:
        return _seen_in_events(store, resolved, query)
    last_day = query.end_of(query.reach[-1])
    if orders is None:
        orders = customer_orders(store, resolved, until=last_day)
    orders = orders.until(last_day)
    return by_period(
        orders.customer,
        _places(orders.day, query),
        orders.day,
        orders.amount,
        orders.passes,
    )


def _seen_in_events(store: Store, resolved: ResolvedScope, query: CohortQuery) -> Seen:
    seen = _seen(_facts(resolved, query), query).subquery("seen")
    frame = store.read(
        select(
            number_of(seen.c.shop_id, seen.c.person).label("person"),
            days_between(literal(EPOCH), seen.c.period).label("period"),
            seen.c.returns,
            seen.c.amount,
            func.coalesce(days_between(literal(EPOCH), seen.c.start_day), NEVER).label("start_day"),
            func.coalesce(days_between(literal(EPOCH), seen.c.event_day), NEVER).label("event_day"),
        )
    ).sort_values(["person", "period"])
    return Seen(
        person=frame["person"].to_numpy(dtype="int64"),
        period=_places(frame["period"].to_numpy(dtype="int64"), query),
        returns=frame["returns"].to_numpy(dtype="int64"),
        amount=np.rint(frame["amount"].to_numpy(dtype="float64") * MONEY),
        start_day=frame["start_day"].to_numpy(dtype="int64"),
        event_day=frame["event_day"].to_numpy(dtype="int64"),
    )


def _places(days: IntArray, query: CohortQuery) -> IntArray:
    """The place of each day's period among those that are read; -1 before them."""
    starts = np.array([day_number(start) for start in query.reach])
    if not len(days):
        return days
    first = int(days.min())
    table = np.searchsorted(starts, np.arange(first, int(days.max()) + 1), side="right") - 1
    return table[days - first]


def _facts(resolved: ResolvedScope, query: CohortQuery) -> FromClause:
    """What happened: shop_id, person, day, amount, and whether it starts, returns, is the event."""
    start, returning = _without_visit(query.start), _without_visit(query.returning)
    return (
        select(
            events.c.shop_id,
            func.coalesce(func.nullif(events.c.visitor_id, ""), events.c.customer_key).label(
                "person"
            ),
            events.c.event_date.label("day"),
            case((in_currency(resolved, events), func.coalesce(events.c.value, 0)), else_=0).label(
                "amount"
            ),
            _flag(start.condition()).label("starts"),
            _flag(returning.condition()).label("returns"),
            _flag(EventSet(start.event).condition()).label("is_event"),
        )
        .where(
            events.c.is_current,
            events.c.shop_id.in_(resolved.shops),
            events.c.event_date <= query.end_of(query.reach[-1]),
            *conditions(events, query.where),
        )
        .subquery("facts")
    )


def _without_visit(rule: EventSet) -> EventSet:
    """A person visits in a period when anything at all happens in it."""
    return EventSet(None, rule.where) if rule.is_visit else rule


def _seen(facts: FromClause, query: CohortQuery) -> Select[Any]:
    """One row a person and period of the whole history."""
    period = _period_of(facts.c.day, query).label("period")
    return (
        select(
            facts.c.shop_id,
            facts.c.person,
            period,
            func.sum(facts.c.returns).label("returns"),
            func.sum(case((facts.c.returns == 1, facts.c.amount), else_=0)).label("amount"),
            func.min(case((facts.c.starts == 1, facts.c.day))).label("start_day"),
            func.min(case((facts.c.is_event == 1, facts.c.day))).label("event_day"),
        )
        .where(facts.c.person.is_not(None))
        .group_by(facts.c.shop_id, facts.c.person, period)
    )


def _period_of(day: ColumnElement[Any], query: CohortQuery) -> ColumnElement[Any]:
    match query.grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return start_of_week(day, query.first_weekday)
        case Grain.MONTH:
            return start_of_month(day)


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((and_(true(), condition), 1), else_=0)
