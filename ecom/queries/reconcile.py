"""The two sides of every reconciliation by shop and day: what exports say, what we add up.

All money is in the shop's own currency; nothing here is added over shops. ``reported`` frames have
``shop_id``, ``part`` (a source, platform or channel; "" when not split), ``start``, ``end``
(timestamps; a day, or the span of a row of several days) and measures. ``counted`` frames have
``shop_id``, ``part``, ``day`` and measures. Measures are floats, NaN where a source tells none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Date,
    Double,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from ecom import schema
from ecom.model import Period
from ecom.queries.scope import ResolvedScope, within
from ecom.queries.traffic_sources import aggregate_keys, ranked, usable_aggregates, with_days
from ecom.schema import daily_sales, order_items, orders, payments, refunds, sessions, traffic_agg
from ecom.store import Store
from ecom.store.rules import is_sale, line_money, refunded

ORDER_MEASURES = (
    "paid_amount", "orders", "buyers", "refunded_amount", "shipping_amount", "tax_amount",
)  # fmt: skip
_TRAFFIC = ("uv", "sessions", "paid_buyers", "paid_orders", "paid_amount")
_SPAN = ["shop_id", "start", "end", "system"]


def all_shops(store: Store, resolved: ResolvedScope) -> ResolvedScope:
    """The scope with every shop, whatever its currency."""
    return replace(resolved, shops=tuple(shop.shop_id for shop in store.shops()))


def in_own_currency(facts: Table) -> ColumnElement[bool]:
    """The condition that a row is in its shop's currency; what is not said on either side is."""
    own = schema.shops.c
    known = select(own.shop_id, own.currency).where(func.coalesce(own.currency, "") != "")
    return or_(
        func.coalesce(facts.c.currency, "") == "",
        facts.c.shop_id.not_in(known.with_only_columns(own.shop_id)),
        tuple_(facts.c.shop_id, facts.c.currency).in_(known),
    )


def orders_by_day(store: Store, shops: Sequence[str], period: Period) -> pd.DataFrame:
    """Paid orders, cut into days in three ways.

    Returns
    -------
    DataFrame
        ``shop_id``, ``basis``, ``day``, ``ORDER_MEASURES``. The basis is "paid" (local day of
        payment), "utc" (the same orders by the UTC day of payment) or "ordered" (local day of the
        order, unpaid and cancelled ones with them, their total as ``paid_amount``). The last two
        tell ``paid_amount`` and ``orders`` only, "utc" also ``buyers``.
    """
    lines = line_money()
    buyer = func.coalesce(func.nullif(orders.c.customer_key, ""), orders.c.order_id)
    count = func.count().label("orders")
    buyers = cast(func.count(func.distinct(buyer)), Double).label("buyers")
    unknown = [cast(literal(None), Double).label(name) for name in ORDER_MEASURES]
    paid = _total(func.coalesce(orders.c.paid_amount, lines.c.amount), "paid_amount")
    placed = _total(func.coalesce(orders.c.total_amount, orders.c.paid_amount), "paid_amount")
    in_full = (
        _total(refunded(orders, lines), "refunded_amount"),
        _total(orders.c.shipping_amount, "shipping_amount"),
        _total(orders.c.tax_amount, "tax_amount"),
    )
    utc_day = cast(orders.c.paid_at, Date)
    own = in_own_currency(orders)
    counted = (
        own,
        is_sale(orders),
        orders.c.shop_id.in_(shops),
        within(orders.c.paid_date, period),
    )
    parts = [
        _by_day("paid", orders.c.paid_date, (paid, count, buyers, *in_full))
        .select_from(_beside(orders, lines))
        .where(*counted),
        _by_day("utc", utc_day, (paid, count, buyers, *unknown[3:]))
        .select_from(_beside(orders, lines))
        .where(*counted, orders.c.paid_at.is_not(None)),
        _by_day("ordered", orders.c.order_date, (placed, count, *unknown[2:])).where(
            own,
            orders.c.is_current,
            orders.c.kind == "sale",
            orders.c.shop_id.in_(shops),
            within(orders.c.order_date, period),
        ),
    ]
    return _typed(store.read(union_all(*parts)), "day", ORDER_MEASURES)


def traffic_by_day(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """What each traffic export says of a shop; of one export its least split rows.

    Returns
    -------
    DataFrame
        A reported frame; ``part`` is the export's source, ``kind`` one of
        ``traffic_sources.SourceKind``, measures ``uv``, ``sessions``, ``paid_buyers``,
        ``paid_orders``, ``paid_amount``.
    """
    keys = aggregate_keys()
    measures = [func.sum(traffic_agg.c[name]).label(name) for name in _TRAFFIC]
    rows = with_days(
        store.read(
            select(*keys, *measures).where(usable_aggregates(resolved, (period,))).group_by(*keys)
        )
    )
    # Channels overlap in people; their sums of money and orders are the shop's all the same.
    best = ranked(rows).drop_duplicates(_SPAN)
    frame = rows.merge(best).rename(columns={"system": "part"})
    return frame.astype(dict.fromkeys(_TRAFFIC, "float64"))


def visits_by_day(store: Store, shops: Sequence[str], period: Period) -> pd.DataFrame:
    """Visits of the event log: a counted frame with ``visits`` and ``visitors``, by local day.

    ``part`` is the visit's channel; rows of all channels together have the part "". ``basis`` is
    "local" or, for all channels, also "utc".
    """
    visit = sessions.c
    sums = (
        func.count().label("visits"),
        func.count(func.distinct(visit.visitor_id)).label("visitors"),
    )
    channel = func.coalesce(visit.channel, "")
    utc_day = cast(visit.started_at, Date)
    inside = (visit.shop_id.in_(shops), within(visit.session_date, period))
    parts = (
        _visits("local", literal("", String), visit.session_date, sums)
        .where(*inside)
        .group_by(visit.shop_id, visit.session_date),
        _visits("utc", literal("", String), utc_day, sums)
        .where(*inside)
        .group_by(visit.shop_id, utc_day),
        _visits("local", channel, visit.session_date, sums)
        .where(*inside, channel != "")
        .group_by(visit.shop_id, visit.channel, visit.session_date),
    )
    return _typed(store.read(union_all(*parts)), "day", ("visits", "visitors"))


def channel_sales(store: Store, shops: Sequence[str], period: Period) -> pd.DataFrame:
    """Paid amount by the order's channel: a counted frame with ``paid_amount``."""
    sale = daily_sales.c
    keys = [sale.shop_id, sale.channel.label("part"), sale.day]
    frame = store.read(
        select(*keys, _total(sale.paid_amount, "paid_amount"))
        .where(
            sale.shop_id.in_(shops),
            sale.channel != "",
            within(sale.day, period),
            in_own_currency(daily_sales),
        )
        .group_by(sale.shop_id, sale.channel, sale.day)
    )
    return _typed(frame, "day", ("paid_amount",))


def payments_by_day(store: Store, shops: Sequence[str], period: Period) -> pd.DataFrame:
    """Charges that went through: a counted frame with ``basis`` "local" or "utc", ``amount``,
    ``refunded_amount`` and ``fee_amount``.
    """
    paid = payments.c
    sums = tuple(_total(paid[name], name) for name in ("amount", "refunded_amount", "fee_amount"))
    utc_day = cast(paid.created_at, Date)
    went_through = (
        in_own_currency(payments),
        paid.is_current,
        func.coalesce(paid.type, "charge") == "charge",
        paid.status.in_(("paid", "refunded", "partially_refunded")),
        paid.shop_id.in_(shops),
        within(paid.payment_date, period),
    )
    parts = [
        select(
            paid.shop_id,
            literal("", String).label("part"),
            literal(basis, String).label("basis"),
            day.label("day"),
            *sums,
        )
        .where(*went_through, day.is_not(None))
        .group_by(paid.shop_id, day)
        for basis, day in (("local", paid.payment_date), ("utc", utc_day))
    ]
    return _typed(store.read(union_all(*parts)), "day", ("amount", "refunded_amount", "fee_amount"))


def refunds_by_day(store: Store, shops: Sequence[str], period: Period) -> pd.DataFrame:
    """Refund documents against what the orders say was refunded, by the order's day of payment.

    A refund is booked weeks after its order, so both sides stand on the order's day.

    Returns
    -------
    DataFrame
        ``shop_id``, ``day``, ``on_orders``, ``documents`` (that moved money), ``shipping``
        (refunded with them), ``requested`` (documents that moved none yet), of shops that have
        refund documents.
    """
    given = refunds.c
    is_done = given.status == "refunded"
    document = (
        select(
            given.shop_id,
            given.order_id,
            func.sum(case((is_done, given.amount), else_=0)).label("documents"),
            func.sum(case((is_done, given.shipping_amount), else_=0)).label("shipping"),
            func.sum(case((given.status == "requested", given.amount), else_=0)).label("requested"),
        )
        .where(given.is_current, func.coalesce(given.order_id, "") != "")
        .group_by(given.shop_id, given.order_id)
        .subquery("document")
    )
    lines = line_money()
    frame = store.read(
        select(
            orders.c.shop_id,
            orders.c.paid_date.label("day"),
            _total(refunded(orders, lines), "on_orders"),
            *(_total(document.c[name], name) for name in ("documents", "shipping", "requested")),
        )
        .select_from(_beside(orders, lines, document))
        .where(
            in_own_currency(orders),
            is_sale(orders),
            orders.c.shop_id.in_(shops),
            orders.c.shop_id.in_(select(given.shop_id).where(given.is_current)),
            within(orders.c.paid_date, period),
        )
        .group_by(orders.c.shop_id, orders.c.paid_date)
    )
    return _typed(frame, "day", ("on_orders", "documents", "shipping", "requested"))


def lines_by_day(store: Store, shops: Sequence[str], period: Period) -> pd.DataFrame:
    """Goods amounts of orders against the sum of their lines, by the day of the order.

    Returns
    -------
    DataFrame
        ``shop_id``, ``day``, ``goods_amount``, ``line_amount``, ``without_lines`` (goods amount of
        orders that have no line), ``discount_amount``, ``shipping_amount``, ``tax_amount``, of
        orders that tell a goods amount.
    """
    line = order_items.c
    sums = (
        select(line.shop_id, line.order_id, func.sum(line.line_amount).label("line_amount"))
        .where(line.is_current, line.is_goods.is_distinct_from(False))
        .group_by(line.shop_id, line.order_id)
        .subquery("sums")
    )
    order = orders.c
    extras = ("discount_amount", "shipping_amount", "tax_amount")
    bare = case((sums.c.order_id.is_(None), order.goods_amount))
    frame = store.read(
        select(
            order.shop_id,
            order.order_date.label("day"),
            _total(order.goods_amount, "goods_amount"),
            _total(sums.c.line_amount, "line_amount"),
            _total(bare, "without_lines"),
            *(_total(order[name], name) for name in extras),
        )
        .select_from(_beside(orders, sums))
        .where(
            in_own_currency(orders),
            order.is_current,
            order.kind == "sale",
            order.goods_amount.is_not(None),
            order.shop_id.in_(shops),
            within(order.order_date, period),
        )
        .group_by(order.shop_id, order.order_date)
    )
    return _typed(frame, "day", ("goods_amount", "line_amount", "without_lines", *extras))


def _beside(base: Any, *parts: Any) -> Any:
    """Subqueries by order, outer-joined to the orders."""
    joined = base
    for part in parts:
        joined = joined.outerjoin(
            part, and_(part.c.shop_id == base.c.shop_id, part.c.order_id == base.c.order_id)
        )
    return joined


def _by_day(basis: str, day: ColumnElement[Any], sums: Sequence[Any]) -> Select[Any]:
    return select(
        orders.c.shop_id, literal(basis, String).label("basis"), day.label("day"), *sums
    ).group_by(orders.c.shop_id, day)


def _visits(
    basis: str, part: ColumnElement[Any], day: ColumnElement[Any], sums: Sequence[Any]
) -> Select[Any]:
    return select(
        sessions.c.shop_id,
        literal(basis, String).label("basis"),
        part.label("part"),
        day.label("day"),
        *sums,
    )


def _total(value: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return func.sum(cast(func.coalesce(value, 0), Double)).label(name)


def _typed(frame: pd.DataFrame, day: str, measures: Sequence[str]) -> pd.DataFrame:
    return frame.assign(**{day: pd.to_datetime(frame[day])}).astype(
        dict.fromkeys(measures, "float64")
    )
