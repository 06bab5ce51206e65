"""What an event log can tell: which kinds of events, and from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import func, select

from ecom.queries.scope import ResolvedScope
from ecom.schema import events
from ecom.store import Store


@dataclass(frozen=True, slots=True)
class EventLog:
    """The log of the scope's shops, as a whole.

    Attributes
    ----------
    common : of the names asked for, those that every shop with a log has.
    missing : the others; a step that one shop never records would stop all its visitors there.
    first_day, last_day : local days.
    """

    common: tuple[str, ...]
    missing: tuple[str, ...]
    first_day: date
    last_day: date


def event_log(store: Store, resolved: ResolvedScope, names: Sequence[str]) -> EventLog | None:
    """Look what the shops' logs have, whatever the period; None without a log.

    Parameters
    ----------
    names : event names that matter, in the order of the answer.
    """
    frame = store.read(
        select(
            events.c.shop_id,
            events.c.event_name,
            func.min(events.c.event_date).label("first_day"),
            func.max(events.c.event_date).label("last_day"),
        )
        .where(
            events.c.is_current,
            events.c.visitor_id.is_not(None),
            events.c.shop_id.in_(resolved.shops),
        )
        .group_by(events.c.shop_id, events.c.event_name)
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
    )
