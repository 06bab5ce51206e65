"""The own site: Shopify's order export, our event log, and who saw which page of a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.demo import write as w
from ecom.demo.customers import DEVICES, REGIONS
from ecom.demo.events import (
    CHECKOUT_PAGE,
    EVENT_NAMES,
    PRODUCT_PAGE,
    site_events,
    site_visits,
)
from ecom.demo.experiment import page_test
from ecom.demo.ids import buyer_names, scrambled, sku_product_ids
from ecom.demo.shops import SITE
from ecom.demo.timeline import half_years
from ecom.demo.truth import PageTest
from ecom.demo.world import World
from ecom.demo.write import Cells, DemoFile
from ecom.text import message

ORDER_HEADERS = (
    "Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at|Accepts Marketing|"
    "Currency|Subtotal|Shipping|Taxes|Total|Discount Code|Discount Amount|Shipping Method|"
    "Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem compare at price|"
    "Lineitem sku|Lineitem requires shipping|Lineitem taxable|Lineitem fulfillment status|"
    "Billing Name|Billing Street|Billing Address1|Billing Address2|Billing Company|Billing City|"
    "Billing Zip|Billing Province|Billing Country|Billing Phone|Shipping Name|Shipping Street|"
    "Shipping Address1|Shipping Address2|Shipping Company|Shipping City|Shipping Zip|"
    "Shipping Province|Shipping Country|Shipping Phone|Notes|Note Attributes|Cancelled at|"
    "Payment Method|Payment Reference|Refunded Amount|Vendor|Outstanding Balance|Employee|"
    "Location|Device ID|Id|Tags|Risk Level|Source|Lineitem discount|Tax 1 Name|Tax 1 Value|"
    "Tax 2 Name|Tax 2 Value|Tax 3 Name|Tax 3 Value|Tax 4 Name|Tax 4 Value|Tax 5 Name|Tax 5 Value|"
    "Phone|Receipt Number|Duties|Billing Province Name|Shipping Province Name|Payment ID|"
    "Payment Terms Name|Next Payment Due At|Payment References"
).split("|")
_FINANCIAL = {"unpaid": "pending", "cancelled": "voided", "refunded": "refunded",
              "partially_refunded": "partially_refunded"}  # fmt: skip

# Source, medium, campaign and referrer of a visit, by channel; one of several ways each.
_WAYS: dict[str, tuple[tuple[str, str, str | None, str | None], ...]] = {
    "Organic Search": (
        ("baidu", "organic", None, "https://www.baidu.com/"),
        ("google", "organic", None, "https://www.google.com/"),
        ("bing", "organic", None, "https://www.bing.com/"),
    ),
    "Direct": (("(direct)", "(none)", None, None),),
    "Referral": (
        ("smzdm.com", "referral", None, "https://www.smzdm.com/"),
        ("sspai.com", "referral", None, "https://sspai.com/"),
    ),
    "Email": (("newsletter", "email", "member-day", None),),
    "Organic Social": (("wechat", "social", "wecom-group", None),),
    "Paid Search": (
        ("google", "cpc", "brand-search", "https://www.google.com/"),
        ("google", "cpc", "generic-lamps", "https://www.google.com/"),
    ),
    "Paid Social": (
        ("facebook", "paid_social", "prospecting", "https://www.facebook.com/"),
        ("instagram", "paid_social", "retargeting", "https://www.instagram.com/"),
    ),
}


def write_site(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write the order export and the event log of the own site."""
    orders, lines = world.site.sales.orders, world.site.sales.lines
    order_table = _orders(world)
    for name, first, last in half_years(world.timeline):
        low, high = np.searchsorted(orders["day"], [first, last + 1])
        top, bottom = np.searchsorted(lines["order"], [low, high])
        path = folder / f"orders_export_{name}.csv"
        w.write_csv(path, order_table.slice(top, bottom - top))
        yield DemoFile(
            path,
            SITE,
            "shopify_orders",
            message("Own-site orders of {span}, one row a line", span=name),
        )
    visits = site_visits(
        world.site.storefront, world.site.traffic, world.site.sales, world.site.failed,
        world.catalogue, world.timeline,
    )  # fmt: skip
    events = site_events(visits, world.site.sales, world.catalogue, world.timeline)
    event_table = _events(visits, events, world)
    day = visits["day"].to_numpy()[events["visit"]]
    for name, first, last in half_years(world.timeline):
        chosen = (day >= first) & (day <= last)
        if chosen.any():
            path = folder / f"own_events_{name}.csv"
            w.write_csv(path, event_table.filter(pa.array(chosen)), quoted=False)
            yield DemoFile(
                path,
                SITE,
                "own_events",
                message("Own-site event log of {span}, in UTC", span=name),
            )
    for test in world.truth.page_tests:
        assigned = page_test(visits, events, world.timeline, test)
        if assigned.empty:
            continue
        path = folder / "own_experiment_assignments.csv"
        w.write_csv(path, _assignments(assigned, test), quoted=False)
        yield DemoFile(
            path,
            SITE,
            "own_experiment_assignments",
            message("Who saw which page in the own site’s page test, in UTC"),
        )


def _offset_clock(times: pd.Series) -> Cells:
    return w.affix(w.clock(times.to_numpy()), after=" +0800")


def _orders(world: World) -> pa.Table:
    lines, catalogue = world.site.sales.lines, world.catalogue
    order, sku, rows = lines["order"].to_numpy(), lines["sku"].to_numpy(), len(lines)
    orders = world.site.sales.orders.iloc[order]
    shipped = orders["shipped_at"].notna().to_numpy()
    is_first = pa.array(np.diff(order, prepend=-1) > 0)
    nothing = pa.scalar(None, pa.string())
    on_first_row = {
        name: pc.if_else(is_first, cells, nothing)
        for name, cells in _order_cells(orders, world.site.storefront.names).items()
    }
    on_every_row = {
        "Name": w.affix(w.text(1001 + order), before="#"),
        "Email": pa.array(buyer_names("shopify", orders["customer"])),
        "Created at": _offset_clock(orders["created_at"]),
        "Lineitem quantity": w.text(lines["quantity"]),
        "Lineitem name": w.pick([product.name for product in catalogue.products], sku),
        "Lineitem price": w.money(lines["unit_price"]),
        "Lineitem sku": w.pick(catalogue.skus, sku),
        "Lineitem requires shipping": w.same("true", rows),
        "Lineitem taxable": w.same("false", rows),
        "Lineitem fulfillment status": w.pick(["pending", "fulfilled"], shipped),
        "Vendor": w.same("Lumen", rows),
        "Lineitem discount": w.same("0.00", rows),
    }
    return w.sheet(ORDER_HEADERS, on_first_row | on_every_row, rows=rows)


def _order_cells(orders: pd.DataFrame, channels: list[str]) -> dict[str, Cells]:
    """What an order says once, on its first row, by header."""
    rows, status = len(orders), orders["status"]
    province, city = zip(*REGIONS, strict=True)
    cancelled = (status == "cancelled").to_numpy()
    called_off = (orders["created_at"] + pd.Timedelta(days=2)).where(cancelled)
    shipped = orders["shipped_at"].notna().to_numpy()
    paid = (orders["paid_day"] >= 0).to_numpy()
    discounted = (orders["discount"] > 0).to_numpy()
    return {
        "Financial Status": pa.array(status.map(_FINANCIAL).fillna("paid"), pa.string()),
        "Paid at": _offset_clock(orders["paid_at"]),
        "Fulfillment Status": w.pick(["unfulfilled", "fulfilled"], shipped),
        "Fulfilled at": _offset_clock(orders["shipped_at"]),
        "Accepts Marketing": w.pick(["no", "yes"], orders["customer"] % 3 == 0),
        "Currency": w.same("CNY", rows),
        "Subtotal": w.money(orders["goods"] - orders["discount"]),
        "Shipping": w.money(orders["shipping"]),
        "Taxes": w.same("0.00", rows),
        "Total": w.money(orders["total"]),
        "Discount Code": w.pick(["LUMEN"], np.where(discounted, 0, -1)),
        "Discount Amount": w.money(orders["discount"]),
        "Shipping Method": w.same("Standard", rows),
        "Billing Name": w.same("Demo Buyer", rows),
        "Billing Address1": w.same("1 Example Road", rows),
        "Billing City": w.pick(city, orders["region"]),
        "Billing Zip": w.same("'000000", rows),
        "Billing Province": w.pick(province, orders["region"]),
        "Billing Country": w.same("CN", rows),
        "Shipping Name": w.same("Demo Buyer", rows),
        "Shipping Address1": w.same("1 Example Road", rows),
        "Shipping City": w.pick(city, orders["region"]),
        "Shipping Zip": w.same("'000000", rows),
        "Shipping Province": w.pick(province, orders["region"]),
        "Shipping Country": w.same("CN", rows),
        "Shipping Phone": w.same("10000000000", rows),
        "Cancelled at": _offset_clock(called_off),
        "Payment Method": w.pick([None, "Alipay"], paid.astype(int)),
        "Refunded Amount": w.money(orders["refunded"]),
        "Outstanding Balance": w.money(np.where(paid | cancelled, 0, orders["total"])),
        "Id": w.text(orders["order_id"]),
        "Risk Level": w.same("Low", rows),
        "Source": w.pick(channels, orders["channel"]),
    }


def _ways(visits: pd.DataFrame, world: World) -> tuple[list[tuple[str | None, ...]], np.ndarray]:
    """All ways to arrive, and the one each visit took."""
    rng = world.timeline.rng("ways")
    ways: list[tuple[str | None, ...]] = []
    chosen = np.zeros(len(visits), dtype=np.int64)
    for code, name in enumerate(world.site.storefront.names):
        here = (visits["channel"] == code).to_numpy()
        # The first way is the commonest.
        share = 0.6 ** np.arange(1, len(_WAYS[name]) + 1)
        drawn = rng.choice(len(_WAYS[name]), int(here.sum()), p=share / share.sum())
        chosen[here] = len(ways) + drawn
        ways.extend(_WAYS[name])
    return ways, chosen


def _events(visits: pd.DataFrame, events: pd.DataFrame, world: World) -> pa.Table:
    """The event log in our own template ``own_events``."""
    catalogue, orders = world.catalogue, world.site.sales.orders
    visit = events["visit"].to_numpy()
    sku, name = events["sku"].to_numpy(), events["name"].to_numpy()
    order = visits["order"].to_numpy()[visit]
    ways, way = _ways(visits, world)
    source, medium, campaign, referrer = zip(*ways, strict=True)
    way = way[visit]
    at_checkout = (events["page"] == CHECKOUT_PAGE).to_numpy()
    buys = name == EVENT_NAMES.index("purchase")
    adds = name == EVENT_NAMES.index("add_to_cart")
    begins = name == EVENT_NAMES.index("begin_checkout")
    # A buyer is known from the checkout on.
    known = at_checkout & (order >= 0)
    buyers = buyer_names("shopify", np.arange(int(visits["visitor"].max()) + 1))
    units = np.bincount(
        world.site.sales.lines["order"],
        weights=world.site.sales.lines["quantity"],
        minlength=len(orders),
    ).astype(np.int64)
    price = catalogue.prices[visits["day"].to_numpy()[visit], np.maximum(sku, 0)]
    value = np.where((begins | buys) & (order >= 0), orders["total"].to_numpy()[order], price)
    quantity = np.where(buys, units[order], 1)
    pages = ["/", "/collections/all", "/pages/light-guide", "", "/checkout"]
    products = [f"/products/{product.family.lower()}" for product in catalogue.products]
    on_product = (events["page"] == PRODUCT_PAGE).to_numpy()
    return pa.table(
        {
            "event_time": _utc(events["at"].to_numpy()),
            "event_name": w.pick(EVENT_NAMES, name),
            "visitor_id": pa.array(scrambled(visits["visitor"], "v")).take(pa.array(visit)),
            "session_id": pa.array(scrambled(np.arange(len(visits)), "s")).take(pa.array(visit)),
            "customer_id": w.pick(buyers, np.where(known, visits["visitor"].to_numpy()[visit], -1)),
            "page": pc.if_else(
                pa.array(on_product), w.pick(products, sku), w.pick(pages, events["page"])
            ),
            "referrer": w.pick(referrer, np.where(events["lands"], way, -1)),
            "product_id": w.pick(sku_product_ids("shopify", catalogue), sku),
            "sku": w.pick(catalogue.skus, sku),
            "category": w.pick([product.category for product in catalogue.products], sku),
            "order_id": w.pick(w.text(orders["order_id"]).to_pylist(), np.where(buys, order, -1)),
            "quantity": pa.array(quantity, mask=~(buys | adds)),
            "value": w.optional_money(value, name != EVENT_NAMES.index("page_view")),
            "currency": w.same("CNY", len(events)),
            "device": w.pick(DEVICES, visits["device"].to_numpy()[visit]),
            "region": w.pick(
                [province for province, _ in REGIONS], visits["region"].to_numpy()[visit]
            ),
            "source": w.pick(source, way),
            "medium": w.pick(medium, way),
            "campaign": w.pick(campaign, way),
        }
    )


def _assignments(assigned: pd.DataFrame, test: PageTest) -> pa.Table:
    """The visitors of a page test in our own template ``own_experiment_assignments``."""
    rows = len(assigned)
    return pa.table(
        {
            "assigned_at": _utc(assigned["at"].to_numpy()),
            "experiment": w.same(test.name, rows),
            "variant": w.text(assigned["variant"]),
            "visitor_id": pa.array(scrambled(assigned["visitor"], "v"), pa.string()),
            "customer_id": pa.nulls(rows, pa.string()),
            "planned_share": w.same("0.5", rows),
            "planned_visitors": w.same(str(test.planned_visitors), rows),
        }
    )


def _utc(local: np.ndarray) -> Cells:
    """Shanghai time (UTC+8, no summer time) as ``2026-06-01T04:30:00Z``."""
    cells = w.clock(local - np.timedelta64(8, "h"))
    return w.affix(pc.replace_substring(cells, " ", "T"), after="Z")
