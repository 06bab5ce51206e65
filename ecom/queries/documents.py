"""Orders, returns and adjustments, each with the visit it came from."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ecom import schema
from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency, in_scope, within
from ecom.schema import order_items
from ecom.store import Store
from ecom.store.sku_names import Catalogue


def documents(resolved: ResolvedScope, *, sales_only: bool = False) -> Subquery:
    """One row a counted document of the scope's shops in the report's currency, with the dimensions
    ``daily_sales`` has.

    Parameters
    ----------
    sales_only : leave returns and adjustments out.

    Returns
    -------
    Subquery
        Columns of ``schema.documents`` and ``document``, unique over shops. ``customer`` is NULL
        when unknown.
    """
    facts = schema.documents
    conditions: list[ColumnElement[bool]] = [
        facts.c.shop_id.in_(resolved.shops),
        in_currency(resolved, facts),
    ]
    if sales_only:
        conditions.append(facts.c.kind == "sale")
    return (
        select(facts, (facts.c.shop_id + literal("\t") + facts.c.order_id).label("document"))
        .where(*conditions)
        .subquery("sales_documents")
    )


def with_category(facts: Subquery) -> Subquery:
    """``documents`` once for each category they have goods of, as ``daily_items`` names it."""
    line, known = order_items, Catalogue.of_lines()
    return (
        select(facts, known.category.label("category"))
        .select_from(
            known.beside(
                facts.join(
                    line,
                    and_(line.c.shop_id == facts.c.shop_id, line.c.order_id == facts.c.order_id),
                )
            )
        )
        .where(line.c.is_current, or_(line.c.is_goods.is_(None), line.c.is_goods))
        .subquery("documents_by_category")
    )


def first_sales(resolved: ResolvedScope, period: Period) -> Subquery:
    """Each known customer's first sale ever in the scope's shops, where it falls in the period.

    Columns are those of ``documents``.
    """
    first = schema.first_sales
    ours = (first.c.shop_id.in_(resolved.shops), in_currency(resolved, first))
    # Somebody else's shop, or the same one in another currency, may have sold to them before.
    earlier = (
        select(first.c.customer)
        .where(*ours, first.c.day < period.start)
        .distinct()
        .subquery("earlier")
    )
    nth = func.row_number().over(
        partition_by=first.c.customer,
        order_by=(first.c.day, first.c.paid_at, first.c.shop_id, first.c.order_id),
    )
    ranked = (
        select(first.c.shop_id, first.c.order_id, nth.label("nth"))
        .select_from(first.outerjoin(earlier, earlier.c.customer == first.c.customer))
        .where(*ours, within(first.c.day, period), earlier.c.customer.is_(None))
        .subquery("ranked")
    )
    sales = documents(resolved, sales_only=True)
    is_first = and_(sales.c.shop_id == ranked.c.shop_id, sales.c.order_id == ranked.c.order_id)
    return (
        select(sales)
        .join(ranked, is_first)
        .where(ranked.c.nth == 1, within(sales.c.day, period))
        .subquery("first_sales")
    )


def document_counts(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """What sales are made of.

    Returns
    -------
    DataFrame
        A row for each ``kind`` (sale | return | adjustment) and ``has_customer`` that occurs, then
        one with kind "" over all: ``documents``, ``customers`` (distinct; they overlap between
        rows, so the last row is counted, not added) and ``amount`` (net contribution).
    """
    facts = documents(resolved)
    conditions = [within(facts.c.day, period), *in_scope(resolved, facts)]
    net = facts.c.paid_amount - facts.c.refunded_amount + facts.c.adjustment_amount
    measures = [
        func.count().label("documents"),
        func.count(func.distinct(facts.c.customer)).label("customers"),
        func.sum(net).label("amount"),
    ]
    known = case((facts.c.customer.is_(None), 0), else_=1)
    rows = store.read(
        union_all(
            select(facts.c.kind, known.label("has_customer"), *measures)
            .where(*conditions)
            .group_by(facts.c.kind, known),
            select(literal("").label("kind"), literal(1).label("has_customer"), *measures).where(
                *conditions
            ),
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
