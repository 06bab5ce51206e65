"""Which group the customer lists put a visitor in: member tiers and the like."""

from __future__ import annotations

from datetime import date

from sqlalchemy import FromClause, Subquery, and_, func, select

from ecom.schema import customers, events

MEMBER = "member"
"""A property of visits and events that no row of theirs has: it is that of the visitor."""


def members(before: date | None) -> Subquery:
    """The group of each visitor that is known.

    Parameters
    ----------
    before : only who was recognised as a customer before that local day has one. Else those who
        were recognised by buying would all have bought.

    Returns
    -------
    Subquery
        ``shop_id``, ``visitor_id`` and ``member``.
    """
    known = and_(
        customers.c.shop_id == events.c.shop_id,
        customers.c.customer_key == events.c.customer_key,
    )
    limits = [
        events.c.is_current,
        events.c.visitor_id.is_not(None),
        customers.c.is_current,
        customers.c.segment != "",
    ]
    if before is not None:
        limits.append(events.c.event_date < before)
    return (
        select(
            events.c.shop_id,
            events.c.visitor_id,
            # A visitor who is several customers still counts once.
            func.max(customers.c.segment).label(MEMBER),
        )
        .select_from(events.join(customers, known))
        .where(*limits)
        .group_by(events.c.shop_id, events.c.visitor_id)
        .subquery("members")
    )


def with_members(source: FromClause, visited: FromClause, known: FromClause) -> FromClause:
    """The same rows, each beside the group of its visitor.

    Parameters
    ----------
    source : what is read; ``visited`` is in it.
    visited : names the visitor: ``events`` or ``sessions``.
    known : answer of ``members``.
    """
    same = and_(known.c.shop_id == visited.c.shop_id, known.c.visitor_id == visited.c.visitor_id)
    return source.outerjoin(known, same)
