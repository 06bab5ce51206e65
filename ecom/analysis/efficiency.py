"""What each advertising channel returns, how sure that is, and what to do with its budget.

The verdict compares return on ad spend with the team's target and speaks only when the days at
hand bear it: their scatter gives an interval, and the target must lie outside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.channels import ADVERTISERS
from ecom.model import Amount, Good, Grain, Period, Unit
from ecom.queries.marketing import SpendFacts
from ecom.queries.sales import SalesFacts
from ecom.queries.scope import ResolvedScope
from ecom.text import Text, message

MIN_DAYS = 14
"""Days with spend below which no verdict is given."""

CERTAINTY_Z = 1.645
"""Normal quantile of the 90 % interval of a channel's return."""

BASES = {
    "orders": message("orders of this channel"),
    "platform": message("the platform's own claim"),
    "": message("unknown"),
}
VERDICTS = {
    "raise": message("Raise"),
    "hold": message("Hold"),
    "cut": message("Cut"),
    "": message("Too little data"),
}

_TREND_MONTHS = 12

CHANNEL_COLUMNS = (
    Column("channel", message("Channel"), terms=True),
    Column("verdict", message("Verdict")),
    Column("why", message("Because")),
    Column.of("spend"),
    Column("spend_change", message("Change of spend"), Unit.RATIO),
    Column("sales", message("Sales by channel"), Unit.MONEY, Good.UP,
           message("Paid orders that name this channel or the kind of visit it pays for.")),
    Column("claimed", message("Revenue claimed"), Unit.MONEY, Good.UP,
           message("Revenue that the platform attributes to itself.")),
    Column("channel_roas", message("ROAS (orders)"), Unit.MULTIPLE, Good.UP,
           message("Sales by channel ÷ spend.")),
    Column.of("platform_roas"),
    Column("new_buyers", message("New buyers"), Unit.COUNT, Good.UP,
           message("Customers whose first order ever names this channel.")),
    Column.of("cac"),
)  # fmt: skip

MONTH_COLUMNS = (
    Column("month", message("Month"), grain=Grain.MONTH),
    Column("is_unfinished", message("Unfinished")),
    *(column for column in CHANNEL_COLUMNS if column.key not in ("spend_change", "verdict", "why")),
)


def channel_table(
    resolved: ResolvedScope, *, spend: SpendFacts, sales: SalesFacts, won: pd.DataFrame
) -> Table:
    """Spend, revenue, return, cost per new buyer and a verdict for each channel of the period.

    Parameters
    ----------
    spend, sales : facts that cover the period and its base, of the ``advertising_scope``.
    won : new buyers of the period by ``channel``; empty where they are not asked for.
    """
    period = resolved.period
    frame = _with_returns(
        spend.by(period, "channel"), sales.by(period, "channel"), won, keys=["channel"]
    )
    if resolved.base is None:
        frame["spend_change"] = math.nan
    else:
        base = spend.by(resolved.base, "channel").set_index("channel")["spend"]
        before = frame["channel"].map(base[base > 0]).astype("float64")
        frame["spend_change"] = frame["spend"] / before - 1
    evidence = _evidence(period, frame, spend=spend, sales=sales)
    target = resolved.settings.roas_target
    verdicts = [_verdict(each, target) for each in evidence]
    frame["verdict"] = words(VERDICTS[verdict] for verdict in verdicts)
    frame["why"] = words(
        _reason(each, verdict, target) for each, verdict in zip(evidence, verdicts, strict=True)
    )
    return Table.make(frame.sort_values("spend", ascending=False), *CHANNEL_COLUMNS)


def month_table(
    resolved: ResolvedScope, *, spend: SpendFacts, sales: SalesFacts, won: pd.DataFrame
) -> Table:
    """The same by month: the twelve months up to the period's end, or the period if longer.

    Parameters
    ----------
    spend, sales : facts that cover ``trend_period``.
    won : new buyers of these months by ``month`` and ``channel``.
    """
    period = trend_period(resolved.period)
    keys = ["month", "channel"]
    frame = _with_returns(
        spend.by(period, *keys), sales.by(period, *keys), won, keys=keys
    ).sort_values(keys)
    is_whole = (period.end + timedelta(1)).day == 1
    frame["is_unfinished"] = (frame["month"] == period.end.replace(day=1)) & (not is_whole)
    return Table.make(frame, *MONTH_COLUMNS)


def trend_period(period: Period) -> Period:
    """Whole months before the period's end, at least a year of them."""
    months = period.end.year * 12 + period.end.month - _TREND_MONTHS
    year_back = period.end.replace(year=months // 12, month=months % 12 + 1, day=1)
    return Period(min(year_back, period.start.replace(day=1)), period.end)


def _with_returns(
    spend: pd.DataFrame, sales: pd.DataFrame, won: pd.DataFrame, *, keys: list[str]
) -> pd.DataFrame:
    """Put sales and new buyers beside spend; missing where no order names channel or customer."""
    sales = _by_advertiser(sales[[*keys, "gmv"]], spend, keys=keys)
    won = _by_advertiser(won, spend, keys=keys)
    frame = spend.merge(sales[[*keys, "gmv"]], on=keys, how="left").merge(won, on=keys, how="left")
    named = frame["channel"].isin(sales.loc[sales["gmv"] > 0, "channel"])
    spent = frame["spend"].where(frame["spend"] > 0)
    claiming = frame["spend_with_claims"].where(frame["spend_with_claims"] > 0)
    frame["sales"] = frame["gmv"].fillna(0.0).where(named)
    frame["claimed"] = frame["attributed_revenue"].where(claiming.notna())
    frame["channel_roas"] = frame["sales"] / spent
    frame["platform_roas"] = frame["claimed"] / claiming
    knows_customers = frame["channel"].isin(won["channel"])
    frame["new_buyers"] = frame["new_buyers"].astype("float64").fillna(0.0).where(knows_customers)
    frame["cac"] = frame["spend"] / frame["new_buyers"].where(frame["new_buyers"] > 0)
    return frame


def _by_advertiser(orders: pd.DataFrame, spend: pd.DataFrame, *, keys: list[str]) -> pd.DataFrame:
    """Sums of orders by the names ad reports use, where one of these pays for the kind of visit."""
    paying = set(spend["channel"])
    names = {
        visit: advertiser
        for visit, advertiser in ADVERTISERS.items()
        if advertiser in paying and visit not in paying
    }
    if not names:
        return orders
    renamed = orders.assign(channel=orders["channel"].replace(names))
    return renamed.groupby(keys, as_index=False).sum()


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Where revenue is known from (a key of ``BASES``) and what single days say of its return."""

    basis: str
    days: int
    roas: float
    error: float

    @property
    def low(self) -> float:
        return max(0.0, self.roas - CERTAINTY_Z * self.error)

    @property
    def high(self) -> float:
        return self.roas + CERTAINTY_Z * self.error


def _evidence(
    period: Period, channels: pd.DataFrame, *, spend: SpendFacts, sales: SalesFacts
) -> list[_Evidence]:
    """What is known of each of ``channels``, in their order."""
    keys = ["day", "channel"]
    spent_daily = spend.by(period, *keys)
    sold_daily = _by_advertiser(sales.by(period, *keys)[[*keys, "gmv"]], spent_daily, keys=keys)
    days = spent_daily.merge(sold_daily, on=keys, how="outer")
    days = days.fillna(dict.fromkeys(("spend", "attributed_revenue", "gmv"), 0.0))
    found = []
    for channel, sold, claimed in zip(
        channels["channel"], channels["sales"], channels["claimed"], strict=True
    ):
        basis = "orders" if pd.notna(sold) else "platform" if pd.notna(claimed) else ""
        mine = days[days["channel"] == channel]
        revenue = mine["gmv"] if basis == "orders" else mine["attributed_revenue"]
        spent = mine["spend"].to_numpy()
        ratio = ratio_of_days(revenue.to_numpy(), spent)
        found.append(_Evidence(basis, int((spent > 0).sum()), *ratio))
    return found


def ratio_of_days(above: np.ndarray, below: np.ndarray) -> tuple[float, float]:
    """A ratio of sums and its standard error, from how single days scatter around it.

    Parameters
    ----------
    above, below : arrays, shape (days,)

    Returns
    -------
    ratio, error : float
        Σ above ÷ Σ below and the error of the ratio estimator (Cochran, Sampling Techniques, 6.4);
        days are taken as independent. NaN when nothing is below or fewer than two days are there.
    """
    total, days = below.sum(), len(below)
    if total <= 0 or days < 2:
        return math.nan, math.nan
    ratio = above.sum() / total
    rest = above - ratio * below
    return float(ratio), float(np.sqrt(days / (days - 1) * (rest**2).sum()) / total)


def _verdict(evidence: _Evidence, target: float) -> str:
    if not evidence.basis or evidence.days < MIN_DAYS:
        return ""
    if evidence.low > target:
        return "raise"
    return "cut" if evidence.high < target else "hold"


def _reason(evidence: _Evidence, verdict: str, target: float) -> Text:
    if not evidence.basis:
        return message("No order names this channel and the platform reports no revenue.")
    if not verdict:
        return message(
            "{days} single days with spend; a verdict needs {needed}.",
            days=evidence.days,
            needed=MIN_DAYS,
        )
    return message(
        "ROAS {roas}, 90 % interval {low} to {high}, over {days} days with spend; target {target}; "
        "revenue from {basis}.",
        roas=Amount(evidence.roas, Unit.MULTIPLE),
        low=Amount(evidence.low, Unit.MULTIPLE),
        high=Amount(evidence.high, Unit.MULTIPLE),
        days=evidence.days,
        target=Amount(target, Unit.MULTIPLE),
        basis=BASES[evidence.basis],
    )
