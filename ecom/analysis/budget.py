"""Budget ROI: what was spent, what came of it, and whether the month keeps to its budget."""

from __future__ import annotations

from dataclasses import dataclass

from ecom.analysis.base import Gap, Report, Table, header_of, kpi
from ecom.analysis.efficiency import VERDICTS, channel_table, month_table, trend_period
from ecom.analysis.pacing import Pacing, pacing
from ecom.model import Amount, Notice, Period, Scope, Unit
from ecom.queries.budgets import budgets_of
from ecom.queries.marketing import (
    SpendFacts,
    daily_of,
    measures_of,
    new_buyers,
    spend_facts,
    won_by,
)
from ecom.queries.sales import sales_facts
from ecom.queries.scope import ResolvedScope, advertising_scope, resolve
from ecom.store import Store
from ecom.text import Text, message

KPIS = ("spend", "blended_roas", "platform_roas", "cac", "cpc", "budget_used")
ADS = (
    "own_ads",
    "wanxiangtai_item",
    "qianchuan_standard",
    "google_ads_campaign",
    "meta_ads_manager",
)

_LEFT_OUT = {
    "currency": message(
        "Not counted, because unlike currencies are never added: {amount} on {platform}."
    ),
    "edge": message(
        "Not counted: {amount} on {platform}, in rows of several days that reach over the edge of "
        "the period. Choose a period that holds them whole, or load the report by day."
    ),
    "repeated": message(
        "Not counted twice: {amount} on {platform}, in rows of several days whose single days or "
        "weeks are there, too."
    ),
}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class BudgetReport(Report):
    """The budget page.

    Attributes
    ----------
    channels : a row an advertising channel; ``efficiency.CHANNEL_COLUMNS``, largest spend first.
    months : a row a month and channel, twelve months back; ``efficiency.MONTH_COLUMNS``.
    budgets : budget against actual in ``month``; ``pacing.COLUMNS``.
    month : the month the period ends in, up to its last day with spend.
    elapsed : share of that month's days that have passed, 0..1.
    roas_target : revenue wanted per unit of spend.
    """

    channels: Table
    months: Table
    budgets: Table
    month: Period
    elapsed: float
    roas_target: float


def report(store: Store, scope: Scope) -> BudgetReport:
    """Answer the budget page.

    Parameters
    ----------
    scope : shops, channels and period are kept; category, device and region filters do not apply
        to ad spend and give a notice.
    """
    resolved = resolve(store, scope)
    narrowed = advertising_scope(resolved)
    periods = (*resolved.periods(), trend_period(resolved.period))
    spend = spend_facts(store, narrowed, periods)
    sales = sales_facts(store, narrowed, periods, with_buyers=False)
    whole = Period(min(one.start for one in periods), max(one.end for one in periods))
    buyers = new_buyers(store, narrowed, whole)
    budgets = budgets_of(store, narrowed, Period(whole.start, resolved.period.end))

    def measures(period: Period) -> dict[str, float | None]:
        return measures_of(spend, sales, won_by(buyers, period, "shop"), budgets, period)

    now = measures(resolved.period)
    before = None if resolved.base is None else measures(resolved.base)
    daily = daily_of(spend, sales, resolved.period)
    won = won_by(buyers, resolved.period, "channel")
    channels = channel_table(narrowed, spend=spend, sales=sales, won=won)
    months = month_table(
        narrowed,
        spend=spend,
        sales=sales,
        won=won_by(buyers, periods[-1], "month", "channel"),
    )
    pace = pacing(store, narrowed, spend=spend, sales=sales, budgets=budgets)
    return BudgetReport(
        header=header_of(resolved),
        headline=_headline(resolved, now, channels, pace),
        kpis=tuple(kpi(key, now=now, before=before, daily=daily) for key in KPIS),
        gaps=_gaps(now, pace),
        notices=(*resolved.notices, *_notices(resolved, spend, channels)),
        channels=channels,
        months=months,
        budgets=pace.table,
        month=pace.month,
        elapsed=pace.elapsed,
        roas_target=resolved.settings.roas_target,
    )


def left_out_notices(resolved: ResolvedScope, spend: SpendFacts) -> list[Notice]:
    """Name the spend that the period's totals do not hold."""
    rows = spend.left_out(resolved.period)
    return [
        Notice(
            Text(
                _LEFT_OUT[row["reason"]].template,
                (
                    (
                        "amount",
                        Amount(row["spend"], Unit.MONEY, row["currency"] or resolved.currency),
                    ),
                    ("platform", row["platform"]),
                ),
            ),
            "info" if row["reason"] == "repeated" else "warning",
        )
        for row in rows.to_dict("records")
    ]


def _headline(
    resolved: ResolvedScope, now: dict[str, float | None], channels: Table, pace: Pacing
) -> Text:
    if now["spend"] is None:
        return message("No ad spend is known for {period}.", period=resolved.period)
    spend = Amount(now["spend"], Unit.MONEY, resolved.currency)
    roas = Amount(kpi("blended_roas", now=now).delta.value, Unit.MULTIPLE)
    said = channels.frame["verdict"]
    counts = {
        name: int(said.map(lambda text, name=name: text == VERDICTS[name]).sum())
        for name in VERDICTS
    }
    first = message(
        "{spend} was spent; each unit of it stands against {roas} of the advertising shops' sales "
        "(target {target}). Channels to raise: {raised}, to hold: {held}, to cut: {cut}.",
        spend=spend,
        roas=roas,
        target=Amount(resolved.settings.roas_target, Unit.MULTIPLE),
        raised=counts["raise"],
        held=counts["hold"],
        cut=counts["cut"],
    )
    if not pace.is_planned:
        return first
    pool = pace.pool
    return message(
        "{first} Of the month's budget {left} is left after {elapsed} of its days, at {pace} of "
        "the pace planned.",
        first=first,
        left=Amount(pool["remaining"], Unit.MONEY, resolved.currency),
        elapsed=Amount(pace.elapsed, Unit.RATIO),
        pace=Amount(pool["actual"] / pool["expected"], Unit.RATIO),
    )


def _gaps(now: dict[str, float | None], pace: Pacing) -> tuple[Gap, ...]:
    gaps = []
    if now["spend"] is None:
        gaps.append(Gap(message("Ad spend, clicks and claimed revenue"), ADS))
    if not pace.is_planned:
        gaps.append(Gap(message("Budgets by month and channel"), ("own_budget",)))
    if now["spend"] is not None and not now["advertised_gmv"]:
        gaps.append(
            Gap(message("Sales of the shops that advertise"), ("own_orders", "shopify_orders"))
        )
    return tuple(gaps)


def _notices(resolved: ResolvedScope, spend: SpendFacts, channels: Table) -> list[Notice]:
    notices = left_out_notices(resolved, spend)
    scope = resolved.scope
    if scope.categories or scope.devices or scope.regions:
        notices.append(
            Notice(
                message(
                    "Ad spend is known by shop and channel only; the filters on category, device "
                    "and region do not apply here."
                ),
                "warning",
            )
        )
    if not channels.is_empty:
        notices += [
            Notice(
                message(
                    "Of a platform's reports at several levels only the coarsest counts for each "
                    "shop, account and day: account, campaign, ad group, ad, product."
                )
            ),
            Notice(
                message(
                    "The verdicts rest on average returns. What one more unit of spend brings may "
                    "be less, and sales a channel accounts for are not all caused by it."
                )
            ),
        ]
    unnamed = channels.frame[channels.frame["sales"].isna() & channels.frame["claimed"].notna()]
    if len(unnamed):
        notices.append(
            Notice(
                message(
                    "No order names {channels}; there only the platform's own claim is known.",
                    channels=tuple(unnamed["channel"]),
                )
            )
        )
    return notices
