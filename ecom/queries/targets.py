"""The team's targets."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import select

from ecom.queries.scope import ResolvedScope
from ecom.schema import targets
from ecom.store import Store


def targets_on(store: Store, resolved: ResolvedScope, day: date) -> pd.DataFrame:
    """The targets that run on a day, of the scope's shops.

    Returns
    -------
    DataFrame
        ``level`` (results | customers | operations), ``metric``, ``owner``, ``shop``, ``start``,
        ``end`` (datetime.date), ``value``; results first.
    """
    table = targets
    frame = store.read(
        select(
            table.c.level,
            table.c.metric,
            table.c.owner,
            table.c.shop_id.label("shop"),
            table.c.period_start.label("start"),
            table.c.period_end.label("end"),
            table.c.value,
        )
        .where(
            table.c.is_current,
            table.c.shop_id.in_(resolved.shops),
            table.c.period_start <= day,
            table.c.period_end >= day,
            table.c.value.is_not(None),
        )
        .order_by(table.c.level.desc(), table.c.metric, table.c.shop_id, table.c.period_start)
    )
    for name in ("start", "end"):
        frame[name] = pd.to_datetime(frame[name]).dt.date
    order = {"results": 0, "customers": 1, "operations": 2}
    return frame.sort_values(
        "level", key=lambda levels: levels.map(order).fillna(3), kind="stable", ignore_index=True
    )
