"""Who viewed, carted and paid the same product, with its price and its days out of stock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Double,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from ecom.queries.scope import ResolvedScope, in_currency, in_scope, within, within_any
from ecom.queries.stock_selects import empty_days
from ecom.queries.traffic_sources import aggregate_keys
from ecom.schema import daily_items, events, inventory_snapshots, products, traffic_agg
from ecom.store import Store
from ecom.store.functions import number_of

FLAGS = ("all_carriers", "all_devices", "whole_day")
_STEPS = ("view_item", "add_to_cart", "purchase")
_KEYS = ("shop_id", "product", "category", "day")
_COUNTS = ("viewed", "carted", "paid", "carted_paid")


@dataclass(frozen=True, eq=False, slots=True)
class ProductFacts:
    """The answer; a product is a SKU in event logs, the platform's product id in reports.

    Attributes
    ----------
    people : shop_id, product, category, viewed, carted, paid, carted_paid: distinct visitors of
        the event log who viewed it, and of them those who put it in the cart, who paid it, and who
        did both.
    categories : category and the same counts: distinct visitors who did so with any one product.
    days : shop_id, product, day, viewed, paid: distinct visitors of a day, and those of them who
        paid on it.
    reported : shop_id, source, product, day, ``FLAGS``, viewed, carted, paid as back-office reports
        say.
    sales : sku, product, shop_id, is_period (1 or 0: the base), units, amount.
    empty : sku, day on which lists show it out of stock and nothing sold.
    lists : day: those of the period that have a stock list.
    catalogue : shop_id, sku, product, name, category, list_price.
    """

    people: pd.DataFrame
    categories: pd.DataFrame
    days: pd.DataFrame
    reported: pd.DataFrame
    sales: pd.DataFrame
    empty: pd.DataFrame
    lists: pd.DataFrame
    catalogue: pd.DataFrame


def product_facts(store: Store, resolved: ResolvedScope) -> ProductFacts:
    """Read the product funnel of the scope's period."""
    period = resolved.period
    counts = store.read(_counted(resolved))
    empty = empty_days(resolved, first=period.start, last=period.end)
    listed = inventory_snapshots.c
    lists = store.read(
        select(listed.snapshot_date.label("day"))
        .where(listed.is_current, within(listed.snapshot_date, period))
        .distinct()
    )
    return ProductFacts(
        people=_of_kind(counts, "product", ["shop_id", "product", "category"], _COUNTS),
        categories=_of_kind(counts, "category", ["category"], _COUNTS),
        days=_dated(_of_kind(counts, "day", ["shop_id", "product", "day"], ("viewed", "paid"))),
        reported=_dated(store.read(_reported(resolved))),
        sales=store.read(_sales(resolved)),
        empty=_dated(
            store.read(select(empty.c.sku, empty.c.day).order_by(empty.c.sku, empty.c.day))
        ),
        lists=_dated(lists),
        catalogue=store.read(_catalogue_select()),
    )


def daily_prices(store: Store, resolved: ResolvedScope, skus: Collection[str]) -> pd.DataFrame:
    """Units and amount of some SKUs by day of the period: shop_id, sku, day, units, amount."""
    item = daily_items.c
    keys = (item.shop_id, item.sku, item.day)
    query = (
        select(
            *keys,
            _real(func.sum(item.units)).label("units"),
            _real(func.sum(item.amount)).label("amount"),
        )
        .where(
            within(item.day, resolved.period),
            item.shop_id.in_(resolved.shops),
            item.sku.in_(sorted(skus)),
            item.units > 0,
            in_currency(resolved, daily_items),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return _dated(store.read(query))


def _of_kind(
    counts: pd.DataFrame, kind: str, keys: Sequence[str], counted: Sequence[str]
) -> pd.DataFrame:
    rows = counts.loc[counts["kind"] == kind, [*keys, *counted]]
    return rows.sort_values(keys, ignore_index=True)


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(day=pd.to_datetime(frame["day"]))


def _product(facts: FromClause) -> ColumnElement[str]:
    return func.coalesce(func.nullif(facts.c.sku, ""), func.nullif(facts.c.product_id, ""))


def _real(value: ColumnElement[Any]) -> ColumnElement[float]:
    return cast(value, Double)


def _counted(resolved: ResolvedScope) -> CompoundSelect[Any]:
    """Distinct visitors by product, by category and by product and day; ``kind`` says which.

    One statement, so that an engine goes through the events once.
    """
    seen = _seen(resolved).cte("seen")
    who = (seen.c.shop_id, seen.c.unit, seen.c.product, seen.c.category)
    # Who paid a product without being seen on it says nothing about its page.
    ever = _most(seen, who).having(func.max(seen.c.view_item) == 1).cte("ever")
    both = ever.c.add_to_cart * ever.c.purchase
    # Who viewed two lamps and paid one of them counts once.
    visitor = _most(ever, (ever.c.shop_id, ever.c.unit, ever.c.category)).add_columns(
        func.max(both).label("both")
    )
    of_category = visitor.subquery("visitor")
    on_day = seen.select().where(seen.c.view_item == 1).subquery("on_day")
    return union_all(
        _sums(ever, "product", ("shop_id", "product", "category"), func.sum(both)),
        _sums(of_category, "category", ("category",), func.sum(of_category.c.both)),
        _sums(on_day, "day", ("shop_id", "product", "day"), null()),
    )


def _sums(
    rows: FromClause, kind: str, keys: Sequence[str], both: ColumnElement[Any]
) -> Select[Any]:
    """Visitors by some keys; the other keys are empty."""
    empty = {"day": cast(null(), Date)}
    told = [rows.c[name] if name in keys else empty.get(name, literal("")) for name in _KEYS]
    sums = (func.count(), func.sum(rows.c.add_to_cart), func.sum(rows.c.purchase), both)
    return select(
        literal(kind).label("kind"),
        *(column.label(name) for name, column in zip(_KEYS, told, strict=True)),
        *(_real(value).label(name) for name, value in zip(_COUNTS, sums, strict=True)),
    ).group_by(*(rows.c[name] for name in keys))


def _seen(resolved: ResolvedScope) -> Select[Any]:
    """One row a visitor, product and day: whether each step was taken, 1 or 0.

    A product's category is one for all of its events, also for those that name none.
    """
    product = _product(events)
    step = (
        select(
            events.c.shop_id,
            number_of(events.c.shop_id, events.c.visitor_id).label("unit"),
            events.c.event_name,
            events.c.event_date.label("day"),
            product.label("product"),
            func.nullif(events.c.category, "").label("category"),
        )
        .where(
            events.c.is_current,
            events.c.event_name.in_(_STEPS),
            within(events.c.event_date, resolved.period),
            product.is_not(None),
            *in_scope(resolved, events, skip=("category",)),
        )
        .cte("step")
    )
    category = (
        select(step.c.shop_id, step.c.product, func.max(step.c.category).label("category"))
        .group_by(step.c.shop_id, step.c.product)
        .subquery("category_of")
    )
    keys = [step.c.shop_id, step.c.unit, step.c.product, step.c.day]
    taken = [func.max(case((step.c.event_name == name, 1), else_=0)).label(name) for name in _STEPS]
    flags = select(*keys, *taken).group_by(*keys).subquery("taken")
    found = func.coalesce(category.c.category, "")
    wanted = resolved.scope.categories
    return (
        select(*flags.c, found.label("category"))
        .select_from(
            flags.join(
                category,
                and_(category.c.shop_id == flags.c.shop_id, category.c.product == flags.c.product),
            )
        )
        .where(*([found.in_(wanted)] if wanted else []))
    )


def _most(rows: FromClause, keys: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Whether each step was taken in any of the rows of the same keys."""
    return select(*keys, *(func.max(rows.c[name]).label(name) for name in _STEPS)).group_by(*keys)


def _reported(resolved: ResolvedScope) -> Select[Any]:
    """Whole days of products, with the flags that say how finely a row is split."""
    row = traffic_agg.c
    named = {column.name: column for column in aggregate_keys()}
    rows = (
        select(
            row.shop_id,
            row.source,
            row.product_id.label("product"),
            row.period_start.label("day"),
            *(named[flag] for flag in FLAGS),
            row.uv,
            row.cart_uv,
            row.paid_buyers,
        )
        .where(
            row.is_current,
            row.grain == "product",
            row.product_id != "",
            row.period_start == row.period_end,
            ~func.coalesce(row.is_rollup, False),
            within(row.period_start, resolved.period),
            *in_scope(resolved, traffic_agg),
        )
        .subquery("reported")
    )
    keys = [rows.c[name] for name in ("shop_id", "source", "product", "day", *FLAGS)]
    sums = {"viewed": rows.c.uv, "carted": rows.c.cart_uv, "paid": rows.c.paid_buyers}
    return (
        select(*keys, *(_real(func.sum(value)).label(name) for name, value in sums.items()))
        .group_by(*keys)
        .order_by(*keys)
    )


def _sales(resolved: ResolvedScope) -> Select[Any]:
    item = daily_items.c
    is_period = case((within(item.day, resolved.period), 1), else_=0).label("is_period")
    inner = (
        select(item.shop_id, item.sku, item.product_id, is_period, item.units, item.amount)
        .where(
            within_any(item.day, resolved.periods()),
            item.shop_id.in_(resolved.shops),
            in_currency(resolved, daily_items),
            item.units > 0,
        )
        .subquery("sold")
    )
    keys = (inner.c.shop_id, inner.c.sku, inner.c.product_id.label("product"), inner.c.is_period)
    return (
        select(
            *keys,
            _real(func.sum(inner.c.units)).label("units"),
            _real(func.sum(inner.c.amount)).label("amount"),
        )
        .group_by(inner.c.shop_id, inner.c.sku, inner.c.product_id, inner.c.is_period)
        .order_by(inner.c.shop_id, inner.c.sku, inner.c.product_id, inner.c.is_period)
    )


def _catalogue_select() -> Select[Any]:
    row = products.c
    return (
        select(
            row.shop_id,
            row.sku,
            row.product_id.label("product"),
            row.product_name.label("name"),
            row.category,
            _real(row.price).label("list_price"),
        )
        .where(row.is_current)
        .order_by(row.shop_id, row.sku, row.product_id)
    )
