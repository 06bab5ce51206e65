"""The whole simulation, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.demo.ads import PaidChannel, paid_channels
from ecom.demo.catalogue import Catalogue, build_catalogue
from ecom.demo.customers import fail_checkouts, simulate_arrivals
from ecom.demo.orders import Sales, build_sales
from ecom.demo.shops import DOUYIN, SITE, STOREFRONTS, TMALL, Storefront
from ecom.demo.stock import StockLevels, build_stock
from ecom.demo.timeline import Timeline
from ecom.demo.traffic import channel_traffic
from ecom.demo.truth import Truth, plan_anomalies, planted_truth


@dataclass(frozen=True, slots=True)
class ShopYears:
    """What happened in one shop.

    ``traffic`` is the frame of ``channel_traffic``; ``failed`` are the occasions a broken page
    turned away, none but on the own site.
    """

    storefront: Storefront
    paid: dict[str, PaidChannel]
    sales: Sales
    traffic: pd.DataFrame
    failed: pd.DataFrame

    def channel(self, name: str) -> pd.DataFrame:
        """Traffic of one channel, one row a day."""
        chosen = self.traffic["channel"] == self.storefront.code(name)
        return self.traffic[chosen].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class World:
    """All shops, the stock behind them, and what was planted."""

    timeline: Timeline
    catalogue: Catalogue
    tmall: ShopYears
    douyin: ShopYears
    site: ShopYears
    stock: StockLevels
    truth: Truth

    @property
    def shops(self) -> tuple[ShopYears, ShopYears, ShopYears]:
        """The three shops."""
        return self.tmall, self.douyin, self.site


def simulate(timeline: Timeline, *, anomalies: bool = True) -> World:
    """Run the shops over the window.

    Parameters
    ----------
    anomalies : whether things go wrong in the last weeks, see ``plan_anomalies``
    """
    catalogue = build_catalogue(timeline)
    planted = plan_anomalies(timeline, catalogue) if anomalies else ()
    shops = {}
    for storefront in STOREFRONTS:
        paid = paid_channels(storefront, timeline)
        arrivals = simulate_arrivals(storefront, paid, timeline, planted)
        occasions, failed = arrivals.occasions, arrivals.occasions.iloc[:0]
        if storefront.shop == SITE:
            occasions, failed = fail_checkouts(arrivals, timeline, planted)
        sales = build_sales(storefront, occasions, catalogue, timeline, planted)
        traffic = channel_traffic(storefront, arrivals, sales, timeline)
        shops[storefront.shop.shop_id] = ShopYears(storefront, paid, sales, traffic, failed)
    stock = build_stock([shop.sales for shop in shops.values()], catalogue, timeline, planted)
    return World(
        timeline,
        catalogue,
        tmall=shops[TMALL.shop_id],
        douyin=shops[DOUYIN.shop_id],
        site=shops[SITE.shop_id],
        stock=stock,
        truth=planted_truth(timeline, catalogue, planted),
    )
