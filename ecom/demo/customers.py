"""Who buys when: new customers by channel, and the orders they come back for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.demo.ads import PaidChannel
from ecom.demo.seasons import demand
from ecom.demo.shops import Channel, Storefront
from ecom.demo.timeline import Floats, Integers, Timeline
from ecom.demo.truth import REPURCHASE_MONTHS, Anomaly, Cause

MONTH_DAYS = 30
FULL_WINDOW_DAYS = 730
BACK_BY_SAME_CHANNEL = 0.65
BACK_BY_PAID_CHANNEL = 0.08

REGIONS = (
    ("浙江省", "杭州市"), ("广东省", "广州市"), ("江苏省", "苏州市"), ("上海", "上海市"),
    ("北京", "北京市"), ("山东省", "青岛市"), ("四川省", "成都市"), ("湖北省", "武汉市"),
    ("河南省", "郑州市"), ("福建省", "厦门市"), ("湖南省", "长沙市"), ("安徽省", "合肥市"),
    ("辽宁省", "大连市"), ("陕西省", "西安市"), ("重庆", "重庆市"), ("广西壮族自治区", "南宁市"),
)  # fmt: skip
_REGION_WEIGHTS = np.array([13, 15, 12, 10, 8, 8, 6, 5, 5, 4, 4, 3, 2, 2, 2, 1], dtype=float)
DEVICES = ("mobile", "desktop", "tablet")
_DEVICE_WEIGHTS = {"shopify": (0.70, 0.26, 0.04)}
_APP_ONLY = (0.96, 0.03, 0.01)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Expected and simulated demand of one shop.

    Attributes
    ----------
    expected_new : array, shape (channels, days)
        Expected new-customer orders, anomalies included.
    occasions : DataFrame, one row per order about to be placed, by day
        Columns customer, day, channel (how this time), acquired (how first), first, region, device.
    """

    expected_new: Floats
    occasions: pd.DataFrame


def simulate_arrivals(
    storefront: Storefront,
    paid: dict[str, PaidChannel],
    timeline: Timeline,
    anomalies: tuple[Anomaly, ...],
) -> Arrivals:
    """Draw the customers of one shop and every time they buy."""
    rng = timeline.rng("customers", storefront.shop.shop_id)
    horizon = REPURCHASE_MONTHS * MONTH_DAYS + MONTH_DAYS
    season = demand(timeline, storefront.shop.platform, horizon=horizon)
    expected = _expected_new(storefront, paid, season, timeline)
    for anomaly in anomalies:
        if anomaly.subject in storefront.names and anomaly.shop_id == storefront.shop.shop_id:
            factor = np.where(anomaly.covers(timeline), anomaly.effect, 1.0)
            expected[storefront.code(anomaly.subject)] *= factor

    counts = rng.poisson(expected.T)  # (days, channels): customers are numbered by day
    acquired = np.tile(np.arange(len(storefront.channels)), timeline.days).repeat(counts.ravel())
    day = np.arange(timeline.days).repeat(counts.sum(axis=1))
    customers = np.arange(len(day))
    again = _returns(storefront, acquired, day, season, timeline.days, rng)
    regions, devices = traits(storefront.shop.platform, len(customers), rng)
    occasions = pd.DataFrame(
        {
            "customer": np.concatenate([customers, again["customer"]]),
            "day": np.concatenate([day, again["day"]]),
            "channel": np.concatenate([acquired, again["channel"]]),
            "acquired": np.concatenate([acquired, acquired[again["customer"]]]),
            "first": np.arange(len(customers) + len(again)) < len(customers),
        }
    ).sort_values(["day", "customer"], ignore_index=True)
    occasions["region"] = regions[occasions["customer"]]
    occasions["device"] = devices[occasions["customer"]]
    return Arrivals(expected, occasions)


def _expected_new(
    storefront: Storefront, paid: dict[str, PaidChannel], season: Floats, timeline: Timeline
) -> Floats:
    """Expected new-customer orders, shape (channels, days), that lead to the planned volume."""
    days = timeline.days
    free = np.array([[channel.share] * days for channel in storefront.channels]) * season[:days]
    bought = np.zeros_like(free)
    for name, plan in paid.items():
        bought[storefront.code(name)] = plan.orders
    target = storefront.orders * timeline.scale * days / FULL_WINDOW_DAYS
    left = target - _orders_led_to(bought, storefront.channels)
    return bought + free * max(left, 0.2 * target) / _orders_led_to(free, storefront.channels)


def _orders_led_to(expected_new: Floats, channels: tuple[Channel, ...]) -> float:
    """Orders within the window that new customers lead to, their returns included."""
    days = expected_new.shape[1]
    total = 0.0
    for row, channel in zip(expected_new, channels, strict=True):
        total += row.sum()
        for month, chance in enumerate(channel.repurchase_curve(REPURCHASE_MONTHS)):
            # Days into the span that still lie inside the window, for each day of a first order.
            inside = np.clip(days - 1 - np.arange(days) - month * MONTH_DAYS, 0, MONTH_DAYS)
            total += chance * float(row @ inside) / MONTH_DAYS
    return total


def _returns(
    storefront: Storefront,
    acquired: Integers,
    day: Integers,
    season: Floats,
    days: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Later orders: at most one in each 30 days after the first, on days people buy more often."""
    curves = np.array([c.repurchase_curve(REPURCHASE_MONTHS) for c in storefront.channels])
    is_paid = np.array([channel.ads is not None for channel in storefront.channels])
    mass = np.concatenate([[0.0], np.cumsum(season)])
    parts = []
    for month in range(REPURCHASE_MONTHS):
        chosen = np.flatnonzero(rng.random(len(day)) < curves[acquired, month])
        first = day[chosen] + month * MONTH_DAYS + 1
        low, high = mass[first], mass[first + MONTH_DAYS]
        drawn = low + rng.random(len(chosen)) * (high - low)
        when = np.clip(np.searchsorted(mass, drawn, "right") - 1, first, first + MONTH_DAYS - 1)
        won_by = acquired[chosen]
        same = np.where(is_paid[won_by], BACK_BY_PAID_CHANNEL, BACK_BY_SAME_CHANNEL)
        by = np.where(rng.random(len(chosen)) < same, won_by, storefront.code(storefront.returning))
        parts.append(pd.DataFrame({"customer": chosen, "day": when, "channel": by}))
    returns = pd.concat(parts, ignore_index=True)
    return returns[returns["day"] < days]


def traits(platform: str, customers: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Region and device codes of each customer; they stay for life."""
    regions = rng.choice(len(REGIONS), customers, p=_REGION_WEIGHTS / _REGION_WEIGHTS.sum())
    devices = rng.choice(len(DEVICES), customers, p=_DEVICE_WEIGHTS.get(platform, _APP_ONLY))
    return regions, devices


def fail_checkouts(
    arrivals: Arrivals, timeline: Timeline, anomalies: tuple[Anomaly, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split occasions into those that become orders and those a broken page turns away."""
    occasions = arrivals.occasions
    failed = np.zeros(len(occasions), dtype=bool)
    rng = timeline.rng("checkout")
    for anomaly in anomalies:
        if anomaly.cause is Cause.BROKEN_LANDING_PAGE:
            hit = anomaly.covers(timeline)[occasions["day"]]
            hit &= occasions["device"].to_numpy() == DEVICES.index(anomaly.subject)
            failed |= hit & (rng.random(len(occasions)) >= anomaly.effect)
    return occasions[~failed].reset_index(drop=True), occasions[failed].reset_index(drop=True)
