"""Stock: what lies in the warehouse follows from what is sold and what arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecom.demo.catalogue import Catalogue
from ecom.demo.orders import Sales
from ecom.demo.timeline import Flags, Integers, Timeline
from ecom.demo.truth import Anomaly, Cause

SURPLUS = {"C22": 150, "R09": 220, "K11": 120}  # bought far too much: days of cover never needed
SUPPLIERS = ("中山照明一厂", "宁波电器厂", "佛山五金厂", "慈溪小家电厂")


@dataclass(frozen=True, slots=True)
class Supply:
    """How a SKU is bought.

    A first delivery when it is listed, the second ``first_days`` later, then one every
    ``cycle_days``; each is ``lead_days`` on its way.
    """

    first_days: int
    lead_days: int
    cycle_days: int
    safety_days: int
    supplier: str


@dataclass(frozen=True, slots=True)
class StockLevels:
    """Units at the end of each day, arrays of shape (days, products).

    ``on_hand`` lies in the warehouse; of it ``reserved`` is paid and leaves the next day;
    ``inbound`` is ordered and on its way.
    """

    sold: Integers
    on_hand: Integers
    reserved: Integers
    inbound: Integers
    supplies: tuple[Supply, ...]


def units_sold(sales: list[Sales], catalogue: Catalogue, timeline: Timeline) -> Integers:
    """Paid units by local day of payment, all shops, shape (days, products)."""
    sold = np.zeros((timeline.days, len(catalogue.products)), dtype=np.int64)
    for shop in sales:
        day = shop.orders["paid_day"].to_numpy()[shop.lines["order"]]
        paid = day >= 0
        np.add.at(
            sold, (day[paid], shop.lines["sku"][paid]), shop.lines["quantity"].to_numpy()[paid]
        )
    return sold


def build_stock(
    sales: list[Sales], catalogue: Catalogue, timeline: Timeline, anomalies: tuple[Anomaly, ...]
) -> StockLevels:
    """Buy for each SKU what its sales need, except where a stock-out is planted."""
    sold = units_sold(sales, catalogue, timeline)
    on_hand, inbound = np.zeros_like(sold), np.zeros_like(sold)
    supplies = []
    for column, product in enumerate(catalogue.products):
        supply = _supply(column, product.sku)
        supplies.append(supply)
        empty = np.zeros(timeline.days, dtype=bool)
        for anomaly in anomalies:
            if anomaly.cause is Cause.STOCK_OUT and anomaly.subject == product.sku:
                empty |= anomaly.covers(timeline)
        rng = timeline.rng("stock", product.sku)
        receipts = _receipts(
            sold[:, column], supply, empty, max(product.listed, 0), product.retired, rng
        )
        shipped = np.concatenate([[0], sold[:-1, column]])
        on_hand[:, column] = np.cumsum(receipts[: timeline.days]) - np.cumsum(shipped)
        inbound[:, column] = _on_the_way(receipts, supply.lead_days)[: timeline.days]
    return StockLevels(sold, on_hand, sold, inbound, tuple(supplies))


def _supply(column: int, sku: str) -> Supply:
    """Best sellers come often and fast, the tail rarely and in bulk."""
    supplier = SUPPLIERS[column % len(SUPPLIERS)]
    extra = SURPLUS.get(sku, 0)
    if column < 8:
        return Supply(1 + column * 5 % 14, 7, 14, 6 + extra, supplier)
    if column < 20:
        return Supply(1 + column * 5 % 28, 14, 28, 10 + extra, supplier)
    return Supply(1 + column * 5 % 42, 25, 42, 16 + extra, supplier)


def _receipts(
    sold: Integers,
    supply: Supply,
    empty: Flags,
    listed: int,
    retired: int,
    rng: np.random.Generator,
) -> Integers:
    """Units arriving each morning, shape (days + cycle_days,): the next delivery is on order.

    Each delivery lasts until the next one plus a varying safety stock. The one due before a
    planted stock-out fails to come: what is there lasts exactly until it starts.
    """
    days = len(sold)
    receipts = np.zeros(days + supply.cycle_days, dtype=np.int64)
    last = min(days, retired)
    if listed >= last:
        return receipts
    due = [listed, *range(listed + supply.first_days, last, supply.cycle_days)]
    arrivals = {day for day in due[1:] if not empty[day : day + supply.cycle_days].any()}
    resumed = np.flatnonzero(np.diff(empty.astype(np.int64)) == -1) + 1
    arrivals |= {due[0], *resumed.tolist()}
    order = sorted(arrivals)
    rate = max(float(sold[listed:].mean()), 0.02)
    recent = float(sold[max(0, days - 28) :].mean())
    available = 0  # not yet sold at the start of the day
    for day, following in zip(order, [*order[1:], days], strict=True):
        need = int(sold[day:following].sum())
        if following == days:
            need += round(recent * max(day + supply.cycle_days - days, 0))
        safety = 0 if empty[day:following].any() else _safety(rate, supply, rng)
        receipts[day] = max(need + safety - available, 0)
        available += int(receipts[day]) - int(sold[day:following].sum())
    coming = max(order[-1] + supply.cycle_days, days)
    if coming < min(retired, len(receipts)):
        receipts[coming] = round(recent * supply.cycle_days)
    return receipts


def _safety(rate: float, supply: Supply, rng: np.random.Generator) -> int:
    return round(rate * supply.safety_days * float(np.exp(rng.normal(0, 0.3)))) + 2


def _on_the_way(receipts: Integers, lead_days: int) -> Integers:
    """Units ordered but not arrived at the end of each day; orders go out a lead time before."""
    arrived = np.cumsum(receipts)
    ordered = np.concatenate([arrived[lead_days:], np.repeat(arrived[-1], lead_days)])
    on_the_way: Integers = ordered - arrived
    return on_the_way
