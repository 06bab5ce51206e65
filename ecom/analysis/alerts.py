"""What left its band, put together to alerts: one a cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ecom.analysis.watched import Watched
from ecom.model import Period
from ecom.models.bands import LEVEL_DAYS, Run

LEAST_CHANGE = 0.12
"""A level that moved by less is not told: nobody acts on it, and slow seasons look alike."""

LASTS_DAYS = 90
"""A new level that began before the period and lasts is told for as long."""

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

DIP_AFTER_DAYS, DIP_DAYS = 7, 7
"""After an event of as many days a fall that is over within as many is the usual dip, no change."""

_LEAST_RATIO = 0.01  # stands for none, which has no logarithm
Part = tuple[Watched, Run]


@dataclass(frozen=True, eq=False, slots=True)
class Alert:
    """Runs with one cause: of one source or device, or of most sources of a shop at once.

    Attributes
    ----------
    parts : the sources, the one that weighs most first (a device before its sources), and the run
        of each.
    pattern : "many" sources at once, "spend" when its own spend explains it, else "one".
    weight : visitors more or less than expected on the ordinary days of the period; of conversion,
        as many visitors as the buyers more or less would take.
    buyers : what these visitors come to at the source's own conversion; NaN where nobody tells.
    """

    parts: tuple[Part, ...]
    pattern: str
    weight: float
    buyers: float

    @property
    def worst(self) -> Watched:
        """The source that weighs most."""
        return self.parts[0][0]

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources; of a device its own alone."""
        if self.worst.by_device:
            return (self.worst.source,)
        return tuple(dict.fromkeys(watched.source for watched, _ in self.parts))

    @property
    def direction(self) -> str:
        """Up or down."""
        return "up" if self.parts[0][1].direction > 0 else "down"

    @property
    def since(self) -> date:
        """The first ordinary day outside."""
        return min(watched.day(run.start) for watched, run in self.parts)

    @property
    def until(self) -> date | None:
        """The last day outside; None while it lasts."""
        if any(run.is_open for _, run in self.parts):
            return None
        return max(watched.day(run.end) for watched, run in self.parts)

    @property
    def during(self) -> str:
        """The event on whose masked days it may have begun; "" when it began on an ordinary day."""
        near = timedelta(SAME_CAUSE_DAYS)
        names = [
            event.name for event in self.worst.masked if event.end < self.since <= event.end + near
        ]
        return names[-1] if names else ""


def alerts(watched: tuple[Watched, ...], period: Period) -> tuple[Alert, ...]:
    """What left its band on days of a period, or before and lasts; one alert a cause.

    Ranked by the buyers it cost or brought on the days of the period, so that visitors of small
    shops who buy count for what they are; those that the team's own spend explains come last.
    """
    judged = {(one.shop_id, one.source) for one in watched if one.measure == "yield"}
    found = [
        (one, run)
        for one in watched
        for run in one.band.runs
        if _is_told(one, run, period) and not _is_dip(one, run, period)
        # What the spend doesn't explain of such a source shows in its yield.
        if one.measure != "visitors" or (one.shop_id, one.source) not in judged
        or _by_spend(one, run)
    ]  # fmt: skip
    left, of_devices = _by_device(found)
    groups = [split for group in _close(left) for split in _split(group, watched)]
    made = [_alert(parts, pattern, period) for parts, pattern in (*of_devices, *groups)]
    known = [one.worth for one in watched if not np.isnan(one.worth)]
    usual = float(np.median(known)) if known else 1.0

    def rank(alert: Alert) -> tuple[bool, float, tuple[str, ...]]:
        cost = alert.weight * usual if np.isnan(alert.buyers) else alert.buyers
        return alert.pattern == "spend", -abs(cost), alert.sources

    return tuple(sorted(made, key=rank))


def _is_told(watched: Watched, run: Run, period: Period) -> bool:
    if abs(run.ratio - 1) < LEAST_CHANGE or watched.day(run.start) > period.end:
        return False
    if run.is_open and watched.day(run.start) < period.start:
        return watched.day(run.start) > period.end - timedelta(LASTS_DAYS)
    return watched.day(run.end) >= period.start


def _is_dip(watched: Watched, run: Run, period: Period) -> bool:
    """Whether it is a short fall right after a long event, when people have bought already.

    One that still lasts is waited for as long.
    """
    start = watched.day(run.start)
    end = period.end if run.is_open else watched.day(run.end)
    return run.direction < 0 and any(
        (event.end - event.start).days + 1 >= DIP_AFTER_DAYS
        and event.end < start <= event.end + timedelta(SAME_CAUSE_DAYS)
        and (end - event.end).days <= DIP_DAYS
        for event in watched.masked
    )


def _by_device(found: list[Part]) -> tuple[list[Part], list[tuple[tuple[Part, ...], str]]]:
    """Take the changes of devices and, with them, those of the sources that they explain.

    Devices are held against each other: where one falls another seems to rise. The one whose own
    ratio moved by more against the weeks before is the cause.
    """
    left = [part for part in found if not part[0].by_device]
    devices = sorted((part for part in found if part[0].by_device), key=lambda part: -_moved(*part))
    taken: list[tuple[tuple[Part, ...], str]] = []
    for one in devices:
        if any(_overlap(one, parts[0]) for parts, _ in taken):
            continue
        explained = [part for part in left if _is_same(one, part)]
        left = [part for part in left if not _is_same(one, part)]
        taken.append(((one, *explained), "one"))
    return left, taken


def _moved(watched: Watched, run: Run) -> float:
    """Size of the change (logarithm) of a device's own ratio against the weeks before."""
    values = watched.band.days["value"].to_numpy()
    before, during = values[max(0, run.start - LEVEL_DAYS) : run.start], values[run.start :]
    ratio = np.nanmedian(during[: run.end + 1 - run.start]) / max(np.nanmedian(before), 1e-9)
    return float(abs(np.log(max(ratio, _LEAST_RATIO))))


def _overlap(part: Part, other: Part) -> bool:
    return part[0].shop_id == other[0].shop_id and (
        part[1].start <= other[1].end and other[1].start <= part[1].end
    )


def _is_same(cause: Part, part: Part) -> bool:
    """Whether a part starts with the cause, or within it, and goes the same way."""
    start, end = cause[1].start, cause[1].end
    is_near = start - SAME_CAUSE_DAYS <= part[1].start <= max(end, start + SAME_CAUSE_DAYS)
    return _kind(cause) == _kind(part) and is_near


def _kind(part: Part) -> tuple[str, str, int]:
    return part[0].shop_id, part[0].topic, part[1].direction


def _close(found: list[Part]) -> Iterator[list[Part]]:
    """Runs of one shop, topic and direction that start within ``SAME_CAUSE_DAYS``."""
    group: list[Part] = []
    for part in sorted(found, key=lambda part: (*_kind(part), part[1].start)):
        is_close = group and part[1].start - group[0][1].start <= SAME_CAUSE_DAYS
        if group and not (is_close and _kind(part) == _kind(group[0])):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _split(
    group: list[Part], watched: tuple[Watched, ...]
) -> Iterator[tuple[tuple[Part, ...], str]]:
    """One alert where most sources are in it, else one a source."""
    shop_id, topic, _ = _kind(group[0])
    all_sources = {
        one.source
        for one in watched
        if (one.shop_id, one.topic, one.by_device) == (shop_id, topic, False)
    }
    by_source: dict[str, Part] = {}
    for part in sorted(group, key=lambda part: part[0].measure):  # visitors before yield
        by_source.setdefault(part[0].source, part)
    if len(by_source) >= max(LEAST_SOURCES, MOST * len(all_sources)):
        yield tuple(by_source.values()), "many"
        return
    for part in group:
        is_spend = part[0].measure != "yield" and _by_spend(*part)
        yield (part,), "spend" if is_spend else "one"


def _alert(parts: tuple[Part, ...], pattern: str, period: Period) -> Alert:
    """Put an alert together. A device's sources are part of it, so they add nothing."""
    if parts[0][0].by_device:
        ranked, counted = parts, parts[:1]
    else:
        ranked = tuple(sorted(parts, key=lambda part: -abs(_weight(part[0], part[1], period))))
        counted = ranked
    weights = [_weight(part[0], part[1], period) for part in counted]
    buyers = [weight * part[0].worth for weight, part in zip(weights, counted, strict=True)]
    return Alert(ranked, pattern, sum(weights), sum(buyers))


def _by_spend(watched: Watched, run: Run) -> bool:
    """Whether the source's spend moved by enough, and for visitors the same way."""
    if watched.spend is None or run.start == 0:
        return False
    before = watched.spend[: run.start]
    usual = float(np.median(before[~np.isnan(before)][-SPEND_DAYS:]))
    if not usual > 0:
        return False
    during = float(np.nanmean(watched.spend[run.start : run.end + 1]))
    moved = np.log(max(during / usual, _LEAST_RATIO))
    if watched.measure == "visitors":
        moved = max(0.0, moved * run.direction)
    return bool(abs(moved) >= SPEND_SHARE * abs(np.log(max(run.ratio, _LEAST_RATIO))))


def _weight(watched: Watched, run: Run, period: Period) -> float:
    """The mean of a day of the run times the period's ordinary days on which it lasted."""
    days = slice(run.start, run.end + 1)
    known = watched.known[days] & ~watched.band.days["expected"].isna().to_numpy()[days]
    first = max(run.start, (period.start - watched.first).days)
    last = len(watched.known) if run.is_open else run.end + 1
    lasted = int(watched.known[first:last].sum())
    a_day = run.difference / max(int(known.sum()), 1)
    if watched.topic == "conversion":
        expected = float(watched.band.days["expected"].iloc[days].mean())
        a_day = a_day / expected if expected else 0.0
    return a_day * lasted
