"""The seller: three shops and the channels each is reached by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecom.demo.timeline import Floats
from ecom.store.staging import Shop

TMALL = Shop("tmall-flagship", "tmall", "Lumen Tmall flagship", "CNY", "Asia/Shanghai")
DOUYIN = Shop("douyin-store", "douyin", "Lumen Douyin store", "CNY", "Asia/Shanghai")
SITE = Shop("own-site", "shopify", "Lumen own site", "CNY", "Asia/Shanghai")
COMPANY = Shop("company", "", "Lumen", "CNY", "Asia/Shanghai")
"""Stands for all shops together, in files that belong to none: stock, costs, targets, calendar."""


@dataclass(frozen=True, slots=True)
class AdPlan:
    """What a paid channel costs and brings, at scale 1.

    New-customer orders a day = ``max_orders`` * a^slope / (a^slope + half_saturation^slope), with
    a = (1 - decay) * (spend today + decay * spend yesterday + ...), in CNY a day.
    """

    platform: str
    daily_spend: float
    max_orders: float
    half_saturation: float
    decay: float
    slope: float
    overcount: float  # orders the platform claims per order it really brought


@dataclass(frozen=True, slots=True)
class Channel:
    """One way customers come in.

    Attributes
    ----------
    share : of the new customers that are not paid for.
    conversion : orders per visitor among people who never bought.
    repurchase : probability of an order in the first 30 days after the first order.
    fade : factor on that probability for each further 30 days.
    """

    name: str
    share: float
    conversion: float
    repurchase: float
    fade: float
    ads: AdPlan | None = None

    def repurchase_curve(self, months: int) -> Floats:
        """Probability of an order in each 30-day span after the first order, shape (months,)."""
        curve: Floats = self.repurchase * self.fade ** np.arange(months, dtype=np.float64)
        return curve


@dataclass(frozen=True, slots=True)
class Storefront:
    """A shop with its habits.

    ``orders`` are those created in two years at scale 1. ``returning`` is the channel customers
    come back by when they do not come back by the one that won them.
    """

    shop: Shop
    orders: int
    channels: tuple[Channel, ...]
    returning: str
    unpaid: float
    refunds: float
    price_level: float

    @property
    def names(self) -> list[str]:
        """Channel names in order of their codes."""
        return [channel.name for channel in self.channels]

    def code(self, name: str) -> int:
        """Code of a channel."""
        return self.names.index(name)


PRIVATE = "私域"

STOREFRONTS = (
    Storefront(
        TMALL,
        orders=45_000,
        returning="我的淘宝",
        unpaid=0.06,
        refunds=0.05,
        price_level=1.0,
        channels=(
            Channel("手淘搜索", 0.46, 0.024, 0.075, 0.90),
            Channel("手淘推荐", 0.26, 0.014, 0.050, 0.90),
            Channel("淘宝客", 0.14, 0.030, 0.030, 0.88),
            Channel("我的淘宝", 0.06, 0.060, 0.110, 0.92),
            Channel(PRIVATE, 0.08, 0.070, 0.170, 0.94),
            Channel(
                "万相台", 0.0, 0.022, 0.050, 0.90,
                AdPlan("万相台", 1300, 22, 1000, 0.35, 1.3, 1.25),
            ),
        ),
    ),
    Storefront(
        DOUYIN,
        orders=30_000,
        returning="商品卡",
        unpaid=0.06,
        refunds=0.12,
        price_level=0.95,
        channels=(
            Channel("直播间", 0.46, 0.020, 0.020, 0.86),
            Channel("短视频", 0.28, 0.009, 0.030, 0.87),
            Channel("商品卡", 0.19, 0.030, 0.050, 0.89),
            Channel(PRIVATE, 0.07, 0.070, 0.150, 0.94),
            Channel(
                "千川", 0.0, 0.016, 0.025, 0.86,
                AdPlan("千川", 1500, 24, 1100, 0.20, 1.4, 1.30),
            ),
        ),
    ),
    Storefront(
        SITE,
        orders=20_000,
        returning="Direct",
        unpaid=0.06,
        refunds=0.04,
        price_level=1.0,
        channels=(
            Channel("Organic Search", 0.34, 0.085, 0.070, 0.90),
            Channel("Direct", 0.24, 0.110, 0.100, 0.92),
            Channel("Referral", 0.14, 0.060, 0.050, 0.88),
            Channel("Email", 0.10, 0.120, 0.120, 0.92),
            Channel("Organic Social", 0.18, 0.130, 0.180, 0.94),
            Channel(
                "Paid Search", 0.0, 0.070, 0.060, 0.90,
                AdPlan("Google Ads", 520, 8.0, 420, 0.15, 1.2, 1.20),
            ),
            Channel(
                "Paid Social", 0.0, 0.042, 0.040, 0.88,
                AdPlan("Meta Ads", 560, 7.5, 480, 0.45, 1.3, 1.35),
            ),
        ),
    ),
)  # fmt: skip
