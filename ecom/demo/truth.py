"""What is planted in the demo, so that the analyses can be held against it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import numpy as np

from ecom.demo.catalogue import Catalogue
from ecom.demo.shops import DOUYIN, SITE, STOREFRONTS, TMALL
from ecom.demo.timeline import Flags, Timeline

REPURCHASE_MONTHS = 24


class Cause(StrEnum):
    """Why something went wrong."""

    CREATIVE_WORN_OUT = "creative_worn_out"
    RULE_CHANGE = "rule_change"
    BROKEN_LANDING_PAGE = "broken_landing_page"
    STOCK_OUT = "stock_out"
    REFUND_WAVE = "refund_wave"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One thing that went wrong, from ``start`` to ``end``, both included.

    ``effect`` is the factor on what is normal (visitors and new orders, or checkouts that are
    paid; 0 for sales of a product out of stock), for a refund wave the share of paid orders
    refunded. ``subject`` is a channel, a device or a SKU.
    """

    cause: Cause
    shop_id: str  # "" = all shops
    subject: str
    start: date
    end: date
    effect: float

    def covers(self, timeline: Timeline) -> Flags:
        """Which days of the window it lasts."""
        dates = timeline.dates
        flags: Flags = (dates >= np.datetime64(self.start)) & (dates <= np.datetime64(self.end))
        return flags


@dataclass(frozen=True, slots=True)
class ResponseCurve:
    """Spend to new-customer orders of one paid channel; the formula is that of ``AdPlan``."""

    shop_id: str
    channel: str
    ad_platform: str
    max_orders: float
    half_saturation: float
    slope: float
    decay: float
    overcount: float


@dataclass(frozen=True, slots=True)
class Repurchase:
    """Probability of an order in the n-th 30 days after the first order, by how it was won."""

    shop_id: str
    channel: str
    monthly: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PriceEffect:
    """Relative change in a product's share of orders per relative change of its price."""

    sku: str
    elasticity: float


@dataclass(frozen=True, slots=True)
class PageTest:
    """An experiment, from ``start`` to ``end``, both included.

    ``lift`` is how many more of the variant's visitors buy within a week, relative to the control;
    both get half of the visitors.
    """

    shop_id: str
    name: str
    control: str
    variant: str
    start: date
    end: date
    planned_visitors: int
    lift: float


@dataclass(frozen=True, slots=True)
class Truth:
    """All that is planted."""

    seed: int
    start: date
    end: date
    scale: float
    responses: tuple[ResponseCurve, ...]
    repurchases: tuple[Repurchase, ...]
    price_effects: tuple[PriceEffect, ...]
    anomalies: tuple[Anomaly, ...]
    page_tests: tuple[PageTest, ...]

    def write(self, path: Path) -> None:
        """Write as JSON; dates in ISO form."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, default=str)
        path.write_text(text + "\n", encoding="utf-8")


def plan_anomalies(timeline: Timeline, catalogue: Catalogue) -> tuple[Anomaly, ...]:
    """Things that go wrong in the last weeks, where a reader of a review would look.

    Those before the window are left out; ``catalogue`` gives two best sellers and the product
    whose switch fails.
    """
    first, second, faulty = catalogue.skus[0], catalogue.skus[2], catalogue.skus[4]
    planted = (
        # cause, shop, subject, days before the end at its start and at its end, effect
        (Cause.RULE_CHANGE, TMALL.shop_id, "手淘搜索", 75, 0, 0.75),
        (Cause.REFUND_WAVE, "", faulty, 50, 36, 0.40),
        (Cause.STOCK_OUT, "", first, 31, 21, 0.0),
        (Cause.CREATIVE_WORN_OUT, DOUYIN.shop_id, "千川", 24, 0, 0.65),
        (Cause.BROKEN_LANDING_PAGE, SITE.shop_id, "mobile", 17, 12, 0.35),
        (Cause.STOCK_OUT, "", second, 8, 3, 0.0),
    )
    return tuple(
        Anomaly(
            cause,
            shop,
            subject,
            timeline.date(max(0, timeline.days - 1 - before)),
            timeline.date(timeline.days - 1 - after),
            effect,
        )
        for cause, shop, subject, before, after, effect in planted
        if after < timeline.days
    )


def plan_page_tests(timeline: Timeline) -> tuple[PageTest, ...]:
    """One page test of four weeks, over before anything goes wrong at the checkout."""
    started, ended = 56, 29  # days before the end
    if ended >= timeline.days:
        return ()
    return (
        PageTest(
            SITE.shop_id,
            "New product page",
            "control",
            "larger pictures",
            timeline.date(max(0, timeline.days - 1 - started)),
            timeline.date(timeline.days - 1 - ended),
            planned_visitors=2_000,
            lift=0.3,
        ),
    )


def planted_truth(
    timeline: Timeline, catalogue: Catalogue, anomalies: tuple[Anomaly, ...]
) -> Truth:
    """Gather what the simulation is told, in the units of the written files."""
    channels = [
        (front.shop.shop_id, channel) for front in STOREFRONTS for channel in front.channels
    ]
    return Truth(
        seed=timeline.seed,
        start=timeline.start,
        end=timeline.end,
        scale=timeline.scale,
        responses=tuple(
            ResponseCurve(
                shop_id, channel.name, channel.ads.platform,
                channel.ads.max_orders * timeline.scale,
                channel.ads.half_saturation * timeline.scale,
                channel.ads.slope, channel.ads.decay, channel.ads.overcount,
            )
            for shop_id, channel in channels
            if channel.ads
        ),
        repurchases=tuple(
            Repurchase(
                shop_id,
                channel.name,
                tuple(round(p, 5) for p in channel.repurchase_curve(REPURCHASE_MONTHS).tolist()),
            )
            for shop_id, channel in channels
        ),
        price_effects=tuple(
            PriceEffect(product.sku, product.elasticity) for product in catalogue.products
        ),
        anomalies=anomalies,
        page_tests=plan_page_tests(timeline),
    )  # fmt: skip
