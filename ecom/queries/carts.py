"""Visits that put something into the cart, or began to check out, and bought nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Double, FromClause, Select, and_, case, cast, func, or_, select

from ecom.queries.scope import ResolvedScope, in_currency, in_scope, within
from ecom.queries.visits import of_visit, with_next_day
from ecom.schema import events, fact_spans, products, sessions
from ecom.store import Store

_REMOVED = "remove_from_cart"
_STEPS = ("first_add_to_cart_at", "first_begin_checkout_at", "first_purchase_at")
_VISIT = ("shop_id", "visitor_id", "session_key")


@dataclass(frozen=True, eq=False, slots=True)
class LeftCarts:
    """The answer.

    Attributes
    ----------
    visits : one row a visit: shop_id, visitor_id, session_key, customer (keyed hash, or None),
        ended_at (UTC), day (local), channel, device, at_checkout (bool), next_purchase_at (UTC, of
        a later visit of the same visitor; NaT).
    lines : what was left in them, one row a visit and product: the visit's three keys, product,
        name, category, units, value (NaN: no event says one in the report's currency).
    """

    visits: pd.DataFrame
    lines: pd.DataFrame


def cart_events(store: Store, resolved: ResolvedScope) -> bool:
    """Whether the log of any of the scope's shops tells of its period what goes into carts."""
    found = fact_spans.c
    asked = select(found.event_name).where(
        found.event_name.in_(("add_to_cart", "begin_checkout")),
        found.shop_id.in_(resolved.shops),
        found.first_day <= resolved.period.end,
        found.last_day >= resolved.period.start,
    )
    return bool(len(store.read(asked)))


def left_carts(store: Store, resolved: ResolvedScope, *, window_days: int) -> LeftCarts:
    """Read the carts that visits of the scope's period left behind.

    Parameters
    ----------
    window_days : how far after the period's end purchases are looked for.
    """
    left = _left(resolved, window_days)
    visits = left_visits(store, resolved, window_days=window_days)
    lines = store.read(_lines(resolved, left))
    # Every event of a visit may name the customer; those of carts are read anyway.
    customers = lines.dropna(subset="customer").groupby(list(_VISIT))["customer"].max()
    visits = visits.join(customers, on=list(_VISIT))
    lines = lines[lines["product"].notna()].drop(columns="customer")
    names = product_names(store) if len(lines) else {}
    return LeftCarts(
        visits=visits,
        lines=lines.assign(
            name=[names.get(str(product), str(product)) for product in lines["product"]],
            units=lines["units"].astype("float64"),
            value=lines["value"].astype("float64"),
        ),
    )


def left_visits(store: Store, resolved: ResolvedScope, *, window_days: int) -> pd.DataFrame:
    """Read the visits that left a cart: ``LeftCarts.visits`` without the customer.

    Parameters
    ----------
    window_days : as for ``left_carts``.
    """
    left = _left(resolved, window_days)
    visits = store.read(
        select(
            *(left.c[name] for name in _VISIT),
            left.c.ended_at,
            left.c.session_date.label("day"),
            left.c.channel,
            left.c.device,
            left.c.first_begin_checkout_at.is_not(None).label("at_checkout"),
            left.c.next_purchase_at,
        ).order_by(*(left.c[name] for name in _VISIT))
    )
    return visits.astype({"at_checkout": "bool"})


def _left(resolved: ResolvedScope, window_days: int) -> FromClause:
    """Visits without a purchase, and when their visitor bought next."""
    period = resolved.period
    steps = [sessions.c[name] for name in _STEPS]
    after = func.min(sessions.c.first_purchase_at).over(
        partition_by=(sessions.c.shop_id, sessions.c.visitor_id),
        order_by=(sessions.c.started_at, sessions.c.session_key),
        rows=(1, None),
    )
    visit = (
        select(*sessions.c, after.label("next_purchase_at"))
        .where(
            sessions.c.shop_id.in_(resolved.shops),
            sessions.c.session_date.between(
                period.start, period.end + timedelta(days=window_days + 1)
            ),
            # Other visits neither leave a cart nor take one to the till.
            or_(*(step.is_not(None) for step in steps)),
        )
        .subquery("visit")
    )
    return (
        select(visit)
        .where(
            within(visit.c.session_date, period),
            or_(
                visit.c.first_add_to_cart_at.is_not(None),
                visit.c.first_begin_checkout_at.is_not(None),
            ),
            visit.c.purchases == 0,
            *in_scope(resolved, visit),
        )
        .subquery("cart_left")
    )


def _lines(resolved: ResolvedScope, left: FromClause) -> Select[Any]:
    """Units and value by visit and product; what was taken out again is taken off.

    Steps that name no product still tell the customer, in rows without one.
    """
    sign = case((events.c.event_name == _REMOVED, -1), else_=1)
    is_cart = events.c.event_name.in_(("add_to_cart", _REMOVED))
    own, platform = func.nullif(events.c.sku, ""), func.nullif(events.c.product_id, "")
    product = case((is_cart, func.coalesce(own, platform)))
    told = case((and_(is_cart, in_currency(resolved, events)), events.c.value))
    keys = [*(left.c[name] for name in _VISIT), product.label("product")]
    return (
        select(
            *keys,
            func.max(events.c.category).label("category"),
            func.max(func.nullif(events.c.customer_key, "")).label("customer"),
            cast(func.sum(sign * func.coalesce(events.c.quantity, 1)), Double).label("units"),
            cast(func.sum(sign * told), Double).label("value"),
        )
        .select_from(events.join(left, of_visit(left)))
        .where(
            events.c.is_current,
            events.c.event_name.in_(("add_to_cart", _REMOVED, "begin_checkout")),
            within(events.c.event_date, with_next_day(resolved.period)),
        )
        .group_by(*keys)
        .order_by(*keys)
    )


def product_names(store: Store) -> dict[str, str]:
    """Product names by SKU and by platform product id."""
    frame = store.read(
        select(products.c.sku, products.c.product_id, products.c.product_name).where(
            products.c.is_current, func.coalesce(products.c.product_name, "") != ""
        )
    ).sort_values("product_name")
    return {
        str(key): str(name)
        for column in ("product_id", "sku")
        for key, name in zip(frame[column], frame["product_name"], strict=True)
        if key
    }
