"""Enquiries to customer service, and what was paid after them."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import ColumnElement, Double, Integer, and_, case, cast, func, or_, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency, within
from ecom.schema import service_enquiries
from ecom.store import Store
from ecom.store.functions import local_hour


def enquiries(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """The enquiries opened in a period, as narrow rows: medians have no common SQL.

    Returns
    -------
    DataFrame
        shop_id, queue, agent ("" where not told), day (timestamp) and hour (0..23) on the shop's
        clock, wait (seconds until the first response; NaN: nobody answered), paid (bool) and amount
        (in the report's currency; 0 where nothing was paid, NaN where it is not told or in another
        currency).
    """
    row = service_enquiries.c
    is_paid = or_(func.coalesce(row.order_id, "") != "", func.coalesce(row.paid_amount, 0) > 0)
    is_told = and_(in_currency(resolved, service_enquiries), row.paid_amount > 0)
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
            case((is_paid, 1), else_=0).label("paid"),
            cast(case((is_told, row.paid_amount)), Double).label("amount"),
        )
        .where(row.is_current, row.shop_id.in_(resolved.shops), within(row.opened_date, period))
        .order_by(row.shop_id, row.enquiry_id)
    )
    kinds = {"hour": "int64", "wait": "float64", "paid": "bool", "amount": "float64"}
    found = found.assign(day=pd.to_datetime(found["day"])).astype(kinds)
    return found.assign(amount=found["amount"].where(found["paid"], 0.0))


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
