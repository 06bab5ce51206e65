"""Paid channels: what is spent each day and how many new customers it brings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.demo.seasons import on_sale
from ecom.demo.shops import AdPlan, Channel, Storefront
from ecom.demo.timeline import Floats, Timeline

WEEKLY_SPREAD = 0.35  # standard deviation of the log budget from week to week
DAILY_SPREAD = 0.10
CAMPAIGN_SPEND = 1.5  # budgets rise by this factor in a campaign
CLICK_ARRIVES = 0.93  # visitors per click
CLICK_RATE = {"万相台": 0.045, "千川": 0.022, "Google Ads": 0.060, "Meta Ads": 0.013}


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


def ad_report(
    paid: PaidChannel, traffic: pd.DataFrame, shares: list[float], timeline: Timeline
) -> pd.DataFrame:
    """What the platform reports, day by day, cut into parts (scenes, campaigns, products).

    Platforms claim more orders than they bring: the real ones times ``overcount``.

    Parameters
    ----------
    traffic : rows of ``channel_traffic`` of this channel, one a day
    shares : share of the spend of each part

    Returns
    -------
    DataFrame, one row per day and part, by day
        day, part, spend (fen), impressions, clicks, orders, revenue (fen), carts.
    """
    plan = paid.channel.ads
    assert plan is not None, "a paid channel has an ad plan"
    rng = timeline.rng("report", plan.platform)
    spend = split(paid.spend, shares, rng)
    parts = len(shares)
    weights = spend / np.maximum(spend.sum(axis=1, keepdims=True), 0.01)
    weights[weights.sum(axis=1) == 0] = 1 / parts
    weights /= weights.sum(axis=1, keepdims=True)
    visitors = traffic["visitors"].to_numpy()
    clicks = rng.multinomial(np.round(visitors / CLICK_ARRIVES).astype(np.int64), weights)
    claimed = rng.poisson(traffic["paid_orders"].to_numpy() * plan.overcount)
    orders = rng.multinomial(claimed, weights)
    average = traffic["paid_amount"].to_numpy() / np.maximum(traffic["paid_orders"].to_numpy(), 1)
    revenue = orders * average[:, None] * np.exp(rng.normal(0, 0.08, orders.shape))
    rate = CLICK_RATE[plan.platform] * np.exp(rng.normal(0, 0.12, orders.shape))
    return pd.DataFrame(
        {
            "day": np.arange(timeline.days).repeat(parts),
            "part": np.tile(np.arange(parts), timeline.days),
            "spend": np.round(spend * 100).astype(np.int64).ravel(),
            "impressions": np.round(clicks / rate).astype(np.int64).ravel(),
            "clicks": clicks.ravel(),
            "orders": orders.ravel(),
            "revenue": np.round(revenue).astype(np.int64).ravel(),
            "carts": (orders + rng.binomial(clicks, 0.06)).ravel(),
        }
    )
