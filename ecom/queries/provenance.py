"""What a number is made of: the batches whose current rows feed it, and what each contributes.

Every function follows the query that makes the page's number, row for row, and groups by batch
instead; so the sums over batches are the page's totals.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ecom.model import Period
from ecom.queries.documents import documents
from ecom.queries.marketing import spend_facts
from ecom.queries.scope import ResolvedScope, advertising_scope, in_scope, within
from ecom.queries.stock import stock_facts
from ecom.queries.stock_selects import IS_STOCKED, ON_HAND, lists_select
from ecom.queries.traffic_facts import needs_of
from ecom.queries.traffic_sources import (
    aggregate_keys,
    choose,
    coverage,
    placed,
    usable_aggregates,
    with_days,
)
from ecom.schema import (
    FACTS,
    budgets,
    events,
    experiment_assignments,
    experiment_results,
    inventory_snapshots,
    order_items,
    products,
    targets,
    traffic_agg,
)
from ecom.store import Store
from ecom.store.sku_names import Catalogue

COLUMNS = ("batch_id", "rows", "units", "amount")
"""Rows that count; pieces, visitors or units on hand; money. What a table has none of is NaN."""


def order_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Orders, returns and adjustments; ``units`` are paid orders, ``amount`` their GMV."""
    facts = documents(resolved)
    return _read(
        store,
        select(
            facts.c.batch_id,
            func.count().label("rows"),
            func.sum(case((facts.c.kind == "sale", 1), else_=0)).label("units"),
            func.sum(func.coalesce(facts.c.paid_amount, 0)).label("amount"),
        )
        .where(within(facts.c.day, period), *in_scope(resolved, facts))
        .group_by(facts.c.batch_id),
    )


def line_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Goods lines of counted documents; ``units`` are pieces sold, ``amount`` what they cost."""
    facts, line, known = documents(resolved), order_items, Catalogue.of_lines()
    sold = line.c.quantity >= 0
    rows = (
        select(
            *(facts.c[name] for name in ("day", "shop_id", "channel", "device", "region")),
            known.category.label("category"),
            line.c.batch_id,
            case((sold, line.c.quantity), else_=0).label("units"),
            case((sold, func.coalesce(line.c.line_amount, 0)), else_=0).label("amount"),
        )
        .select_from(
            known.beside(
                facts.join(
                    line,
                    and_(line.c.shop_id == facts.c.shop_id, line.c.order_id == facts.c.order_id),
                )
            )
        )
        .where(
            line.c.is_current,
            or_(line.c.is_goods.is_(None), line.c.is_goods),
            facts.c.kind != "adjustment",
        )
        .subquery("lines")
    )
    return _read(
        store,
        select(
            rows.c.batch_id,
            func.count().label("rows"),
            func.sum(rows.c.units).label("units"),
            func.sum(rows.c.amount).label("amount"),
        )
        .where(within(rows.c.day, period), *in_scope(resolved, rows))
        .group_by(rows.c.batch_id),
    )


def traffic_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Rows of back-office exports that speak for a shop's day; ``units`` are visitors by day.

    Days for which an event log speaks are not here: their visitors are counted from events.
    """
    covered = coverage(store, resolved, (period,))
    choice = choose(covered, period, needs=needs_of(resolved))
    row = (
        select(
            *aggregate_keys(),
            traffic_agg.c.batch_id,
            traffic_agg.c.uv.label("units"),
            traffic_agg.c.paid_amount.label("amount"),
        )
        .where(usable_aggregates(resolved, (period,)), *in_scope(resolved, traffic_agg))
        .subquery("row")
    )
    keys = [column for column in row.c if column.name not in ("units", "amount")]
    frame = store.read(
        select(
            *keys,
            func.count().label("rows"),
            func.sum(row.c.units).label("units"),
            func.sum(row.c.amount).label("amount"),
        ).group_by(*keys)
    )
    return _summed(choice.of(placed(with_days(frame), covered)))


def event_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Events of the shops on the days, whatever the filters on channels and devices say."""
    return _counted(
        store, events, events.c.shop_id.in_(resolved.shops), days=(events.c.event_date, period)
    )


def spend_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Ad reports of the level that counts; ``units`` are clicks, ``amount`` is spend."""
    facts = spend_facts(store, resolved, (period,), by_batch=True)
    rows = facts.counted(period)
    return _summed(rows.rename(columns={"count": "rows", "clicks": "units", "spend": "amount"}))


def stock_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """The latest lists at the period's end; ``units`` on hand, ``amount`` at the page's costs."""
    latest, listed = lists_select(period.end).subquery("latest"), inventory_snapshots.c
    rows = store.read(
        select(
            listed.batch_id,
            listed.sku,
            func.count().label("rows"),
            func.sum(ON_HAND).label("units"),
        )
        .select_from(
            inventory_snapshots.join(
                latest,
                and_(
                    latest.c.source == listed.source,
                    latest.c.warehouse == listed.warehouse,
                    latest.c.day == listed.snapshot_date,
                ),
            )
        )
        .where(IS_STOCKED)
        .group_by(listed.batch_id, listed.sku)
    )
    stock = stock_facts(store, resolved, on=period.end, with_mean_value=False).rows
    priced = rows.merge(stock[["sku", "unit_cost"]], on="sku")  # a category filter leaves skus out
    return _summed(priced.assign(amount=priced["units"].astype("float64") * priced["unit_cost"]))


def budget_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Budgets of all months that the period touches."""
    months = Period(period.start.replace(day=1), period.end)
    conditions = (
        func.coalesce(budgets.c.currency, "").in_(("", resolved.currency)),
        *in_scope(advertising_scope(resolved), budgets),
    )
    return _counted(store, budgets, *conditions, days=(budgets.c.month, months))


def target_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Targets that run on the period's last day."""
    return _counted(
        store,
        targets,
        targets.c.shop_id.in_(resolved.shops),
        targets.c.period_start <= period.end,
        targets.c.period_end >= period.end,
        targets.c.value.is_not(None),
    )


def catalogue_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Products and their costs: names, categories and margins come from them."""
    parts = [
        _counted(store, FACTS["products"], products.c.shop_id.in_(resolved.shops)),
        _counted(store, FACTS["product_costs"]),
    ]
    return _summed(pd.concat(parts))


def experiment_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Assignments and results of experiments; these count as a whole, whatever the period."""
    tables = (experiment_assignments, experiment_results)
    parts = [_counted(store, table, table.c.shop_id.in_(resolved.shops)) for table in tables]
    return _summed(pd.concat(parts))


def stored_rows(store: Store) -> pd.DataFrame:
    """How many rows of each batch count, and how many a newer batch speaks for instead.

    Returns
    -------
    DataFrame
        Index ``batch_id``; columns ``current`` and ``superseded``, over all fact tables.
    """
    counts = union_all(
        *(
            select(
                table.c.batch_id,
                func.sum(case((table.c.is_current, 1), else_=0)).label("current"),
                func.sum(case((table.c.is_current, 0), else_=1)).label("superseded"),
            ).group_by(table.c.batch_id)
            for table in FACTS.values()
        )
    ).subquery("counts")
    frame = store.read(
        select(
            counts.c.batch_id,
            func.sum(counts.c.current).label("current"),
            func.sum(counts.c.superseded).label("superseded"),
        ).group_by(counts.c.batch_id)
    )
    return frame.astype("int64").set_index("batch_id")


def _counted(
    store: Store,
    table: Table,
    *conditions: ColumnElement[bool],
    days: tuple[ColumnElement[Any], Period] | None = None,
) -> pd.DataFrame:
    inside = [] if days is None else [within(*days)]
    return _read(
        store,
        select(
            table.c.batch_id,
            func.count().label("rows"),
            literal(None).label("units"),
            literal(None).label("amount"),
        )
        .where(table.c.is_current, *inside, *conditions)
        .group_by(table.c.batch_id),
    )


def _read(store: Store, statement: Select[Any]) -> pd.DataFrame:
    return _summed(store.read(statement))


def _summed(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a batch with ``COLUMNS``, by number."""
    typed = frame[list(COLUMNS)].astype({"rows": "int64", "units": "float64", "amount": "float64"})
    sums = typed.groupby("batch_id", as_index=False).agg(
        rows=("rows", "sum"),
        units=("units", _known_sum),
        amount=("amount", _known_sum),
    )
    return sums.astype({"batch_id": "int64"})


def _known_sum(values: pd.Series) -> float:
    return float(values.sum(min_count=1))
