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
    store: Store, resolved: ResolvedScope, event: str, *, properties: Sequence[str]
) -> pd.DataFrame:
    """The values of properties in the period's events of one name, the most frequent ones.

    Parameters
    ----------
    properties : at least one.

    Returns
    -------
    pandas.DataFrame
        ``property``, ``value`` and how often (``times``); of each property the ``MOST_VALUES`` with
        most events, of equals by name.
    """
    frame = store.read(union_all(*(_counted(resolved, event, name) for name in properties)))
    order = {"property": True, "times": False, "value": True}
    return frame.sort_values(list(order), ascending=list(order.values()), ignore_index=True)


def _counted(resolved: ResolvedScope, event: str, name: str) -> Select[Any]:
    value, times = property_of(events, name), func.count()
    return (
        select(literal(name).label("property"), value.label("value"), times.label("times"))
        .where(
            events.c.is_current,
            events.c.shop_id.in_(resolved.shops),
            within(events.c.event_date, resolved.period),
            events.c.event_name == event,
            value.is_not(None),
        )
        .group_by(value)
        .order_by(times.desc(), value)
        .limit(MOST_VALUES)
        .subquery()
        .select()
    )
