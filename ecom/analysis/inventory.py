"""The inventory page: what runs out, what to order, what lies too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ecom.analysis import inventory_tables as tables
from ecom.analysis.base import Gap, Report, Table, header_of, kpi
from ecom.model import Amount, Notice, Period, Scope, Unit
from ecom.models.inventory import Level
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.stock import StockFacts, empty_days, stock_facts
from ecom.queries.stock_history import stock_history, units_sold
from ecom.store import Store
from ecom.text import Text, message

KPIS = ("stock_units", "stock_value", "days_of_cover", "turnover", "out_of_stock_rate")
_HISTORY_DAYS = 91  # at least, so that weekly lists make a line
_STALE_DAYS = 7


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class InventoryReport(Report):
    """What the inventory page says, at the end of the last day of the period.

    Attributes
    ----------
    stock : every SKU with level, cover, reorder point and suggested order.
    levels, classes : SKUs by warning level and by ABC class.
    orders : what to order now.
    slow : stock without a sale in 90 days.
    lost : what days out of stock in the period may have cost.
    history : stock and units sold over the period, at least 13 weeks.
    pareto : SKUs by revenue with their cumulated share.
    on : the day the numbers stand at.
    """

    orders: Table
    stock: Table
    levels: Table
    classes: Table
    slow: Table
    lost: Table
    history: Table
    pareto: Table
    on: date


def report(store: Store, scope: Scope) -> InventoryReport:
    """Answer the inventory page.

    Stock is the latest list of each warehouse on or before the period's last day, held against the
    sales before it; the comparison is the same at the end of the base period.
    """
    resolved = resolve(store, scope)
    on = resolved.period.end
    facts = stock_facts(store, resolved, on=on)
    before = None if resolved.base is None else stock_facts(store, resolved, on=resolved.base.end)
    if before is not None and before.rows.empty:
        before = None
    stock = tables.policy(facts, resolved.settings)
    first = min(resolved.period.start, on - timedelta(_HISTORY_DAYS - 1))
    history = stock_history(store, resolved, Period(first, on))
    now, then = facts.measures, None if before is None else before.measures
    empty = empty_days(store, resolved, resolved.period)
    lost = tables.lost_sales(stock, empty)
    sparkline = history[[day >= resolved.period.start for day in history.index]]
    return InventoryReport(
        header=header_of(resolved),
        headline=_headline(facts, stock, lost, resolved.currency),
        kpis=tuple(kpi(key, now=now, before=then, daily=sparkline) for key in KPIS),
        gaps=tuple(_gaps(facts)),
        notices=(*resolved.notices, *_notices(resolved, facts)),
        orders=tables.orders(stock),
        stock=tables.stock_table(stock),
        levels=tables.levels(stock),
        classes=tables.classes(stock),
        slow=tables.slow_movers(stock, on),
        lost=lost,
        history=tables.history_table(history, units_sold(store, resolved, Period(first, on))),
        pareto=tables.pareto(stock),
        on=on,
    )


def _headline(facts: StockFacts, stock: pd.DataFrame, lost: Table, currency: str) -> Text:
    if stock.empty:
        return message("No stock is known on {day}.", day=facts.on)
    counts = stock["level"].value_counts()
    if counts.get(Level.UNKNOWN, 0) == len(stock):
        return message(
            "{units} units of {skus} SKUs in stock; without sales their demand is unknown.",
            units=Amount(float(stock["on_hand"].sum())),
            skus=Amount(len(stock)),
        )
    out, warning = (int(counts.get(level, 0)) for level in (Level.OUT, Level.WARNING))
    said = message(
        "{out} SKUs are out of stock, {warning} may run out before an order arrives; {orders} are "
        "to be ordered now.",
        out=Amount(out),
        warning=Amount(warning),
        orders=Amount(int((stock["order_quantity"] > 0).sum())),
    )
    missed = float(lost.frame["lost_sales"].sum())
    if not missed:
        return said
    return message(
        "{said} Days out of stock in the period cost about {missed} of sales (estimate).",
        said=said,
        missed=Amount(missed, Unit.MONEY, currency),
    )


def _gaps(facts: StockFacts) -> Iterator[Gap]:
    if facts.rows.empty:
        yield Gap(message("Stock"), ("own_stock", "jushuitan_stock", "supply_chain_stock"))
        return
    if facts.sales_until is None:
        yield Gap(
            message("Demand, cover and warning levels"),
            ("own_order_items", "taobao_export_order_detail_list_v2", "shopify_orders"),
        )
    if facts.rows["unit_cost"].isna().all():
        yield Gap(message("Stock value and turnover"), ("own_stock", "own_product_costs"))


def _notices(resolved: ResolvedScope, facts: StockFacts) -> Iterator[Notice]:
    if facts.rows.empty:
        return
    yield from _filter_notices(resolved)
    yield from _list_notices(facts)
    settings = resolved.settings
    if facts.sales_until is None:
        return
    yield Notice(
        message(
            "Demand: units sold a day in stock over {days} days up to {until}. Lead time {lead} "
            "days where a list says none, review every {review} days, service level {service}.",
            days=settings.demand_days,
            until=facts.sales_until,
            lead=settings.lead_time_days,
            review=settings.review_days,
            service=Amount(settings.service_level, Unit.RATIO),
        )
    )
    masked = int((facts.rows["masked_days"] > 0).sum())
    if masked:
        yield Notice(
            message(
                "Sales are not demand: for {skus} SKUs days out of stock are not counted.",
                skus=masked,
            )
        )
    if facts.sales_until < facts.on:
        yield Notice(
            message(
                "Sales are known up to {until} only; demand is taken from the days before.",
                until=facts.sales_until,
            ),
            "warning",
        )
    if facts.unlisted_skus:
        yield Notice(
            message(
                "{skus} SKUs that sold lately are on no stock list; check that both files name "
                "SKUs alike.",
                skus=facts.unlisted_skus,
            ),
            "warning",
        )


def _filter_notices(resolved: ResolvedScope) -> Iterator[Notice]:
    scope = resolved.scope
    if scope.shops:
        yield Notice(
            message(
                "Stock belongs to the whole company: the shop filter narrows the sales it is held "
                "against, not the stock."
            )
        )
    if scope.channels or scope.devices or scope.regions:
        yield Notice(
            message(
                "Stock is not split by channel, device or region: these filters are left alone."
            )
        )


def _list_notices(facts: StockFacts) -> Iterator[Notice]:
    days = pd.to_datetime(facts.lists["day"]).dt.date
    oldest = days.min()
    if (facts.on - oldest).days > _STALE_DAYS:
        yield Notice(
            message(
                "The oldest stock list behind these numbers is of {day}; what moved since is not "
                "in them.",
                day=oldest,
            ),
            "warning",
        )
    sources = tuple(sorted({str(name) for name in facts.lists["source"]}))
    if len(sources) > 1:
        yield Notice(
            message(
                "Stock lists of {sources} are added up; if two of them list the same warehouse, "
                "undo one.",
                sources=sources,
            )
        )
