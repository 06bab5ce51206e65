"""Visits by shop and day from the one source that speaks for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.model import Period
from ecom.queries.scope import ResolvedScope
from ecom.queries.traffic_orders import with_orders
from ecom.queries.traffic_sources import (
    Choice,
    SourceKind,
    choose,
    coverage,
    placed,
    ranked,
    with_days,
)
from ecom.queries.traffic_sums import SUMS, facts_select, largest_select
from ecom.store import Store

# The sums, and the visitors that the ratios of buyers and of money stand on.
MEASURES = (*SUMS[:-1], "visitor_days_with_buyers", "visitor_days_with_gmv")


@dataclass(frozen=True, eq=False, slots=True)
class TrafficFacts:
    """Visits of one period from the sources that speak for it.

    Attributes
    ----------
    rows : one row a shop, span of days and part: shop_id, start, end, kind, system, part and the
        columns of ``MEASURES``. ``part`` is the channel, device ... or "" when not split.
    choice : which source speaks when.
    measures : sums over the period and "days", the days with visitors; None where no row tells.
    """

    period: Period
    rows: pd.DataFrame
    choice: Choice
    measures: dict[str, float | None]

    @property
    def daily(self) -> pd.DataFrame:
        """Index: every day of the period (datetime.date); columns: ``MEASURES``, days, visitors."""
        single = self.rows[self.rows["start"] == self.rows["end"]]
        sums = single.groupby("start")[list(MEASURES)].sum(min_count=1)
        days = pd.date_range(self.period.start, self.period.end, name="day")
        frame = sums.reindex(days)
        per_channel = single.loc[single["kind"] == SourceKind.CHANNELS, "start"].unique()
        frame["days"] = np.where(frame["visitor_days"].notna(), 1.0, np.nan)
        frame["visitors"] = frame["visitor_days"].mask(frame.index.isin(per_channel))
        frame.index = pd.Index([day.date() for day in frame.index], name="day")
        return frame

    @property
    def parts(self) -> pd.DataFrame:
        """Sums by part. Index: the part; columns: ``MEASURES``."""
        return self.rows.groupby("part")[list(MEASURES)].sum(min_count=1)


def traffic_facts(
    store: Store,
    resolved: ResolvedScope,
    periods: Collection[Period],
    *,
    by: str = "",
    covered: pd.DataFrame | None = None,
) -> tuple[TrafficFacts, ...]:
    """Visits of each period, in their order; see ``traffic_splits``."""
    return traffic_splits(store, resolved, periods, splits=(by,), covered=covered)[by]


def traffic_splits(
    store: Store,
    resolved: ResolvedScope,
    periods: Collection[Period],
    *,
    splits: Collection[str],
    covered: pd.DataFrame | None = None,
    within: Mapping[str, str] | None = None,
    kept: Collection[str] | None = None,
) -> dict[str, tuple[TrafficFacts, ...]]:
    """Visits of each period, from one source a shop and day, split in several ways at once.

    Parameters
    ----------
    splits : of "", "channel", "device", "region", "hour", "origin" (source and campaign; what an
        export names below its channel) and "landing": what ``part`` holds; "" is not split.
    covered : answer of ``coverage`` for these periods, where the caller has it already.
    within : the one part that counts, by its dimension, as "channel" -> "Direct".
    kept : parts told apart; the others are one. None: all of them.

    Returns
    -------
    dict of str to tuple of TrafficFacts
        By split; the facts in the order of ``periods``.

    Notes
    -----
    Buyers and money of the ratios come from the source that counted the visitors. Where that tells
    none, they come from the orders of the same shop and day, unless a filter or a breakdown asks
    for what orders can't be split by.
    """
    facts = with_days(store.read(facts_select(resolved, periods, splits, within=within, kept=kept)))
    # In the same order, so that sums agree to the last digit.
    keys = [str(name) for name in facts if name not in SUMS]
    facts = facts.sort_values(keys, ignore_index=True)
    facts = facts.astype(dict.fromkeys(SUMS, "float64"))
    if covered is None:
        # Without filters the facts have a row of everything there is.
        is_part = needs_of(resolved, "") or within
        covered = coverage(store, resolved, periods) if is_part else ranked(facts)
    facts = placed(facts, covered)
    answers = {}
    for by in splits:
        needs = needs_of(resolved, by, *(within or ()))
        chosen = [choose(covered, period, needs=needs) for period in periods]
        rows = facts[facts["split"] == by].drop(columns="split")
        picked = [choice.of(rows) for choice in chosen]
        if not needs:
            picked = with_orders(store, resolved, periods, picked)
        answers[by] = summed_up(periods, picked, chosen)
    return answers


def largest_parts(
    store: Store,
    resolved: ResolvedScope,
    periods: Collection[Period],
    by: str,
    *,
    within: Mapping[str, str],
    limit: int,
) -> tuple[str, ...]:
    """The parts that most visits of event logs have, at most ``limit``; see ``traffic_splits``."""
    frame = store.read(largest_select(resolved, periods, by, within=within, limit=limit))
    return tuple(str(part) for part in frame["part"])


def summed_up(
    periods: Collection[Period], picked: list[pd.DataFrame], chosen: list[Choice]
) -> tuple[TrafficFacts, ...]:
    """The facts of each period from its rows and the choice they were picked by."""
    return tuple(
        _summed(period, _with_bases(frame), choice)
        for period, frame, choice in zip(periods, picked, chosen, strict=True)
    )


def _summed(period: Period, rows: pd.DataFrame, choice: Choice) -> TrafficFacts:
    sums = rows[list(MEASURES)].sum(min_count=1)
    days = float(rows.loc[rows["visitor_days"].notna(), "start"].nunique())
    return TrafficFacts(period, rows, choice, {**_plain(sums), "days": days or None})


def needs_of(resolved: ResolvedScope, *by: str) -> set[str]:
    """What a source has to tell to speak under these filters, split by (or within) ``by``."""
    scope = resolved.scope
    filters = {"channel": scope.channels, "device": scope.devices, "region": scope.regions}
    # Whoever tells the channel tells what it is made of.
    told = {"channel" if name == "origin" else name for name in by if name}
    return {name for name, values in filters.items() if values} | told


def _with_bases(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the visitors that the ratios of buyers and money stand on."""
    return rows.assign(
        visitor_days_with_buyers=rows["visitor_days"].where(rows["buyer_days"].notna()),
        visitor_days_with_gmv=rows["visitor_days"].where(rows["traffic_gmv"].notna()),
    )


def _plain(sums: pd.Series) -> dict[str, float | None]:
    return {str(name): None if pd.isna(value) else float(value) for name, value in sums.items()}
