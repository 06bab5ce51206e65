"""Search words of ads: what each costs and brings, and where a bid should go up or down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isnan
from typing import Any

import pandas as pd

from ecom.analysis.base import Column, Kpi, Table, kpi, words
from ecom.analysis.brand_words import IsBrand
from ecom.analysis.keywords_tables import KINDS, MOST_WORDS
from ecom.metrics import metric
from ecom.model import Amount, Good, Notice, Unit
from ecom.models.proportions import LEAST_PEOPLE, SIGNIFICANCE, Verdict, compare_counts
from ecom.queries.scope import ResolvedScope
from ecom.queries.search_terms import MEASURES, PaidWords
from ecom.text import Text, message

LAYOUTS = ("google_ads_search_terms", "own_search_terms")
KPIS = ("paid_word_spend", "paid_word_clicks", "paid_word_cost_per_conversion")
DEAR = 2.0  # times the cost per conversion of the other words; more is bid down or left out
ADVICE: Mapping[str, Text | str] = {
    "lower": message("Bid less or exclude: costs, hardly converts"),
    "raise": message("Bid more: converts for less"),
    "": "",
}
NEVER_ADDED = message(
    "Clicks, cost and conversions are those of the ad reports and are never added to the visitors "
    "of the platforms’ exports. Ad platforms do not list rare words, so the cost here is less than "
    "the ad spend."
)
_OWN = message(
    "The same word where the platforms’ own exports list it. Visitors and clicks are two counts "
    "and never added."
)
_COLUMNS = (
    Column("keyword", message("Search word")),
    Column("platform", message("Source"), terms=True),
    Column("advice", message("What to do"), help=message(
        "Conversions per click against all other words of the same source, beyond chance. Bid "
        "less: lower, at twice their cost per conversion. Bid more: higher, at less cost.")),
    Column("clicks", message("Clicks"), Unit.COUNT),
    Column("spend", message("Cost"), Unit.MONEY),
    Column("per_click", message("Cost per click"), Unit.MONEY),
    Column("conversions", message("Conversions"), Unit.NUMBER, Good.UP,
           message("As the ad platform counts and credits them.")),
    Column("rate", message("Conversions per click"), Unit.RATIO, Good.UP,
           message("Conversions ÷ clicks of the rows that tell conversions.")),
    Column("per_conversion", message("Cost per conversion"), Unit.MONEY, Good.DOWN,
           message("Cost ÷ conversions of the rows that tell them; empty without any.")),
    Column("visitors", message("Visitors without ads"), Unit.COUNT, help=_OWN),
    Column("conversion", message("Conversion without ads"), Unit.RATIO, help=_OWN),
    Column("kind", message("Kind")),
    Column("impressions", message("Impressions"), Unit.COUNT),
)  # fmt: skip


def judged_paid(now: PaidWords, own: pd.DataFrame, *, is_brand: IsBrand) -> pd.DataFrame:
    """One row a paid word and its source, the dearest first.

    Parameters
    ----------
    own : the words of back-office exports: keyword, keyword_visitor_days, conversion.

    Returns
    -------
    DataFrame
        keyword, platform, ``MEASURES``, is_brand, per_click, rate, per_conversion, advice (lower,
        raise or ""), and of the same word without ads visitors and conversion.
    """
    frame = now.rows.sort_values(
        ["paid_word_spend", "keyword", "platform"], ascending=[False, True, True], ignore_index=True
    )
    clicks, spend = frame["paid_word_clicks"], frame["paid_word_spend"]
    told = frame["paid_word_clicks_with_conversions"]
    conversions = frame["paid_word_conversions"]
    listed = own[own["keyword_visitor_days"] > 0]
    listed = listed.groupby(listed["keyword"].str.casefold()).first()
    beside = listed.reindex(frame["keyword"].str.casefold())
    return frame.assign(
        is_brand=pd.Series([is_brand(word) for word in frame["keyword"]], dtype="bool"),
        per_click=_ratio(spend, clicks),
        rate=_ratio(conversions, told),
        per_conversion=_ratio(frame["paid_word_spend_with_conversions"], conversions),
        advice=_advice(frame),
        visitors=beside["keyword_visitor_days"].to_numpy(dtype="float64"),
        conversion=beside["conversion"].to_numpy(dtype="float64"),
    )


def paid_kpis(now: PaidWords, base: PaidWords | None) -> tuple[Kpi, ...]:
    """Cost, clicks and cost per conversion of all paid words; none where there are no words."""
    if not now.days and (base is None or not base.days):
        return ()
    before = None if base is None or not base.days else _sums(base)
    return tuple(kpi(key, now=_sums(now), before=before, daily=now.daily) for key in KPIS)


def paid_table(judged: pd.DataFrame) -> Table:
    """The paid words, the dearest first; at most ``MOST_WORDS``."""
    shown = judged.head(MOST_WORDS)
    told = shown["paid_word_conversions"].dropna()
    # Platforms that share a conversion among clicks tell parts of one.
    unit = Unit.COUNT if (told % 1 == 0).all() else Unit.NUMBER
    columns = (replace(one, unit=unit) if one.key == "conversions" else one for one in _COLUMNS)
    return Table.make(
        shown.assign(
            kind=words(KINDS[bool(flag)] for flag in shown["is_brand"]),
            impressions=shown["paid_word_impressions"],
            clicks=shown["paid_word_clicks"],
            spend=shown["paid_word_spend"],
            conversions=shown["paid_word_conversions"],
            advice=words(ADVICE[advice] for advice in shown["advice"]),
        ),
        *columns,
    )


def paid_headline(now: PaidWords, judged: pd.DataFrame, currency: str) -> Text | None:
    """What the paid words cost; None without any."""
    if judged.empty:
        return None
    sums = _sums(now)
    values = {
        "count": Amount(len(judged)),
        "spend": Amount(sums["paid_word_spend"], Unit.MONEY, currency),
    }
    if sums["paid_word_clicks"] is None:
        return message("{count} paid words cost {spend}.", **values)
    values["clicks"] = Amount(sums["paid_word_clicks"])
    values["count"] = Amount(int((judged["paid_word_clicks"] > 0).sum()))
    each = metric(KPIS[2]).value(sums)
    if each is None:
        return message("{clicks} paid clicks by {count} words cost {spend}.", **values)
    return message(
        "{clicks} paid clicks by {count} words cost {spend}, {each} a conversion.",
        each=Amount(each, Unit.MONEY, currency),
        **values,
    )


def paid_notices(
    resolved: ResolvedScope, now: PaidWords, base: PaidWords | None
) -> Iterator[Notice]:
    """The limits of what is said of paid words."""
    if now.foreign:
        yield Notice(
            message(
                "Words paid for in {currencies} are left out: this report is in {currency}.",
                currencies=now.foreign,
                currency=resolved.currency,
            ),
            "warning",
        )
    if len(now.left_out):
        yield Notice(
            message(
                "Paid words of several days are left out where they reach beyond the period or "
                "finer rows are known."
            )
        )
    if not now.days:
        return
    yield Notice(NEVER_ADDED)
    if base is not None and base.days and base.days != now.days:
        yield Notice(
            message(
                "Ad reports list words of {now} days here and of {before} in the comparison.",
                now=Amount(now.days),
                before=Amount(base.days),
            ),
            "warning",
        )


def _advice(frame: pd.DataFrame) -> list[str]:
    """Each word's conversions per click against those of all others of its source together."""
    sources = frame.groupby("platform")[list(MEASURES)].sum()
    told = frame["paid_word_clicks_with_conversions"].fillna(0.0)
    tested = max(1, int((told >= LEAST_PEOPLE).sum()))
    return [_advised(row, sources.loc[row["platform"]], tested) for row in frame.to_dict("records")]


def _advised(row: Mapping[Any, Any], source: pd.Series, tested: int) -> str:
    clicks, spend, conversions = (
        0.0 if isnan(row[name]) else row[name]
        for name in (
            "paid_word_clicks_with_conversions",
            "paid_word_spend_with_conversions",
            "paid_word_conversions",
        )
    )
    rest_clicks = source["paid_word_clicks_with_conversions"] - clicks
    rest_spend = source["paid_word_spend_with_conversions"] - spend
    rest = source["paid_word_conversions"] - conversions
    if clicks < LEAST_PEOPLE or rest_clicks < LEAST_PEOPLE or not rest > 0:
        return ""
    verdict = compare_counts(
        conversions, clicks, rest, rest_clicks, significance=SIGNIFICANCE / tested
    ).verdict
    if verdict is Verdict.LOWER and spend * rest > DEAR * rest_spend * conversions:
        return "lower"
    if verdict is Verdict.HIGHER and spend * rest < rest_spend * conversions:
        return "raise"
    return ""


def _ratio(parts: pd.Series, wholes: pd.Series) -> pd.Series:
    return parts / wholes.where(wholes > 0)


def _sums(paid: PaidWords) -> dict[str, float | None]:
    sums = paid.rows[list(MEASURES)].astype("float64").sum(min_count=1)
    return {name: None if pd.isna(sums[name]) else float(sums[name]) for name in MEASURES}
