"""Visitors, orders, ad spend and repeat of each source, put side by side by shop and channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pandas as pd

from ecom.channels import ADVERTISERS, costs_money
from ecom.model import Period
from ecom.queries.first_orders import first_order_money, repeaters
from ecom.queries.marketing import spend_facts
from ecom.queries.sales import sales_facts
from ecom.queries.scope import ResolvedScope
from ecom.queries.traffic_facts import TrafficFacts, traffic_facts
from ecom.store import Store

REPEAT_DAYS = 90
LEAST_COST_KNOWN = 0.5
"""Share of the goods' amount with a known cost, below which no margin is told."""

OF_VISITS = (
    "visitor_days",
    "sessions",
    "bounced_sessions",
    "sessions_with_bounce",
    "buyer_days",
    "visitor_days_with_buyers",
    "traffic_gmv",
    "visitor_days_with_gmv",
)
OF_ORDERS = ("source_net_revenue", "visitor_days_with_orders", "gmv", "orders")
OF_FIRST = (
    "first_orders",
    "first_margin",
    "first_gross",
    "first_orders_with_margin",
    "first_net_with_margin",
)
OF_CUSTOMERS = ("repeated_in_90_days", "ripe_customers")
MEASURES = (*OF_VISITS, *OF_ORDERS, "spend", *OF_FIRST, *OF_CUSTOMERS)

_KEYS = ["shop", "channel"]
_COHORT_DAYS = 365


@dataclass(frozen=True, eq=False, slots=True)
class Worth:
    """What is known of the sources.

    Attributes
    ----------
    sums : one row a shop and channel that visitors came by; index ``shop``, ``channel``; columns
        ``MEASURES``, NaN where a source of data does not tell.
    won_in : the days of the first orders whose customers' repeat is counted; None: too early.
    visits : who counted the visitors.
    daily : index: every day of the period (datetime.date); columns: source_net_revenue and
        visitor_days_with_orders of all sources together. Visitors of several days are of no day.
    unplaced_spend : ad spend of channels that no visitor came by.
    unnamed_revenue : share of the net revenue whose orders name no source of visitors here; None
        without revenue.
    """

    sums: pd.DataFrame
    won_in: Period | None
    visits: TrafficFacts
    daily: pd.DataFrame
    unplaced_spend: float
    unnamed_revenue: float | None


def worth(store: Store, resolved: ResolvedScope) -> Worth:
    """Read what every source brought in the scope's period.

    Visitors are of one data source a shop and day. Orders stand beside them only in shops whose
    orders and visitors name at least one channel alike. Categories are left alone: visitors and ad
    spend are not split by them.
    """
    resolved = replace(resolved, scope=replace(resolved.scope, categories=()))
    period, won_in = resolved.period, _ripe(resolved)
    (facts,) = traffic_facts(store, resolved, (period,), by="channel")
    rows = facts.rows.rename(columns={"shop_id": "shop", "part": "channel"})
    visits = rows.groupby(_KEYS)[list(OF_VISITS)].sum(min_count=1)
    sales = sales_facts(store, resolved, (period,), with_buyers=False)
    sold, sold_by_day = sales.by(period, *_KEYS), sales.by(period, "day", *_KEYS)
    first = first_order_money(store, resolved, period)
    back = pd.DataFrame(columns=[*_KEYS, "customers", "repeated"])
    if won_in is not None:
        back = repeaters(store, resolved, won_in, within_days=REPEAT_DAYS)
    spend = spend_facts(store, resolved, (period,)).by(period, *_KEYS)
    names = _payers(visits, spend)
    visits, sold, first, back, spend = (
        _renamed(one, names) for one in (visits.reset_index(), sold, first, back, spend)
    )
    sums = _with_orders(visits, sold).join(_with_spend(visits, spend, resolved))
    sums = sums.join(first).join(back)
    ours = [shop in set(_speaking(visits, sold)) for shop in sums.index.get_level_values("shop")]
    known = pd.Series(ours, sums.index, dtype="bool") & _is_named(sums)
    return Worth(
        sums=_with_margins(sums, known)[list(MEASURES)].astype("float64"),
        won_in=won_in,
        visits=facts,
        daily=_daily(facts, rows, sold_by_day, names, sums.index[known]),
        unplaced_spend=float(spend.loc[~spend.index.isin(sums.index), "spend"].sum()),
        unnamed_revenue=_unnamed(sold, sums.index[known]),
    )


def _ripe(resolved: ResolvedScope) -> Period | None:
    """A year of first orders whose customers have all had the days to come back."""
    last = resolved.last_day or resolved.period.end
    until = min(resolved.period.end, last - timedelta(REPEAT_DAYS))
    start = max(until - timedelta(_COHORT_DAYS - 1), resolved.first_day or until)
    return Period(start, until) if start <= until else None


def _payers(visits: pd.DataFrame, spend: pd.DataFrame) -> dict[tuple[str, str], str]:
    """New names, so that a channel and the advertiser that pays for it are one source.

    One kind of visit keeps its name; several that one advertiser pays for go by the advertiser's,
    because nobody knows how its spend falls on them.
    """
    names: dict[tuple[str, str], str] = {}
    for shop, advertiser in spend.loc[spend["spend"] > 0, _KEYS].itertuples(index=False):
        channels = set(visits.xs(shop).index) if shop in visits.index else set()
        kinds = sorted(kind for kind in channels if ADVERTISERS.get(kind) == advertiser)
        if advertiser in channels or not kinds:
            continue
        if len(kinds) == 1:
            names[shop, advertiser] = kinds[0]
        else:
            names |= {(shop, kind): advertiser for kind in kinds}
    return names


def _renamed(frame: pd.DataFrame, names: dict[tuple[str, str], str]) -> pd.DataFrame:
    """The frame by ``_KEYS``, added up under the new names."""
    return _with_names(frame, names).groupby(_KEYS).sum(min_count=1)


def _with_names(frame: pd.DataFrame, names: dict[tuple[str, str], str]) -> pd.DataFrame:
    pairs = zip(frame["shop"], frame["channel"], strict=True)
    return frame.assign(channel=[names.get(pair, pair[1]) for pair in pairs])


def _daily(
    facts: TrafficFacts,
    visits: pd.DataFrame,
    sold: pd.DataFrame,
    names: dict[tuple[str, str], str],
    known: pd.Index,
) -> pd.DataFrame:
    """Visitors and net revenue of each day, of the sources whose orders are known."""

    def by_day(rows: pd.DataFrame, column: str) -> pd.Series:
        named = _with_names(rows, names).set_index(_KEYS)
        return named[named.index.isin(known)].groupby("day")[column].sum(min_count=1)

    single = visits[visits["start"] == visits["end"]].assign(day=visits["start"].dt.date)
    daily = pd.DataFrame(
        {
            "source_net_revenue": by_day(sold, "net_revenue"),
            "visitor_days_with_orders": by_day(single, "visitor_days"),
        },
        index=facts.daily.index,
    )
    # A day that has visitors and no order earned nothing.
    is_told = daily["visitor_days_with_orders"].notna()
    return daily.assign(
        source_net_revenue=daily["source_net_revenue"].mask(
            is_told & daily["source_net_revenue"].isna(), 0.0
        )
    )


def _speaking(visits: pd.DataFrame, sold: pd.DataFrame) -> list[str]:
    """Shops whose orders and visitors name a channel alike."""
    alike = visits.index.intersection(sold.index)
    return [str(shop) for shop, channel in alike if channel]


def _is_named(sums: pd.DataFrame) -> pd.Series:
    return pd.Series(sums.index.get_level_values("channel") != "", sums.index)


def _with_orders(visits: pd.DataFrame, sold: pd.DataFrame) -> pd.DataFrame:
    money = sold.rename(columns={"net_revenue": "source_net_revenue"})
    joined = visits.join(money[["source_net_revenue", "gmv", "orders"]])
    joined["visitor_days_with_orders"] = joined["visitor_days"]
    return joined


def _with_spend(visits: pd.DataFrame, spend: pd.DataFrame, resolved: ResolvedScope) -> pd.DataFrame:
    """Ad spend; zero for channels that cost none, NaN where it is not known.

    Under a filter on devices or regions it is unknown: spend is not split by these.
    """
    kinds = resolved.settings.kinds
    paid = [costs_money(channel, kinds=kinds) for _, channel in visits.index]
    free = pd.Series([float("nan") if one else 0.0 for one in paid], visits.index)
    told = spend["spend"].reindex(visits.index)
    is_split = bool(resolved.scope.devices or resolved.scope.regions)
    spent = free.mask(told.notna()) if is_split else told.fillna(free)
    return spent.rename("spend").to_frame()


def _with_margins(sums: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    """Blank what orders do not tell, fill with zero what they would have told, take margins.

    The cost of lines without one is taken to be as high, of their amount, as that of the others.
    """
    zeros = (*OF_ORDERS, "first_orders", "first_net_revenue", "customers", "repeated")
    filled = sums.assign(
        **{name: sums[name].astype("float64").fillna(0.0).where(known) for name in zeros}
    )
    goods = filled["goods_amount"]
    coverage = filled["amount_with_cost"] / goods.where(goods > 0)
    told = (known & (coverage >= LEAST_COST_KNOWN)).astype("bool")
    gross = (filled["first_net_revenue"] - filled["cost"] / coverage).where(told)
    margin = gross - filled["spend"]
    has_margin = margin.notna()
    return filled.assign(
        first_margin=margin,
        first_gross=gross.where(has_margin),
        first_orders_with_margin=filled["first_orders"].where(has_margin),
        first_net_with_margin=filled["first_net_revenue"].where(has_margin),
        ripe_customers=filled["customers"],
        repeated_in_90_days=filled["repeated"],
    )


def _unnamed(sold: pd.DataFrame, named: pd.Index) -> float | None:
    total = float(sold["net_revenue"].sum())
    told = float(sold.loc[sold.index.isin(named), "net_revenue"].sum())
    return 1 - told / total if total > 0 else None
