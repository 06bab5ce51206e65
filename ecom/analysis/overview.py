"""The overview: how the shops do, why it moved, and what needs attention."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from ecom.analysis import attention
from ecom.analysis.attainment import Attainment, Target, attainment, attainment_table
from ecom.analysis.base import Column, Gap, Report, Table, header_of, kpi
from ecom.analysis.breakdown import breakdown
from ecom.analysis.budget import ADS, left_out_notices
from ecom.analysis.documents import documents_table
from ecom.analysis.drivers import drivers_table
from ecom.analysis.efficiency import channel_table
from ecom.analysis.pacing import month_of, pacing
from ecom.model import Amount, Notice, Period, Scope, Unit
from ecom.queries.budgets import budgets_of
from ecom.queries.calendar import campaigns
from ecom.queries.coverage import unfinished_from
from ecom.queries.marketing import SpendFacts, daily_of, measures_of, spend_facts
from ecom.queries.sales import SalesFacts, sales_facts
from ecom.queries.scope import ResolvedScope, advertising_scope, resolve
from ecom.queries.stock import StockFacts, stock_facts
from ecom.queries.traffic_facts import TrafficFacts, traffic_facts
from ecom.store import Store
from ecom.text import Text, message

Measures = dict[str, float | None]

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
    facts = _fetch(store, resolved)
    now = _measures(facts, resolved.period, stock=facts.stock.measures)
    before = None
    if resolved.base is not None:
        stock = stock_facts(store, resolved, on=resolved.base.end, with_mean_value=False)
        before = _measures(facts, resolved.base, stock=stock.measures)
    sold = facts.sales.daily(resolved.period)
    # Where visits or ads bring a measure of the same name, that of the sales stands.
    visits = {period: found.daily for period, found in facts.traffic.items()}
    others = [
        visits[resolved.period],
        daily_of(facts.spend, facts.ad_sales, resolved.period),
    ]
    daily = pd.concat(
        [sold, *(frame.drop(columns=sold.columns, errors="ignore") for frame in others)], axis=1
    )
    names = resolved.shop_names
    shops = breakdown(facts.sales, resolved, by="shop", shop_names=names)
    attained = attainment(store, resolved)
    findings = _findings(store, resolved, facts, visits, now, attained.targets)
    return OverviewReport(
        header=header_of(resolved),
        headline=_headline(resolved, now, before, shops, len(findings)),
        kpis=tuple(kpi(key, now=now, before=before, daily=daily) for key in KPIS),
        gaps=_gaps(now, facts.stock),
        notices=(*resolved.notices, *_notices(resolved, facts.spend, attained)),
        days=_days(store, resolved, sold, facts.sales),
        campaigns=Table.make(campaigns(store, resolved, resolved.period), *CAMPAIGN_COLUMNS),
        by_shop=shops,
        by_channel=breakdown(facts.sales, resolved, by="channel", shop_names=names),
        drivers=drivers_table(now, before, currency=resolved.currency),
        attention=attention.attention_table(findings),
        targets=attainment_table(attained.targets, currency=resolved.currency, shop_names=names),
        documents=documents_table(store, resolved),
    )


def figures(store: Store, resolved: ResolvedScope) -> Measures:
    """All sums that the page's key figures of the period are made of, and no more of the page."""
    facts = _fetch(store, resolved)
    return _measures(facts, resolved.period, stock=facts.stock.measures)


@dataclass(frozen=True, eq=False, slots=True)
class _Facts:
    """What the page is made of; ``ad_sales`` is without the filters that spend does not know."""

    sales: SalesFacts
    ad_sales: SalesFacts
    spend: SpendFacts
    budgets: pd.DataFrame
    traffic: dict[Period, TrafficFacts]
    stock: StockFacts


def _fetch(store: Store, resolved: ResolvedScope) -> _Facts:
    narrowed = advertising_scope(resolved)
    periods = (*resolved.periods(), month_of(resolved.period))
    first = min(period.start for period in periods)
    sales = sales_facts(store, resolved, periods)
    return _Facts(
        sales=sales,
        ad_sales=sales
        if narrowed == resolved
        else sales_facts(store, narrowed, periods, with_buyers=False),
        spend=spend_facts(store, narrowed, periods),
        budgets=budgets_of(store, narrowed, Period(first, resolved.period.end)),
        traffic={
            facts.period: facts for facts in traffic_facts(store, resolved, resolved.periods())
        },
        stock=stock_facts(store, resolved, on=resolved.period.end, with_mean_value=False),
    )


def _measures(facts: _Facts, period: Period, *, stock: Measures) -> Measures:
    return {
        **facts.traffic[period].measures,
        **stock,
        **measures_of(facts.spend, facts.ad_sales, None, facts.budgets, period),
        **facts.sales.measures(period),
    }


def _findings(
    store: Store,
    resolved: ResolvedScope,
    facts: _Facts,
    visits: dict[Period, pd.DataFrame],
    now: Measures,
    targets: tuple[Target, ...],
) -> list[attention.Finding]:
    """Ask every rule; a subject without data finds nothing."""
    narrowed = advertising_scope(resolved)
    pace = pacing(store, narrowed, spend=facts.spend, sales=facts.ad_sales, budgets=facts.budgets)
    won = pd.DataFrame(columns=["channel", "new_buyers"])
    findings = [
        *attention.stock_outs(facts.stock),
        *attention.conversion_out_of_band(
            pd.concat([visits[period] for period in reversed(resolved.periods())]),
            average_order=kpi("average_order", now=now).delta.value,
        ),
        *attention.targets_behind(targets, currency=resolved.currency),
        *attention.budgets_off(pace, currency=resolved.currency),
        *attention.weak_channels(
            channel_table(narrowed, spend=facts.spend, sales=facts.ad_sales, won=won),
            roas_target=resolved.settings.roas_target,
        ),
    ]
    if resolved.base is not None:
        findings += attention.refunds_up(
            facts.sales.by(resolved.period, "shop"),
            facts.sales.by(resolved.base, "shop"),
            shop_names=resolved.shop_names,
        )
    return findings


def _days(store: Store, resolved: ResolvedScope, sold: pd.DataFrame, sales: SalesFacts) -> Table:
    frame = sold[["gmv"]].reset_index()
    if resolved.base is None:
        frame = frame.assign(base_day=None, gmv_base=math.nan)
    else:
        base = sales.daily(resolved.base)[["gmv"]].reset_index()
        frame = frame.join(base.rename(columns={"day": "base_day", "gmv": "gmv_base"}))
    first = unfinished_from(store, resolved)
    frame["is_unfinished"] = [first is not None and day >= first for day in frame["day"]]
    return Table.make(frame, *DAY_COLUMNS)


def _headline(
    resolved: ResolvedScope,
    now: Measures,
    before: Measures | None,
    shops: Table,
    count: int,
) -> Text:
    if now["gmv"] is None:
        return message("No orders are known for {period}.", period=resolved.period)
    gmv = Amount(now["gmv"], Unit.MONEY, resolved.currency)
    change = kpi("gmv", now=now, before=before).delta
    if change.relative is None or change.absolute is None:
        return message(
            "GMV was {gmv} from {orders} orders. Things that need attention: {count}.",
            gmv=gmv,
            orders=Amount(now["orders"]),
            count=count,
        )
    direction = (
        message("up {share}", share=Amount(change.relative, Unit.RATIO))
        if change.relative >= 0
        else message("down {share}", share=Amount(-change.relative, Unit.RATIO))
    )
    if len(shops.frame) == 1:
        return message(
            "GMV was {gmv}, {direction} on {base}. Things that need attention: {count}.",
            gmv=gmv,
            direction=direction,
            base=resolved.base,
            count=count,
        )
    moved = shops.frame.iloc[int(shops.frame["gmv_change"].abs().to_numpy().argmax())]
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


def _notices(resolved: ResolvedScope, spend: SpendFacts, attained: Attainment) -> list[Notice]:
    scope = resolved.scope
    notices = left_out_notices(resolved, spend)
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
    if attained.unknown_metrics:
        notices.append(
            Notice(
                message(
                    "Targets for metrics that the glossary does not know are left out: {names}.",
                    names=attained.unknown_metrics,
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
