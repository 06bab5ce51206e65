"""Which visit an event belongs to."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, func, or_

from ecom.model import Period
from ecom.schema import events


def of_visit(visit: FromClause) -> ColumnElement[bool]:
    """The condition that an event belongs to a visit: the one it names, else the one it falls in.

    Parameters
    ----------
    visit : ``sessions``, or a query with its keys and times.
    """
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


def with_next_day(period: Period) -> Period:
    """The days that events of a period's visits are on: a visit may go on past midnight."""
    return Period(period.start, period.shift(1).end)
