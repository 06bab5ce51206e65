"""The conversion chain of back-office exports: visitors, carts, order buyers, paid buyers.

Some count visits instead (Shopify: with a cart, with a checkout, with a purchase). Each number is
people counted once a day (or once a row, where an export has rows of several days),
so the stages are not the same people. Which row speaks for a shop and day is decided by
``traffic_sources``, the event log left aside.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

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

STAGES: dict[str, tuple[str, ...]] = {
    "person": ("uv", "cart_uv", "order_buyers", "paid_buyers"),
    "session": ("sessions", "cart_sessions", "checkout_sessions", "converted_sessions"),
}
"""Who is counted -> the stages, those who came first."""


def stage_counts(
    store: Store, resolved: ResolvedScope, periods: Collection[Period], *, unit: str = "person"
) -> tuple[pd.DataFrame, ...]:
    """Sum the stages of each period.

    Parameters
    ----------
    unit : a key of ``STAGES``.

    Returns
    -------
    tuple of DataFrame
        One a period. Index: the stages that some row tells; columns ``people`` and ``visitors``,
        those who came (people or visits) in just the rows that tell the stage. Empty without such
        exports.
    """
    keys, stages = aggregate_keys(), STAGES[unit]
    row = traffic_agg.c
    came = row[stages[0]]
    sums = [
        column
        for name in stages
        for column in (
            func.sum(row[name]).label(name),
            func.sum(case((row[name].is_not(None), came))).label(f"visitors_of_{name}"),
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
    return tuple(_summed(choose(rows, period, needs=needs).of(facts), stages) for period in periods)


def _summed(facts: pd.DataFrame, stages: Sequence[str]) -> pd.DataFrame:
    told = [name for name in stages if facts[name].notna().any()]
    if stages[0] not in told:
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
