"""Visitors as the platforms report them: sums by day and channel, or by day and product."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecom.demo.catalogue import Catalogue
from ecom.demo.customers import Arrivals
from ecom.demo.orders import Sales
from ecom.demo.shops import Storefront
from ecom.demo.timeline import Floats, Integers, Timeline

RETURNING_CONVERSION = 0.25  # orders per visit of people who come back
ONCE_PER_SHOP = 0.92  # a visitor counts once in the shop, but once in each channel
PRODUCTS_A_VISITOR = 1.3


def count_by(keys: Integers, length: int, weights: Floats | Integers | None = None) -> Integers:
    """Sum of ``weights`` (or rows) for each key 0 .. length - 1; keys below 0 are left out."""
    kept = keys >= 0
    chosen = None if weights is None else np.asarray(weights)[kept].astype(np.float64)
    return np.bincount(keys[kept], weights=chosen, minlength=length).astype(np.int64)


def distinct_buyers(keys: Integers, customers: Integers, length: int) -> Integers:
    """Different customers for each key 0 .. length - 1."""
    pairs = pd.DataFrame({"key": keys, "customer": customers}).drop_duplicates()
    return count_by(pairs["key"].to_numpy(), length)


def channel_traffic(
    storefront: Storefront, arrivals: Arrivals, sales: Sales, timeline: Timeline
) -> pd.DataFrame:
    """Traffic and results by day and channel.

    Returns
    -------
    DataFrame, one row per day and channel, by day
        day, channel, visitors, new_visitors, page_views, sessions, bounced, stay_seconds (average
        a session), cart_visitors, favourites, order_buyers, order_amount, paid_buyers, paid_orders,
        paid_amount (fen).
    """
    rng = timeline.rng("traffic", storefront.shop.shop_id)
    width = len(storefront.channels)
    cells = timeline.days * width
    orders = sales.orders
    channel, customer = orders["channel"].to_numpy(), orders["customer"].to_numpy()
    created = orders["day"].to_numpy() * width + channel
    paid_day = orders["paid_day"].to_numpy()
    paid = np.where(paid_day >= 0, paid_day * width + channel, -1)

    conversion = np.array([each.conversion for each in storefront.channels])
    back = count_by(np.where(orders["first"], -1, created), cells)
    strangers = rng.poisson((arrivals.expected_new.T / conversion).ravel())
    familiar = rng.poisson(back / RETURNING_CONVERSION)
    order_buyers = distinct_buyers(created, customer, cells)
    paid_buyers = distinct_buyers(paid, customer, cells)
    visitors = strangers + familiar + np.maximum(order_buyers, paid_buyers)
    sessions = visitors + rng.binomial(visitors, 0.22)
    bounced = rng.binomial(sessions - np.minimum(sessions, order_buyers), 0.48)
    return pd.DataFrame(
        {
            "day": np.arange(timeline.days).repeat(width),
            "channel": np.tile(np.arange(width), timeline.days),
            "visitors": visitors,
            "new_visitors": rng.binomial(strangers, 0.85),
            "page_views": sessions + rng.poisson((sessions - bounced) * 3.1),
            "sessions": sessions,
            "bounced": bounced,
            "stay_seconds": np.round(rng.normal(68, 9, cells), 2),
            "cart_visitors": np.minimum(visitors, order_buyers + rng.binomial(visitors, 0.07)),
            "favourites": rng.binomial(visitors, 0.04),
            "order_buyers": order_buyers,
            "order_amount": count_by(created, cells, orders["total"].to_numpy()),
            "paid_buyers": paid_buyers,
            "paid_orders": count_by(paid, cells),
            "paid_amount": count_by(paid, cells, orders["paid"].to_numpy()),
        }
    )


def shop_traffic(channels: pd.DataFrame, sales: Sales, timeline: Timeline) -> pd.DataFrame:
    """The shop's day: money and orders add up over channels, people are counted once.

    Returns
    -------
    DataFrame, one row per day
        Columns of ``channel_traffic`` without channel, plus old_visitors, order_units, paid_units,
        new_buyers, refund_amount (fen, by day of payment) and refund_buyers.
    """
    sums = channels.groupby("day", as_index=False).sum().drop(columns=["channel", "stay_seconds"])
    orders, lines, days = sales.orders, sales.lines, timeline.days
    customer, paid_day = orders["customer"].to_numpy(), orders["paid_day"].to_numpy()
    sums["order_buyers"] = distinct_buyers(orders["day"].to_numpy(), customer, days)
    sums["paid_buyers"] = distinct_buyers(paid_day, customer, days)
    buyers = np.maximum(sums["order_buyers"], sums["paid_buyers"])
    for column in ("visitors", "new_visitors", "cart_visitors", "favourites"):
        sums[column] = np.round(sums[column] * ONCE_PER_SHOP).astype(np.int64)
    sums["visitors"] = np.maximum(sums["visitors"], buyers)
    sums["cart_visitors"] = np.clip(sums["cart_visitors"], buyers, sums["visitors"])
    sums["old_visitors"] = np.maximum(sums["visitors"] - sums["new_visitors"], 0)
    order = lines["order"].to_numpy()
    units = lines["quantity"].to_numpy()
    sums["order_units"] = count_by(orders["day"].to_numpy()[order], days, units)
    sums["paid_units"] = count_by(paid_day[order], days, units)
    newly = np.where(orders["first"], paid_day, -1)
    sums["new_buyers"] = distinct_buyers(newly, customer, days)
    sent_back = orders["refunded"].to_numpy() > 0
    sums["refund_amount"] = count_by(paid_day, days, orders["refunded"].to_numpy())
    sums["refund_buyers"] = distinct_buyers(np.where(sent_back, paid_day, -1), customer, days)
    return sums


def product_traffic(
    shop: pd.DataFrame, sales: Sales, catalogue: Catalogue, timeline: Timeline
) -> pd.DataFrame:
    """Traffic and results by day and product (all colours together), products on sale only.

    Returns
    -------
    DataFrame, one row per day and product
        day, family (code), visitors, page_views, bounced, stay_seconds, favourites, cart_visitors,
        cart_units, order_buyers, order_units, order_amount, paid_buyers, paid_units, paid_amount,
        new_buyers, new_amount, refund_amount, search_visitors, search_buyers; money in fen, after
        discounts and without shipping.
    """
    rng = timeline.rng("products")
    families = catalogue.family_codes
    width = len(catalogue.families)
    cells = timeline.days * width
    pull = np.zeros((timeline.days, width))
    np.add.at(pull.T, families, catalogue.pull.T)
    share = pull / pull.sum(axis=1, keepdims=True)
    looked = rng.poisson(shop["visitors"].to_numpy()[:, None] * share * PRODUCTS_A_VISITOR).ravel()

    results = _product_results(sales, families, width, cells)
    order_buyers, paid_buyers = results["order_buyers"], results["paid_buyers"]
    buyers = np.maximum(order_buyers, paid_buyers)
    visitors = looked + buyers
    bounced = rng.binomial(looked, 0.55)
    cart = np.minimum(visitors, order_buyers + rng.binomial(visitors, 0.06))
    search = rng.binomial(visitors, 0.4)
    frame = pd.DataFrame(
        {
            "day": np.arange(timeline.days).repeat(width),
            "family": np.tile(np.arange(width), timeline.days),
            "visitors": visitors,
            "page_views": visitors + rng.poisson(visitors * 0.9),
            "bounced": bounced,
            "stay_seconds": np.round(rng.normal(24, 5, cells), 2),
            "favourites": rng.binomial(visitors, 0.03),
            "cart_visitors": cart,
            "cart_units": cart + rng.binomial(cart, 0.2),
            **results,
            "search_visitors": search,
            "search_buyers": np.minimum(rng.binomial(paid_buyers, 0.4), search),
        }
    )
    return frame[frame["visitors"] > 0].reset_index(drop=True)


def _product_results(
    sales: Sales, families: Integers, width: int, cells: int
) -> dict[str, Integers]:
    """Buyers, units and money of each day and product, by column name."""
    orders, lines = sales.orders, sales.lines
    order = lines["order"].to_numpy()
    family = families[lines["sku"]]
    created = orders["day"].to_numpy()[order] * width + family
    paid_day = orders["paid_day"].to_numpy()[order]
    paid = np.where(paid_day >= 0, paid_day * width + family, -1)
    newly = np.where(orders["first"].to_numpy()[order], paid, -1)
    customer = orders["customer"].to_numpy()[order]
    units, amount = lines["quantity"].to_numpy(), lines["amount"].to_numpy()
    return {
        "order_buyers": distinct_buyers(created, customer, cells),
        "order_units": count_by(created, cells, units),
        "order_amount": count_by(created, cells, amount),
        "paid_buyers": distinct_buyers(paid, customer, cells),
        "paid_units": count_by(paid, cells, units),
        "paid_amount": count_by(paid, cells, amount),
        "new_buyers": distinct_buyers(newly, customer, cells),
        "new_amount": count_by(newly, cells, amount),
        "refund_amount": count_by(paid, cells, lines["refunded"].to_numpy()),
    }
