"""What funnels are made of: the events of their steps, as narrow rows sorted by who and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import add
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from ecom.model import Period
from ecom.queries.event_sets import EventSet, Where, conditions, property_of
from ecom.queries.scope import within
from ecom.schema import events, sessions
from ecom.store import Store
from ecom.store.functions import days_between
from ecom.store.sessionize import STEPS

EPOCH = date(1970, 1, 1)

# Who counts as one: columns that name a unit.
UNITS: dict[str, tuple[str, ...]] = {
    "person": ("shop_id", "visitor_id"),
    "session": ("shop_id", "visitor_id", "session_key"),
}


@dataclass(frozen=True, eq=False, slots=True)
class Touches:
    """Events that belong to some sets.

    Attributes
    ----------
    rows : ``unit`` (a number), ``at`` (UTC), ``marks`` (bits of the sets), ``day`` (days since
        1970) and ``value`` (position in ``labels``, -1 for none); sorted by unit, then time.
    labels : the values of the property asked for.
    """

    rows: pd.DataFrame
    labels: tuple[str, ...] = ()


def touches(
    store: Store,
    sets: Sequence[EventSet],
    *,
    unit: str = "person",
    starts: Period | None = None,
    until: date | None = None,
    where: tuple[Where, ...] = (),
    value: str | None = None,
    firsts_only: bool = False,
) -> Touches:
    """Read the events that belong to any of some sets, by unit and time.

    Parameters
    ----------
    sets : bit k of ``marks`` says that the row belongs to ``sets[k]``. The first set is special:
        only its events on the days of ``starts`` count.
    unit : a key of ``UNITS``.
    starts, until : local days; nothing before ``starts`` and nothing after ``until`` is read.
    where : holds for every event, and for the visit where a set is the start of a visit.
    value : a property to fetch along; taken from visits only where a set is the start of a visit.
    firsts_only : attempts begin with visits, and the sets are met in their order: of a plain visit
        the first event of each set is enough, so that the visits' own columns can tell it.
    """
    bits = {1 << place: one for place, one in enumerate(sets)}
    reading = _Reading(unit, starts, until, where, value)
    visits = {bit: one for bit, one in bits.items() if one.is_visit}
    actions = {bit: one for bit, one in bits.items() if not one.is_visit}
    parts = []
    if visits:
        parts.append(_visits(visits, reading))
        reading = replace(reading, value=None)
    if actions:
        is_told = firsts_only and bool(visits) and _are_told_by_visits(actions, where)
        if is_told:
            parts += [_first_actions(bit, one, reading) for bit, one in actions.items()]
        parts.append(_actions(actions, reading, of_plain_visits=not is_told))
    touch = union_all(*parts).cte("touch")
    # Numbering units and values once is far cheaper than sorting and handing over their texts.
    who = [touch.c[name] for name in UNITS[unit]]
    units = _numbered(select(*who).distinct(), "unit")
    source = touch.join(units, and_(*(units.c[column.name] == column for column in who)))
    code: ColumnElement[int] = literal(-1)
    # Down to the last column, so that the same store always gives the same answer.
    order: list[ColumnElement[Any]] = [units.c.unit, touch.c.at, touch.c.marks]
    labels = ()
    if value is not None:
        told = select(touch.c.value).where(touch.c.value.is_not(None)).distinct()
        values = _numbered(told, "code", in_order=True)
        source = source.outerjoin(values, values.c.value == touch.c.value)
        code = func.coalesce(values.c.code, -1)
        order.append(values.c.code)
        labels = tuple(store.read(select(values.c.value).order_by(values.c.code))["value"])
    rows = store.read(
        select(units.c.unit, touch.c.at, touch.c.marks, touch.c.day, code.label("value"))
        .select_from(source)
        .order_by(*order)
    )
    return Touches(rows, labels)


def _numbered(distinct: Select[Any], name: str, *, in_order: bool = False) -> CTE:
    """Number rows from 0; in their own order where another query must give the same numbers."""
    rows = distinct.subquery()
    number = func.row_number().over(order_by=tuple(rows.c) if in_order else None) - 1
    return select(*rows.c, cast(number, Integer).label(name)).cte(f"numbered_{name}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """The arguments of ``touches`` that hold for visits and events alike."""

    unit: str
    starts: Period | None
    until: date | None
    where: tuple[Where, ...]
    value: str | None

    def columns(
        self, sets: dict[int, EventSet], at: Column[Any], day: Column[Any]
    ) -> list[ColumnElement[Any]]:
        """When, which sets, and the property."""
        flags: list[ColumnElement[Any]] = []
        for bit, one in sets.items():
            belongs = one.condition()
            if bit == 1 and self.starts is not None:
                belongs = and_(belongs, within(day, self.starts))
            flags.append(case((belongs, bit), else_=0))
        marks = reduce(add, flags)
        value = null() if self.value is None else property_of(at.table, self.value)
        return [
            at.label("at"),
            cast(marks, Integer).label("marks"),
            _days(day),
            cast(value, String).label("value"),
        ]

    def conditions(self, sets: dict[int, EventSet], day: Column[Any]) -> list[ColumnElement[bool]]:
        """Which rows to read."""
        limits = [or_(*(one.condition() for one in sets.values()))]
        limits += conditions(day.table, self.where)
        return limits + self.on_days(day)

    def on_days(self, day: Column[Any]) -> list[ColumnElement[bool]]:
        """Which days to read."""
        limits: list[ColumnElement[bool]] = []
        if self.starts is not None:
            limits.append(day >= self.starts.start)
        if self.until is not None:
            limits.append(day <= self.until)
        return limits


def _days(day: Column[Any]) -> ColumnElement[int]:
    return cast(days_between(literal(EPOCH), day), Integer).label("day")


def _visits(sets: dict[int, EventSet], reading: _Reading) -> Select[Any]:
    at, day = sessions.c.started_at, sessions.c.session_date
    who = [sessions.c[name] for name in UNITS[reading.unit]]
    return select(*who, *reading.columns(sets, at, day)).where(*reading.conditions(sets, day))


def _are_told_by_visits(actions: dict[int, EventSet], where: tuple[Where, ...]) -> bool:
    """Whether visits keep when each of these sets was first met, and in this order."""
    names = [one.event for _, one in sorted(actions.items())]
    return (
        names == [step for step in STEPS if step in names]
        and not any(one.where for one in actions.values())
        and all(one.property == "shop_id" for one in where)
    )


def _first_actions(bit: int, one: EventSet, reading: _Reading) -> Select[Any]:
    """When plain visits first met a set."""
    at, day = sessions.c[f"first_{one.event}_at"], sessions.c.session_date
    limits = [sessions.c.is_plain, at.is_not(None), *conditions(sessions, reading.where)]
    return select(
        *(sessions.c[name] for name in UNITS[reading.unit]),
        at.label("at"),
        literal(bit, Integer).label("marks"),
        _days(day),
        cast(null(), String).label("value"),
    ).where(*limits, *reading.on_days(day))


def _actions(
    sets: dict[int, EventSet], reading: _Reading, *, of_plain_visits: bool = True
) -> Select[Any]:
    """Events, those of visits that are not plain alone or all."""
    at, day = events.c.event_at, events.c.event_date
    who: list[ColumnElement[Any]] = [events.c.shop_id, events.c.visitor_id]
    source: FromClause = events
    if reading.unit == "session" or not of_plain_visits:
        source = events.join(sessions, of_visit())
    if reading.unit == "session":
        who.append(sessions.c.session_key)
    of_visits = [] if of_plain_visits else [~sessions.c.is_plain]
    return (
        select(*who, *reading.columns(sets, at, day))
        .select_from(source)
        .where(
            events.c.is_current,
            events.c.visitor_id.is_not(None),
            *reading.conditions(sets, day),
            *of_visits,
        )
    )


def of_visit(visit: FromClause = sessions) -> ColumnElement[bool]:
    """Which visit an event belongs to: the one it names, else the one it falls in."""
    named = func.coalesce(events.c.session_id, "") != ""
    return and_(
        visit.c.shop_id == events.c.shop_id,
        visit.c.visitor_id == events.c.visitor_id,
        events.c.event_at.between(visit.c.started_at, visit.c.ended_at),
        or_(
            and_(named, visit.c.session_key == events.c.session_id),
            and_(~named, visit.c.session_key.startswith("#")),
        ),
    )
