"""What needs attention: rules over the numbers of the other pages, ranked by money at stake.

A finding says what, how much and where to look. Its money is what the fault costs or puts at risk
over the period (a week, for stock that is out); findings whose money is not known come last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.analysis.attainment import Target
from ecom.analysis.base import Column, Table, words
from ecom.analysis.breakdown import NOT_STATED
from ecom.analysis.efficiency import VERDICTS
from ecom.analysis.pacing import Pacing
from ecom.model import Amount, Good, Unit
from ecom.queries.stock import StockFacts
from ecom.terms import term
from ecom.text import Text, message

REFUND_RISE = 1.2
"""A refund rate counts as up from this multiple of the base's ..."""

REFUND_POINTS = 0.005
"""... and from half a percentage point more, ..."""

MIN_ORDERS = 30
"""... where both sides have as many orders."""

BAND_Z = 3.0
"""Width of the conversion band in standard errors: one false alarm in about 370 days."""

RECENT_DAYS = 7
"""The latest days that are held against the conversion band."""

MIN_REFERENCE_DAYS = 14

STOCK_DAYS = 7
"""Lost sales of stock that is out are counted over a week."""

_NAMED = 3  # names in one sentence

COLUMNS = (
    Column("what", message("What")),
    Column("detail", message("How much")),
    Column("money", message("At stake"), Unit.MONEY, Good.NEITHER,
           message("Money that the fault costs or puts at risk; an estimate.")),
    Column("page", message("Page")),
)  # fmt: skip

PAGES = {
    "overview": message("Overview"),
    "traffic": message("Traffic"),
    "funnel": message("Conversion funnel"),
    "inventory": message("Inventory"),
    "budget": message("Budget ROI"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; ``page`` is a key of ``PAGES``, ``money`` None when not known."""

    what: Text
    detail: Text
    money: float | None
    page: str


def attention_table(findings: list[Finding]) -> Table:
    """The findings, most money first."""
    ranked = sorted(findings, key=lambda each: (each.money is None, -(each.money or 0.0)))
    frame = pd.DataFrame(
        {
            "what": words(each.what for each in ranked),
            "detail": words(each.detail for each in ranked),
            "money": pd.Series([each.money for each in ranked], dtype="float64"),
            "page": words(PAGES[each.page] for each in ranked),
        }
    )
    return Table.make(frame, *COLUMNS)


def stock_outs(stock: StockFacts) -> Iterator[Finding]:
    """SKUs that sell and have nothing available."""
    out = stock.rows[(stock.rows["daily_demand"] > 0) & (stock.rows["available"] <= 0)]
    if out.empty:
        return
    lost = (out["daily_demand"] * out["price"]).fillna(0.0) * STOCK_DAYS
    order = lost.sort_values(ascending=False).index
    names = out.loc[order, "product_name"].where(out["product_name"].fillna("") != "", out["sku"])
    yield Finding(
        message("{count} SKUs that sell are out of stock", count=len(out)),
        message(
            "Above all {names}. At the usual demand of {units} units a day they lose this much in "
            "{days} days.",
            names=tuple(names.head(_NAMED)),
            units=round(float(out["daily_demand"].sum()), 1),
            days=STOCK_DAYS,
        ),
        float(lost.sum()) or None,
        "inventory",
    )


def weak_channels(channels: Table, *, roas_target: float) -> Iterator[Finding]:
    """Advertising channels whose return lies below the target with certainty."""
    for row in channels.frame.to_dict("records"):
        if row["verdict"] != VERDICTS["cut"]:
            continue
        revenue = row["sales"] if pd.notna(row["sales"]) else row["claimed"]
        yield Finding(
            message("{channel} returns less than the ROAS target", channel=term(row["channel"])),
            row["why"],
            max(0.0, row["spend"] - revenue / roas_target),
            "budget",
        )


def refunds_up(
    now: pd.DataFrame, before: pd.DataFrame, *, shop_names: Mapping[str, str]
) -> Iterator[Finding]:
    """Shops whose refund rate rose; ``now`` and ``before`` are ``sales_by`` shop."""
    both = now.merge(before, on="shop", suffixes=("", "_base"))
    enough = (both["orders"] >= MIN_ORDERS) & (both["orders_base"] >= MIN_ORDERS)
    both = both[enough & (both["gmv"] > 0) & (both["gmv_base"] > 0)]
    rate, base = both["refunds"] / both["gmv"], both["refunds_base"] / both["gmv_base"]
    rose = (rate >= REFUND_RISE * base) & (rate - base >= REFUND_POINTS)
    for index in both.index[rose]:
        shop = both.loc[index, "shop"]
        yield Finding(
            message("Refunds are up in {shop}", shop=shop_names.get(shop) or shop),
            message(
                "{rate} of GMV, {base} in the period compared with.",
                rate=Amount(float(rate[index]), Unit.RATIO),
                base=Amount(float(base[index]), Unit.RATIO),
            ),
            float((rate[index] - base[index]) * both.loc[index, "gmv"]),
            "overview",
        )


def conversion_out_of_band(
    daily: pd.DataFrame, *, average_order: float | None
) -> Iterator[Finding]:
    """The latest days whose conversion lies below what the days before let expect.

    The band is binomial around the pooled conversion of the earlier days, widened by as much as
    those days scatter more than chance (Pearson's dispersion, at least 1).

    Parameters
    ----------
    daily : index = day; columns ``buyer_days`` and ``visitor_days_with_buyers``, oldest first,
        the base before the period.
    """
    days = daily[["buyer_days", "visitor_days_with_buyers"]].dropna()
    days = days[days["visitor_days_with_buyers"] > 0]
    known, recent = days.iloc[:-RECENT_DAYS], days.iloc[-RECENT_DAYS:]
    if len(known) < MIN_REFERENCE_DAYS:
        return
    buyers, visitors = (known[name].to_numpy() for name in days.columns)
    usual = buyers.sum() / visitors.sum()
    if not 0 < usual < 1:
        return
    variance = usual * (1 - usual)
    scatter = ((buyers - usual * visitors) ** 2 / (visitors * variance)).sum()
    dispersion = max(1.0, scatter / (len(known) - 1))
    buyers, visitors = (recent[name].to_numpy() for name in days.columns)
    floor = usual - BAND_Z * np.sqrt(dispersion * variance / visitors)
    low = buyers / visitors < floor
    if not low.any():
        return
    missing = float((usual * visitors - buyers)[low].sum())
    yield Finding(
        message("Conversion fell out of its usual band"),
        message(
            "On {days}: {rate} instead of the usual {usual}.",
            days=tuple(recent.index[low]),
            rate=Amount(float(buyers[low].sum() / visitors[low].sum()), Unit.RATIO),
            usual=Amount(float(usual), Unit.RATIO),
        ),
        None if average_order is None else missing * average_order,
        "funnel",
    )


def targets_behind(targets: tuple[Target, ...], *, currency: str) -> Iterator[Finding]:
    """Targets that will be missed at this pace."""
    for target in targets:
        if target.status != "behind" or target.actual is None or target.attainment is None:
            continue
        unit = target.metric.unit
        is_sum_of_money = unit is Unit.MONEY and target.metric.denominator is None
        yield Finding(
            message("{metric} is behind its target", metric=target.metric.label),
            message(
                "{actual} from {period}, {expected} was due by now: {attainment}.",
                actual=Amount(target.actual, unit, currency),
                period=target.elapsed,
                expected=Amount(target.expected, unit, currency),
                attainment=Amount(target.attainment, Unit.RATIO),
            ),
            abs(target.expected - target.actual) if is_sum_of_money else None,
            "overview",
        )


def budgets_off(pacing: Pacing, *, currency: str) -> Iterator[Finding]:
    """Spend that runs ahead of its budget, or has none."""
    spend = pacing.rows[pacing.rows["metric"] == "spend"]
    for row in spend.to_dict("records"):
        channel = term(row["channel"] or NOT_STATED)
        amounts = {
            name: Amount(row[name], Unit.MONEY, currency)
            for name in ("actual", "expected", "budget", "projected")
        }
        if row["status"] == "over" and row["projected"] > row["budget"]:
            yield Finding(
                message("{channel} spends ahead of its budget", channel=channel),
                message(
                    "{actual} so far, {expected} was planned by now; {projected} at the month's "
                    "end against {budget}.",
                    **amounts,
                ),
                row["projected"] - row["budget"],
                "budget",
            )
        elif row["status"] == "unbudgeted" and pacing.is_planned and row["actual"] > 0:
            yield Finding(
                message("{channel} spends without a budget", channel=channel),
                message("{actual} so far this month.", actual=amounts["actual"]),
                row["actual"],
                "budget",
            )
