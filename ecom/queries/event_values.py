"""What a step can be narrowed to: the values that its events have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Select, func, literal, select, union_all

from ecom.queries.event_sets import property_of
from ecom.queries.scope import ResolvedScope, within
from ecom.schema import events
from ecom.store import Store

MOST_VALUES = 100


def event_values(
    store: Store, resolved: ResolvedScope, *, events_named: Sequence[str], properties: Sequence[str]
) -> pd.DataFrame:
    """The values of properties in the period's events, the most frequent ones.

    Returns
    -------
    pandas.DataFrame
        ``event``, ``property``, ``value`` and how often (``times``); of each event and property the
        ``MOST_VALUES`` with most events, of equals by name.
    """
    if not events_named or not properties:
        return pd.DataFrame(columns=["event", "property", "value", "times"])
    frame = store.read(
        union_all(*(_counted(resolved, name, events_named) for name in properties))
    ).sort_values(["event", "property", "times", "value"], ascending=[True, True, False, True])
    return frame.groupby(["event", "property"]).head(MOST_VALUES).reset_index(drop=True)


def _counted(resolved: ResolvedScope, name: str, events_named: Sequence[str]) -> Select[Any]:
    value = property_of(events, name)
    counted = (
        select(
            events.c.event_name.label("event"),
            literal(name).label("property"),
            value.label("value"),
            func.times().label("times"),
        )
        .where(
            events.c.is_current,
            events.c.shop_id.in_(resolved.shops),
            within(events.c.event_date, resolved.period),
            events.c.event_name.in_(events_named),
            value.is_not(None),
        )
        .group_by(events.c.event_name, value)
        .subquery()
    )
    place = func.row_number().over(
        partition_by=counted.c.event, order_by=(counted.c.times.desc(), counted.c.value)
    )
    ranked = select(counted, place.label("place")).subquery()
    return select(ranked.c.event, ranked.c.property, ranked.c.value, ranked.c.times).where(
        ranked.c.place <= MOST_VALUES
    )
