"""Budgets and targets: what was planned, month by month, up to the end of the year."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from ecom.demo import write as w
from ecom.demo.timeline import Flags, Floats, Timeline
from ecom.demo.world import ShopYears, World

AMBITION = 1.15  # a month without figures is planned at last year's, raised by this
PLAN_SPREAD = 0.07
FREE = "自然流量"  # everything that is not bought

# Level, metric (``ecom.metrics``), owner and value of targets that stay the same all year.
_STANDING = (
    ("results", "gross_margin", "商品 Merchandise", 0.45),
    ("results", "cac", "市场 Marketing", 60.0),
    ("customers", "repeat_rate", "会员 CRM", 0.12),
    ("operations", "conversion", "店铺 Shops", 0.04),
    ("operations", "turnover", "供应链 Supply", 8.0),
    ("operations", "out_of_stock_rate", "供应链 Supply", 0.03),
)


def months(timeline: Timeline) -> list[date]:
    """First days of the months from the window's first to the December after its end."""
    first = timeline.start.year * 12 + timeline.start.month - 1
    last = timeline.end.year * 12 + 11
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]


def monthly(values: Floats, timeline: Timeline) -> Floats:
    """Daily values summed by month, as a plan would expect them.

    Whole months hold their sum; the others last year's times ``AMBITION`` or, without a last year,
    the daily mean times 30.

    Returns
    -------
    array, one value for each of ``months``
    """
    expected = []
    for month in months(timeline):
        days = _days_of(month, timeline)
        last_year = _days_of(month.replace(year=month.year - 1), timeline)
        if days.sum() == _length(month):
            expected.append(float(values[days].sum()))
        elif last_year.sum() == _length(month.replace(year=month.year - 1)):
            expected.append(float(values[last_year].sum()) * AMBITION)
        else:
            expected.append(float(values.mean()) * 30)
    return np.array(expected)


def _days_of(month: date, timeline: Timeline) -> Flags:
    flags: Flags = timeline.dates.astype("datetime64[M]") == np.datetime64(month, "M")
    return flags


def _length(month: date) -> int:
    start = np.datetime64(month, "M")
    return int(((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(int))


def budget(shop: ShopYears, world: World) -> pa.Table:
    """Spend of each ad platform, and revenue by where it comes from; these add up to the shop."""
    timeline = world.timeline
    rng = timeline.rng("budget", shop.storefront.shop.shop_id)
    rows: list[tuple[str, str, str, int]] = []
    free = _revenue(shop)
    for name, plan in shop.paid.items():
        assert plan.channel.ads is not None, "a paid channel has an ad plan"
        bought = shop.channel(name)["paid_amount"].to_numpy() / 100
        free = free - bought
        for metric, values in (("spend", plan.spend), ("revenue", bought)):
            rows += _planned(plan.channel.ads.platform, metric, values, timeline, rng)
    rows += _planned(FREE, "revenue", free, timeline, rng)
    month, channel, metric_of, amount = zip(*rows, strict=True)
    return pa.table(
        {
            "month": pa.array(month),
            "channel": pa.array(channel),
            "category": pa.nulls(len(rows), pa.string()),
            "metric": pa.array(metric_of),
            "amount": pa.array(amount),
            "currency": w.same("CNY", len(rows)),
        }
    )


def _revenue(shop: ShopYears) -> Floats:
    """What buyers paid by day, CNY."""
    paid: Floats = shop.traffic.groupby("day")["paid_amount"].sum().to_numpy() / 100
    return paid


def _planned(
    channel: str, metric: str, values: Floats, timeline: Timeline, rng: np.random.Generator
) -> list[tuple[str, str, str, int]]:
    expected = monthly(values, timeline)
    planned = expected * np.exp(rng.normal(0.02, PLAN_SPREAD, len(expected)))
    step = 1000 if planned.mean() > 10_000 else 100
    return [
        (month.isoformat(), channel, metric, int(round(amount / step) * step))
        for month, amount in zip(months(timeline), planned.tolist(), strict=True)
    ]


def targets(world: World) -> pa.Table:
    """Targets of the company for the months since the window's last quarter began."""
    timeline = world.timeline
    revenue = monthly(
        sum((_revenue(shop) for shop in world.shops), np.zeros(timeline.days)), timeline
    )
    won = monthly(
        sum(
            (
                np.bincount(o["day"][o["first"]], minlength=timeline.days).astype(float)
                for o in (shop.sales.orders for shop in world.shops)
            ),
            np.zeros(timeline.days),
        ),
        timeline,
    )
    since = date(timeline.end.year, (timeline.end.month - 1) // 3 * 3 + 1, 1)
    rows: list[tuple[str, str, str, str, float, str]] = []
    for number, month in enumerate(months(timeline)):
        if month < since:
            continue
        span = (month.isoformat(), month.replace(day=_length(month)).isoformat())
        gmv = float(round(revenue[number] * 1.04 / 1000) * 1000)
        customers = float(round(won[number] * 1.03 / 10) * 10)
        rows.append((*span, "results", "gmv", gmv, "总经理 CEO"))
        rows.append((*span, "customers", "new_buyers", customers, "市场 Marketing"))
        rows += [(*span, level, metric, value, owner) for level, metric, owner, value in _STANDING]
    start, end, level_of, metric_of, value_of, owner_of = zip(*rows, strict=True)
    return pa.table(
        {
            "period_start": pa.array(start),
            "period_end": pa.array(end),
            "level": pa.array(level_of),
            "metric": pa.array(metric_of),
            "value": pa.array(value_of),
            "owner": pa.array(owner_of),
        }
    )
