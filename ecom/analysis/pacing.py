"""Budgets against what happened, in the month the period ends in, at the pace of its days.

Spend goes to the budget of its shop and channel; else to the shop's budget without a channel; else
to the company's for the channel; else to the company's without a channel. What finds none is
unbudgeted. The company is a "shop" that neither sells nor advertises: files that belong to no
single shop are loaded under its name. Revenue is held against the budgets of a whole shop, because
the orders of most shops do not say which channel they came by.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.model import Good, Period, Unit
from ecom.queries.budgets import share_of_month
from ecom.queries.coverage import active_shops
from ecom.queries.marketing import SpendFacts
from ecom.queries.sales import SalesFacts
from ecom.queries.scope import ResolvedScope
from ecom.store import Store
from ecom.text import Text, message

TOLERANCE = 0.1
"""A pace this far from 1 is off: ten percent, a few days of a month."""

STATUSES = {
    "over": message("Ahead of pace"),
    "on": message("On pace"),
    "under": message("Behind pace"),
    "unbudgeted": message("No budget"),
}
METRICS = {"spend": message("Ad spend"), "revenue": message("Revenue")}

COLUMNS = (
    Column("metric", message("Of")),
    Column("shop", message("Shop")),
    Column("channel", message("Channel"), terms=True),
    Column("budget", message("Budget"), Unit.MONEY, Good.NEITHER, message("Of the whole month.")),
    Column("actual", message("So far"), Unit.MONEY),
    Column("expected", message("Expected so far"), Unit.MONEY, Good.NEITHER,
           message("Budget × share of the month's days that have passed.")),
    Column("pace", message("Pace"), Unit.RATIO, Good.NEITHER, message("So far ÷ expected so far.")),
    Column("projected", message("Month end at this pace"), Unit.MONEY, Good.NEITHER,
           message("So far ÷ share of the month's days that have passed.")),
    Column("remaining", message("Left"), Unit.MONEY, Good.NEITHER, message("Budget − so far.")),
    Column("status", message("Status")),
)  # fmt: skip

_EVERY = ""  # a budget of all shops, or of all channels without one of their own


@dataclass(frozen=True, eq=False, slots=True)
class Pacing:
    """Budget against actual in one month.

    Attributes
    ----------
    month : the month's days up to the last one with data.
    elapsed : share of the month's days in ``month``, 0..1.
    table : ``COLUMNS``; spend first, largest budget first, then all spend in one row.
    rows : the same as plain values, without the total: ``metric``, ``shop`` and ``channel`` as
        stored ("" = every), ``status`` a key of ``STATUSES``.
    """

    month: Period
    elapsed: float
    table: Table
    rows: pd.DataFrame

    @property
    def pool(self) -> pd.Series:
        """Sums over all spend: budget, actual, expected, remaining."""
        spend = self.rows[self.rows["metric"] == "spend"]
        return spend[["budget", "actual", "expected", "remaining"]].sum()

    @property
    def is_planned(self) -> bool:
        """Whether there is a budget for spend."""
        return bool(self.pool["budget"] > 0)


def pacing(
    store: Store,
    resolved: ResolvedScope,
    *,
    spend: SpendFacts,
    sales: SalesFacts,
    budgets: pd.DataFrame,
) -> Pacing:
    """Hold the budgets of the month in which the period ends against what happened so far.

    Parameters
    ----------
    spend, sales : facts that cover ``month_of(resolved.period)``.
    budgets : answer of ``budgets_of`` for that month or a longer period.
    """
    month = _month_to_date(resolved, spend)
    elapsed = float(share_of_month(pd.Series([month.start]), month).iloc[0])
    plan = budgets[budgets["month"] == month.start].reset_index(drop=True)
    if len(plan):
        plan["shop"] = plan["shop"].where(plan["shop"].isin(active_shops(store)), _EVERY)
    plan.loc[plan["metric"] == "revenue", "channel"] = _EVERY
    actuals = {
        "spend": spend.by(month, "shop", "channel").rename(columns={"spend": "actual"}),
        "revenue": sales.by(month, "shop").rename(columns={"gmv": "actual"}).assign(channel=_EVERY),
    }
    rows = pd.concat(
        [_against(plan, actuals[metric], metric) for metric in METRICS], ignore_index=True
    )
    rows["expected"] = rows["budget"] * elapsed
    rows["remaining"] = rows["budget"] - rows["actual"]
    rows["projected"] = rows["actual"] / elapsed
    rows["pace"] = rows["actual"] / rows["expected"].where(rows["expected"] > 0)
    rows["status"] = [_status(pace) for pace in rows["pace"]]
    return Pacing(month, elapsed, _shown(rows, resolved.shop_names), rows)


def month_of(period: Period) -> Period:
    """The month the period ends in, up to that day."""
    return Period(period.end.replace(day=1), period.end)


def _month_to_date(resolved: ResolvedScope, spend: SpendFacts) -> Period:
    """The period's last month up to the last day whose spend is known."""
    month = month_of(resolved.period)
    if spend.span is None or spend.span.end < month.start:
        return month
    return Period(month.start, min(month.end, spend.span.end))


def _against(plan: pd.DataFrame, actual: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Give every actual to its budget; spend without one becomes a row of its own."""
    planned: dict[tuple[str, str], float] = {}
    for shop, channel, amount in _rows(plan[plan["metric"] == metric], "amount"):
        planned[shop, channel] = planned.get((shop, channel), 0.0) + amount
    sums = dict.fromkeys(planned, 0.0)
    for shop, channel, amount in _rows(actual, "actual"):
        place = _place(planned, shop, channel)
        if place is None and metric == "spend" and amount:
            place = (shop, channel)
        if place is not None:
            sums[place] = sums.get(place, 0.0) + amount
    rows = pd.DataFrame(
        [
            (metric, shop, channel, planned.get((shop, channel), 0.0), amount)
            for (shop, channel), amount in sums.items()
        ],
        columns=["metric", "shop", "channel", "budget", "actual"],
    ).astype({"budget": "float64", "actual": "float64"})
    return rows.sort_values(["budget", "actual"], ascending=False)


def _rows(frame: pd.DataFrame, amount: str) -> Iterator[tuple[str, str, float]]:
    return zip(frame["shop"], frame["channel"], frame[amount], strict=True)


def _place(planned: Container[tuple[str, str]], shop: str, channel: str) -> tuple[str, str] | None:
    candidates = ((shop, channel), (shop, _EVERY), (_EVERY, channel), (_EVERY, _EVERY))
    return next((place for place in candidates if place in planned), None)


def _status(pace: float) -> str:
    if pace != pace:
        return "unbudgeted"
    if pace > 1 + TOLERANCE:
        return "over"
    return "under" if pace < 1 - TOLERANCE else "on"


def _shown(rows: pd.DataFrame, shop_names: Mapping[str, str]) -> Table:
    """The rows in words, and all spend in one row."""
    spend = rows[rows["metric"] == "spend"]
    shown = rows
    if len(spend) > 1:
        total = spend[["budget", "actual", "expected", "remaining", "projected"]].sum()
        pace = total["actual"] / total["expected"] if total["expected"] > 0 else float("nan")
        row = {**total, "pace": pace, "status": _status(pace), "metric": "spend", "shop": None}
        last = pd.DataFrame([{**row, "channel": None}])
        shown = pd.concat([spend, last, rows.drop(spend.index)], ignore_index=True)
    shown = shown.reset_index(drop=True)
    return Table.make(
        shown.assign(
            metric=words(METRICS[key] for key in shown["metric"]),
            shop=words(_named(shown["shop"].replace(shop_names), message("All shops"))),
            channel=words(
                message("All channels") if metric == "revenue" else name
                for metric, name in zip(
                    shown["metric"],
                    _named(shown["channel"], message("All other channels")),
                    strict=True,
                )
            ),
            status=words(STATUSES[key] for key in shown["status"]),
        ),
        *COLUMNS,
    )


def _named(names: pd.Series, every: Text) -> list[Text | str]:
    total = message("Total")
    return [total if pd.isna(name) else name or every for name in names]
