"""The sources that are watched, and their alerts: one a cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ecom.model import Period
from ecom.models.bands import Band, Flags, Floats, Run, level_band, ratio_band
from ecom.models.spend_effect import at_usual_spend
from ecom.queries.calendar import campaigns
from ecom.queries.marketing import spend_facts
from ecom.queries.scope import ResolvedScope
from ecom.queries.traffic_facts import traffic_facts
from ecom.store import Store

LOOK_BACK = 120
"""Days before the period that teach what is expected, a long campaign among them."""

LEAST_VISITORS = 10
"""A day (median) below which a source's visitors are too few to be watched ..."""

LEAST_BUYERS = 5
"""... and buyers a day (mean) for its conversion."""

SAME_CAUSE_DAYS = 3
"""Runs of a shop that start as close and go the same way may have one cause ..."""

MOST = 0.5
"""... when they are of at least this share of its sources, ..."""

LEAST_SOURCES = 3
"""... and of at least as many."""

SPEND_SHARE = 0.5
"""A run is put down to the source's own spend from this share of its size (logarithms), ..."""

SPEND_DAYS = 28
"""... held against the median spend of as many days before it."""

LEAST_MOVE, LEAST_DAYS = 0.15, 7
"""What ads bring for their spend scatters by the day; less, or shorter, is not told of."""

_LEAST_SPEND = 0.01  # of the spend before; stands for none, which has no logarithm
_COLUMNS = {"visitors": "visitor_days", "buyers": "buyer_days", "told": "visitor_days_with_buyers"}


@dataclass(frozen=True, eq=False, slots=True)
class Watched:
    """A measure of one source of one shop with its band; position 0 of the band is ``first``.

    ``spend`` is what its ads cost on each ordinary day, NaN on others; None without ads.
    ``at_usual_spend``: the band is of what would have come, had the spend been as usual.
    """

    shop_id: str
    source: str
    measure: str
    first: date
    band: Band
    spend: Floats | None = None
    at_usual_spend: bool = False

    def day(self, position: int) -> date:
        """The day at a position of the band."""
        return self.first + timedelta(position)


@dataclass(frozen=True, eq=False, slots=True)
class Alert:
    """Runs with one cause: of one source, or of most sources of a shop at once.

    Attributes
    ----------
    parts : the sources, the one that weighs most first, and the run of each.
    pattern : "many" sources at once, "spend" when its own spend explains it, else "one".
    weight : visitors more or less than expected; of conversion, as many visitors as the buyers
        more or less would take.
    """

    parts: tuple[tuple[Watched, Run], ...]
    pattern: str
    weight: float

    @property
    def worst(self) -> Watched:
        """The source that weighs most."""
        return self.parts[0][0]

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources."""
        return tuple(watched.source for watched, _ in self.parts)

    @property
    def direction(self) -> str:
        """Up or down."""
        return "up" if self.parts[0][1].direction > 0 else "down"

    @property
    def since(self) -> date:
        """The first day outside."""
        return min(watched.day(run.start) for watched, run in self.parts)

    @property
    def until(self) -> date | None:
        """The last day outside; None while it lasts."""
        if any(run.is_open for _, run in self.parts):
            return None
        return max(watched.day(run.end) for watched, run in self.parts)


def watch(store: Store, resolved: ResolvedScope) -> tuple[Watched, ...]:
    """Every source of the scope's shops that has enough visitors, with its bands.

    Days of the calendar's events are masked, in the shops that they are for. A day on which a shop
    tells of other sources only is a zero.
    """
    period = resolved.period
    span = Period(period.start - timedelta(LOOK_BACK), period.end)
    (facts,) = traffic_facts(store, resolved, [span], by="channel")
    single = facts.rows[(facts.rows["start"] == facts.rows["end"]) & (facts.rows["part"] != "")]
    days = pd.date_range(span.start, span.end)
    spend = _spend(store, resolved, span)
    found: list[Watched] = []
    for shop_id, rows in single.groupby("shop_id"):
        ordinary = ~_masked(store, replace(resolved, shops=(str(shop_id),)), span)
        told = days.isin(pd.to_datetime(rows["start"]))
        sums = rows.groupby(["part", "start"])[list(_COLUMNS.values())].sum(min_count=1)
        for source in sums.index.unique("part"):
            daily = sums.loc[source].reindex(days)
            known = told & ordinary
            cost = spend.get((str(shop_id), str(source)))
            cost = None if cost is None else np.where(known, cost, np.nan)
            bands = _bands(str(shop_id), str(source), daily, known, cost)
            found.extend(replace(one, spend=cost) for one in bands)
    return tuple(found)


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


def _masked(store: Store, resolved: ResolvedScope, span: Period) -> Flags:
    days = pd.date_range(span.start, span.end)
    masked: Flags = np.zeros(len(days), dtype=bool)
    events = campaigns(store, resolved, span)
    for start, end in zip(
        pd.to_datetime(events["start"]), pd.to_datetime(events["end"]), strict=True
    ):
        masked |= np.asarray((days >= start) & (days <= end))
    return masked


def _bands(
    shop_id: str, source: str, daily: pd.DataFrame, known: Flags, spend: Floats | None
) -> Iterator[Watched]:
    """The bands of a source's visitors and conversion, where there are enough of them."""
    visitors, buyers, told = (daily[name].to_numpy("float64") for name in _COLUMNS.values())
    first = daily.index[0].date()
    counts = np.nan_to_num(visitors)
    if known.any() and np.median(counts[known]) >= LEAST_VISITORS:
        weekdays = pd.DatetimeIndex(daily.index).day_of_week.to_numpy()
        band = level_band(counts, weekdays=weekdays, known=known)
        yield Watched(shop_id, source, "visitors", first, band)
        if spend is not None:
            usual = at_usual_spend(counts, spend, known=known)
            band = level_band(usual.counts, weekdays=weekdays, known=usual.is_known)
            yield Watched(shop_id, source, "visitors", first, band, at_usual_spend=True)
    has_buyers = known & ~np.isnan(buyers)
    if has_buyers.any() and buyers[has_buyers].mean() >= LEAST_BUYERS:
        band = ratio_band(np.nan_to_num(buyers), np.nan_to_num(told), known=has_buyers)
        yield Watched(shop_id, source, "conversion", first, band)


def alerts(watched: tuple[Watched, ...], period: Period) -> tuple[Alert, ...]:
    """What left its band on days of a period, one alert a cause.

    The weightiest first; those that the team's own spend explains come last.
    """
    found = [
        (one, run)
        for one in watched
        for run in one.band.runs
        if one.day(run.end) >= period.start and one.day(run.start) <= period.end
    ]
    beside_spend = [part for part in found if part[0].at_usual_spend and _is_told(part[1])]
    plain = [
        part
        for part in found
        if not part[0].at_usual_spend and not any(_is_same(part, one) for one in beside_spend)
    ]
    sizes = Counter((one.shop_id, one.measure) for one in watched if not one.at_usual_spend)
    made = [alert for group in _close(plain) for alert in _split(group, sizes)]
    made += [Alert((part,), "one", _weight(*part)) for part in beside_spend]
    return tuple(sorted(made, key=_rank))


def _is_told(run: Run) -> bool:
    """Whether what ads brought for their spend moved by enough, for long enough."""
    is_far = abs(np.log(max(run.ratio, _LEAST_SPEND))) >= -np.log1p(-LEAST_MOVE)
    return bool(is_far) and run.end - run.start + 1 >= LEAST_DAYS


def _is_same(part: tuple[Watched, Run], other: tuple[Watched, Run]) -> bool:
    """Whether two runs are of the visitors of one source, and share days."""
    (one, run), (beside, beside_run) = part, other
    return (
        (one.shop_id, one.source, one.measure) == (beside.shop_id, beside.source, beside.measure)
        and run.direction == beside_run.direction
        and run.start <= beside_run.end
        and beside_run.start <= run.end
    )


def _rank(alert: Alert) -> tuple[bool, float, tuple[str, ...]]:
    return alert.pattern == "spend", -abs(alert.weight), alert.sources


def _close(found: list[tuple[Watched, Run]]) -> Iterator[list[tuple[Watched, Run]]]:
    """Runs of one shop, measure and direction that start within ``SAME_CAUSE_DAYS``."""

    def kind(part: tuple[Watched, Run]) -> tuple[str, str, int]:
        return part[0].shop_id, part[0].measure, part[1].direction

    group: list[tuple[Watched, Run]] = []
    for part in sorted(found, key=lambda part: (*kind(part), part[1].start)):
        is_close = group and part[1].start - group[0][1].start <= SAME_CAUSE_DAYS
        if group and not (is_close and kind(part) == kind(group[0])):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _split(
    group: list[tuple[Watched, Run]], sizes: Mapping[tuple[str, str], int]
) -> Iterator[Alert]:
    """One alert where most sources are in it, else one a source."""
    one = group[0][0]
    sources = {part[0].source for part in group}
    if len(sources) >= max(LEAST_SOURCES, MOST * sizes[one.shop_id, one.measure]):
        ranked = sorted(group, key=lambda part: -abs(_weight(*part)))
        yield Alert(tuple(ranked), "many", sum(_weight(*part) for part in ranked))
    else:
        for part in group:
            yield Alert((part,), "spend" if _by_spend(*part) else "one", _weight(*part))


def _by_spend(watched: Watched, run: Run) -> bool:
    """Whether the source's spend moved by enough, and for visitors the same way."""
    if watched.spend is None or run.start == 0:
        return False
    before = watched.spend[: run.start]
    usual = float(np.median(before[~np.isnan(before)][-SPEND_DAYS:]))
    if not usual > 0:
        return False
    during = float(np.nanmean(watched.spend[run.start : run.end + 1]))
    moved = np.log(max(during / usual, _LEAST_SPEND))
    if watched.measure == "visitors":
        moved = max(0.0, moved * run.direction)
    return bool(abs(moved) >= SPEND_SHARE * abs(np.log(max(run.ratio, _LEAST_SPEND))))


def _weight(watched: Watched, run: Run) -> float:
    if watched.measure == "visitors":
        return run.difference
    expected = watched.band.days["expected"].iloc[run.start : run.end + 1].mean()
    return run.difference / float(expected) if expected else 0.0
