"""Cohort members and their returns, counted in the engine: one small row per cohort and period."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from ecom.model import Grain
from ecom.queries.cohort_query import CohortQuery, Criteria, Membership, Source
from ecom.queries.customers import customer_sales, passes_filters
from ecom.queries.event_sets import EventSet, conditions
from ecom.queries.scope import ResolvedScope, in_currency
from ecom.schema import events
from ecom.store import Store
from ecom.store.functions import start_of_month, start_of_week


def cohort_counts(store: Store, resolved: ResolvedScope, query: CohortQuery) -> pd.DataFrame:
    """Count members and returns.

    Every person is first reduced to one row a period, so what is paired is people × active
    periods; the pairs never leave the engine.

    Returns
    -------
    DataFrame
        ``cohort`` (first day of its period), ``period`` (of the return; NaT in the row that holds
        the cohort's size), ``people``, ``amount`` (paid by members in that period, the cohort's
        own included). For ``ON_OR_AFTER`` a person counts once, in the last period of a return.
    """
    seen = _seen(_facts(resolved, query), query).cte("seen")
    members = _members(seen, query).cte("members")
    pairs = _pairs(seen, members, query).subquery("pairs")
    sizes = select(
        members.c.cohort,
        null().cast(Date).label("period"),
        func.count().label("people"),
        literal(0.0).label("amount"),
    ).group_by(members.c.cohort)
    returns = select(
        pairs.c.cohort,
        pairs.c.period,
        func.sum(pairs.c.counts).label("people"),
        func.sum(pairs.c.amount).label("amount"),
    ).group_by(pairs.c.cohort, pairs.c.period)
    frame = store.read(union_all(sizes, returns))
    return frame.assign(
        cohort=pd.to_datetime(frame["cohort"]),
        period=pd.to_datetime(frame["period"]),
        people=frame["people"].astype("int64"),
        amount=frame["amount"].astype("float64"),
    )


def _facts(resolved: ResolvedScope, query: CohortQuery) -> FromClause:
    """What happened: shop_id, person, day, amount, and whether it starts, returns, is the event."""
    last_day = query.end_of(query.reach[-1])
    if query.source is Source.SALES:
        sales = customer_sales(resolved, until=last_day)
        return select(
            literal("").label("shop_id"),  # a customer is the same person in every shop
            sales.c.customer.label("person"),
            sales.c.day,
            sales.c.amount,
            _flag(passes_filters(resolved, sales)).label("starts"),
            literal(1).label("returns"),
            literal(1).label("is_event"),
        ).subquery("facts")
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
            events.c.event_date <= last_day,
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


def _members(seen: CTE, query: CohortQuery) -> Select[Any]:
    """One row a person and cohort it belongs to."""
    first, last = query.starts[0], query.starts[-1]
    if query.membership is Membership.RECURRING:
        return select(seen.c.shop_id, seen.c.person, seen.c.period.label("cohort")).where(
            seen.c.start_day.is_not(None), seen.c.period.between(first, last)
        )
    cohort = func.min(case((seen.c.start_day.is_not(None), seen.c.period)))
    statement = (
        select(seen.c.shop_id, seen.c.person, cohort.label("cohort"))
        .group_by(seen.c.shop_id, seen.c.person)
        .having(cohort.between(first, last))
    )
    if query.membership is Membership.FIRST_EVER:
        statement = statement.having(func.min(seen.c.start_day) == func.min(seen.c.event_day))
    return statement


def _pairs(seen: CTE, members: CTE, query: CohortQuery) -> Select[Any]:
    """One row a member and period from the cohort's own on; ``counts`` 1 where it is a return."""
    is_return = and_(seen.c.period > members.c.cohort, seen.c.returns >= query.min_occurrences)
    if query.criteria is Criteria.ON_OR_AFTER:
        last = func.max(case((is_return, seen.c.period))).over(
            partition_by=(members.c.shop_id, members.c.person, members.c.cohort)
        )
        is_return = and_(is_return, seen.c.period == last)
    return select(
        members.c.cohort, seen.c.period, seen.c.amount, _flag(is_return).label("counts")
    ).join_from(
        members,
        seen,
        and_(
            seen.c.shop_id == members.c.shop_id,
            seen.c.person == members.c.person,
            seen.c.period >= members.c.cohort,
        ),
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
