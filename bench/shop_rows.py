"""Rows of the made-up shop, a block at a time, so that a shop of any length fits into memory.

A block depends on its number alone. Visits and orders are spread evenly over the days, so both know
the day of an order without asking each other: order ``i`` is placed in visit ``2 i``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.columns import constant, days_before, numbered, word

SHOP_ID = "bench"
LAST_DAY = date(2026, 10, 31)
_SEED = 7
_STEPS = ["page_view", "view_item", "add_to_cart", "begin_checkout", "purchase"]
_REACH = [0.4, 0.4, 0.12, 0.05, 0.03]  # the last step of a visit
_SOURCES = ["google", "(direct)", "facebook", "newsletter"]
_MEDIUMS = ["cpc", "(none)", "social", "email"]
_CHANNELS = ["Paid Search", "Direct", "Email"]
_DEVICES = ["mobile", "desktop"]
_REGIONS = ["East", "North", "South"]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything; the events decide the rest, as large shops have it.

    Attributes
    ----------
    block : visits that are made at a time.
    """

    events: int = 1_000_000
    days: int = 730
    block: int = 100_000

    @property
    def visits(self) -> int:
        """Visits of five events each."""
        return self.events // 5

    @property
    def visitors(self) -> int:
        """Each comes twice."""
        return self.events // 10

    @property
    def orders(self) -> int:
        """Most of them are not in the event log, as where it covers only a part of the shops."""
        return self.events // 10

    @property
    def skus(self) -> int:
        """Products."""
        return max(500, min(5_000, self.events // 2_000))

    def blocks(self) -> range:
        """Numbers of the blocks that ``events`` and ``orders`` come in."""
        return range(-(-self.visits // self.block))


def events(size: Size, block: int) -> pa.Table:
    """The events of a block of visits."""
    random = np.random.default_rng([_SEED, 1, block])
    first = block * size.block
    visits = np.arange(first, min(first + size.block, size.visits))
    age = size.days - 1 - visits * size.days // size.visits
    return visits_events(size, visits, age, random, first_event=first * 5)


def visits_events(
    size: Size,
    visits: np.ndarray,
    age: np.ndarray,
    random: np.random.Generator,
    *,
    first_event: int,
) -> pa.Table:
    """Five events a visit on average, in the order of the days.

    Parameters
    ----------
    visits : their numbers.
    age : days before ``LAST_DAY`` of each.
    first_event : number of the first event.
    """
    count, length = len(visits), len(visits) * 5
    place = np.sort(random.integers(0, count, length))
    starts = np.flatnonzero(np.r_[True, place[1:] != place[:-1]])
    nth = np.arange(length) - np.repeat(starts, np.diff(np.r_[starts, length]))
    deepest = random.choice(5, count, p=_REACH)[place]
    step = np.where(nth <= deepest, nth, 0)
    second = random.integers(0, 57_000, count)[place] + nth * 40
    day = days_before(LAST_DAY, age)
    moment = day.take(pa.array(place)).cast(pa.timestamp("us"))
    origin = random.choice(4, count, p=[0.4, 0.3, 0.2, 0.1])[place]
    visit = visits[place]
    bought = (step == 4) & (visit % 2 == 0)
    product = random.integers(0, size.skus, length)
    return pa.table(
        {
            "event_id": numbered("e", first_event + np.arange(length)),
            "shop_id": constant(SHOP_ID, length),
            "event_at": pc.add(moment, pa.array(second * 1_000_000).cast(pa.duration("us"))),
            "event_date": day.take(pa.array(place)),
            "event_name": word(_STEPS, step),
            "visitor_id": numbered("v", random.integers(0, size.visitors, count)[place]),
            "page": numbered("/p/", random.integers(0, 200, length)),
            "product_id": numbered("p", product),
            "order_id": pc.if_else(pa.array(bought), numbered("o", visit // 2), ""),
            "value": pa.array(np.where(bought, _amount(visit // 2), np.nan), from_pandas=True),
            "source": word(_SOURCES, origin),
            "medium": word(_MEDIUMS, origin),
            "device": word(_DEVICES, (visit % 3 == 0).astype(int)),
            "region": word(_REGIONS, random.choice(3, count, p=[0.5, 0.3, 0.2])[place]),
        }
    )


def orders(size: Size, block: int) -> dict[str, pa.Table]:
    """The orders of a block and their lines, one each."""
    random = np.random.default_rng([_SEED, 2, block])
    first = block * size.block // 2
    number = np.arange(first, min(first + size.block // 2, size.orders))
    count = len(number)
    day = days_before(LAST_DAY, size.days - 1 - number * size.days // size.orders)
    moment = pc.add(
        day.cast(pa.timestamp("us")),
        pa.array(random.integers(0, 57_000, count) * 1_000_000).cast(pa.duration("us")),
    )
    amount = _amount(number)
    shop, order_id = constant(SHOP_ID, count), numbered("o", number)
    table = pa.table(
        {
            "shop_id": shop,
            "order_id": order_id,
            "kind": constant("sale", count),
            "status": constant("completed", count),
            # Some buy often, most of them once or twice.
            "customer_key": numbered(
                "c", (size.orders // 2 * random.random(count) ** 1.5).astype(int)
            ),
            "created_at": moment,
            "paid_at": moment,
            "order_date": day,
            "paid_date": day,
            "currency": constant("CNY", count),
            "paid_amount": pa.array(amount),
            "refunded_amount": pa.array(np.where(random.random(count) < 0.05, amount, 0)),
            "channel": word(_CHANNELS, random.choice(3, count, p=[0.5, 0.3, 0.2])),
            "device": word(_DEVICES, random.choice(2, count, p=[0.7, 0.3])),
            "region": word(_REGIONS, random.choice(3, count, p=[0.5, 0.3, 0.2])),
        }
    )
    lines = pa.table(
        {
            "shop_id": shop,
            "order_id": order_id,
            "line_key": constant("1", count),
            "sku": numbered("s", (size.skus * random.random(count) ** 2).astype(int)),
            "quantity": pa.array(random.integers(1, 4, count)),
            "line_amount": pa.array(amount),
        }
    )
    return {"orders": table, "order_items": lines}


def products(size: Size) -> pa.Table:
    """Every product with its cost."""
    random = np.random.default_rng([_SEED, 3])
    number = np.arange(size.skus)
    return pa.table(
        {
            "shop_id": constant(SHOP_ID, size.skus),
            "sku": numbered("s", number),
            "product_id": numbered("p", number),
            "product_name": numbered("Product ", number),
            "category": numbered("Category ", number % 8),
            "unit_cost": pa.array(np.round(random.uniform(20, 90, size.skus), 2)),
            "price": pa.array(np.round(random.uniform(90, 300, size.skus), 2)),
        }
    )


def stock(size: Size) -> pa.Table:
    """A stock list a week, of the last thirteen."""
    random = np.random.default_rng([_SEED, 4])
    weeks = 13
    sku = np.tile(np.arange(size.skus), weeks)
    count = len(sku)
    return pa.table(
        {
            "snapshot_date": days_before(LAST_DAY, np.repeat(np.arange(weeks), size.skus) * 7),
            "source": constant("erp", count),
            "warehouse": constant("main", count),
            "sku": numbered("s", sku),
            "on_hand": pa.array(random.integers(0, 400, count)),
            "unit_cost": pa.array(np.round(random.uniform(20, 90, count), 2)),
        }
    )


def spend(size: Size) -> pa.Table:
    """Twenty campaigns on every day."""
    random = np.random.default_rng([_SEED, 5])
    day = np.repeat(np.arange(size.days), 20)
    count = len(day)
    dates = days_before(LAST_DAY, day)
    return pa.table(
        {
            "shop_id": constant(SHOP_ID, count),
            "ad_platform": constant("google_ads", count),
            "period_start": dates,
            "period_end": dates,
            "level": constant("campaign", count),
            "channel": constant("Google Ads", count),
            "campaign": numbered("k", np.tile(np.arange(20), size.days)),
            "currency": constant("CNY", count),
            "spend": pa.array(np.round(random.gamma(3, 30, count), 2)),
            "attributed_revenue": pa.array(np.round(random.gamma(3, 110, count), 2)),
            "impressions": pa.array(random.integers(1_000, 9_000, count)),
            "clicks": pa.array(random.integers(10, 300, count)),
        }
    )


def _amount(order: np.ndarray) -> np.ndarray:
    return 20 + order * 7_919 % 60_000 / 100
