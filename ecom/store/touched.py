"""Whom and which orders a batch touches: written down once, then read by all that is derived.

The rows of the batch, and the rows of other batches that stand against them, still stand in the
fact tables and say it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    union,
    union_all,
)

from ecom.schema import FACTS, events, orders, sessions, touched_orders, touched_visitors
from ecom.settings import Settings
from ecom.store.functions import seconds_between

_NUMBERED = "#"  # how keys of visits begin that no export named


@dataclass(frozen=True, slots=True)
class Visitors:
    """The rows of ``touched_visitors``.

    Attributes
    ----------
    since : no visit that ends before changes; None: any may. It lets an engine skip old blocks.
    """

    since: datetime | None

    def join(self, source: FromClause, facts: FromClause) -> FromClause:
        """A source joined with the visitors by those of the facts in it."""
        who = touched_visitors.c
        return source.join(
            touched_visitors,
            and_(who.shop_id == facts.c.shop_id, who.visitor_id == facts.c.visitor_id),
        )

    def from_then_on(self, moment: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Conditions for a moment at which something of a visitor may have changed."""
        since = touched_visitors.c.since
        conditions: list[ColumnElement[bool]] = [or_(since.is_(None), moment >= since)]
        if self.since is not None:
            conditions.append(moment >= self.since)
        return conditions


def write_visitors(
    connection: Connection, batch_id: int, settings: Settings, *, has_rivals: bool
) -> Visitors:
    """Fill ``touched_visitors`` for a batch of events.

    Visits that end more than a session gap before a visitor's first touched event can't change, as
    long as no export names visits: such a name may reach over any time, so all are done again then.

    Parameters
    ----------
    has_rivals : whether other batches hold events of the same ids.
    """
    touched = _touched_events(batch_id, has_rivals=has_rivals)
    who = (
        select(
            touched.c.shop_id,
            touched.c.visitor_id,
            func.min(touched.c.event_at).label("first_at"),
            func.max(case((touched.c.session_id != "", 1), else_=0)).label("is_named"),
        )
        .where(touched.c.visitor_id.is_not(None))
        .group_by(touched.c.shop_id, touched.c.visitor_id)
        .subquery("who")
    )
    gap = settings.session_gap_minutes * 60
    stays = seconds_between(sessions.c.ended_at, who.c.first_at) > gap
    is_named = or_(
        func.max(who.c.is_named) == 1,
        func.max(case((~sessions.c.session_key.startswith(_NUMBERED), 1), else_=0)) == 1,
    )
    since = func.least(
        func.min(who.c.first_at),
        func.min(case((~stays, sessions.c.started_at), else_=who.c.first_at)),
    )
    connection.execute(delete(touched_visitors))
    _fill(
        connection,
        touched_visitors,
        select(
            who.c.shop_id,
            who.c.visitor_id,
            case((is_named, null()), else_=since).label("since"),
            case((is_named, 0), else_=func.sum(case((stays, 1), else_=0))).label("visits"),
        )
        .select_from(
            who.outerjoin(
                sessions,
                and_(
                    sessions.c.shop_id == who.c.shop_id, sessions.c.visitor_id == who.c.visitor_id
                ),
            )
        )
        .group_by(who.c.shop_id, who.c.visitor_id),
    )
    column = touched_visitors.c.since
    first, known, count = connection.execute(
        select(func.min(column), func.count(column), func.count()).select_from(touched_visitors)
    ).one()
    return Visitors(first if known == count else None)


def write_orders(
    connection: Connection, batch_id: int, tables: Collection[str], visitors: Visitors | None
) -> None:
    """Fill ``touched_orders`` with the orders that a batch's rows say something about.

    Parameters
    ----------
    visitors : those whose visits were done again; None for all, or where there are no events.
    """
    connection.execute(delete(touched_orders))
    _fill(
        connection,
        touched_orders,
        union(*(_orders_of(name, batch_id, visitors) for name in sorted(tables))),
    )


def _touched_events(batch_id: int, *, has_rivals: bool) -> FromClause:
    mine = events.alias("mine")
    names = ("shop_id", "visitor_id", "event_at", "session_id")
    own = select(*(mine.c[name] for name in names)).where(mine.c.batch_id == batch_id)
    if not has_rivals:
        return own.subquery("touched")
    rival = events.alias("rival")
    others = (
        select(*(rival.c[name] for name in names))
        .join(mine, and_(*(mine.c[name] == rival.c[name] for name in events.info["key"])))
        .where(mine.c.batch_id == batch_id, rival.c.batch_id != batch_id)
    )
    return union_all(own, others).subquery("touched")


def _orders_of(name: str, batch_id: int, visitors: Visitors | None) -> Select[Any]:
    """The orders (shop_id, order_id) that a batch's rows of a table say something about."""
    table = FACTS[name]
    if name == "customers":
        return select(orders.c.shop_id, orders.c.order_id).join(
            table,
            and_(
                table.c.shop_id == orders.c.shop_id,
                table.c.customer_key == orders.c.customer_key,
                table.c.batch_id == batch_id,
            ),
        )
    named = select(table.c.shop_id, table.c.order_id).where(table.c.order_id != "")
    if name == "events" and visitors is not None:
        # A new event can move the visit that an earlier order was placed in.
        return named.select_from(visitors.join(table, table)).where(
            table.c.event_name == "purchase", *visitors.from_then_on(table.c.event_at)
        )
    return named.where(table.c.batch_id == batch_id)


def _fill(connection: Connection, table: Any, rows: Any) -> None:
    connection.execute(
        insert(table).from_select([column.name for column in rows.selected_columns], rows)
    )
