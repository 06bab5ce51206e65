"""Orders, returns and adjustments, each with the visit it came from."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import (
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.schema import order_items, order_sessions, orders, products
from ecom.store import Store
from ecom.store.rules import is_document, is_sale, line_refunds, refunded


def documents(resolved: ResolvedScope, *, sales_only: bool = False) -> Subquery:
    """One row a counted document of the scope's shops, with the dimensions ``daily_sales`` has.

    Parameters
    ----------
    sales_only : leave returns and adjustments out.

    Returns
    -------
    Subquery
        ``day``, ``shop_id``, ``order_id``, ``document`` (unique over shops), ``kind``,
        ``customer`` (NULL when unknown), ``channel``, ``device``, ``region``, ``paid_amount``,
        ``refunded_amount`` (as the order itself says), ``adjustment_amount``, ``paid_at``,
        ``batch_id`` (of the order).
    """
    visit = order_sessions
    return (
        select(
            orders.c.paid_date.label("day"),
            orders.c.shop_id,
            orders.c.order_id,
            (orders.c.shop_id + literal("\t") + orders.c.order_id).label("document"),
            orders.c.kind,
            func.nullif(orders.c.customer_key, "").label("customer"),
            *(
                func.coalesce(orders.c[name], visit.c[name], "").label(name)
                for name in ("channel", "device", "region")
            ),
            orders.c.paid_amount,
            orders.c.refunded_amount,
            orders.c.adjustment_amount,
            orders.c.paid_at,
            orders.c.batch_id,
        )
        .select_from(
            orders.outerjoin(
                visit,
                and_(visit.c.shop_id == orders.c.shop_id, visit.c.order_id == orders.c.order_id),
            )
        )
        .where(
            is_sale(orders) if sales_only else is_document(orders),
            orders.c.shop_id.in_(resolved.shops),
        )
        .subquery("documents")
    )


def with_category(facts: Subquery) -> Subquery:
    """``documents`` once for each category they have goods of."""
    line = order_items
    product = select(products).where(products.c.is_current).subquery("product")
    return (
        select(facts, func.coalesce(product.c.category, line.c.category, "").label("category"))
        .select_from(
            facts.join(
                line, and_(line.c.shop_id == facts.c.shop_id, line.c.order_id == facts.c.order_id)
            ).outerjoin(
                product, and_(product.c.shop_id == line.c.shop_id, product.c.sku == line.c.sku)
            )
        )
        .where(line.c.is_current, or_(line.c.is_goods.is_(None), line.c.is_goods))
        .subquery("documents_by_category")
    )


def first_sales(resolved: ResolvedScope, period: Period) -> Subquery:
    """Each known customer's first sale ever in the scope's shops, where it falls in the period.

    Columns are those of ``documents``.
    """
    sales = documents(resolved, sales_only=True)
    earlier = (
        select(orders.c.customer_key)
        .where(
            is_sale(orders),
            orders.c.shop_id.in_(resolved.shops),
            orders.c.paid_date < period.start,
            orders.c.customer_key.is_not(None),
        )
        .distinct()
        .subquery("earlier")
    )
    nth = func.row_number().over(
        partition_by=sales.c.customer,
        order_by=(sales.c.day, sales.c.paid_at, sales.c.document),
    )
    ranked = (
        select(sales, nth.label("nth"))
        .select_from(sales.outerjoin(earlier, earlier.c.customer_key == sales.c.customer))
        .where(
            sales.c.customer.is_not(None),
            earlier.c.customer_key.is_(None),
            within(sales.c.day, period),
        )
        .subquery("ranked")
    )
    return select(ranked).where(ranked.c.nth == 1).subquery("first_sales")


def document_counts(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """What sales are made of.

    Returns
    -------
    DataFrame
        A row for each ``kind`` (sale | return | adjustment) and ``has_customer`` that occurs, then
        one with kind "" over all: ``documents``, ``customers`` (distinct; they overlap between
        rows, so the last row is counted, not added) and ``amount`` (net contribution).
    """
    facts, lines = documents(resolved), line_refunds()
    conditions = [within(facts.c.day, period), *in_scope(resolved, facts)]
    same_order = and_(lines.c.shop_id == facts.c.shop_id, lines.c.order_id == facts.c.order_id)
    source = facts.outerjoin(lines, same_order)
    paid, adjusted = (
        func.coalesce(facts.c[name], 0) for name in ("paid_amount", "adjustment_amount")
    )
    measures = [
        func.count().label("documents"),
        func.count(func.distinct(facts.c.customer)).label("customers"),
        func.sum(paid - refunded(facts, lines) + adjusted).label("amount"),
    ]
    known = case((facts.c.customer.is_(None), 0), else_=1)
    rows = store.read(
        union_all(
            select(facts.c.kind, known.label("has_customer"), *measures)
            .select_from(source)
            .where(*conditions)
            .group_by(facts.c.kind, known),
            select(literal("").label("kind"), literal(1).label("has_customer"), *measures)
            .select_from(source)
            .where(*conditions),
        )
    )
    place = {"sale": 0, "return": 1, "adjustment": 2, "": 3}
    return (
        rows[rows["documents"] > 0]
        .assign(place=lambda frame: frame["kind"].map(place).fillna(2))
        .sort_values(["place", "has_customer"], ascending=[True, False], ignore_index=True)
        .drop(columns="place")
        .astype({"documents": "int64", "customers": "int64", "amount": "float64"})
    )
