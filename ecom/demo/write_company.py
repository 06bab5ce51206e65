"""What the seller keeps itself, in our own templates: products, stock, plans, calendar, voices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from ecom.demo import plans
from ecom.demo import write as w
from ecom.demo.catalogue import BRAND, cost_history, daily_costs
from ecom.demo.feedback import feedback
from ecom.demo.ids import product_ids, sku_product_ids
from ecom.demo.seasons import campaigns, spring_festivals
from ecom.demo.shops import COMPANY
from ecom.demo.timeline import Integers, Timeline
from ecom.demo.world import ShopYears, World
from ecom.demo.write import DemoFile
from ecom.text import Text, message

ENCODING = "utf-8-sig"
WAREHOUSE = "杭州仓"
DAILY_SNAPSHOTS = 60  # the last days are counted daily, before that weekly


def write_company(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write the company's own files; those that differ by shop go to the shops' folders."""
    own = folder / COMPANY.shop_id
    tables: list[tuple[str, pa.Table, Text]] = [
        ("own_stock", _stock(world), message("Stock counts of every SKU, weekly, lately daily")),
        ("own_product_costs", _costs(world), message("Unit costs and when they changed")),
        ("own_targets", plans.targets(world), message("Targets by month")),
        ("own_calendar", _calendar(world.timeline), message("Campaigns, past and next")),
    ]
    for layout_id, table, description in tables:
        path = own / f"{layout_id}.csv"
        w.write_csv(path, table, encoding=ENCODING)
        yield DemoFile(path, COMPANY, layout_id, description)
    for shop in world.shops:
        seller = shop.storefront.shop
        for layout_id, table, description in (
            ("own_products", _products(shop, world), message("Products with this shop's ids")),
            ("own_budget", plans.budget(shop, world), message("Budget by month and channel")),
            ("own_feedback", _feedback(shop, world), message("Scores and comments of buyers")),
        ):
            path = folder / seller.shop_id / f"{layout_id}.csv"
            w.write_csv(path, table, encoding=ENCODING)
            yield DemoFile(path, seller, layout_id, description)


def snapshot_days(timeline: Timeline) -> Integers:
    """Days with a stock count: Sundays, and every day at the end."""
    numbers = np.arange(timeline.days)
    sundays = (timeline.dates.astype(np.int64) + 3) % 7 == 6
    chosen: Integers = numbers[sundays | (numbers >= timeline.days - DAILY_SNAPSHOTS)]
    return chosen


def _stock(world: World) -> pa.Table:
    products, stock = world.catalogue.products, world.stock
    snapshots = snapshot_days(world.timeline)
    day = snapshots.repeat(len(products))
    sku = np.tile(np.arange(len(products)), len(snapshots))
    listed = np.array([product.listed for product in products])
    kept = day >= listed[sku]
    day, sku = day[kept], sku[kept]
    return pa.table(
        {
            "date": w.days(world.timeline.dates[day]),
            "warehouse": w.same(WAREHOUSE, len(day)),
            "sku": w.pick(world.catalogue.skus, sku),
            "product_name": w.pick([product.name for product in products], sku),
            "category": w.pick([product.category for product in products], sku),
            "on_hand": pa.array(stock.on_hand[day, sku]),
            "reserved": pa.array(stock.reserved[day, sku]),
            "inbound": pa.array(stock.inbound[day, sku]),
            "unit_cost": w.money(daily_costs(world.catalogue, world.timeline)[day, sku]),
            "lead_time_days": pa.array(np.array([s.lead_days for s in stock.supplies])[sku]),
            "supplier": w.pick([supply.supplier for supply in stock.supplies], sku),
        }
    )


def _costs(world: World) -> pa.Table:
    history = cost_history(world.catalogue, world.timeline)
    sku, first, cost = zip(*history, strict=True)
    return pa.table(
        {
            "sku": pa.array(sku),
            "valid_from": w.days(world.timeline.dates[np.array(first)]),
            "unit_cost": w.money(cost),
            "currency": w.same("CNY", len(history)),
        }
    )


def _products(shop: ShopYears, world: World) -> pa.Table:
    catalogue, timeline = world.catalogue, world.timeline
    products, last = catalogue.products, timeline.days - 1
    level = shop.storefront.price_level
    listed = [timeline.date(max(product.listed, -365)) for product in products]
    return pa.table(
        {
            "sku": pa.array(catalogue.skus),
            "product_id": pa.array(sku_product_ids(shop.storefront.shop.platform, catalogue)),
            "product_name": pa.array([product.name for product in products]),
            "category": pa.array([product.category for product in products]),
            "brand": w.same(BRAND, len(products)),
            "price": w.money([round(product.price * level / 100) * 100 for product in products]),
            "unit_cost": w.money(daily_costs(catalogue, timeline)[-1]),
            "status": pa.array([catalogue.stage(product, last) for product in products]),
            "listed_on": pa.array([day.isoformat() for day in listed]),
        }
    )


def _calendar(timeline: Timeline) -> pa.Table:
    days = [
        *((one.name, "campaign", one.start, one.end) for one in campaigns(timeline)),
        *(("Spring Festival", "festival", *span) for span in spring_festivals(timeline)),
    ]
    names, kinds, starts, ends = zip(*sorted(days, key=lambda day: day[2]), strict=True)
    return pa.table(
        {
            "name": pa.array(names),
            "kind": pa.array(kinds),
            "start_date": pa.array([day.isoformat() for day in starts]),
            "end_date": pa.array([day.isoformat() for day in ends]),
        }
    )


def _feedback(shop: ShopYears, world: World) -> pa.Table:
    voices = feedback(shop, world)
    platform = shop.storefront.shop.platform
    number = np.arange(len(voices))
    return pa.table(
        {
            "date": w.days(voices["date"].to_numpy()),
            "feedback_id": w.affix(w.text(number + 1), before=f"{platform[0].upper()}-"),
            "channel": w.pick(shop.storefront.names, voices["channel"]),
            "order_id": w.text(voices["order_id"]),
            "product_id": w.pick(product_ids(platform, world.catalogue), voices["family"]),
            "score_type": w.same("nps_0_10", len(voices)),
            "score": pa.array(voices["score"].to_numpy()),
            "comment": pa.array(voices["comment"], pa.string()),
        }
    )
