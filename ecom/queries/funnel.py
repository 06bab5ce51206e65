"""What funnels are made of: the events of their steps, by who and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import add
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from ecom.model import Period
from ecom.models.touches import EVERYWHERE, Touches, touches_of, whole_units
from ecom.queries.event_sets import EventSet, Where, conditions, property_of, visits_have
from ecom.queries.members import MEMBER, members, with_members
from ecom.queries.regions import Spellings, spellings
from ecom.queries.scope import within
from ecom.queries.visits import of_visit
from ecom.schema import events, sessions
from ecom.store import Store
from ecom.store.functions import days_between, number_of
from ecom.store.sessionize import STEPS

EPOCH = date(1970, 1, 1)
IN_ORDER = ("unit", "at", "marks", "value")  # engines sort on all cores
_PART = 250_000  # rows handed over at once, which is faster than one large frame

# Who counts as one: columns that name a unit.
UNITS: dict[str, tuple[str, ...]] = {
    "person": ("shop_id", "visitor_id"),
    "session": ("shop_id", "visitor_id", "session_key"),
    "order": ("shop_id", "order_id"),
}


def touches(
    store: Store,
    sets: Sequence[EventSet],
    *,
    unit: str = "person",
    starts: Period | None = None,
    until: date | None = None,
    where: tuple[Where, ...] = (),
    value: str | None = None,
    held: str | None = None,
    any_begins: bool = False,
    firsts_only: bool = False,
    at_steps: bool = False,
    at_once: int | None = None,
) -> Iterator[Touches]:
    """Read the events that belong to any of some sets, by unit and time.

    Parameters
    ----------
    sets : bit k of ``marks`` says that the row belongs to ``sets[k]``. The first set is special:
        only its events on the days of ``starts`` count.
    unit : a key of ``UNITS``; "order" has the events that name an order, and no visits.
    starts, until : local days; nothing before ``starts`` and nothing after ``until`` is read.
    where : holds for every event, and for the visit where a set is the start of a visit.
    value : a property to fetch along. Where a set is the start of a visit, it is taken from visits
        alone if they have it, else from events alone. An order's events have that of their visit.
    held : a second property, as a number; a visit that has none such is of all its values.
    any_begins : no set is special.
    firsts_only : attempts begin with visits, and the sets are met in their order: of a plain visit
        the first event of each set is enough, so that the visits' own columns can tell it.
    at_once : how many events to hand over together, all of a unit's; None: everything. What
        visits' own columns tell comes together all the same.
    """
    bits = {1 << place: one for place, one in enumerate(sets)}
    known = members(None if starts is None else starts.start) if value == MEMBER else None
    same = spellings(store) if value == "region" else Spellings()
    reading = _Reading(unit, starts, until, where, value, held, any_begins, known, same)
    visits = {bit: one for bit, one in bits.items() if one.is_visit}
    actions = {bit: one for bit, one in bits.items() if not one.is_visit}
    is_of_visit = value is not None and visits_tell(value)
    of_visits = bool(visits) and (is_of_visit or (value is not None and not actions))
    is_alone = value is None or (of_visits and not at_steps)
    is_told = (
        firsts_only and is_alone and list(visits) == [1] and _are_told_by_visits(actions, where)
    )
    told = actions if is_told else {}
    parts = []
    if visits:
        parts.append(_visits(visits, reading if of_visits else replace(reading, value=None), told))
    if actions:
        if of_visits:
            reading = replace(reading, value=value if at_steps else None, is_value_of_visit=True)
        elif unit == "order" and is_of_visit:  # orders begin with no visit, but came in one
            reading = replace(reading, is_value_of_visit=True)
        parts.append(_actions(actions, reading, told))
    rows = union_all(*(part.rows(with_value=value is not None) for part in parts))
    labels = _labels(store, parts)
    if told:  # half the rows are alone, which memory tells faster than an engine sorts all
        frames = list(store.read_in_parts(rows, rows=_PART))
        yield touches_of(pd.concat(frames, ignore_index=True), list(told), labels)
        return
    # One more select around them: ClickHouse would order the last part of a union only.
    asked = rows.subquery("asked")
    by = IN_ORDER if value is not None else IN_ORDER[:-1]
    statement = select(asked).order_by(*(asked.c[name] for name in by))
    if at_once is None:
        yield touches_of(store.read(statement), [], labels)
    else:
        for frame in whole_units(store.read_in_parts(statement, rows=at_once)):
            yield touches_of(frame, [], labels)


def visits_tell(name: str) -> bool:
    """Whether visits tell a property."""
    return name == MEMBER or visits_have(name)


def _labels(store: Store, parts: Sequence[_Part]) -> dict[int, str]:
    """The values of the property by the numbers that stand for them."""
    told = [part.labels() for part in parts if part.value is not None]
    if not told:
        return {}
    found = store.read(union_all(*told))
    return dict(zip(found["number"].tolist(), found["label"].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one table; columns are those of ``ecom.models.touches.touches_of``.

    Attributes
    ----------
    who : names the unit.
    marks, value : ``value`` is NULL where there is none.
    later : when the row met further sets, by their bit.
    """

    source: FromClause
    limits: list[ColumnElement[bool]]
    who: list[ColumnElement[str]]
    at: Column[Any]
    day: Column[Any]
    marks: ColumnElement[int]
    value: ColumnElement[str] | None
    held: ColumnElement[int] | None
    later: dict[int, ColumnElement[Any]]

    def rows(self, *, with_value: bool) -> Select[Any]:
        """The rows, nameless: numbers are sorted and handed over far faster than texts."""
        held = [] if self.held is None else [self.held.label("held")]
        value = [_number_or_none(self.value).label("value")] if with_value else []
        return (
            select(
                number_of(*self.who).label("unit"),
                self.at.label("at"),
                cast(self.marks, Integer).label("marks"),
                cast(days_between(literal(EPOCH), self.day), Integer).label("day"),
                *value,
                *held,
                *(moment.label(f"at_{bit}") for bit, moment in self.later.items()),
            )
            .select_from(self.source)
            .where(*self.limits)
        )

    def labels(self) -> Select[Any]:
        """Every value and its ``number``."""
        assert self.value is not None  # asked for with a property alone
        told = (
            select(self.value.label("label"))
            .select_from(self.source)
            .where(*self.limits, self.value.is_not(None))
            .distinct()
            .subquery("told")
        )
        return select(told.c.label, number_of(told.c.label).label("number"))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The arguments of ``touches`` that hold for visits and events alike.

    Attributes
    ----------
    members : tells the property where it is one of the visitor.
    spellings : which names of regions are one.
    is_value_of_visit : events have the property of their visit.
    """

    unit: str
    starts: Period | None
    until: date | None
    where: tuple[Where, ...]
    value: str | None
    held: str | None
    any_begins: bool
    members: FromClause | None
    spellings: Spellings
    is_value_of_visit: bool = False

    def marks(self, sets: dict[int, EventSet], day: Column[Any]) -> ColumnElement[int]:
        """The bits of the sets that a row belongs to."""
        belongs = {bit: one.condition() for bit, one in sets.items()}
        if self.starts is not None and not self.any_begins and 1 in belongs:
            belongs[1] = and_(belongs[1], within(day, self.starts))
        events_of = [one.event for one in sets.values()]
        if None not in events_of and len(set(events_of)) == len(events_of):
            # A row belongs to one of them, so that engines need not ask of the others.
            return case(*((condition, bit) for bit, condition in belongs.items()), else_=0)
        return reduce(add, (case((one, bit), else_=0) for bit, one in belongs.items()))

    def property_of(self, table: Table) -> ColumnElement[str] | None:
        """The property to fetch."""
        if self.value is None:
            return None
        if self.members is not None:
            return self.members.c[MEMBER]
        told = sessions if self.is_value_of_visit else table
        return self.spellings.joined(cast(property_of(told, self.value), String))

    def source(self, source: FromClause, table: Table) -> FromClause:
        """What is read, with what tells the property beside it."""
        if self.value is None or self.members is None:
            return source
        return with_members(source, table, self.members)

    def held_of(self, table: Table) -> ColumnElement[int] | None:
        """The number of the property that is to stay the same."""
        if self.held is None:
            return None
        if table is sessions and not visits_have(self.held):
            return literal(EVERYWHERE, BigInteger)
        return _number_or_none(cast(property_of(table, self.held), String))

    def limits(self, day: Column[Any]) -> list[ColumnElement[bool]]:
        """Which rows to read."""
        limits = conditions(day.table, self.where)
        if self.starts is not None:
            limits.append(day >= self.starts.start)
        if self.until is not None:
            limits.append(day <= self.until)
        return limits


def _visits(sets: dict[int, EventSet], reading: _Reading, told: dict[int, EventSet]) -> _Part:
    """The starts of visits; plain visits tell as well when they first met the sets in ``told``."""
    visit, limits = sessions.c, reading.limits(sessions.c.session_date)
    if not told:  # else visits are read for what was done in them, too
        limits.append(_any_of(sets))
    return _Part(
        source=reading.source(sessions, sessions),
        limits=limits,
        who=[visit[name] for name in UNITS[reading.unit]],
        at=visit.started_at,
        day=visit.session_date,
        marks=reading.marks(sets, visit.session_date),
        value=reading.property_of(sessions),
        held=reading.held_of(sessions),
        later={
            bit: case((visit.is_plain, visit[f"first_{one.event}_at"])) for bit, one in told.items()
        },
    )


def _actions(sets: dict[int, EventSet], reading: _Reading, told: dict[int, EventSet]) -> _Part:
    """Events, all or only those of visits that are not plain, where the plain ones have told."""
    limits = [events.c.is_current, _any_of(sets), *reading.limits(events.c.event_date)]
    source: FromClause = events
    if reading.unit == "session" or told:
        source = events.join(sessions, of_visit(sessions))
    elif reading.value and reading.is_value_of_visit:  # events outside visits have none
        source = events.outerjoin(sessions, of_visit(sessions))
    if reading.unit == "order":
        limits.append(events.c.order_id != "")
    else:
        limits.append(events.c.visitor_id.is_not(None))
    who: list[ColumnElement[str]] = [
        sessions.c[name] if name == "session_key" else events.c[name]
        for name in UNITS[reading.unit]
    ]
    if told:
        limits.append(~sessions.c.is_plain)
    return _Part(
        source=reading.source(source, events),
        limits=limits,
        who=who,
        at=events.c.event_at,
        day=events.c.event_date,
        marks=reading.marks(sets, events.c.event_date),
        value=reading.property_of(events),
        held=reading.held_of(events),
        later={bit: cast(null(), DateTime) for bit in told},
    )


def _number_or_none(text: ColumnElement[str] | None) -> ColumnElement[int]:
    """The number of a text; -1 where there is none."""
    none: ColumnElement[int] = literal(-1, BigInteger)
    return none if text is None else case((text.is_(None), none), else_=number_of(text))


def _any_of(sets: dict[int, EventSet]) -> ColumnElement[bool]:
    return or_(*(one.condition() for one in sets.values()))


def _are_told_by_visits(actions: dict[int, EventSet], where: tuple[Where, ...]) -> bool:
    """Whether visits keep when each of these sets was first met, and in this order."""
    names = [one.event for _, one in sorted(actions.items())]
    return (
        names == [step for step in STEPS if step in names]
        and not any(one.where for one in actions.values())
        and all(one.property == "shop_id" for one in where)
    )
