"""Campaigns, weekdays and seasons: how strongly people buy on each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ecom.demo.timeline import Floats, Timeline

WEEKDAYS = np.array([0.95, 0.94, 0.96, 0.98, 1.01, 1.09, 1.07])  # Monday first
GROWTH_A_YEAR = 0.22
SPRING_FESTIVAL = (
    date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6),
    date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3),
)  # fmt: skip
DAILY_NOISE = 0.07  # standard deviation of log demand


@dataclass(frozen=True, slots=True)
class Campaign:
    """A big sale; ``peaks`` are its strongest days, as numbers from ``start``."""

    name: str
    start: date
    end: date
    lift: float
    peak_lift: float
    peaks: tuple[int, ...]
    shops: tuple[str, ...]  # platforms that take part


def _thanksgiving(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


def _of_year(year: int) -> tuple[Campaign, ...]:
    friday = _thanksgiving(year) + timedelta(days=1)
    everywhere = ("tmall", "douyin", "shopify")
    return (
        Campaign(
            "618", date(year, 6, 1), date(year, 6, 20), 1.45, 2.6, (0, 15, 16, 17), everywhere
        ),
        Campaign(
            "Double 11", date(year, 10, 20), date(year, 11, 11), 1.45, 2.9, (0, 11, 21, 22),
            everywhere,
        ),
        Campaign(
            "Black Friday", friday, friday + timedelta(days=3), 2.0, 2.8, (0, 3), ("shopify",)
        ),
    )  # fmt: skip


def campaigns(timeline: Timeline) -> tuple[Campaign, ...]:
    """Every campaign that touches the window, and the next of each kind after it."""
    years = range(timeline.start.year, timeline.end.year + 2)
    known = [campaign for year in years for campaign in _of_year(year)]
    past = [c for c in known if c.end >= timeline.start and c.start <= timeline.end]
    coming: dict[str, Campaign] = {}
    for campaign in known:
        if campaign.start > timeline.end:
            coming.setdefault(campaign.name, campaign)
    return tuple(sorted((*past, *coming.values()), key=lambda campaign: campaign.start))


def spring_festivals(timeline: Timeline) -> tuple[tuple[date, date], ...]:
    """The days on which people are at home, first and last, that touch the window, and the next."""
    spans = [(day - timedelta(2), day + timedelta(6)) for day in SPRING_FESTIVAL]
    past = [span for span in spans if span[1] >= timeline.start and span[0] <= timeline.end]
    coming = [span for span in spans if span[0] > timeline.end]
    return (*past, *coming[:1])


def on_sale(timeline: Timeline, platform: str, *, horizon: int = 0) -> Floats:
    """Lift of the campaigns on each day, 1.0 outside; ``horizon`` more days after the window."""
    lift = np.ones(timeline.days + horizon)
    for campaign in campaigns(timeline):
        if platform not in campaign.shops:
            continue
        first = timeline.index(campaign.start)
        for day in range(max(first, 0), min(timeline.index(campaign.end) + 1, len(lift))):
            lift[day] = campaign.peak_lift if day - first in campaign.peaks else campaign.lift
    return lift


def demand(timeline: Timeline, platform: str, *, horizon: int = 0) -> Floats:
    """Relative demand by day: growth, weekday, season, festival, campaigns and chance.

    Returns
    -------
    array, shape (days + horizon,)
        About 1.0 on an ordinary day half way through two years.
    """
    count = timeline.days + horizon
    dates = np.datetime64(timeline.start, "D") + np.arange(count)
    weekday = (dates.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(np.int64)
    season = 1 + 0.08 * np.cos(2 * np.pi * (day_of_year - 345) / 365.25)
    growth = 1 + GROWTH_A_YEAR * (np.arange(count) - timeline.days / 2) / 365
    festival = np.ones(count)
    for start, end in spring_festivals(timeline):
        festival[max(timeline.index(start), 0) : max(timeline.index(end) + 1, 0)] = 0.5
    noise = timeline.rng("demand", platform).normal(0, DAILY_NOISE, count)
    lift = on_sale(timeline, platform, horizon=horizon)
    values: Floats = WEEKDAYS[weekday] * season * growth * festival * lift * np.exp(noise)
    return values
