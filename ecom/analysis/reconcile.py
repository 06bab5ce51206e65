"""Reconciliation: exports that sum up against what we add up from details, by shop and day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.reconcile_checks import FOUND, OPEN, REASONS, SPECS, CheckSpec
from ecom.analysis.reconcile_sides import NotCompared, Sides, lay
from ecom.channels import ADVERTISERS
from ecom.model import Amount, Period, Scope, Unit
from ecom.models.differences import Explanation, Gap, Verdict, explain, gap, judge
from ecom.queries import reconcile as sides
from ecom.queries.marketing import spend_facts
from ecom.queries.reconcile_stock import stock_by_day, stock_by_sku
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

WORST = 10  # days listed of each check
VERDICTS: dict[Verdict, Text] = {
    Verdict.AGREES: message("✓ agrees"),
    Verdict.EXPECTED: message("≈ within what is expected"),
    Verdict.DIFFERS: message("≠ differs"),
    Verdict.INFORMATION: message("for information"),
    Verdict.NOT_COMPARED: message("cannot be compared"),
}
_ORDER = {verdict: place for place, verdict in enumerate(
    (Verdict.DIFFERS, Verdict.EXPECTED, Verdict.AGREES, Verdict.INFORMATION)
)}  # fmt: skip

CHECKS = (
    Column("check", message("Check")),
    Column("shop", message("Shop")),
    Column("verdict", message("Result")),
    Column("reported", message("Reported")),
    Column("counted", message("Counted")),
    Column("difference", message("Difference")),
    Column("tolerance", message("Expected")),
    Column("why", message("Why")),
)
DAYS = (
    Column("period", message("Day")),
    Column("reported", message("Reported")),
    Column("counted", message("Counted")),
    Column("difference", message("Difference")),
)
NOT_COMPARED = (
    Column("check", message("Check")),
    Column("shop", message("Shop")),
    Column("why", message("Why")),
)
STOCK = (
    Column("sku", message("SKU")),
    Column("warehouse", message("Warehouse")),
    Column("lists", message("Lists"), Unit.COUNT),
    Column("opening", message("First list"), Unit.COUNT),
    Column("moved", message("Moved"), Unit.COUNT),
    Column("expected", message("Should be"), Unit.COUNT),
    Column("closing", message("Last list"), Unit.COUNT),
    Column("gap", message("Difference"), Unit.COUNT),
)


@dataclass(frozen=True, eq=False, slots=True)
class Check:
    """One reconciliation of a shop.

    Attributes
    ----------
    period : from the first to the last day compared.
    explanations : what the difference was found to be.
    reasons : what it may be besides and can't be told from the data; empty where it agrees or is
        explained.
    worst : the days that differ the most; columns ``DAYS``.
    """

    spec: CheckSpec
    shop_id: str
    part: str
    period: Period
    gap: Gap
    verdict: Verdict
    explanations: tuple[Text, ...]
    reasons: tuple[Text, ...]
    worst: Table


@dataclass(frozen=True, eq=False, slots=True)
class ReconcileReport:
    """Aggregates against details.

    Attributes
    ----------
    checks : what differs first; ``table`` has a row for each, columns ``CHECKS``.
    not_compared : columns ``NOT_COMPARED``.
    stock : the SKUs whose lists and movements lie furthest apart; columns ``STOCK``.
    """

    headline: Text
    period: Period
    checks: tuple[Check, ...]
    table: Table
    not_compared: Table
    stock: Table


def reconcile(store: Store, period: Period | None = None) -> ReconcileReport:
    """Hold aggregates against details for every shop.

    Parameters
    ----------
    period : default: all days there are. A check compares those of them that both sides cover.
    """
    resolved = sides.all_shops(store, resolve(store, Scope()))
    period = period or _whole(resolved)
    laid = list(_laid(store, resolved, period))
    currencies = {shop.shop_id: shop.currency for shop in resolved.known_shops}
    checks = sorted(
        (_checked(one, currencies.get(one.shop_id, "")) for one in laid if isinstance(one, Sides)),
        key=lambda check: _ORDER[check.verdict],
    )
    left = [one for one in laid if isinstance(one, NotCompared)]
    names = resolved.shop_names
    return ReconcileReport(
        headline=_headline(checks),
        period=period,
        checks=tuple(checks),
        table=_table(checks, names, currencies),
        not_compared=Table.make(
            pd.DataFrame(
                {
                    "check": words(title(one.spec, one.part) for one in left),
                    "shop": [names.get(one.shop_id, one.shop_id) for one in left],
                    "why": words(one.why for one in left),
                }
            ),
            *NOT_COMPARED,
        ),
        stock=Table.make(stock_by_sku(store, period), *STOCK),
    )


def title(spec: CheckSpec, part: str) -> Text:
    """A check's name with the source, channel or warehouse it is of."""
    return message("{check}: {part}", check=spec.title, part=term(part)) if part else spec.title


def _whole(resolved: ResolvedScope) -> Period:
    if resolved.first_day is None or resolved.last_day is None:
        return resolved.period
    return Period(resolved.first_day, resolved.last_day)


def _laid(store: Store, resolved: ResolvedScope, period: Period) -> Iterator[Sides | NotCompared]:
    """Every check laid out; each side is read once."""
    specs = {spec.key: spec for spec in SPECS}
    shops = resolved.shops
    traffic = sides.traffic_by_day(store, resolved, period)
    orders = sides.orders_by_day(store, shops, period).assign(part="")
    visits = sides.visits_by_day(store, shops, period)
    all_visits, of_channels = visits[visits["part"] == ""], visits[visits["part"] != ""]
    ads = _ads(store, resolved, period)
    landed = _of_advertisers(of_channels, ads)
    sold = _of_advertisers(sides.channel_sales(store, shops, period), ads)
    paid = sides.payments_by_day(store, shops, period)
    refunds = sides.refunds_by_day(store, shops, period).assign(part="")
    lines = sides.lines_by_day(store, shops, period).assign(part="")
    stock = _stock(store, period)
    local = orders[orders["basis"] == "paid"]
    pairs = {
        "traffic_amount": (traffic, orders),
        "traffic_orders": (traffic, orders),
        "traffic_buyers": (traffic, orders),
        "visits": (traffic, all_visits),
        "visitors": (traffic, all_visits),
        "ad_clicks": (ads, landed),
        "ad_revenue": (ads, sold),
        "payments": (_as_reported(local), paid),
        "refunds": (_as_reported(refunds), refunds),
        "lines": (_as_reported(lines), lines),
        "stock": (_as_reported(stock), stock),
    }
    for key, (reported, counted) in pairs.items():
        yield from lay(specs[key], reported, counted)


def _as_reported(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(start=frame["day"], end=frame["day"])


def _ads(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Clicks and claimed revenue by the platform's name of the channel, in the shop's currency."""
    currencies = {shop.shop_id: shop.currency for shop in resolved.known_shops}
    rows = spend_facts(store, resolved, (period,)).rows
    own = rows["currency"].isin(["", *currencies.values()]) & ~rows["is_repeated"]
    own &= (rows["currency"] == "") | (rows["currency"] == rows["shop"].map(currencies))
    frame = rows[own].rename(columns={"shop": "shop_id", "channel": "part"})
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))


def _of_advertisers(counted: pd.DataFrame, ads: pd.DataFrame) -> pd.DataFrame:
    """What was counted under the name of the advertiser that brings it, of advertising shops."""
    names = {name: ADVERTISERS.get(name, name) for name in counted["part"].unique()}
    named = counted.assign(part=counted["part"].map(names))
    return named[named["part"].isin(ads["part"]) & named["shop_id"].isin(ads["shop_id"])]


def _stock(store: Store, period: Period) -> pd.DataFrame:
    frame = stock_by_day(store, period)
    return frame.rename(columns={"warehouse": "part"}).assign(
        shop_id="",
        expected=frame["opening"] + frame["moved"],
        expected_before=frame["opening"] + frame["moved_before"],
    )


def _checked(one: Sides, currency: str) -> Check:
    spec, found = one.spec, gap(one.reported, one.counted)
    verdict = Verdict.INFORMATION if spec.is_information else judge(found, spec.tolerance)
    told: tuple[Explanation, ...] = ()
    if verdict in (Verdict.EXPECTED, Verdict.DIFFERS):
        told = explain(
            one.reported, one.counted, alternatives=one.alternatives, amounts=one.amounts
        )
    is_explained = any(each.reason not in OPEN for each in told)
    if is_explained and verdict is Verdict.DIFFERS:
        verdict = Verdict.EXPECTED
    needs_reasons = not is_explained and verdict is not Verdict.AGREES
    return Check(
        spec=spec,
        shop_id=one.shop_id,
        part=one.part,
        period=Period(one.days.min().date(), one.until.max().date()),
        gap=found,
        verdict=verdict,
        explanations=tuple(map(_said, told)),
        reasons=tuple(REASONS[name] for name in spec.reasons) if needs_reasons else (),
        worst=_worst(one, currency),
    )


def _said(found: Explanation) -> Text:
    if found.reason == "steady":
        share = Amount(found.share, Unit.RATIO)
        return message(
            "About {share} of the count on every day: the two count differently.", share=share
        )
    return FOUND[found.reason]


def _worst(one: Sides, currency: str) -> Table:
    apart = one.reported - one.counted
    places = [place for place in np.argsort(-np.abs(apart), kind="stable")[:WORST] if apart[place]]
    frame = pd.DataFrame(
        {
            "period": words(
                Period(one.days[place].date(), one.until[place].date()) for place in places
            ),
            **{
                name: words(_amount(values[place], one.spec, currency) for place in places)
                for name, values in (
                    ("reported", one.reported), ("counted", one.counted), ("difference", apart),
                )
            },
        }
    )  # fmt: skip
    return Table.make(frame, *DAYS)


def _amount(value: float, spec: CheckSpec, currency: str) -> Amount:
    return Amount(float(value), spec.unit, currency if spec.unit is Unit.MONEY else None)


def _table(checks: Sequence[Check], names: dict[str, str], currencies: dict[str, str]) -> Table:
    def amounts(values: Sequence[float]) -> pd.Series:
        return words(
            _amount(value, check.spec, currencies.get(check.shop_id, ""))
            for value, check in zip(values, checks, strict=True)
        )

    frame = pd.DataFrame(
        {
            "check": words(title(check.spec, check.part) for check in checks),
            "shop": [names.get(check.shop_id, check.shop_id) for check in checks],
            "verdict": words(VERDICTS[check.verdict] for check in checks),
            "reported": amounts([check.gap.reported for check in checks]),
            "counted": amounts([check.gap.counted for check in checks]),
            "difference": words(
                message("{amount} ({share})", amount=amount, share=Amount(share, Unit.RATIO))
                for amount, share in zip(
                    amounts([check.gap.difference for check in checks]),
                    (check.gap.relative for check in checks),
                    strict=True,
                )
            ),
            "tolerance": words(_tolerance(check.spec) for check in checks),
            "why": words(_why(check) for check in checks),
        }
    )
    return Table.make(frame, *CHECKS)


def _tolerance(spec: CheckSpec) -> Text | str:
    if spec.is_information:
        return ""
    return message(
        "−{low}% to +{high}%",
        low=round(spec.tolerance.low * 100, 1),
        high=round(spec.tolerance.high * 100, 1),
    )


def _why(check: Check) -> Text | str:
    if check.explanations:
        return check.explanations[0]
    if check.verdict is not Verdict.DIFFERS or not check.reasons:
        return ""
    return message("Possible: {reasons}.", reasons=check.reasons)


def _headline(checks: Sequence[Check]) -> Text:
    judged = [check for check in checks if check.verdict is not Verdict.INFORMATION]
    if not judged:
        return message("There are no two sources yet that speak of the same days.")
    differing = sum(check.verdict is Verdict.DIFFERS for check in judged)
    if not differing:
        return message(
            "All {count} checks agree or lie within what is expected.", count=len(judged)
        )
    return message("{differing} of {count} checks differ.", differing=differing, count=len(judged))
