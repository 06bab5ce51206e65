"""Occasions become orders: goods, money, times, what is paid, shipped and refunded.

Money is in fen (1/100 CNY), whole numbers throughout, so that every file agrees with every other.
Times are local.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.demo.catalogue import CAMPAIGN_PRICE, Catalogue
from ecom.demo.shops import Storefront
from ecom.demo.timeline import DAY_SECONDS, Flags, Floats, Integers, Timeline, Times
from ecom.demo.truth import Anomaly, Cause

LINES_CHANCE = (0.72, 0.21, 0.07)  # one, two, three lines
QUANTITY_CHANCE = (0.88, 0.09, 0.03)
REFILLS_LIFT = 3.0  # people who come back buy refills more often
THRESHOLD_FEN, THRESHOLD_OFF_FEN = 30_000, 3_000  # 30 off every 300 in a campaign
COUPON_CHANCE, COUPON_FEN = 0.15, 1_000
FREE_SHIPPING_FEN, SHIPPING_FEN = 9_900, 800
FULL_REFUND = 0.75  # of refunded orders with several lines; the others send one line back
DAY_OPENS, DAY_CLOSES = 50 * 60, 23 * 3600 + 20 * 60  # leaves room for a visit around midnight
_HOURS = np.array(
    [1.2, 1, 0.4, 0.3, 0.3, 0.5, 1, 2, 3, 4.5, 5.5, 5.5, 5, 5, 5, 5, 5, 4.5, 5, 6.5, 8.5, 9.5, 7, 3]
)


@dataclass(frozen=True, slots=True)
class Sales:
    """All orders of one shop.

    Attributes
    ----------
    orders : DataFrame, one row per order, by time of creation
        customer, day, channel, acquired, first, region, device, order_id, created_at, paid_at,
        shipped_at, completed_at (NaT = not yet), paid_day (-1 = unpaid), status, and in fen
        goods (list money of the lines), discount, shipping, total, paid, refunded.
    lines : DataFrame, one row per order line, by order
        order (row number in ``orders``), sku (code), quantity, line_id, and in fen unit_price,
        discount, amount (after discount), refunded.
    """

    orders: pd.DataFrame
    lines: pd.DataFrame


def build_sales(
    storefront: Storefront,
    occasions: pd.DataFrame,
    catalogue: Catalogue,
    timeline: Timeline,
    anomalies: tuple[Anomaly, ...],
) -> Sales:
    """Turn occasions into orders. What is out of stock is not bought, and not replaced."""
    rng = timeline.rng("orders", storefront.shop.shop_id)
    orders = occasions.assign(second=seconds_of_day(len(occasions), rng)).sort_values(
        ["day", "second"], ignore_index=True
    )
    lines = _lines(orders, catalogue, rng)
    lines = lines[~_sold_out(lines, orders, catalogue, timeline, anomalies)]
    kept = np.zeros(len(orders), dtype=bool)
    kept[lines["order"]] = True
    lines = lines.assign(order=(np.cumsum(kept) - 1)[lines["order"]]).reset_index(drop=True)
    orders = orders[kept].reset_index(drop=True)

    _price(orders, lines, storefront, catalogue, timeline, rng)
    _pay(orders, storefront, timeline, rng)
    _ship(orders, timeline, rng)
    _refund(orders, lines, storefront, catalogue, timeline, anomalies, rng)
    _number(orders, lines, storefront, rng)
    return Sales(orders, lines)


def seconds_of_day(count: int, rng: np.random.Generator) -> Integers:
    """Seconds of the day at which orders are placed."""
    hours = rng.choice(24, count, p=_HOURS / _HOURS.sum())
    seconds = hours * 3600 + rng.integers(0, 3600, count)
    clipped: Integers = np.clip(seconds, DAY_OPENS + rng.integers(0, 600, count), DAY_CLOSES)
    return clipped


def _lines(orders: pd.DataFrame, catalogue: Catalogue, rng: np.random.Generator) -> pd.DataFrame:
    counts = rng.choice([1, 2, 3], len(orders), p=LINES_CHANCE)
    order = np.arange(len(orders)).repeat(counts)
    day = orders["day"].to_numpy()[order]
    comes_back = ~orders["first"].to_numpy()[order]
    refill = np.array(["Refills" in product.category for product in catalogue.products])
    sku = np.where(
        comes_back,
        draw_skus(catalogue.pull * np.where(refill, REFILLS_LIFT, 1.0), day, rng),
        draw_skus(catalogue.pull, day, rng),
    )
    quantity = rng.choice([1, 2, 3], len(order), p=QUANTITY_CHANCE)
    return pd.DataFrame({"order": order, "sku": sku, "quantity": quantity})


def draw_skus(weights: Floats, rows: Integers, rng: np.random.Generator) -> Integers:
    """Draw a column for each entry of ``rows`` with that row's weights."""
    share = np.cumsum(weights, axis=1)
    share /= share[:, -1:]
    # Row r occupies (r, r + 1] on one long axis, so a single search serves every row.
    axis = (share + np.arange(len(share))[:, None]).ravel()
    found = np.searchsorted(axis, rows + rng.random(len(rows)), "right")
    drawn: Integers = np.minimum(found - rows * weights.shape[1], weights.shape[1] - 1)
    return drawn


def _sold_out(
    lines: pd.DataFrame,
    orders: pd.DataFrame,
    catalogue: Catalogue,
    timeline: Timeline,
    anomalies: tuple[Anomaly, ...],
) -> Flags:
    day = orders["day"].to_numpy()[lines["order"]]
    empty = np.zeros(len(lines), dtype=bool)
    for anomaly in anomalies:
        if anomaly.cause is Cause.STOCK_OUT:
            code = catalogue.skus.index(anomaly.subject)
            empty |= (lines["sku"].to_numpy() == code) & anomaly.covers(timeline)[day]
    return empty


def _price(
    orders: pd.DataFrame,
    lines: pd.DataFrame,
    storefront: Storefront,
    catalogue: Catalogue,
    timeline: Timeline,
    rng: np.random.Generator,
) -> None:
    """Fill in the money of orders and lines; discounts are spread over lines to the fen."""
    order = lines["order"].to_numpy()
    day = orders["day"].to_numpy()
    list_price = catalogue.prices[day[order], lines["sku"]] * storefront.price_level
    lines["unit_price"] = np.round(list_price / 100).astype(np.int64) * 100
    gross = (lines["unit_price"] * lines["quantity"]).to_numpy()
    goods = np.bincount(order, weights=gross, minlength=len(orders)).astype(np.int64)

    usual = np.array([product.price for product in catalogue.products])
    in_campaign = catalogue.prices[:, 0] <= usual[0] * (CAMPAIGN_PRICE + 0.01)
    threshold = goods // THRESHOLD_FEN * THRESHOLD_OFF_FEN
    coupon = np.where((rng.random(len(orders)) < COUPON_CHANCE) & (goods > 5_000), COUPON_FEN, 0)
    discount = np.where(in_campaign[day], threshold, coupon)
    shipping = np.where(goods - discount >= FREE_SHIPPING_FEN, 0, SHIPPING_FEN)

    share = discount[order] * gross // goods[order]
    first = np.flatnonzero(np.diff(order, prepend=-1))
    share[first] += discount - np.bincount(order, weights=share).astype(np.int64)
    lines["discount"] = share
    lines["amount"] = gross - share
    orders["goods"], orders["discount"], orders["shipping"] = goods, discount, shipping
    orders["total"] = goods - discount + shipping


def _pay(
    orders: pd.DataFrame, storefront: Storefront, timeline: Timeline, rng: np.random.Generator
) -> None:
    """Most pay within minutes, some hours later, some never. The own site is paid at once."""
    count = len(orders)
    created = timeline.times(orders["day"].to_numpy(), orders["second"].to_numpy())
    delay = rng.integers(15, 240, count)
    if storefront.shop.platform != "shopify":
        late = rng.random(count) < 0.05
        delay = np.where(late, rng.integers(3600, 10 * 3600, count), delay)
    paid_at = created + delay.astype("timedelta64[s]")
    never = rng.random(count) < storefront.unpaid
    paid_at[never | (timeline.day_of(paid_at) >= timeline.days)] = np.datetime64("NaT")
    orders["created_at"], orders["paid_at"] = created, paid_at
    orders["paid_day"] = timeline.day_of(paid_at)
    orders["paid"] = np.where(np.isnat(paid_at), 0, orders["total"])


def _ship(orders: pd.DataFrame, timeline: Timeline, rng: np.random.Generator) -> None:
    """Parcels leave the day after payment and arrive within a week."""
    paid_at: Times = orders["paid_at"].to_numpy()
    after = timeline.times(np.array([timeline.days]), np.array([0]))[0]
    next_day = paid_at.astype("datetime64[D]") + np.timedelta64(1, "D")
    seconds = rng.integers(9 * 3600, 18 * 3600, len(orders)).astype("timedelta64[s]")
    shipped_at = next_day.astype("datetime64[s]") + seconds
    transit = rng.integers(2 * DAY_SECONDS, 7 * DAY_SECONDS, len(orders)).astype("timedelta64[s]")
    completed_at = shipped_at + transit
    shipped_at[shipped_at >= after] = np.datetime64("NaT")
    completed_at[completed_at >= after] = np.datetime64("NaT")
    orders["shipped_at"], orders["completed_at"] = shipped_at, completed_at
    old = orders["day"].to_numpy() < timeline.days - 2
    orders["status"] = np.select(
        [~np.isnat(completed_at), ~np.isnat(shipped_at), ~np.isnat(paid_at), old],
        ["completed", "shipped", "paid", "cancelled"],
        "unpaid",
    )


def _refund(
    orders: pd.DataFrame,
    lines: pd.DataFrame,
    storefront: Storefront,
    catalogue: Catalogue,
    timeline: Timeline,
    anomalies: tuple[Anomaly, ...],
    rng: np.random.Generator,
) -> None:
    """Refund whole orders, or the last line of an order; money comes back after 2 to 9 days."""
    order, day = lines["order"].to_numpy(), orders["paid_day"].to_numpy()
    chance = np.full(len(orders), storefront.refunds)
    for anomaly in anomalies:
        if anomaly.cause is Cause.REFUND_WAVE:
            code = catalogue.skus.index(anomaly.subject)
            hit = (lines["sku"].to_numpy() == code) & anomaly.covers(timeline)[day[order]]
            chance[order[hit]] = anomaly.effect
    back_on = day + rng.integers(2, 10, len(orders))
    refunded = (rng.random(len(orders)) < chance) & (day >= 0) & (back_on < timeline.days)
    counts = np.bincount(order, minlength=len(orders))
    whole = refunded & ((counts == 1) | (rng.random(len(orders)) < FULL_REFUND))
    last = np.cumsum(counts) - 1
    line_refunded = whole[order]
    line_refunded[last[refunded & ~whole]] = True
    lines["refunded"] = np.where(line_refunded, lines["amount"], 0)
    back = np.bincount(order, weights=lines["refunded"], minlength=len(orders)).astype(np.int64)
    orders["refunded"] = np.where(whole, orders["paid"], back)
    orders["status"] = np.select(
        [whole, refunded], ["refunded", "partially_refunded"], orders["status"].to_numpy(str)
    )


def _number(
    orders: pd.DataFrame, lines: pd.DataFrame, storefront: Storefront, rng: np.random.Generator
) -> None:
    """Give ids as long as the platforms': 19 digits, or 13 on the own site."""
    base, step = {
        "tmall": (2_100_000_000_000_000_000, 9_000_000_000),
        "douyin": (6_917_000_000_000_000_000, 9_000_000_000),
        "shopify": (5_100_000_000_000, 90_000_000),
    }[storefront.shop.platform]
    ids = base + np.cumsum(rng.integers(step // 9, step, len(orders)))
    orders["order_id"] = ids
    order = lines["order"].to_numpy()
    first = np.concatenate([[0], np.cumsum(np.bincount(order, minlength=len(orders)))[:-1]])
    position = np.arange(len(lines)) - first[order]
    # A platform repeats the order's id on its first line and counts on from there.
    lines["line_id"] = ids[order] + position
