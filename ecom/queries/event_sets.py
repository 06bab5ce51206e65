"""Sets of events, described by name and properties, and how they are asked of the store.

A property is a column of ``events`` (of ``sessions`` for visits) or else a key of the event's own
JSON ``properties``. Values are compared as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, String, Table, and_, cast, func, null, true

from ecom.errors import InvalidParameter
from ecom.schema import PROVENANCE, events, sessions
from ecom.store.functions import json_text, number_in
from ecom.text import message

VISIT = "visit"  # the start of a session, which no event log has as an event

_HIDDEN = frozenset((*PROVENANCE, "properties"))


@dataclass(frozen=True, slots=True)
class Where:
    """A property has one of these values; ``None`` among them means that it has none."""

    property: str
    values: tuple[str | None, ...]

    @classmethod
    def is_(cls, name: str, *values: str | None) -> Where:
        """``Where.is_("browser", "Safari", "Chrome")``."""
        return cls(name, values)


@dataclass(frozen=True, slots=True)
class Between:
    """A property is a number in a band, such as a price band of ``value``.

    Attributes
    ----------
    at_least, below : the band's bounds, the lower one in it; None: no bound.
    """

    property: str
    at_least: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EventSet:
    """Events of one name, narrowed by properties.

    Attributes
    ----------
    event : a name in ``events.event_name``; None: any event; ``VISIT``: the start of a visit.
    where : all of these must hold.
    """

    event: str | None
    where: tuple[Where | Between, ...] = ()

    @property
    def is_visit(self) -> bool:
        """Whether it is answered by ``sessions``."""
        return self.event == VISIT

    def condition(self) -> ColumnElement[bool]:
        """What a row of ``events`` (of ``sessions`` for visits) must satisfy."""
        table = sessions if self.is_visit else events
        parts = conditions(table, self.where)
        if self.event is not None and not self.is_visit:
            parts.append(events.c.event_name == self.event)
        return and_(true(), *parts)


def conditions(table: Table, where: tuple[Where | Between, ...]) -> list[ColumnElement[bool]]:
    """The SQL of property filters.

    Raises
    ------
    InvalidParameter
        A visit has no such property.
    """
    return [
        _is_in(table, one)
        if isinstance(one, Between)
        else _matches(property_of(table, one.property), one.values)
        for one in where
    ]


def property_of(table: Table, name: str) -> ColumnElement[str]:
    """A property as text; NULL where it is missing or empty."""
    if name in table.c and name not in _HIDDEN:
        column = table.c[name]
        plain = column if isinstance(column.type, String) else cast(column, String)
        return func.nullif(plain, "")
    if table is sessions:
        raise InvalidParameter(
            message("A visit has no property “{given}”.", given=name),
            message(
                "Use one of {choices}, or start the funnel with an event.",
                choices=", ".join(sorted(column.name for column in sessions.columns)),
            ),
        )
    if name in sessions.c and name not in events.c:
        return cast(null(), String)  # known of the visit as a whole, not of its events
    return func.nullif(json_text(events.c.properties, name), "")


def visits_have(name: str) -> bool:
    """Whether a visit has such a property."""
    return name in sessions.c and name not in _HIDDEN


def _is_in(table: Table, band: Between) -> ColumnElement[bool]:
    number: ColumnElement[Any] = number_in(property_of(table, band.property))
    if band.property in table.c and isinstance(table.c[band.property].type, Numeric):
        number = table.c[band.property]
    bounds: list[ColumnElement[bool]] = [number.is_not(None)]
    if band.at_least is not None:
        bounds.append(number >= band.at_least)
    if band.below is not None:
        bounds.append(number < band.below)
    return and_(*bounds)


def _matches(value: ColumnElement[str], wanted: tuple[str | None, ...]) -> ColumnElement[bool]:
    named = [str(one) for one in wanted if one is not None]
    found = value.in_(named)
    return found | value.is_(None) if None in wanted else found
