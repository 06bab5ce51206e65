"""Which orders count, what was paid and refunded on them, and by whom: said here and only here."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, case, func, select, tuple_

from ecom.schema import customers, order_items, payments, refunds, touched_orders

COUNTED_STATUSES = (
    "paid",
    "shipped",
    "completed",
    "partially_refunded",
    "refunded",
    # An unmapped status is counted and shown as a warning, so that nothing vanishes quietly.
    "unknown",
)


def is_document(orders: FromClause) -> ColumnElement[bool]:
    """Current sales, returns and adjustments that moved money or goods."""
    return and_(
        orders.c.is_current,
        orders.c.paid_date.is_not(None),
        orders.c.status.in_(COUNTED_STATUSES),
    )


def is_sale(orders: FromClause) -> ColumnElement[bool]:
    """Current paid orders; a later refund does not take the order away."""
    return and_(is_document(orders), orders.c.kind == "sale")


def is_touched(facts: FromClause) -> ColumnElement[bool]:
    """The condition that a row speaks of an order in ``touched_orders``."""
    touched = select(touched_orders.c.shop_id, touched_orders.c.order_id)
    return tuple_(facts.c.shop_id, facts.c.order_id).in_(touched)


def line_money(*, only_touched: bool = False) -> Subquery:
    """What the current lines of each order add up to and gave back: ``amount``, ``refunded``."""
    line = order_items
    return (
        select(
            line.c.shop_id,
            line.c.order_id,
            func.sum(line.c.line_amount).label("amount"),
            func.sum(line.c.refunded_amount).label("refunded"),
        )
        .where(line.c.is_current, *_chosen(line, only_touched))
        .group_by(line.c.shop_id, line.c.order_id)
        .subquery("line_money")
    )


def payment_money(*, only_touched: bool = False) -> Subquery:
    """What payment providers collected and gave back for each order: ``amount``, ``refunded``.

    A refund is told by a row of its own or noted on the charge.
    """
    payment = payments
    collected = case((payment.c.type == "charge", payment.c.amount))
    noted = case((payment.c.type == "charge", payment.c.refunded_amount), else_=0)
    of_its_own = case((payment.c.type == "refund", func.abs(payment.c.amount)), else_=0)
    return (
        select(
            payment.c.shop_id,
            payment.c.order_id,
            func.sum(collected).label("amount"),
            func.greatest(
                func.sum(func.coalesce(noted, 0)), func.sum(func.coalesce(of_its_own, 0))
            ).label("refunded"),
        )
        .where(
            payment.c.is_current,
            payment.c.order_id != "",
            payment.c.status.in_(("paid", "refunded")),
            *_chosen(payment, only_touched),
        )
        .group_by(payment.c.shop_id, payment.c.order_id)
        .subquery("payment_money")
    )


def refund_money(*, only_touched: bool = False) -> Subquery:
    """What after-sales documents gave back for each order: ``refunded``."""
    refund = refunds
    return (
        select(
            refund.c.shop_id,
            refund.c.order_id,
            func.sum(refund.c.amount).label("refunded"),
        )
        .where(
            refund.c.is_current,
            refund.c.order_id != "",
            refund.c.status == "refunded",
            *_chosen(refund, only_touched),
        )
        .group_by(refund.c.shop_id, refund.c.order_id)
        .subquery("refund_money")
    )


def persons() -> Subquery:
    """The person behind each account whose platform tells one: ``customer_key``, ``person_key``."""
    account = customers
    return (
        select(account.c.shop_id, account.c.customer_key, account.c.person_key)
        .where(account.c.is_current, account.c.person_key != "")
        .subquery("persons")
    )


def paid(orders: FromClause, lines: FromClause, charges: FromClause) -> ColumnElement[Decimal]:
    """What was paid for an order: what it says itself, else its payments, else its lines.

    Parameters
    ----------
    lines, charges : ``line_money()`` and ``payment_money()``, outer-joined to the orders.
    """
    return func.coalesce(orders.c.paid_amount, charges.c.amount, lines.c.amount, 0)


def refunded(orders: FromClause, *others: FromClause) -> ColumnElement[Decimal]:
    """What was given back for an order: the most that any file knows of.

    Some order exports have no refund column, or know of whole refunds only; their line exports,
    after-sales documents and payments know better. They tell of the same money, so it is not added.

    Parameters
    ----------
    others : ``line_money()``, ``refund_money()``, ``payment_money()``, outer-joined to the orders.
    """
    told = (func.coalesce(part.c.refunded, 0) for part in others)
    return func.greatest(func.coalesce(orders.c.refunded_amount, 0), *told)


def _chosen(facts: FromClause, only_touched: bool) -> list[ColumnElement[bool]]:
    return [is_touched(facts)] if only_touched else []
