"""Enquiries to customer service, and what was paid after them."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from ecom.metrics.service import PAID_WITHIN_DAYS
from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency, within
from ecom.schema import documents, service_enquiries
from ecom.store import Store
from ecom.store.functions import local_hour, seconds_between
from ecom.store.rules import persons

_WITHIN = PAID_WITHIN_DAYS * 24 * 60 * 60  # seconds


def enquiries(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """The enquiries opened in a period, as narrow rows: medians have no common SQL.

    Where the file names no order and no amount, the order is searched for: see ``_claimed``.

    Returns
    -------
    DataFrame
        shop_id, queue, agent ("" where not told), day (timestamp) and hour (0..23) on the shop's
        clock, wait (seconds until the first response; NaN: nobody answered), told (bool: the file
        says that it was paid), matched (bool: an order of the same customer says it), paid (bool:
        one of both) and amount (in the report's currency; 0 where nothing was paid, NaN where it is
        not told or in another currency).
    """
    row, claim = service_enquiries.c, _claimed(resolved, period)
    is_told = _is_told()
    file_amount = case(
        (and_(in_currency(resolved, service_enquiries), row.paid_amount > 0), row.paid_amount)
    )
    found = store.read(
        select(
            row.shop_id,
            func.coalesce(row.queue, "").label("queue"),
            func.coalesce(row.agent, "").label("agent"),
            row.opened_date.label("day"),
            _hour(resolved).label("hour"),
            # Clocks of robots and platforms differ by a moment; nobody answers before the question.
            case((row.first_response_seconds < 0, 0.0), else_=row.first_response_seconds).label(
                "wait"
            ),
            case((is_told, 1), else_=0).label("told"),
            case((and_(~is_told, func.coalesce(claim.c.nth, 0) == 1), 1), else_=0).label("matched"),
            cast(case((is_told, file_amount), else_=claim.c.amount), Double).label("amount"),
        )
        .select_from(
            service_enquiries.outerjoin(
                claim,
                and_(claim.c.shop_id == row.shop_id, claim.c.enquiry_id == row.enquiry_id),
            )
        )
        .where(row.is_current, row.shop_id.in_(resolved.shops), within(row.opened_date, period))
        .order_by(row.shop_id, row.enquiry_id)
    )
    kinds = {"hour": "int64", "wait": "float64", "told": "bool", "matched": "bool"}
    found = found.assign(day=pd.to_datetime(found["day"])).astype({**kinds, "amount": "float64"})
    paid = found["told"] | found["matched"]
    return found.assign(paid=paid, amount=found["amount"].where(paid, 0.0))


def _is_told() -> ColumnElement[bool]:
    """The condition that the file says that an enquiry was paid."""
    row = service_enquiries.c
    return or_(func.coalesce(row.order_id, "") != "", func.coalesce(row.paid_amount, 0) > 0)


def _claimed(resolved: ResolvedScope, period: Period) -> Subquery:
    """The first order that each enquiry claims: shop_id, enquiry_id, amount, nth (always 1).

    An order belongs to the last enquiry of its customer in the ``PAID_WITHIN_DAYS`` before it was
    paid, so no order pays for two; one that any enquiry's file names belongs to that one. A
    customer is the person behind the account, where the platform tells one. Enquiries after the
    period claim orders as well, or the last ones of a period would claim what is not theirs.
    """
    orders = _orders(resolved, period)
    asked = _asked(resolved, period)
    wait = seconds_between(asked.c.opened_at, orders.c.paid_at)
    last = func.row_number().over(
        partition_by=(orders.c.shop_id, orders.c.order_id),
        order_by=(asked.c.opened_at.desc(), asked.c.enquiry_id.desc()),
    )
    pairs = (
        select(
            asked.c.shop_id,
            asked.c.enquiry_id,
            orders.c.order_id,
            orders.c.paid_at,
            orders.c.amount,
            last.label("before"),
        )
        .select_from(
            asked.join(
                orders,
                and_(orders.c.shop_id == asked.c.shop_id, orders.c.customer == asked.c.customer),
            )
        )
        .where(wait > 0, wait <= _WITHIN)
        .subquery("pairs")
    )
    nth = func.row_number().over(
        partition_by=(pairs.c.shop_id, pairs.c.enquiry_id),
        order_by=(pairs.c.paid_at, pairs.c.order_id),
    )
    ranked = (
        select(pairs.c.shop_id, pairs.c.enquiry_id, pairs.c.amount, nth.label("nth"))
        .where(pairs.c.before == 1)
        .subquery("ranked")
    )
    return select(ranked).where(ranked.c.nth == 1).subquery("claimed")


def _orders(resolved: ResolvedScope, period: Period) -> Subquery:
    """The sales that no enquiry's file names, of known customers, paid in time to be claimed."""
    sale, row = documents.c, service_enquiries.c
    named = select(row.shop_id + literal("\t") + row.order_id).where(
        row.is_current, row.shop_id.in_(resolved.shops), row.order_id != ""
    )
    return (
        select(
            sale.shop_id,
            sale.order_id,
            sale.customer,
            sale.paid_at,
            case((in_currency(resolved, documents), sale.paid_amount)).label("amount"),
        )
        .where(
            sale.kind == "sale",
            sale.customer.is_not(None),
            sale.paid_at.is_not(None),
            sale.shop_id.in_(resolved.shops),
            within(sale.day, _with_what_follows(period)),
            (sale.shop_id + literal("\t") + sale.order_id).not_in(named),
        )
        .subquery("unnamed")
    )


def _asked(resolved: ResolvedScope, period: Period) -> Subquery:
    """The enquiries of known customers that may be the last one before an order."""
    row, person = service_enquiries.c, persons()
    return (
        select(
            row.shop_id,
            row.enquiry_id,
            row.opened_at,
            func.coalesce(person.c.person_key, row.customer_key).label("customer"),
        )
        .select_from(
            service_enquiries.outerjoin(
                person,
                and_(person.c.shop_id == row.shop_id, person.c.customer_key == row.customer_key),
            )
        )
        .where(
            row.is_current,
            row.customer_key != "",
            row.shop_id.in_(resolved.shops),
            within(row.opened_date, _with_what_follows(period)),
        )
        .subquery("asked")
    )


def _with_what_follows(period: Period) -> Period:
    """The days on which enquiries of a period are paid; a day more, because clocks differ."""
    return Period(period.start - timedelta(1), period.end + timedelta(PAID_WITHIN_DAYS + 1))


def _hour(resolved: ResolvedScope) -> ColumnElement[int]:
    """The local hour; zones are spelled out, because engines look up one of a column row by row."""
    row = service_enquiries.c
    zones: dict[str, list[str]] = {}
    for shop in resolved.known_shops:
        if shop.shop_id in resolved.shops:
            zone = shop.timezone or resolved.settings.timezone
            zones.setdefault(zone, []).append(shop.shop_id)
    made = [
        (row.shop_id.in_(shops), local_hour(row.opened_at, zone))
        for zone, shops in sorted(zones.items())
    ]
    usual = local_hour(row.opened_at, resolved.settings.timezone)
    return cast(func.coalesce(case(*made, else_=usual) if made else usual, -1), Integer)
