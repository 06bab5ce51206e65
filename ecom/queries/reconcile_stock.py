"""Stock movements against stock lists: list + movements = next list, by warehouse and SKU."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Double, Select, Subquery, and_, case, cast, func, select

from ecom.model import Period
from ecom.queries.scope import within
from ecom.schema import inventory_snapshots, stock_movements
from ecom.store import Store

MEASURES = ("opening", "closing", "moved", "moved_before")


def stock_by_day(store: Store, period: Period) -> pd.DataFrame:
    """Every list held against the one before it, summed over its SKUs.

    Returns
    -------
    DataFrame
        ``warehouse``, ``day`` (of the list), ``opening`` (units in the list before), ``closing``,
        ``moved`` (movements after the day of the list before, up to the day of the list),
        ``moved_before`` (the same if both lists were taken before the day's movements). Only
        warehouses that have movements, and lists while they are recorded.
    """
    pair = _pairs(period).subquery("pair")
    frame = store.read(
        select(
            pair.c.warehouse,
            pair.c.day,
            *(cast(func.sum(pair.c[name]), Double).label(name) for name in MEASURES),
        )
        .group_by(pair.c.warehouse, pair.c.day)
        .order_by(pair.c.warehouse, pair.c.day)
    )
    return frame.assign(day=pd.to_datetime(frame["day"])).astype(dict.fromkeys(MEASURES, "float64"))


def stock_by_sku(store: Store, period: Period, *, most: int = 100) -> pd.DataFrame:
    """The SKUs whose lists and movements lie furthest apart.

    Returns
    -------
    DataFrame
        ``warehouse``, ``sku``, ``lists``, ``opening`` (first list), ``moved``, ``expected``
        (opening + moved), ``closing`` (last list), ``gap`` (closing - expected); the largest first.
    """
    pair = _pairs(period).subquery("pair")
    unexplained = func.sum(pair.c.closing - pair.c.opening - pair.c.moved)
    frame = store.read(
        select(
            pair.c.warehouse,
            pair.c.sku,
            func.count().label("lists"),
            cast(func.sum(case((pair.c.nth == 1, pair.c.opening), else_=0)), Double).label(
                "opening"
            ),
            cast(func.sum(pair.c.moved), Double).label("moved"),
            cast(unexplained, Double).label("gap"),
        )
        .group_by(pair.c.warehouse, pair.c.sku)
        .having(unexplained != 0)
        .order_by(func.abs(unexplained).desc(), pair.c.warehouse, pair.c.sku)
        .limit(most)
    )
    expected = frame["opening"] + frame["moved"]
    return frame.assign(expected=expected, closing=expected + frame["gap"])


def _pairs(period: Period) -> Select[Any]:
    """Each list of a SKU with the one before it and what moved in between."""
    lists, recorded = _lists(period), _recorded()
    change = stock_movements
    after = (change.c.moved_date > lists.c.since) & (change.c.moved_date <= lists.c.day)
    before = (change.c.moved_date >= lists.c.since) & (change.c.moved_date < lists.c.day)
    keys = [
        lists.c.source,
        lists.c.warehouse,
        lists.c.sku,
        lists.c.day,
        lists.c.opening,
        lists.c.closing,
    ]
    nth = func.row_number().over(
        partition_by=[lists.c.source, lists.c.warehouse, lists.c.sku], order_by=lists.c.day
    )
    return (
        select(
            *keys,
            nth.label("nth"),
            func.coalesce(func.sum(case((after, change.c.quantity), else_=0)), 0).label("moved"),
            func.coalesce(func.sum(case((before, change.c.quantity), else_=0)), 0).label(
                "moved_before"
            ),
        )
        .select_from(
            lists.join(
                recorded,
                and_(
                    recorded.c.warehouse == lists.c.warehouse,
                    # A list counts once movements are recorded from the one before it on.
                    recorded.c.first <= lists.c.day,
                    recorded.c.last >= lists.c.since,
                ),
            ).outerjoin(
                change,
                and_(
                    change.c.is_current,
                    change.c.warehouse == lists.c.warehouse,
                    change.c.sku == lists.c.sku,
                    change.c.moved_date >= lists.c.since,
                    change.c.moved_date <= lists.c.day,
                ),
            )
        )
        .where(lists.c.since.is_not(None))
        .group_by(*keys)
    )


def _lists(period: Period) -> Subquery:
    """Each list of a SKU, and the day and stock of the one before it."""
    listed = inventory_snapshots.c
    of_sku = [listed.source, listed.warehouse, listed.sku]
    on_hand = func.coalesce(listed.on_hand, listed.available, 0)
    order: dict[str, Any] = {"partition_by": of_sku, "order_by": listed.snapshot_date}
    return (
        select(
            *of_sku,
            listed.snapshot_date.label("day"),
            on_hand.label("closing"),
            func.lag(listed.snapshot_date).over(**order).label("since"),
            func.lag(on_hand).over(**order).label("opening"),
        )
        .where(listed.is_current, within(listed.snapshot_date, period))
        .subquery("lists")
    )


def _recorded() -> Subquery:
    """First and last day that each warehouse has movements of."""
    moved = stock_movements.c
    return (
        select(
            moved.warehouse,
            func.min(moved.moved_date).label("first"),
            func.max(moved.moved_date).label("last"),
        )
        .where(moved.is_current)
        .group_by(moved.warehouse)
        .subquery("recorded")
    )
