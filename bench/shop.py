"""A made-up shop of a given size, straight in canonical tables (no files)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa

from ecom.store import Shop, Staged, Store

SHOP = Shop("bench", "own", "Bench", "CNY", "Asia/Shanghai")
LAST_DAY = date(2026, 10, 31)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything; the events decide the orders of magnitude."""

    events: int = 1_000_000
    days: int = 730

    @property
    def visits(self) -> int:
        """Visits of five events each, on average."""
        return self.events // 5

    @property
    def orders(self) -> int:
        """A tenth of the events."""
        return self.events // 10

    @property
    def skus(self) -> int:
        """Products."""
        return max(500, min(5_000, self.events // 2_000))


def fill(store: Store, size: Size, *, seed: int = 7) -> None:
    """Load the made-up shop."""
    random = np.random.default_rng(seed)
    tables = {
        "events": _events(size, random),
        **_orders(size, random),
        "products": _products(size, random),
        "inventory_snapshots": _stock(size, random),
        "ad_spend": _spend(size, random),
    }
    for name, rows in tables.items():
        numbered = rows.append_column("source_row", pa.array(np.arange(2, rows.num_rows + 2)))
        store.load(
            Staged(
                layout_id=f"bench_{name}",
                shop=SHOP,
                file_name=f"{name}.bench",
                file_sha256=f"bench-{name}-{size.events}",
                tables={name: numbered},
                grain=name,
                rows_read=rows.num_rows,
                source_updated_at=datetime(2026, 11, 1),
            )
        )


def _pick(
    values: list[str], chances: list[float], count: int, random: np.random.Generator
) -> pa.Array:
    codes = random.choice(len(values), count, p=chances)
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(values)).cast(
        pa.string()
    )


def _text(prefix: str, numbers: np.ndarray) -> pa.Array:
    return pa.array(np.char.add(prefix, numbers.astype(str)))


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(np.datetime64(LAST_DAY) - days.astype("timedelta64[D]"))


def _constant(value: str, count: int) -> pa.Array:
    return pa.array([value]).take(pa.array(np.zeros(count, dtype="int32")))


def _events(size: Size, random: np.random.Generator) -> pa.Table:
    visit = np.sort(random.integers(0, size.visits, size.events))
    first = np.r_[True, visit[1:] != visit[:-1]]
    start = np.flatnonzero(first)[np.cumsum(first) - 1]
    nth = np.arange(size.events) - start
    day = np.sort(random.integers(0, size.days, size.visits))[::-1][visit]
    second = random.integers(0, 57_000, size.visits)[visit] + nth * 40
    names = np.array(["page_view", "view_item", "add_to_cart", "begin_checkout", "purchase"])
    step = np.minimum(nth, random.choice(5, size.visits, p=[0.4, 0.4, 0.12, 0.05, 0.03])[visit])
    visitor = random.integers(0, size.visits // 2, size.visits)[visit]
    moment = (np.datetime64(LAST_DAY) - day.astype("timedelta64[D]")).astype("datetime64[us]")
    moment = moment + (second * 1_000_000).astype("timedelta64[us]")
    by_visit = random.choice(4, size.visits, p=[0.4, 0.3, 0.2, 0.1])[visit]
    sources = np.array(["google", "(direct)", "facebook", "newsletter"])[by_visit]
    mediums = np.array(["cpc", "(none)", "social", "email"])[by_visit]
    devices = np.array(["mobile", "desktop"])[(visit % 3 == 0).astype(int)]
    return pa.table(
        {
            "event_id": _text("e", np.arange(size.events)),
            "shop_id": _constant(SHOP.shop_id, size.events),
            "event_at": pa.array(moment),
            "event_date": _dates(day),
            "event_name": pa.array(names[step]),
            "visitor_id": _text("v", visitor),
            "page": _text("/p/", random.integers(0, 200, size.events)),
            "product_id": _text("p", random.integers(0, size.skus, size.events)),
            "source": pa.array(sources),
            "medium": pa.array(mediums),
            "device": pa.array(devices),
            "region": _pick(["East", "North", "South"], [0.5, 0.3, 0.2], size.events, random),
        }
    )


def _orders(size: Size, random: np.random.Generator) -> dict[str, pa.Table]:
    count = size.orders
    day = random.integers(0, size.days, count)
    amount = np.round(random.gamma(4, 60, count), 2)
    order_id = _text("o", np.arange(count))
    orders = pa.table(
        {
            "shop_id": _constant(SHOP.shop_id, count),
            "order_id": order_id,
            "kind": _constant("sale", count),
            "status": _constant("completed", count),
            "customer_key": _text("c", random.zipf(1.3, count) % (count // 2)),
            "paid_date": _dates(day),
            "order_date": _dates(day),
            "currency": _constant("CNY", count),
            "paid_amount": pa.array(amount),
            "refunded_amount": pa.array(np.where(random.random(count) < 0.05, amount, 0)),
            "channel": _pick(["Paid Search", "Direct", "Email"], [0.5, 0.3, 0.2], count, random),
            "device": _pick(["mobile", "desktop"], [0.7, 0.3], count, random),
            "region": _pick(["East", "North", "South"], [0.5, 0.3, 0.2], count, random),
        }
    )
    items = pa.table(
        {
            "shop_id": _constant(SHOP.shop_id, count),
            "order_id": order_id,
            "line_key": _constant("1", count),
            "sku": _text("s", random.zipf(1.2, count) % size.skus),
            "quantity": pa.array(random.integers(1, 4, count)),
            "line_amount": pa.array(amount),
        }
    )
    return {"orders": orders, "order_items": items}


def _products(size: Size, random: np.random.Generator) -> pa.Table:
    number = np.arange(size.skus)
    return pa.table(
        {
            "shop_id": _constant(SHOP.shop_id, size.skus),
            "sku": _text("s", number),
            "product_id": _text("p", number),
            "product_name": _text("Product ", number),
            "category": _text("Category ", number % 8),
            "unit_cost": pa.array(np.round(random.uniform(20, 90, size.skus), 2)),
            "price": pa.array(np.round(random.uniform(90, 300, size.skus), 2)),
        }
    )


def _stock(size: Size, random: np.random.Generator) -> pa.Table:
    weeks = 13
    sku = np.tile(np.arange(size.skus), weeks)
    week = np.repeat(np.arange(weeks), size.skus) * 7
    return pa.table(
        {
            "snapshot_date": _dates(week),
            "source": _constant("erp", len(sku)),
            "warehouse": _constant("main", len(sku)),
            "sku": _text("s", sku),
            "on_hand": pa.array(random.integers(0, 400, len(sku))),
            "unit_cost": pa.array(np.round(random.uniform(20, 90, len(sku)), 2)),
        }
    )


def _spend(size: Size, random: np.random.Generator) -> pa.Table:
    campaigns = 20
    day = np.repeat(np.arange(size.days), campaigns)
    campaign = np.tile(np.arange(campaigns), size.days)
    return pa.table(
        {
            "shop_id": _constant(SHOP.shop_id, len(day)),
            "ad_platform": _constant("google_ads", len(day)),
            "period_start": _dates(day),
            "period_end": _dates(day),
            "level": _constant("campaign", len(day)),
            "channel": _constant("Google Ads", len(day)),
            "campaign": _text("k", campaign),
            "currency": _constant("CNY", len(day)),
            "spend": pa.array(np.round(random.gamma(3, 30, len(day)), 2)),
            "attributed_revenue": pa.array(np.round(random.gamma(3, 110, len(day)), 2)),
            "impressions": pa.array(random.integers(1_000, 9_000, len(day))),
            "clicks": pa.array(random.integers(10, 300, len(day))),
        }
    )


def ninety_days() -> tuple[date, date]:
    """The span the pages are measured on."""
    return LAST_DAY - timedelta(89), LAST_DAY
