"""What sources of visitors are worth: volume against conversion, money, margin and repeat."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from ecom.analysis.base import NO_CATEGORIES, Column, Gap, Kpi, Report, Table, header_of, kpi, words
from ecom.analysis.traffic_advice import ADVICE, RULES, advised
from ecom.analysis.traffic_worth import MEASURES, REPEAT_DAYS, Worth, worth
from ecom.channels import kind_of
from ecom.metrics import metric
from ecom.model import Amount, Good, Notice, Period, Scope, Unit
from ecom.models.proportions import share_interval
from ecom.models.worth import Advice
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

KPIS = ("conversion", "net_revenue_per_visitor", "first_order_margin", "repeat_in_90_days")
RATES = (
    "conversion",
    "net_revenue_per_visitor",
    "revenue_per_visitor",
    "average_order",
    "bounce_rate",
    "first_order_margin",
    "first_order_margin_rate",
    "repeat_in_90_days",
)
_BY_CHANNEL = ("own_events", "own_traffic", "sycm_shop_source", "ga4_traffic_acquisition")
_ORDERS = ("own_orders", "shopify_orders", "own_events")
_COSTS = ("own_products", "own_product_costs", "own_order_items")
_INTERVAL = message("Wilson’s interval at 95 %; visitors of different days count as different.")

SOURCE = Column("source", message("Source"), terms=True)
SHOP = Column("shop", message("Shop"))
COLUMNS = (
    Column("kind", message("Kind of source"), terms=True,
           help=message("Names of back offices by the rules in Settings, others as they are.")),
    Column("visitors", message("Visitors"), Unit.COUNT, Good.UP,
           message("Counted once a day and source.")),
    Column("share", message("Share"), Unit.RATIO),
    Column.of("conversion"),
    Column("conversion_low", message("Conversion, at least"), Unit.RATIO, help=_INTERVAL),
    Column("conversion_high", message("Conversion, at most"), Unit.RATIO, help=_INTERVAL),
    *(Column.of(key) for key in RATES[1:5]),
    Column("first_orders", message("First orders"), Unit.COUNT, Good.UP,
           message("First paid orders ever of customers, in the period, by their source.")),
    Column.of("spend"),
    *(Column.of(key) for key in RATES[5:7]),
    Column("ripe_customers", message("Customers followed for 90 days"), Unit.COUNT),
    Column.of("repeat_in_90_days"),
    Column("repeat_low", message("Bought again, at least"), Unit.RATIO, help=_INTERVAL),
    Column("repeat_high", message("Bought again, at most"), Unit.RATIO, help=_INTERVAL),
    Column("net_revenue", message("Net revenue"), Unit.MONEY, Good.UP),
    Column("advice", message("Advice")),
    Column("why", message("Because")),
)  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class QualityReport(Report):
    """The answer.

    Attributes
    ----------
    sources : one row a channel, over all shops, most visitors first; ``SOURCE`` and ``COLUMNS``.
    by_shop : the same, one row a shop and channel, with ``shop``.
    advice : what to do about each shop's sources and why, the most urgent first.
    rules : what each advice asks for.
    won_in : the days of the first orders whose customers' repeat is counted; None: too early.
    typical_visitors : the median source's visitors; from here on a source brings many.
    whole : conversion, net revenue per visitor, margin and repeat of all sources together.
    """

    sources: Table
    by_shop: Table
    advice: Table
    rules: Table
    won_in: Period | None
    typical_visitors: float | None

    @property
    def whole(self) -> dict[str, float | None]:
        """The key figures by metric."""
        return {one.metric: one.delta.value for one in self.kpis}


def report(store: Store, scope: Scope) -> QualityReport:
    """Answer what the sources of the period's visitors are worth.

    A source is held against the other sources of the shops it sends visitors to. Its ad spend is
    all charged to the first orders of new customers.
    """
    resolved = resolve(store, scope)
    found = worth(store, resolved)
    together = _rows(found, ["channel"], resolved)
    by_shop = _rows(found, ["shop", "channel"], resolved)
    kpis = _kpis(found, _before(store, resolved))
    by_shop = by_shop.assign(shop=resolved.named(by_shop["shop"]))
    return QualityReport(
        header=header_of(resolved),
        headline=_headline(together),
        kpis=kpis,
        gaps=tuple(_gaps(found, kpis)),
        notices=(*resolved.notices, *_notices(found, resolved)),
        sources=Table.make(together, SOURCE, *COLUMNS),
        by_shop=Table.make(by_shop, SOURCE, SHOP, *COLUMNS),
        advice=Table.make(
            by_shop.sort_values("urgency", kind="stable"), SOURCE, SHOP, *COLUMNS[-2:]
        ),
        rules=Table.make(
            pd.DataFrame(
                {
                    "advice": words(ADVICE[one] for one in RULES),
                    "rule": words(RULES.values()),
                }
            ),
            Column("advice", message("Advice")),
            Column("rule", message("When")),
        ),
        won_in=found.won_in,
        typical_visitors=float(together["visitors"].median()) if len(together) else None,
    )


def _before(store: Store, resolved: ResolvedScope) -> Worth | None:
    """What was known when the period compared with was over."""
    base = resolved.base
    if base is None:
        return None
    return worth(store, replace(resolved, period=base, last_day=base.end))


def _kpis(found: Worth, before: Worth | None) -> tuple[Kpi, ...]:
    """Of all sources together, as far as each is told."""
    then = None if before is None else _together(before)
    now, daily = _together(found), found.visits.daily.join(found.daily)
    return tuple(kpi(key, now=now, before=then, daily=daily) for key in KPIS)


def _together(found: Worth) -> dict[str, float | None]:
    sums = found.sums.sum(min_count=1)
    return {str(name): None if pd.isna(value) else float(value) for name, value in sums.items()}


def _rows(found: Worth, keys: list[str], resolved: ResolvedScope) -> pd.DataFrame:
    """The sources by some keys, with metrics, intervals and advice; most visitors first."""
    own = found.sums.groupby(keys)[list(MEASURES)].sum(min_count=1)
    judged = advised(found.sums, own, keys=keys, currency=resolved.currency)
    records = [{str(key): value for key, value in row.items()} for row in own.to_dict("records")]
    rates = {
        key: pd.Series([metric(key).value(row) for row in records], own.index, dtype="float64")
        for key in RATES
    }
    visitors = own["visitor_days"]
    frame = own.assign(
        visitors=visitors,
        share=visitors / visitors.sum(),
        net_revenue=own["source_net_revenue"],
        **rates,
        **_interval("conversion", own["buyer_days"], own["visitor_days_with_buyers"]),
        **_interval("repeat", own["repeated_in_90_days"], own["ripe_customers"]),
        advice=words(ADVICE[one.advice] for one in judged).to_numpy(),
        why=words(one.reason for one in judged).to_numpy(),
        urgency=[list(RULES).index(one.advice) for one in judged],
    )
    order = frame.sort_values("visitors", ascending=False, kind="stable").reset_index()
    told = words(channel or message("Not told") for channel in order["channel"])
    rules = resolved.settings.kinds
    kinds = [kind_of(channel, rules=rules) for channel in order["channel"]]
    return order.assign(source=told, kind=kinds)


def _interval(name: str, parts: pd.Series, wholes: pd.Series) -> dict[str, pd.Series]:
    """Wilson's interval of each share; NaN of nobody, and where the parts exceed the whole."""
    found = [
        share_interval(part, whole) if whole > 0 and part <= whole else (math.nan, math.nan)
        for part, whole in zip(parts, wholes, strict=True)
    ]
    bounds = pd.DataFrame(found, parts.index, [f"{name}_low", f"{name}_high"], dtype="float64")
    return {str(key): bounds[key] for key in bounds}


def _headline(rows: pd.DataFrame) -> Text:
    if rows.empty:
        return message("No visitors are known by source in these days.")
    parts = []
    for advice in (Advice.CUT, Advice.FIX, Advice.SCALE):
        mine = rows[[label == ADVICE[advice] for label in rows["advice"]]]
        if len(mine):
            names = tuple(term(source) for source in mine["source"])
            parts.append(message("{advice}: {names}.", advice=ADVICE[advice], names=names))
    if not parts:
        return message(
            "{count} sources, none of which is clearly better or worse than the rest.",
            count=len(rows),
        )
    # A colon and a full stop hold each part together; three at most.
    while len(parts) > 1:
        second = parts.pop()
        parts[-1] = message("{first} {second}", first=parts[-1], second=second)
    return parts[0]


def _gaps(found: Worth, kpis: tuple[Kpi, ...]) -> Iterator[Gap]:
    if found.sums.empty:
        yield Gap(message("Visitors by source"), _BY_CHANNEL)
        return
    value = {one.metric: one.delta.value for one in kpis}
    if value["net_revenue_per_visitor"] is None:
        yield Gap(message("Orders that name the source of their visitor"), _ORDERS)
    elif value["first_order_margin"] is None:
        yield Gap(message("Cost of goods of first orders"), _COSTS)


def _notices(found: Worth, resolved: ResolvedScope) -> Iterator[Notice]:
    if found.sums.empty:
        return
    if resolved.scope.categories:
        yield NO_CATEGORIES
    yield Notice(
        message(
            "A source is held against the other sources of the shops it sends visitors to. All its "
            "ad spend is charged to the first orders of new customers."
        )
    )
    if found.won_in is None:
        yield Notice(
            message(
                "No customer has been known for {days} days yet: nothing is said about repeat.",
                days=REPEAT_DAYS,
            )
        )
    else:
        yield Notice(
            message(
                "Bought again in {days} days: customers whose first order was from {cohort}, so "
                "that each of them has had the time.",
                days=REPEAT_DAYS,
                cohort=found.won_in,
            )
        )
    if found.unnamed_revenue is not None and found.unnamed_revenue >= 0.005:
        yield Notice(
            message(
                "{share} of net revenue is of orders that name none of these sources; it is in no "
                "row.",
                share=Amount(found.unnamed_revenue, Unit.RATIO),
            )
        )
    if found.unplaced_spend > 0:
        yield Notice(
            message(
                "{spend} of ad spend is of channels that no visitor came by; it is in no row.",
                spend=Amount(found.unplaced_spend, Unit.MONEY, resolved.currency),
            ),
            "warning",
        )
    if resolved.scope.devices or resolved.scope.regions:
        yield Notice(
            message(
                "Ad spend is not split by device or region, so paid sources have no margin under "
                "this filter."
            )
        )
