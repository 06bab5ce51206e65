"""Who viewed, put into the cart and bought the same product; prices and days out of stock."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Double, Subquery, and_, case, cast, func, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency, in_scope, within
from ecom.queries.stock_selects import IS_STOCKED, attributes_select, empty_days
from ecom.schema import daily_items, events, inventory_snapshots
from ecom.store import Store

_STEPS = {"viewed": "view_item", "carted": "add_to_cart", "paid": "purchase"}
_COUNTS = ("viewed", "carted", "paid", "cart_paid")


def product_steps(store: Store, resolved: ResolvedScope) -> pd.DataFrame:
    """Distinct visitors of the period by product.

    Returns
    -------
    DataFrame
        product (SKU, else the platform's id), category ("" = unknown), viewed, and of those:
        carted, paid, and cart_paid (both). Only products somebody viewed.
    """
    one = _of_visitors(resolved)
    frame = store.read(
        select(
            one.c.product,
            func.max(one.c.kind).label("category"),
            *(func.sum(one.c[name]).label(name) for name in _COUNTS),
        )
        .group_by(one.c.product)
        .order_by(one.c.product)
    )
    return _counted(frame)


def category_steps(store: Store, resolved: ResolvedScope) -> pd.DataFrame:
    """The same by category: a visitor counts once in each, however many products they saw.

    Carted and paid are those who did so with some product that they had viewed.
    """
    one = _of_visitors(resolved)
    person = (
        select(
            one.c.kind,
            one.c.shop_id,
            one.c.visitor_id,
            *(func.max(one.c[name]).label(name) for name in _COUNTS),
        )
        .group_by(one.c.kind, one.c.shop_id, one.c.visitor_id)
        .subquery("person")
    )
    frame = store.read(
        select(
            person.c.kind.label("category"),
            *(func.sum(person.c[name]).label(name) for name in _COUNTS),
        )
        .group_by(person.c.kind)
        .order_by(person.c.kind)
    )
    return _counted(frame)


def steps_by_stock(store: Store, resolved: ResolvedScope) -> pd.DataFrame:
    """Viewers of products that ran out, on days with stock and on days without.

    Returns
    -------
    DataFrame
        sku, first_out, last_out (datetime.date), days_out, then visitors and buyers of days with
        stock, and visitors_without and buyers_without. A visitor counts once a day; a buyer viewed
        and bought on that day.
    """
    period = resolved.period
    empty = empty_days(resolved, first=period.start, last=period.end)
    spans = (
        select(
            empty.c.sku,
            func.min(empty.c.day).label("first_out"),
            func.max(empty.c.day).label("last_out"),
            func.count().label("days_out"),
        )
        .group_by(empty.c.sku)
        .subquery("spans")
    )
    out = empty_days(resolved, first=period.start, last=period.end).alias("out_day")
    one = _of_visitors(resolved, by_day=True)
    is_out = out.c.sku.is_not(None)

    def total(condition: ColumnElement[bool], name: str) -> ColumnElement[Any]:
        return func.sum(case((condition, one.c[name]), else_=0))

    frame = store.read(
        select(
            *spans.c,
            total(~is_out, "viewed").label("visitors"),
            total(~is_out, "paid").label("buyers"),
            total(is_out, "viewed").label("visitors_without"),
            total(is_out, "paid").label("buyers_without"),
        )
        .select_from(
            spans.join(one, one.c.product == spans.c.sku).outerjoin(
                out, and_(out.c.sku == one.c.product, out.c.day == one.c.event_date)
            )
        )
        .group_by(*spans.c)
        .order_by(spans.c.sku)
    )
    counts = ("days_out", "visitors", "buyers", "visitors_without", "buyers_without")
    return frame.astype(dict.fromkeys(counts, "int64")).assign(
        first_out=pd.to_datetime(frame["first_out"]).dt.date,
        last_out=pd.to_datetime(frame["last_out"]).dt.date,
    )


def listed_skus(store: Store, period: Period) -> set[str]:
    """The SKUs that any stock list of a period has."""
    listed = inventory_snapshots.c
    frame = store.read(
        select(listed.sku).where(IS_STOCKED, within(listed.snapshot_date, period)).distinct()
    )
    return set(frame["sku"])


def paid_prices(
    store: Store, resolved: ResolvedScope, period: Period, *, shops: tuple[str, ...]
) -> pd.Series:
    """Amount paid ÷ units by SKU, in the report's currency.

    Parameters
    ----------
    shops : ids of the shops whose sales count.
    """
    item = daily_items.c
    frame = store.read(
        select(
            item.sku,
            cast(func.sum(item.amount), Double).label("amount"),
            cast(func.sum(item.units), Double).label("units"),
        )
        .where(
            item.sku != "",
            item.shop_id.in_(shops),
            within(item.day, period),
            in_currency(resolved, daily_items),
            *in_scope(resolved, daily_items),
        )
        .group_by(item.sku)
        .order_by(item.sku)
    ).set_index("sku")
    return frame["amount"] / frame["units"].where(frame["units"] > 0)


def product_facts(store: Store, resolved: ResolvedScope) -> pd.DataFrame:
    """What the catalogue says by SKU (index): product_name, product_price (of its list)."""
    known = attributes_select(resolved.period.end).subquery("known")
    frame = store.read(
        select(known.c.sku, known.c.product_name, known.c.product_price).order_by(known.c.sku)
    )
    return frame.set_index("sku")


def _of_visitors(resolved: ResolvedScope, *, by_day: bool = False) -> Subquery:
    """One row a visitor and product viewed (and day): flags 1 and 0 of what they did with it."""
    own, platform = func.nullif(events.c.sku, ""), func.nullif(events.c.product_id, "")
    product = func.coalesce(own, platform).label("product")
    keys = [events.c.shop_id, events.c.visitor_id, product]
    keys += [events.c.event_date] if by_day else []
    did = {
        step: func.max(case((events.c.event_name == name, 1), else_=0))
        for step, name in _STEPS.items()
    }
    flags = (
        select(
            *keys,
            func.max(func.coalesce(events.c.category, "")).label("kind"),
            *(flag.label(step) for step, flag in did.items()),
        )
        .where(
            events.c.is_current,
            events.c.event_name.in_(_STEPS.values()),
            within(events.c.event_date, resolved.period),
            func.coalesce(own, platform).is_not(None),
            *in_scope(resolved, events),
        )
        .group_by(*keys)
        .subquery("flags")
    )
    return (
        select(*flags.c, (flags.c.carted * flags.c.paid).label("cart_paid"))
        .where(flags.c.viewed == 1)
        .subquery("of_visitors")
    )


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(_COUNTS, "int64"))
