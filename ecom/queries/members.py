"""Which group the customer lists put a visitor in: member tiers and the like."""

from __future__ import annotations

from sqlalchemy import FromClause, Subquery, and_, func, select

from ecom.schema import customers, events

MEMBER = "member"
"""A property of visits and events that no row of theirs has: it is that of the visitor."""


def _members() -> Subquery:
    known = and_(
        customers.c.shop_id == events.c.shop_id,
        customers.c.customer_key == events.c.customer_key,
    )
    return (
        select(
            events.c.shop_id,
            events.c.visitor_id,
            # A visitor who is several customers still counts once.
            func.max(customers.c.segment).label(MEMBER),
        )
        .select_from(events.join(customers, known))
        .where(
            events.c.is_current,
            events.c.visitor_id.is_not(None),
            customers.c.is_current,
            customers.c.segment != "",
        )
        .group_by(events.c.shop_id, events.c.visitor_id)
        .subquery("members")
    )


MEMBERS = _members()
"""Columns ``shop_id``, ``visitor_id`` and ``member``, of visitors whose group is known."""


def with_members(source: FromClause, visited: FromClause) -> FromClause:
    """The same rows, each beside the group of its visitor.

    Parameters
    ----------
    source : what is read; ``visited`` is in it.
    visited : names the visitor: ``events`` or ``sessions``.
    """
    same = and_(
        MEMBERS.c.shop_id == visited.c.shop_id, MEMBERS.c.visitor_id == visited.c.visitor_id
    )
    return source.outerjoin(MEMBERS, same)
