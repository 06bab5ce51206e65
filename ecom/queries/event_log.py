"""What an event log can tell: which kinds of events, and from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import func, select

from ecom.queries.scope import ResolvedScope
from ecom.schema import events, fact_spans
from ecom.store import Store


@dataclass(frozen=True, slots=True)
class EventLog:
    """The log of the scope's shops, as a whole.

    Attributes
    ----------
    common : of the names asked for, those that every shop with a log has.
    missing : the others; a step that one shop never records would stop all its visitors there.
    first_day, last_day : local days.
    shops : those of the scope that have a log.
    """

    common: tuple[str, ...]
    missing: tuple[str, ...]
    first_day: date
    last_day: date
    shops: tuple[str, ...]


def event_names(
    store: Store, resolved: ResolvedScope, *, first: Sequence[str] = ()
) -> tuple[str, ...]:
    """The kinds of events that any of the shops' logs has; ``first`` before the others, by name."""
    found = fact_spans.c
    frame = store.read(
        select(found.event_name)
        .where(
            found.fact == events.name,
            found.event_name.is_not(None),
            found.shop_id.in_(resolved.shops),
        )
        .distinct()
    )
    known = sorted(frame["event_name"])
    return (*(name for name in first if name in known), *(n for n in known if n not in first))


def event_log(store: Store, resolved: ResolvedScope, names: Sequence[str]) -> EventLog | None:
    """Look what the shops' logs have, whatever the period; None without a log.

    Parameters
    ----------
    names : event names that matter, in the order of the answer.
    """
    found = fact_spans.c
    frame = store.read(
        select(
            found.shop_id,
            found.event_name,
            func.min(found.first_day).label("first_day"),
            func.max(found.last_day).label("last_day"),
        )
        .where(
            found.fact == events.name,
            found.event_name.is_not(None),
            found.shop_id.in_(resolved.shops),
        )
        .group_by(found.shop_id, found.event_name)
    )
    if frame.empty:
        return None
    shops = frame["shop_id"].nunique()
    told = frame.groupby("event_name")["shop_id"].nunique()
    common = tuple(name for name in names if told.get(name, 0) == shops)
    return EventLog(
        common=common,
        missing=tuple(name for name in names if name not in common),
        first_day=pd.Timestamp(frame["first_day"].min()).date(),
        last_day=pd.Timestamp(frame["last_day"].max()).date(),
        shops=tuple(sorted(frame["shop_id"].unique())),
    )
