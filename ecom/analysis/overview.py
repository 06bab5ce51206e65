"""The overview: how the shops do, why it moved, and what needs attention."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ecom.analysis import attention
from ecom.analysis.attainment import attainment, attainment_table
from ecom.analysis.base import Column, Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.breakdown import breakdown
from ecom.analysis.budget import ADS, left_out_notices
from ecom.analysis.documents import documents_table
from ecom.analysis.drivers import drivers_table
from ecom.analysis.efficiency import channel_table
from ecom.analysis.pacing import pacing
from ecom.model import Amount, Notice, Scope, Unit
from ecom.queries.calendar import campaigns
from ecom.queries.coverage import unfinished_from
from ecom.queries.marketing import spend_daily, spend_measures
from ecom.queries.sales import sales_by, sales_daily, sales_measures
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.stock import StockFacts, stock_facts, stock_measures
from ecom.queries.traffic_facts import TrafficFacts, traffic_facts
from ecom.store import Store
from ecom.text import Text, message

Measures = Mapping[str, float | None]

KPIS = (
    "gmv",
    "net_revenue",
    "orders",
    "buyers",
    "average_order",
    "conversion",
    "refund_rate",
    "gross_margin",
    "days_of_cover",
    "spend",
    "blended_roas",
)

DAY_COLUMNS = (
    Column("day", message("Day")),
    Column.of("gmv"),
    Column("base_day", message("Compared with")),
    Column("gmv_base", message("GMV before"), Unit.MONEY),
    Column("is_unfinished", message("Unfinished")),
)
CAMPAIGN_COLUMNS = (
    Column("name", message("Campaign")),
    Column("kind", message("Kind")),
    Column("start", message("First day")),
    Column("end", message("Last day")),
)
ORDERS = ("own_orders", "taobao_export_order_list_v1", "doudian_order_73", "shopify_orders")
TRAFFIC = ("own_events", "own_traffic", "sycm_self_service", "sycm_shop_source")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class OverviewReport(Report):
    """The overview page.

    Attributes
    ----------
    days : a row a day of the period, beside the base's day of the same index; ``DAY_COLUMNS``.
    campaigns : the calendar's entries in the period; ``CAMPAIGN_COLUMNS``.
    by_shop, by_channel : contributions to the change; ``breakdown.MEASURE_COLUMNS``.
    drivers : the change of GMV split into visitors, conversion and spend per buyer, and what has
        no visitor counts; ``drivers.COLUMNS``, empty without traffic or comparison.
    attention : findings, most money first; ``attention.COLUMNS``.
    targets : targets that run on the period's last day; ``attainment.COLUMNS``.
    documents : what sales are made of; ``documents.COLUMNS``.
    """

    days: Table
    campaigns: Table
    by_shop: Table
    by_channel: Table
    drivers: Table
    attention: Table
    targets: Table
    documents: Table


def report(store: Store, scope: Scope) -> OverviewReport:
    """Answer the overview page."""
    resolved = resolve(store, scope)
    traffic = traffic_facts(store, resolved, resolved.periods())
    stock = stock_facts(store, resolved, on=resolved.period.end)
    now = _measures(store, resolved, traffic[0], stock)
    before = None if resolved.base is None else _base_measures(store, resolved, traffic[-1])
    sold = sales_daily(store, resolved, resolved.period)
    advertised = spend_daily(store, resolved, resolved.period)
    daily = sold.join(traffic[0].daily, rsuffix="_visits").join(advertised)
    shops = breakdown(store, resolved, by="shop")
    found = _findings(store, resolved, traffic, stock, now)
    return OverviewReport(
        header=header_of(resolved),
        headline=_headline(resolved, now, before, shops, found),
        kpis=tuple(_kpi(key, now, before, daily) for key in KPIS),
        gaps=_gaps(now, stock),
        notices=(*resolved.notices, *_notices(store, resolved)),
        days=_days(store, resolved, sold),
        campaigns=Table.make(campaigns(store, resolved, resolved.period), *CAMPAIGN_COLUMNS),
        by_shop=shops,
        by_channel=breakdown(store, resolved, by="channel"),
        drivers=drivers_table(now, before, currency=resolved.currency),
        attention=attention.attention_table(found.findings),
        targets=found.targets,
        documents=documents_table(store, resolved),
    )


def _measures(
    store: Store, resolved: ResolvedScope, traffic: TrafficFacts, stock: StockFacts
) -> Measures:
    return {
        **traffic.measures,
        **stock.measures,
        **spend_measures(store, resolved, resolved.period),
        **sales_measures(store, resolved, resolved.period),
    }


def _base_measures(store: Store, resolved: ResolvedScope, traffic: TrafficFacts) -> Measures:
    base = resolved.base
    assert base is not None  # asked for with a comparison only
    return {
        **traffic.measures,
        **stock_measures(store, resolved, on=base.end),
        **spend_measures(store, resolved, base),
        **sales_measures(store, resolved, base),
    }


def _kpi(key: str, now: Measures, before: Measures | None, daily: pd.DataFrame) -> Kpi:
    return kpi(key, now=dict(now), before=None if before is None else dict(before), daily=daily)


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    findings: list[attention.Finding]
    targets: Table


def _findings(
    store: Store,
    resolved: ResolvedScope,
    traffic: tuple[TrafficFacts, ...],
    stock: StockFacts,
    now: Measures,
) -> _Found:
    """Ask every rule; a subject without data finds nothing."""
    names = {shop.shop_id: shop.shop_name for shop in store.shops()}
    currency = resolved.currency
    targets = attainment(store, resolved)
    findings = [
        *attention.stock_outs(stock),
        *attention.conversion_out_of_band(
            pd.concat([facts.daily for facts in reversed(traffic)]),
            average_order=kpi("average_order", now=dict(now)).delta.value,
        ),
        *attention.targets_behind(targets, currency=currency),
        *attention.budgets_off(pacing(store, resolved), currency=currency),
    ]
    if now["spend"]:
        findings += attention.weak_channels(
            channel_table(store, resolved), roas_target=resolved.settings.roas_target
        )
    if resolved.base is not None:
        findings += attention.refunds_up(
            sales_by(store, resolved, resolved.period, by=("shop",)),
            sales_by(store, resolved, resolved.base, by=("shop",)),
            shop_names=names,
        )
    return _Found(findings, attainment_table(targets, currency=currency, shop_names=names))


def _days(store: Store, resolved: ResolvedScope, sold: pd.DataFrame) -> Table:
    frame = sold[["gmv"]].reset_index()
    if resolved.base is None:
        frame = frame.assign(base_day=None, gmv_base=math.nan)
    else:
        base = sales_daily(store, resolved, resolved.base)["gmv"].reset_index()
        base = base.rename(columns={"day": "base_day", "gmv": "gmv_base"})
        frame = frame.join(base)  # by day index: both start at 0
    first = unfinished_from(store, resolved)
    frame["is_unfinished"] = [first is not None and day >= first for day in frame["day"]]
    return Table.make(frame, *DAY_COLUMNS)


def _headline(
    resolved: ResolvedScope,
    now: Measures,
    before: Measures | None,
    shops: Table,
    found: _Found,
) -> Text:
    if now["gmv"] is None:
        return message("No orders are known for {period}.", period=resolved.period)
    gmv = Amount(now["gmv"], Unit.MONEY, resolved.currency)
    count = len(found.findings)
    change = kpi("gmv", now=dict(now), before=None if before is None else dict(before)).delta
    if change.relative is None or change.absolute is None:
        return message(
            "GMV was {gmv} from {orders} orders. Things that need attention: {count}.",
            gmv=gmv,
            orders=Amount(now["orders"]),
            count=count,
        )
    moved = shops.frame.iloc[int(shops.frame["gmv_change"].abs().to_numpy().argmax())]
    direction = (
        message("up {share}", share=Amount(change.relative, Unit.RATIO))
        if change.relative >= 0
        else message("down {share}", share=Amount(-change.relative, Unit.RATIO))
    )
    return message(
        "GMV was {gmv}, {direction} on {base}. Of the change of {change}, {shop} accounts for "
        "{part}. Things that need attention: {count}.",
        gmv=gmv,
        direction=direction,
        base=resolved.base,
        change=Amount(change.absolute, Unit.MONEY, resolved.currency),
        shop=moved["shop"],
        part=Amount(float(moved["gmv_change"]), Unit.MONEY, resolved.currency),
        count=count,
    )


def _gaps(now: Measures, stock: StockFacts) -> tuple[Gap, ...]:
    known = (
        (now["gmv"], message("Orders, revenue and buyers"), ORDERS),
        (now["visitor_days"], message("Visitors and conversion"), TRAFFIC),
        (now["spend"], message("Ad spend and ROAS"), ADS),
        (None if stock.rows.empty else 1, message("Stock cover"), ("own_stock",)),
    )
    gaps = [Gap(what, layouts) for value, what, layouts in known if value is None]
    if now["gmv"] is not None and now["revenue_with_cost"] is None:
        gaps.append(
            Gap(message("Gross margin"), ("own_products", "own_product_costs", "own_order_items"))
        )
    return tuple(gaps)


def _notices(store: Store, resolved: ResolvedScope) -> list[Notice]:
    scope = resolved.scope
    notices = left_out_notices(store, resolved)
    if scope.categories:
        notices.append(
            Notice(
                message(
                    "With a category filter money means the amounts of these goods, without "
                    "shipping and adjustments; documents stay whole."
                )
            )
        )
    if scope.categories or scope.devices or scope.regions:
        notices.append(
            Notice(
                message(
                    "Ad spend and ROAS are for all categories, devices and regions: spend is "
                    "known by shop and channel only."
                ),
                "warning",
            )
        )
    if (
        resolved.base is not None
        and resolved.first_day
        and resolved.base.start < resolved.first_day
    ):
        notices.append(
            Notice(
                message(
                    "The comparison begins before the first day of data, {day}; changes look "
                    "larger than they are.",
                    day=resolved.first_day,
                ),
                "warning",
            )
        )
    if resolved.is_unfinished:
        notices.append(
            Notice(
                message(
                    "The period is not over; it is compared with the same number of days, {base}.",
                    base=resolved.base,
                )
                if resolved.base
                else message(
                    "The period is not over; the data end on {day}.", day=resolved.period.end
                )
            )
        )
    return notices
