"""The sources and devices that are watched, each with its band."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ecom.model import Period
from ecom.models.bands import Band, Flags, Floats, level_band, surprises
from ecom.models.known_effects import SpendEffect, common_effects, spend_effect
from ecom.models.ratio_bands import ratio_band, share_band
from ecom.queries.calendar import campaigns
from ecom.queries.marketing import spend_facts
from ecom.queries.scope import ResolvedScope
from ecom.queries.traffic_facts import TrafficFacts, traffic_splits
from ecom.store import Store

LOOK_BACK = 240
"""Days before the period that teach what is expected: weekdays, spread and the effect of spend."""

LEAST_VISITORS = 10
"""A day (median) below which a source's visitors are too few to be watched ..."""

LEAST_BUYERS = 5
"""... and buyers a day (mean) for its conversion."""

LEAST_DEVICES = 2
"""Of a shop; one device alone says what the sources say."""

_COLUMNS = {"visitors": "visitor_days", "buyers": "buyer_days", "told": "visitor_days_with_buyers"}


@dataclass(frozen=True, slots=True)
class Masked:
    """An event of the calendar; its days, both included, neither alarm nor teach."""

    name: str
    start: date
    end: date


@dataclass(frozen=True, eq=False, slots=True)
class Watched:
    """A measure of one source or device of one shop with its band.

    Attributes
    ----------
    measure : "visitors", "yield" (visitors at the ads' spend) or "conversion".
    first : the day at position 0 of the band.
    known : which days count, shape (days,).
    spend : what its ads cost on each known day, NaN on others; None without ads.
    worth : buyers per visitor over all days; NaN where nobody tells.
    by_device : whether ``source`` is a device.
    """

    shop_id: str
    source: str
    measure: str
    first: date
    band: Band
    known: Flags
    spend: Floats | None = None
    worth: float = float("nan")
    by_device: bool = False
    masked: tuple[Masked, ...] = field(default=())

    def day(self, position: int) -> date:
        """The day at a position of the band."""
        return self.first + timedelta(position)

    @property
    def topic(self) -> str:
        """Visitors or conversion: what a cause of its changes is looked up by."""
        return "conversion" if self.measure == "conversion" else "visitors"


def watch(store: Store, resolved: ResolvedScope) -> tuple[Watched, ...]:
    """Every source and device of the scope's shops that has enough visitors, with its bands.

    Days of the calendar's events are masked, in the shops that they are for. A day on which a shop
    tells of other sources only is a zero.
    """
    period = resolved.period
    span = Period(period.start - timedelta(LOOK_BACK), period.end)
    facts = traffic_splits(store, resolved, [span], splits=("channel", "device"))
    spend = _spend(store, resolved, span)
    channels, devices = (_single(facts[by][0]) for by in ("channel", "device"))
    found: list[Watched] = []
    for shop_id, rows in channels.groupby("shop_id"):
        masked = _masked(store, replace(resolved, shops=(str(shop_id),)), span)
        costs = {source: cost for (shop, source), cost in spend.items() if shop == shop_id}
        found += watch_sources(str(shop_id), _daily(rows, span), masked=masked, spend=costs)
    for shop_id, rows in devices.groupby("shop_id"):
        found += watch_devices(str(shop_id), _daily(rows, span))
    return tuple(found)


def _single(facts: TrafficFacts) -> pd.DataFrame:
    """The rows of one day and a named part."""
    rows = facts.rows
    return rows[(rows["start"] == rows["end"]) & (rows["part"] != "")]


def _daily(rows: pd.DataFrame, span: Period) -> dict[str, pd.DataFrame]:
    """Each part's days; one on which only others have visitors is a zero, none at all unknown."""
    days = pd.date_range(span.start, span.end)
    told = days.isin(pd.to_datetime(rows["start"]))
    sums = rows.groupby(["part", "start"])[list(_COLUMNS.values())].sum(min_count=1)
    return {
        str(part): sums.loc[part].reindex(days).assign(is_told=told)
        for part in sums.index.unique("part")
    }


def watch_sources(
    shop_id: str,
    daily: Mapping[str, pd.DataFrame],
    *,
    masked: tuple[Masked, ...],
    spend: Mapping[str, Floats],
) -> Iterator[Watched]:
    """The bands of a shop's sources.

    What all sources of a shop have in common on a day (its demand) is taken out of each, as far as
    it is no more than the usual noise. A source with ads is also judged by what it brings at its
    spend.

    Parameters
    ----------
    daily : by source, index: the days; columns: visitor_days, buyer_days, visitor_days_with_buyers,
        is_told (whether the shop told of this day).
    spend : by source, what its ads cost each day, shape (days,).
    """
    sources = {name: _Source.of(days, masked, spend.get(name)) for name, days in daily.items()}
    common = common_effects({name: source.surprises() for name, source in sources.items()})
    for name, source in sources.items():
        for measure, band, known in source.bands(common[name]):
            cost = None if source.spend is None else np.where(source.known, source.spend, np.nan)
            first = daily[name].index[0].date()
            yield Watched(
                shop_id, name, measure, first, band, known, cost, source.worth, masked=masked
            )


def watch_devices(shop_id: str, daily: Mapping[str, pd.DataFrame]) -> Iterator[Watched]:
    """The bands of the conversion of a shop's devices, each against the others on the same day.

    A sale lifts all devices, so its days count, too. Parameters as for ``watch_sources``.
    """
    tables = [days[list(_COLUMNS.values())].to_numpy("float64") for days in daily.values()]
    told = [~np.isnan(table[:, 1]) for table in tables]
    whole = sum((np.nan_to_num(table) for table in tables), np.zeros_like(tables[0]))
    large = {
        name: (np.nan_to_num(table), known)
        for name, table, known in zip(daily, tables, told, strict=True)
        if known.any() and table[known, 1].mean() >= LEAST_BUYERS
    }
    if len(large) < LEAST_DEVICES:
        return
    for name, (table, known) in large.items():
        band = share_band(
            table[:, 1], table[:, 2],
            all_successes=whole[:, 1], all_trials=whole[:, 2], known=known,
        )  # fmt: skip
        worth = float(table[:, 1].sum() / max(table[:, 2].sum(), 1.0))
        first = daily[name].index[0].date()
        yield Watched(shop_id, name, "conversion", first, band, known, worth=worth, by_device=True)


@dataclass(frozen=True, eq=False, slots=True)
class _Source:
    """The days of one source as arrays; ``effect`` is that of its spend."""

    visitors: Floats
    buyers: Floats
    told: Floats
    weekdays: np.ndarray
    known: Flags
    spend: Floats | None
    effect: SpendEffect | None

    @classmethod
    def of(cls, daily: pd.DataFrame, masked: tuple[Masked, ...], spend: Floats | None) -> _Source:
        visitors, buyers, told = (daily[name].to_numpy("float64") for name in _COLUMNS.values())
        days = pd.DatetimeIndex(daily.index)
        known = daily["is_told"].to_numpy(bool).copy()
        for event in masked:
            known &= ~np.asarray(
                (days >= pd.Timestamp(event.start)) & (days <= pd.Timestamp(event.end))
            )
        counts = np.nan_to_num(visitors)
        effect = None if spend is None else spend_effect(counts, spend, known=known)
        weekdays = days.day_of_week.to_numpy()
        return cls(counts, buyers, told, weekdays, known, spend, effect)

    @property
    def worth(self) -> float:
        """Buyers per visitor."""
        visitors = float(np.nansum(self.told))
        return float(np.nansum(self.buyers)) / visitors if visitors else float("nan")

    @property
    def is_large(self) -> bool:
        """Whether it has visitors enough to be watched."""
        known = self.visitors[self.known]
        return bool(len(known)) and float(np.median(known)) >= LEAST_VISITORS

    def surprises(self) -> Floats:
        """What the shop's days are read off; NaN where it has too few visitors or left its band."""
        if not self.is_large:
            return np.full(len(self.known), np.nan)
        added = np.zeros(len(self.known)) if self.effect is None else self.effect.effect
        known = self.known if self.effect is None else self.known & self.effect.usable
        off = surprises(self.visitors, weekdays=self.weekdays, known=known, effect=added)
        for run in self._level(known, added).runs:
            off[run.start : run.end + 1] = np.nan
        return off

    def bands(self, common: Floats) -> Iterator[tuple[str, Band, Flags]]:
        """The measures that have enough behind them, and the days that count."""
        if self.is_large:
            yield "visitors", self._level(self.known, common), self.known
            if self.effect is not None:
                known = self.known & self.effect.usable
                yield "yield", self._level(known, common + self.effect.effect), known
        known = self.known & ~np.isnan(self.buyers)
        if known.any() and self.buyers[known].mean() >= LEAST_BUYERS:
            buyers, told = np.nan_to_num(self.buyers), np.nan_to_num(self.told)
            yield "conversion", ratio_band(buyers, told, known=known), known & (told > 0)

    def _level(self, known: Flags, effect: Floats) -> Band:
        return level_band(self.visitors, weekdays=self.weekdays, known=known, effect=effect)


def _spend(store: Store, resolved: ResolvedScope, span: Period) -> dict[tuple[str, str], Floats]:
    """What the ads of each shop and channel cost on each day of the span."""
    rows = spend_facts(store, resolved, (span,)).by(span, "day", "shop", "channel")
    days = pd.date_range(span.start, span.end)
    return {
        (str(shop), str(channel)): part.groupby(pd.to_datetime(part["day"]))["spend"]
        .sum()
        .reindex(days, fill_value=0.0)
        .to_numpy("float64")
        for (shop, channel), part in rows.groupby(["shop", "channel"])
    }


def _masked(store: Store, resolved: ResolvedScope, span: Period) -> tuple[Masked, ...]:
    events = campaigns(store, resolved, span)
    return tuple(
        Masked(str(name), start, end)
        for name, start, end in zip(events["name"], events["start"], events["end"], strict=True)
    )
