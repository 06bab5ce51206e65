"""The own site's event log: visits of buyers, of people who turn back, and of strangers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecom.demo.catalogue import Catalogue
from ecom.demo.customers import traits
from ecom.demo.orders import Sales, draw_skus, seconds_of_day
from ecom.demo.shops import Storefront
from ecom.demo.timeline import Integers, Timeline

TRACKED_DAYS = 400  # the tracker went live 13 months ago: enough for a year-on-year comparison
BOUNCE, BROWSE, CART, CHECKOUT, PURCHASE = range(1, 6)  # how deep a visit goes
_DEPTHS = (BOUNCE, BROWSE, CART, CHECKOUT)
_DEPTH_CHANCE = {  # of visits without an order, by channel
    "Paid Social": (0.68, 0.25, 0.055, 0.015),
    "Email": (0.45, 0.42, 0.10, 0.03),
}
_USUAL_DEPTH_CHANCE = (0.56, 0.33, 0.085, 0.025)
COMES_AGAIN = 0.24  # chance that a stranger makes one more visit, and another after it
AGAIN_AFTER_DAYS = 9  # mean
LOOKED_BEFORE = 0.5  # share of orders with an earlier visit that only looked
LANDS_ON_PRODUCT = 0.45
STEP_SECONDS = (8, 80)


def site_visits(
    storefront: Storefront,
    traffic: pd.DataFrame,
    sales: Sales,
    failed: pd.DataFrame,
    catalogue: Catalogue,
    timeline: Timeline,
) -> pd.DataFrame:
    """Draw all visits of the tracked days.

    Parameters
    ----------
    traffic : frame of ``channel_traffic`` of the own site
    failed : occasions turned away at the checkout

    Returns
    -------
    DataFrame, one row per visit, by start
        visitor, day, second (of its checkout, else of its start), channel, device, region, depth,
        order (row in ``sales.orders``, -1 = none), sku (code it is about). A visitor has at most
        one visit a day, so visits are always more than 30 minutes apart.
    """
    rng = timeline.rng("visits")
    first_day = max(timeline.days - TRACKED_DAYS, 0)
    orders = sales.orders
    bought = pd.DataFrame(
        {
            "visitor": orders["customer"],
            **orders[["day", "second", "channel", "device", "region"]],
            "depth": np.where(orders["paid_day"] >= 0, PURCHASE, CHECKOUT),
            "order": np.arange(len(orders)),
            "sku": sales.lines.groupby("order")["sku"].first(),
        }
    )
    tried = failed.rename(columns={"customer": "visitor"}).assign(depth=CHECKOUT)
    looked = bought[rng.random(len(bought)) < LOOKED_BEFORE]
    looked = looked.assign(
        day=looked["day"] - rng.integers(1, 7, len(looked)),
        depth=rng.choice([BROWSE, CART], len(looked), p=[0.7, 0.3]),
    )
    customers = int(max(orders["customer"].max(), failed["customer"].max() if len(failed) else 0))
    strangers = _strangers(storefront, traffic, customers + 1, first_day, timeline, rng)
    others = pd.concat([tried, looked, strangers], ignore_index=True)
    others = others.assign(order=-1, second=seconds_of_day(len(others), rng))
    others["sku"] = draw_skus(catalogue.pull, np.maximum(others["day"].to_numpy(), 0), rng)
    columns = list(bought.columns)
    visits = pd.concat([bought, others[columns]], ignore_index=True)
    visits = visits[visits["day"].between(first_day, timeline.days - 1)]
    # Orders come first in the frame, so they are what a day with several visits keeps.
    visits = visits.drop_duplicates(["visitor", "day"])
    return visits.sort_values(["day", "second", "visitor"], ignore_index=True)


def _strangers(
    storefront: Storefront,
    traffic: pd.DataFrame,
    first_visitor: int,
    first_day: int,
    timeline: Timeline,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Visits of people who do not order, some of them coming again."""
    tracked = traffic[traffic["day"] >= first_day]
    idle = (tracked["visitors"] - tracked["order_buyers"]).clip(lower=0)
    # Who comes again is part of the day's visitors, so fewer start anew.
    counts = rng.binomial(idle, 1 - COMES_AGAIN)
    day = tracked["day"].to_numpy().repeat(counts)
    channel = tracked["channel"].to_numpy().repeat(counts)
    visitor = first_visitor + np.arange(len(day))
    region, device = traits(storefront.shop.platform, len(day), rng)
    again = rng.geometric(1 - COMES_AGAIN, len(day))
    source = np.arange(len(day)).repeat(again)
    first = np.diff(source, prepend=-1) > 0
    wait = np.where(first, 0, 1 + rng.exponential(AGAIN_AFTER_DAYS, len(source)).astype(np.int64))
    waited = np.cumsum(wait)
    day = day[source] + waited - waited[first].repeat(again)
    direct = ~first & (rng.random(len(source)) < 0.35)
    channel = np.where(direct, storefront.code(storefront.returning), channel[source])
    depth = np.empty(len(source), dtype=np.int64)
    for code, name in enumerate(storefront.names):
        chosen = channel == code
        chance = _DEPTH_CHANCE.get(name, _USUAL_DEPTH_CHANCE)
        depth[chosen] = rng.choice(_DEPTHS, int(chosen.sum()), p=chance)
    return pd.DataFrame(
        {
            "visitor": visitor[source],
            "day": day,
            "channel": channel,
            "device": device[source],
            "region": region[source],
            "depth": depth,
        }
    )


EVENT_NAMES = ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase")
_PAGE, _VIEW, _ADD, _BEGIN, _BUY = range(5)
HOME, COLLECTION, GUIDE, PRODUCT_PAGE, CHECKOUT_PAGE = range(5)


def site_events(
    visits: pd.DataFrame, sales: Sales, catalogue: Catalogue, timeline: Timeline
) -> pd.DataFrame:
    """Spell out every visit.

    Returns
    -------
    DataFrame, one row per event, by time
        visit (row in ``visits``), name (code), page (code), sku (code, -1 = none), at (local time),
        lands (whether it opens the visit).
    """
    rng = timeline.rng("events")
    steps = _steps(visits, catalogue, rng)
    gap = rng.integers(*STEP_SECONDS, len(steps))
    # The tag of a page fires with the page.
    with_page = steps["name"].isin([_VIEW, _BEGIN]).to_numpy()
    visit = steps["visit"].to_numpy()
    opens = np.diff(visit, prepend=-1) > 0
    gap[with_page | opens] = 0
    elapsed = np.cumsum(gap)
    start = elapsed[opens].repeat(np.diff(np.flatnonzero(np.append(opens, True))))
    offset = elapsed - start
    # An order is placed at the checkout: count back from there, and let payment end the visit.
    at_checkout = np.zeros(len(visits), dtype=np.int64)
    begins = (steps["name"] == _BEGIN).to_numpy() & (visits["order"].to_numpy()[visit] >= 0)
    at_checkout[visit[begins]] = offset[begins]
    seconds = visits["second"].to_numpy()[visit] + offset - at_checkout[visit]
    at = timeline.times(visits["day"].to_numpy()[visit], seconds)
    buys = (steps["name"] == _BUY).to_numpy()
    at[buys] = sales.orders["paid_at"].to_numpy()[visits["order"].to_numpy()[visit[buys]]]
    events = steps.assign(at=at, lands=opens)
    return events.sort_values("at", kind="stable", ignore_index=True)


def _steps(visits: pd.DataFrame, catalogue: Catalogue, rng: np.random.Generator) -> pd.DataFrame:
    """Pages and tags of each visit in order: landing, products, cart, checkout, payment."""
    count = len(visits)
    visit = np.arange(count)
    depth, about = visits["depth"].to_numpy(), visits["sku"].to_numpy()
    on_product = rng.random(count) < LANDS_ON_PRODUCT
    on_product &= (depth > BOUNCE) | (rng.random(count) < 0.5)
    landing = np.where(on_product, PRODUCT_PAGE, rng.choice([HOME, COLLECTION, GUIDE], count))
    items = np.where(depth > BOUNCE, rng.choice([1, 2, 3], count, p=[0.66, 0.24, 0.10]), on_product)
    seen = visit.repeat(items)
    number = np.arange(len(seen)) - (np.cumsum(items) - items).repeat(items)
    last = number == items[seen] - 1
    other = draw_skus(catalogue.pull, visits["day"].to_numpy()[seen], rng)
    sku = np.where(last, about[seen], other)
    opened = ~((number == 0) & on_product[seen])  # the landing page already is the first product
    first_sku = np.full(count, -1)
    first_sku[seen[number == 0]] = sku[number == 0]

    def part(chosen: Integers, rank: Integers | int, name: int, page: Integers | int,
             code: Integers | int) -> pd.DataFrame:  # fmt: skip
        return pd.DataFrame(
            {"visit": chosen, "rank": rank, "name": name, "page": page, "sku": code}
        )

    cart, checkout, bought = (np.flatnonzero(depth >= step) for step in (CART, CHECKOUT, PURCHASE))
    parts = [
        part(visit, 0, _PAGE, landing, np.where(on_product, first_sku, -1)),
        part(seen[opened], 10 * number[opened] + 1, _PAGE, PRODUCT_PAGE, sku[opened]),
        part(seen, 10 * number + 2, _VIEW, PRODUCT_PAGE, sku),
        part(cart, 100, _ADD, PRODUCT_PAGE, about[cart]),
        part(checkout, 101, _PAGE, CHECKOUT_PAGE, -1),
        part(checkout, 102, _BEGIN, CHECKOUT_PAGE, about[checkout]),
        part(bought, 103, _BUY, CHECKOUT_PAGE, about[bought]),
    ]
    steps = pd.concat(parts, ignore_index=True)
    steps["sku"] = steps["sku"].astype(np.int64)
    return steps.sort_values(["visit", "rank"], ignore_index=True)
