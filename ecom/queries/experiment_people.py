"""The people of experiments: to which variant each belongs, and what each did around it.

A person belongs to the variant seen, and to none where there were several: what such a person did
says nothing about either. Visitors of the event log are followed through their visits, customers
(assignments that name no visitor) through their paid orders.
"""

from __future__ import annotations

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from ecom.queries.scope import ResolvedScope, in_currency
from ecom.schema import documents, experiment_assignments, order_sessions, orders, sessions
from ecom.store.functions import seconds_between

_DAY_SECONDS = 86_400
WHO = ("experiment", "shop_id", "unit", "visitor_id")


def assigned_to_shops(resolved: ResolvedScope) -> list[ColumnElement[bool]]:
    """The condition that an assignment counts."""
    table = experiment_assignments
    return [
        table.c.is_current,
        table.c.shop_id.in_(resolved.shops),
        func.coalesce(table.c.visitor_id, "") != "",
    ]


def people_of(resolved: ResolvedScope, *, window_days: int, before_days: int) -> CTE:
    """One row a person and experiment: the first assignment, and what was done around it."""
    assigned = _assigned(resolved)
    window, before = (days * _DAY_SECONDS for days in (window_days, before_days))
    bought = _bought(resolved, assigned, window=window, before=before)
    returned = _returned(assigned, window=window)
    visited = _visited(assigned, window=window)
    source: FromClause = assigned
    for part in (bought, returned, visited):
        same = and_(*(part.c[name] == assigned.c[name] for name in WHO))
        source = source.outerjoin(part, same)
    return (
        select(
            *assigned.c,
            *(
                func.coalesce(part.c[name], 0).label(name)
                for part, names in (
                    (bought, ("bought", "revenue", "before")),
                    (returned, ("ordered", "refunded")),
                    (visited, ("seen", "bounced")),
                )
                for name in names
            ),
            bought.c.bought_on,
        )
        .select_from(source)
        .cte("people")
    )


def _assigned(resolved: ResolvedScope) -> CTE:
    """The first assignment of each person, and how many variants were seen."""
    row = experiment_assignments.c
    who = [row[name] for name in WHO]
    return (
        select(
            *who,
            func.min(row.variant).label("variant"),
            func.count(func.distinct(row.variant)).label("variants"),
            func.min(row.assigned_at).label("at"),
            func.min(row.assigned_date).label("day"),
            func.max(row.planned_share).label("planned_share"),
            func.max(row.planned_visitors).label("planned_visitors"),
        )
        .where(*assigned_to_shops(resolved))
        .group_by(*who)
        .cte("assigned")
    )


def _bought(resolved: ResolvedScope, assigned: CTE, *, window: int, before: int) -> Subquery:
    """Whether, when and for how much people bought in the window, and before."""
    purchases = union_all(
        select(
            literal("visitor", String).label("unit"),
            sessions.c.shop_id,
            sessions.c.visitor_id,
            sessions.c.first_purchase_at.label("at"),
            sessions.c.session_date.label("day"),
            cast(
                case((in_currency(resolved, sessions), func.coalesce(sessions.c.revenue, 0))),
                Double,
            ).label("amount"),
        ).where(sessions.c.first_purchase_at.is_not(None)),
        _customer_orders(
            documents.c.paid_at.label("at"),
            documents.c.day,
            cast(
                case((in_currency(resolved, documents), func.coalesce(documents.c.paid_amount, 0))),
                Double,
            ).label("amount"),
        ),
    ).cte("purchases")
    elapsed = seconds_between(assigned.c.at, purchases.c.at)
    inside, earlier = elapsed.between(0, window), and_(elapsed < 0, elapsed >= -before)
    amount = func.coalesce(purchases.c.amount, 0)
    return _by_person(
        assigned,
        purchases,
        func.max(case((inside, 1), else_=0)).label("bought"),
        func.min(case((inside, purchases.c.day))).label("bought_on"),
        func.sum(case((inside, amount), else_=0)).label("revenue"),
        func.sum(case((earlier, amount), else_=0)).label("before"),
    ).subquery("bought")


def _returned(assigned: CTE, *, window: int) -> Subquery:
    """Whether people's orders of the window are known with their refunds, and any was refunded."""
    refunded = case((func.coalesce(documents.c.refunded_amount, 0) > 0, 1), else_=0)
    placed = union_all(
        select(
            literal("visitor", String).label("unit"),
            order_sessions.c.shop_id,
            order_sessions.c.visitor_id,
            documents.c.paid_at.label("at"),
            refunded.label("refunded"),
        )
        .join_from(
            order_sessions,
            documents,
            and_(
                documents.c.shop_id == order_sessions.c.shop_id,
                documents.c.order_id == order_sessions.c.order_id,
            ),
        )
        .where(documents.c.kind == "sale", documents.c.paid_at.is_not(None)),
        _customer_orders(documents.c.paid_at.label("at"), refunded.label("refunded")),
    ).cte("placed")
    inside = seconds_between(assigned.c.at, placed.c.at).between(0, window)
    return _by_person(
        assigned,
        placed,
        func.max(case((inside, 1), else_=0)).label("ordered"),
        func.max(case((inside, placed.c.refunded), else_=0)).label("refunded"),
    ).subquery("returned")


def _customer_orders(*columns: ColumnElement[object]) -> Select[tuple[object, ...]]:
    """Paid orders by the customer's own id, which assignments have; documents name the person."""
    return (
        select(
            literal("customer", String).label("unit"),
            documents.c.shop_id,
            orders.c.customer_key.label("visitor_id"),
            *columns,
        )
        .join_from(
            documents,
            orders,
            and_(
                orders.c.shop_id == documents.c.shop_id, orders.c.order_id == documents.c.order_id
            ),
        )
        .where(orders.c.is_current, documents.c.kind == "sale", documents.c.paid_at.is_not(None))
    )


def _visited(assigned: CTE, *, window: int) -> Subquery:
    """Whether people of the event log came in the window, and never went beyond one page."""
    seen = and_(
        seconds_between(assigned.c.at, sessions.c.ended_at) >= 0,
        seconds_between(assigned.c.at, sessions.c.started_at) <= window,
    )
    single = case((sessions.c.is_single_page, 1), else_=0)
    return (
        select(
            *(assigned.c[name] for name in WHO),
            func.max(case((seen, 1), else_=0)).label("seen"),
            func.coalesce(func.min(case((seen, single))), 0).label("bounced"),
        )
        .join_from(
            assigned,
            sessions,
            and_(
                assigned.c.unit == "visitor",
                sessions.c.shop_id == assigned.c.shop_id,
                sessions.c.visitor_id == assigned.c.visitor_id,
            ),
        )
        .group_by(*(assigned.c[name] for name in WHO))
        .subquery("visited")
    )


def _by_person(
    assigned: CTE, facts: CTE, *measures: ColumnElement[object]
) -> Select[tuple[object, ...]]:
    same = [facts.c[name] == assigned.c[name] for name in ("unit", "shop_id", "visitor_id")]
    who = [assigned.c[name] for name in WHO]
    return select(*who, *measures).join_from(assigned, facts, and_(*same)).group_by(*who)
