"""The SQL behind the stock facts; every select answers one row a SKU unless it says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Double, Select, Subquery, and_, case, cast, func, or_, select

from ecom.queries.scope import ResolvedScope, in_currency
from ecom.schema import daily_items, inventory_snapshots, product_costs, products

LONG_DAYS = 90  # of revenue, of slow movers, and of demand where the window has too few days
_YEAR_DAYS = 365

_listed = inventory_snapshots.c
# Rows that say "not stocked" have neither number. Older lists give what is there, not what is free.
IS_STOCKED = and_(
    _listed.is_current, or_(_listed.on_hand.is_not(None), _listed.available.is_not(None))
)
ON_HAND = func.coalesce(_listed.on_hand, _listed.available)
AVAILABLE = func.coalesce(_listed.available, _listed.on_hand - func.coalesce(_listed.reserved, 0))


def lists_select(on: date) -> Select[Any]:
    """The latest list of each source and warehouse on or before a day: source, warehouse, day."""
    return (
        select(_listed.source, _listed.warehouse, func.max(_listed.snapshot_date).label("day"))
        .where(_listed.is_current, _listed.snapshot_date <= on)
        .group_by(_listed.source, _listed.warehouse)
    )


def stock_select(on: date) -> Select[Any]:
    """What the latest lists say, added up over warehouses."""
    latest = lists_select(on).subquery("latest")
    has_cost = _listed.unit_cost.is_not(None)
    return (
        select(
            _listed.sku,
            func.max(func.nullif(_listed.product_name, "")).label("list_name"),
            func.max(func.nullif(_listed.category, "")).label("list_category"),
            func.max(func.nullif(_listed.supplier, "")).label("supplier"),
            _real(func.sum(ON_HAND)).label("on_hand"),
            _real(func.sum(AVAILABLE)).label("available"),
            _real(func.sum(func.coalesce(_listed.inbound, 0))).label("inbound"),
            _real(func.sum(case((has_cost, ON_HAND * _listed.unit_cost)))).label("cost_value"),
            _real(func.sum(case((has_cost, ON_HAND)))).label("costed_units"),
            _real(func.max(_listed.unit_cost)).label("list_cost"),
            _real(func.max(_listed.lead_time_days)).label("lead_days"),
        )
        .select_from(
            inventory_snapshots.join(
                latest,
                and_(
                    latest.c.source == _listed.source,
                    latest.c.warehouse == _listed.warehouse,
                    latest.c.day == _listed.snapshot_date,
                ),
            )
        )
        .where(IS_STOCKED)
        .group_by(_listed.sku)
        .order_by(_listed.sku)
    )


def skus_select(resolved: ResolvedScope, on: date, *, until: date, window: int) -> Select[Any]:
    """All that is known of the SKUs that lists have or that sold, by SKU.

    Returns
    -------
    Select
        is_listed (1 = some latest list has it, 0 = it only sold), then the columns of
        ``stock_select``, ``attributes_select``, ``sales_select`` and ``days_on_lists_select``.
    """
    stock = stock_select(on).order_by(None).subquery("stock_now")
    parts = [
        sales_select(resolved, until=until, window=window).subquery("sold_until"),
        attributes_select(on).subquery("known"),
        days_on_lists_select(resolved, until=until, window=window).subquery("on_lists"),
    ]
    joined, sku = stock.join(parts[0], parts[0].c.sku == stock.c.sku, full=True), stock.c.sku
    for part in parts[1:]:
        joined = joined.outerjoin(part, part.c.sku == sku)
    return (
        select(
            case((sku.is_not(None), 1), else_=0).label("is_listed"),
            *stock.c,
            *(column for part in parts for column in part.c if column.name != "sku"),
        )
        .select_from(joined)
        .order_by(sku)
    )


def attributes_select(on: date) -> Select[Any]:
    """What the catalogue and the cost list say of a SKU; shops that disagree: the greatest."""
    product = (
        select(
            products.c.sku,
            func.max(func.nullif(products.c.product_name, "")).label("product_name"),
            func.max(func.nullif(products.c.category, "")).label("product_category"),
            _real(func.max(products.c.price)).label("product_price"),
            _real(func.max(products.c.unit_cost)).label("product_cost"),
            func.min(products.c.listed_on).label("listed_on"),
        )
        .where(products.c.is_current)
        .group_by(products.c.sku)
        .subquery("product")
    )
    dated = dated_costs(on)
    return select(
        func.coalesce(product.c.sku, dated.c.sku).label("sku"),
        *(column for column in product.c if column.name != "sku"),
        dated.c.unit_cost.label("dated_cost"),
    ).select_from(product.outerjoin(dated, dated.c.sku == product.c.sku, full=True))


def dated_costs(on: date) -> Subquery:
    """The unit cost in force on a day: sku, unit_cost."""
    ranked = (
        select(
            product_costs.c.sku,
            _real(product_costs.c.unit_cost).label("unit_cost"),
            func.row_number()
            .over(partition_by=product_costs.c.sku, order_by=product_costs.c.valid_from.desc())
            .label("nth"),
        )
        .where(product_costs.c.is_current, product_costs.c.valid_from <= on)
        .subquery("ranked_costs")
    )
    return select(ranked.c.sku, ranked.c.unit_cost).where(ranked.c.nth == 1).subquery("dated")


def sales_span_select(resolved: ResolvedScope, on: date) -> Select[Any]:
    """One row: the first and last day of sales up to a day."""
    day = daily_items.c.day
    return select(func.min(day).label("first"), func.max(day).label("last")).where(
        day <= on, daily_items.c.units > 0, *of_shops(resolved)
    )


def sales_select(resolved: ResolvedScope, *, until: date, window: int) -> Select[Any]:
    """Sales up to a day.

    Returns
    -------
    Select
        For the demand window and for the last ``LONG_DAYS`` (suffixes _window, _long): units,
        squares (Σ of squared daily units) and active (days with sales). Besides revenue of the
        last ``LONG_DAYS``, year_cost and year_units of the last 365, first_sale, last_sale.
    """
    daily = _daily_units(resolved, until=until, days=max(window, LONG_DAYS))
    totals = _totals(resolved, until=until)
    day, units = daily.c.day, daily.c.units

    def total(days: int, value: ColumnElement[Any]) -> ColumnElement[float]:
        return _real(func.sum(case((day > until - timedelta(days), value), else_=0)))

    spans = {"window": window, "long": LONG_DAYS}
    lately = (
        select(
            daily.c.sku,
            *(total(days, units).label(f"units_{name}") for name, days in spans.items()),
            *(total(days, units * units).label(f"squares_{name}") for name, days in spans.items()),
            *(
                total(days, case((units > 0, 1), else_=0)).label(f"active_{name}")
                for name, days in spans.items()
            ),
        )
        .group_by(daily.c.sku)
        .subquery("lately")
    )
    return select(
        totals.c.sku,
        # A SKU that sold before, but not lately, sold nothing lately.
        *(
            _real(func.coalesce(column, 0)).label(column.name)
            for column in lately.c
            if column.name != "sku"
        ),
        *(column for column in totals.c if column.name != "sku"),
    ).select_from(totals.outerjoin(lately, lately.c.sku == totals.c.sku))


def _daily_units(resolved: ResolvedScope, *, until: date, days: int) -> Subquery:
    """Units sold of each SKU on each of the last days: only these need to be told apart."""
    item = daily_items.c
    return (
        select(item.sku, item.day, func.sum(item.units).label("units"))
        .where(
            item.sku != "",
            item.day.between(until - timedelta(days - 1), until),
            *of_shops(resolved),
        )
        .group_by(item.sku, item.day)
        .subquery("daily")
    )


def _totals(resolved: ResolvedScope, *, until: date) -> Subquery:
    """Sums by SKU, and the first and last day of sales ever."""
    item = daily_items.c
    # Units know no currency; money in another currency stays out.
    is_own = and_(item.shop_id.in_(resolved.shops), in_currency(resolved, daily_items))

    def total(days: int, value: ColumnElement[Any]) -> ColumnElement[float]:
        inside = item.day > until - timedelta(days)
        return _real(func.sum(case((inside, value), else_=0)))

    sold_on = case((item.units > 0, item.day))
    return (
        select(
            item.sku,
            total(LONG_DAYS, case((is_own, item.amount), else_=0)).label("revenue"),
            total(_YEAR_DAYS, case((is_own, item.cost), else_=0)).label("year_cost"),
            total(_YEAR_DAYS, item.units - item.returned_units).label("year_units"),
            func.min(sold_on).label("first_sale"),
            func.max(sold_on).label("last_sale"),
        )
        .where(item.sku != "", item.day <= until, *of_shops(resolved))
        .group_by(item.sku)
        .subquery("totals")
    )


def days_on_lists_select(resolved: ResolvedScope, *, until: date, window: int) -> Select[Any]:
    """Days on which lists show a SKU out of stock, and nothing sold.

    Returns
    -------
    Select
        sku, first_list (the first day on a list), masked_window and masked_long (such days in the
        demand window and in the last ``LONG_DAYS``; NULL where there are none).
    """
    empty = empty_days(resolved, first=until - timedelta(LONG_DAYS - 1), last=until)
    in_window = case((empty.c.day > until - timedelta(window), 1), else_=0)
    masked = (
        select(
            empty.c.sku,
            _real(func.sum(in_window)).label("masked_window"),
            _real(func.count()).label("masked_long"),
        )
        .group_by(empty.c.sku)
        .subquery("masked")
    )
    first = (
        select(_listed.sku, func.min(_listed.snapshot_date).label("first_list"))
        .where(IS_STOCKED, _listed.snapshot_date <= until)
        .group_by(_listed.sku)
        .subquery("first_lists")
    )
    return select(*first.c, masked.c.masked_window, masked.c.masked_long).select_from(
        first.outerjoin(masked, masked.c.sku == first.c.sku)
    )


def empty_days(resolved: ResolvedScope, *, first: date, last: date) -> Subquery:
    """SKUs by day of a list on which nothing was available or sold: sku, day.

    A day tells only when all warehouses were listed on it: one of several says little. A day with
    sales had stock, whatever the list at its end says.
    """
    places = (
        select(_listed.snapshot_date.label("day"), _listed.source, _listed.warehouse)
        .where(_listed.is_current, _listed.snapshot_date.between(first, last))
        .distinct()
        .subquery("places")
    )
    lists = (
        select(places.c.day, func.count().label("lists")).group_by(places.c.day).subquery("lists")
    )
    most = select(func.max(lists.c.lists)).scalar_subquery()
    # Few SKUs are out of stock, so only their sales are added up.
    out = (
        select(_listed.sku, _listed.snapshot_date.label("day"))
        .where(IS_STOCKED, _listed.snapshot_date.between(first, last))
        .group_by(_listed.sku, _listed.snapshot_date)
        .having(func.sum(AVAILABLE) <= 0)
        .subquery("out_of_stock")
    )
    sold = (
        select(daily_items.c.sku, daily_items.c.day, daily_items.c.units)
        .where(daily_items.c.day.between(first, last), *of_shops(resolved))
        .subquery("sold")
    )
    return (
        select(out.c.sku, out.c.day)
        .select_from(
            out.join(lists, lists.c.day == out.c.day).outerjoin(
                sold, and_(sold.c.sku == out.c.sku, sold.c.day == out.c.day)
            )
        )
        .where(lists.c.lists == most)
        .group_by(out.c.sku, out.c.day)
        .having(func.sum(func.coalesce(sold.c.units, 0)) <= 0)
        .subquery("empty")
    )


def of_shops(resolved: ResolvedScope) -> list[ColumnElement[bool]]:
    """Sales of the shops chosen; of all, whatever their currency, when none is."""
    chosen = resolved.scope.shops
    return [daily_items.c.shop_id.in_(chosen)] if chosen else []


def _real(value: ColumnElement[Any]) -> ColumnElement[float]:
    return cast(value, Double)


def empty_days_select(resolved: ResolvedScope, *, first: date, last: date) -> Select[Any]:
    """Days in a period on which a SKU was out of stock: sku, empty_days (those with any)."""
    empty = empty_days(resolved, first=first, last=last)
    return select(empty.c.sku, _real(func.count()).label("empty_days")).group_by(empty.c.sku)
