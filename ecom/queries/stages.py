"""The conversion chain of back-office exports: visitors, carts, order buyers, paid buyers.

Each number is people counted once a day (or once a row, where an export has rows of several days),
so the stages are not the same people. Which row speaks for a shop and day is decided by
``traffic_sources``, the event log left aside.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
from sqlalchemy import case, func, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_scope
from ecom.queries.traffic_sources import (
    SourceKind,
    aggregate_keys,
    choose,
    coverage,
    placed,
    usable_aggregates,
    with_days,
)
from ecom.schema import traffic_agg
from ecom.store import Store

STAGES = ("uv", "cart_uv", "order_buyers", "paid_buyers")


def stage_counts(
    store: Store, resolved: ResolvedScope, periods: Collection[Period]
) -> tuple[pd.DataFrame, ...]:
    """Sum the stages of each period.

    Returns
    -------
    tuple of DataFrame
        One a period. Index: the names in ``STAGES`` that some row tells; columns ``people`` and
        ``visitors``, the visitors of just the rows that tell the stage. Empty without such exports.
    """
    keys = aggregate_keys()
    row = traffic_agg.c
    sums = [
        column
        for name in STAGES
        for column in (
            func.sum(row[name]).label(name),
            func.sum(case((row[name].is_not(None), row.uv))).label(f"visitors_of_{name}"),
        )
    ]
    facts = store.read(
        select(*keys, *sums)
        .where(usable_aggregates(resolved, periods), *in_scope(resolved, traffic_agg))
        .group_by(*keys)
    )
    if facts.empty:
        return tuple(_empty() for _ in periods)
    facts = with_days(facts)
    rows = coverage(store, resolved, periods)
    rows = rows[rows["kind"] != SourceKind.EVENTS]
    facts = placed(facts, rows)
    scope = resolved.scope
    needs = [
        name for name, chosen in (("channel", scope.channels), ("device", scope.devices)) if chosen
    ]
    return tuple(_summed(choose(rows, period, needs=needs).of(facts)) for period in periods)


def _summed(facts: pd.DataFrame) -> pd.DataFrame:
    told = [name for name in STAGES if facts[name].notna().any()]
    if "uv" not in told:
        return _empty()
    return pd.DataFrame(
        {
            "people": [float(facts[name].sum()) for name in told],
            "visitors": [float(facts[f"visitors_of_{name}"].sum()) for name in told],
        },
        index=told,
    )


def _empty() -> pd.DataFrame:
    return pd.DataFrame({"people": [], "visitors": []}, dtype="float64")
