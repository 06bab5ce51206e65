"""Paid channels: what is spent each day and how many new customers it brings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecom.demo.seasons import on_sale
from ecom.demo.shops import AdPlan, Channel, Storefront
from ecom.demo.timeline import Floats, Timeline

WEEKLY_SPREAD = 0.35  # standard deviation of the log budget from week to week
DAILY_SPREAD = 0.10
CAMPAIGN_SPEND = 1.5  # budgets rise by this factor in a campaign


@dataclass(frozen=True, slots=True)
class PaidChannel:
    """One paid channel over the window, arrays of shape (days,).

    ``spend`` is in CNY, ``orders`` are expected new-customer orders before anything goes wrong.
    """

    channel: Channel
    spend: Floats
    orders: Floats


def paid_channels(storefront: Storefront, timeline: Timeline) -> dict[str, PaidChannel]:
    """Spend and expected orders of each paid channel of a shop, by channel name."""
    plans = {}
    for channel in storefront.channels:
        if channel.ads is not None:
            spend = _spend(channel.ads, storefront, timeline)
            orders = response(spend, channel.ads, scale=timeline.scale)
            plans[channel.name] = PaidChannel(channel, spend, orders)
    return plans


def _spend(plan: AdPlan, storefront: Storefront, timeline: Timeline) -> Floats:
    rng = timeline.rng("spend", plan.platform)
    weeks = timeline.days // 7 + 1
    weekly = np.exp(rng.normal(0, WEEKLY_SPREAD, weeks))
    weekly[rng.random(weeks) < 0.06] = 0.15  # a pause: budget spent or material not ready
    flight = np.repeat(weekly, 7)[: timeline.days]
    daily = np.exp(rng.normal(0, DAILY_SPREAD, timeline.days))
    lift = np.where(on_sale(timeline, storefront.shop.platform) > 1, CAMPAIGN_SPEND, 1.0)
    spend: Floats = np.round(plan.daily_spend * timeline.scale * flight * daily * lift, 2)
    return spend


def adstock(spend: Floats, decay: float) -> Floats:
    """Spend that still works: (1 - decay) * (today + decay * yesterday + ...), CNY a day.

    The days before the window are taken to be like its first day.
    """
    carried = np.empty(len(spend))
    level = spend[0]
    for day, amount in enumerate(spend):
        level = decay * level + (1 - decay) * amount
        carried[day] = level
    return carried


def response(spend: Floats, plan: AdPlan, *, scale: float = 1.0) -> Floats:
    """Expected new-customer orders a day: a Hill curve of the adstocked spend."""
    carried = adstock(spend, plan.decay) ** plan.slope
    half = (plan.half_saturation * scale) ** plan.slope
    orders: Floats = plan.max_orders * scale * carried / (carried + half)
    return orders


def split(total: Floats, shares: list[float], rng: np.random.Generator) -> Floats:
    """Cut daily money into parts that add up to the fen.

    Parameters
    ----------
    total : array, shape (days,), CNY with two decimals
    shares : wanted share of each part

    Returns
    -------
    array, shape (days, parts)
    """
    weights = np.array(shares) * np.exp(rng.normal(0, 0.15, (len(total), len(shares))))
    fen = np.round(total * 100).astype(np.int64)
    parts = (fen[:, None] * weights / weights.sum(axis=1, keepdims=True)).astype(np.int64)
    parts[:, 0] += fen - parts.sum(axis=1)
    cut: Floats = parts / 100
    return cut
