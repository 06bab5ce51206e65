"""Search words: who comes by them and buys, which rose or fell, which to push or to mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

import pandas as pd

from ecom.analysis.base import Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.brand_words import IsBrand, names_a_brand, told_brands
from ecom.analysis.keywords_tables import (
    advice_table,
    groups_table,
    moves_table,
    words_table,
)
from ecom.analysis.paid_words import LAYOUTS as PAID_LAYOUTS
from ecom.analysis.paid_words import (
    judged_paid,
    paid_headline,
    paid_kpis,
    paid_notices,
    paid_table,
)
from ecom.metrics import metric
from ecom.model import Amount, Notice, Scope, Unit
from ecom.models.proportions import (
    LEAST_PEOPLE,
    SIGNIFICANCE,
    Verdict,
    compare_counts,
    compare_shares,
    share_interval,
)
from ecom.queries.keywords import MEASURES, Keywords, brand_names, keywords
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.search_terms import PaidWords, paid_words
from ecom.store import Store
from ecom.text import Text, message

LAYOUTS = ("sycm_keyword_source", "own_keywords")
LEAST_CHANGE = 0.2  # a smaller change of visitors a day is no rise or fall, however sure
HARDLY_BUYS = 0.5  # of the conversion of all other words; less is to be mended or left out
THIN_SHARE = 0.05  # of all visitors by words; what converts and brings less could bring more
KPIS = ("keyword_visitors", "keyword_conversion", "brand_word_share")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class KeywordsReport(Report):
    """The answer.

    Attributes
    ----------
    words : those that brought most visitors, with conversion and its interval.
    moves : new, risen, fallen and lost words, the largest move first.
    advice : words that convert but bring few, and words that bring many who don't buy.
    groups : words that name a brand against all others; empty where no brand is known.
    paid : words of ads, the dearest first: clicks, cost and conversions as the ad reports tell
        them, and beside them what the same word brings without ads.
    """

    words: Table
    moves: Table
    advice: Table
    groups: Table
    paid: Table

    @property
    def own_kpis(self) -> tuple[Kpi, ...]:
        """Key figures of words without ads."""
        return tuple(one for one in self.kpis if one.metric in KPIS)

    @property
    def paid_kpis(self) -> tuple[Kpi, ...]:
        """Key figures of words of ads."""
        return tuple(one for one in self.kpis if one.metric not in KPIS)


def report(store: Store, scope: Scope) -> KeywordsReport:
    """Answer which words people searched for before they came.

    A word rose or fell when its visitors a day changed by ``LEAST_CHANGE`` and by more than chance
    alone; it converts better or worse when a test against all other words together says so. Both
    tests share their chance of a false alarm among all words that are tested.
    """
    resolved = resolve(store, scope)
    now, *rest = keywords(store, resolved)
    base = rest[0] if rest and rest[0].days else None
    brands = resolved.settings.brand_words or brand_names(store)
    is_brand = names_a_brand(brands)
    judged = _judged(now, base, is_brand)
    sums = _sums(judged, "")
    ads, *ads_before = paid_words(store, resolved)
    ads_base = ads_before[0] if ads_before else None
    paid = judged_paid(ads, judged, is_brand=is_brand)
    kpis = tuple(
        kpi(
            key,
            now=sums,
            before=None if base is None else _sums(judged, "_before"),
            daily=now.daily,
        )
        for key in (KPIS if brands else KPIS[:2])
    )
    has_words = bool(now.days) or base is not None
    return KeywordsReport(
        header=header_of(resolved),
        headline=_headlines(_headline(judged, sums), paid_headline(ads, paid, resolved.currency)),
        kpis=(*(kpis if has_words else ()), *paid_kpis(ads, ads_base)),
        gaps=tuple(_gaps(ads, brands, has_words=has_words)),
        notices=(
            *resolved.notices,
            *(_filters(resolved) if now.days or ads.days else ()),
            *_notices(resolved, now, base),
            *(told_brands(resolved, brands) if now.days or ads.days else ()),
            *paid_notices(resolved, ads, ads_base),
        ),
        words=words_table(judged),
        moves=moves_table(judged),
        advice=advice_table(judged),
        groups=groups_table(judged if brands else judged.iloc[:0]),
        paid=paid_table(paid),
    )


def _judged(now: Keywords, base: Keywords | None, is_brand: IsBrand) -> pd.DataFrame:
    """One row a word, most visitors first.

    Columns: keyword, the measures of the period and, with ``_before``, of the base, is_brand,
    share, share_before, conversion, low, high, daily, daily_before, change, state, advice.
    """
    before = base.rows if base is not None else now.rows.iloc[:0]
    frame = now.rows.merge(before, on="keyword", how="outer", suffixes=("", "_before"))
    frame = frame.sort_values(
        ["keyword_visitor_days", "keyword"], ascending=[False, True], ignore_index=True
    )
    visitors = frame["keyword_visitor_days"].astype("float64").fillna(0.0)
    told = frame["keyword_visitor_days_with_buyers"].astype("float64")
    buyers = frame["keyword_buyer_days"].astype("float64")
    bounds = [_interval(*pair) for pair in zip(buyers, told, strict=True)]
    daily = visitors / now.days if now.days else visitors
    daily_before = (
        frame["keyword_visitor_days_before"].astype("float64").fillna(0.0) / base.days
        if base is not None
        else pd.Series(float("nan"), index=frame.index)
    )
    frame = frame.assign(
        keyword_visitor_days=visitors,
        is_brand=[is_brand(word) for word in frame["keyword"]],
        share=_shares(visitors),
        share_before=_shares(daily_before),
        conversion=buyers / told.where(told > 0),
        low=pd.Series([low for low, _ in bounds], index=frame.index, dtype="float64"),
        high=pd.Series([high for _, high in bounds], index=frame.index, dtype="float64"),
        daily=daily,
        daily_before=daily_before,
        change=daily / daily_before.where(daily_before > 0) - 1,
    )
    return frame.assign(state=_states(frame, now, base), advice=_advice(frame))


def _shares(visitors: pd.Series) -> pd.Series:
    total = visitors.sum()
    return visitors / (total if total else float("nan"))


def _interval(buyers: float, visitors: float) -> tuple[float, float]:
    """Unknown where nothing was told, or where more bought than came (two counts of two things)."""
    if isnan(buyers) or not visitors > 0 or buyers > visitors:
        return float("nan"), float("nan")
    return share_interval(buyers, visitors)


def _states(frame: pd.DataFrame, now: Keywords, base: Keywords | None) -> list[str]:
    """new | lost | risen | fallen | steady | few; "" without a comparison."""
    if base is None or not now.days:
        return [""] * len(frame)
    visitors = frame["keyword_visitor_days"]
    before = frame["keyword_visitor_days_before"].fillna(0.0)
    tested = max(1, int((visitors + before >= LEAST_PEOPLE).sum()))
    states = []
    for came, came_before, change in zip(visitors, before, frame["change"], strict=True):
        test = compare_counts(
            came, now.days, came_before, base.days, significance=SIGNIFICANCE / tested
        )
        if test.verdict is Verdict.TOO_FEW:
            states.append("few")
        elif test.verdict is Verdict.HIGHER and not came_before:
            states.append("new")
        elif test.verdict is Verdict.LOWER and not came:
            states.append("lost")
        elif test.verdict is Verdict.HIGHER and change >= LEAST_CHANGE:
            states.append("risen")
        elif test.verdict is Verdict.LOWER and change <= -LEAST_CHANGE:
            states.append("fallen")
        else:
            states.append("steady")
    return states


def _advice(frame: pd.DataFrame) -> list[str]:
    """push | mend | "": each word's conversion against that of all others together."""
    told = frame["keyword_visitor_days_with_buyers"].fillna(0.0)
    buyers = frame["keyword_buyer_days"].fillna(0.0)
    all_told, all_buyers = told.sum(), buyers.sum()
    tested = max(1, int((told >= LEAST_PEOPLE).sum()))
    advice = []
    for came, bought, share in zip(told, buyers, frame["share"], strict=True):
        if not 0 <= bought <= came or not 0 <= all_buyers - bought <= all_told - came:
            advice.append("")
            continue
        verdict = compare_shares(
            int(bought),
            int(came),
            int(all_buyers - bought),
            int(all_told - came),
            significance=SIGNIFICANCE / tested,
        ).verdict
        if verdict is Verdict.HIGHER and share < THIN_SHARE:
            advice.append("push")
        else:
            of_rest = (all_buyers - bought) / (all_told - came) if all_told > came else 0.0
            is_poor = verdict is Verdict.LOWER and bought / came < HARDLY_BUYS * of_rest
            advice.append("mend" if is_poor else "")
    return advice


def _sums(judged: pd.DataFrame, suffix: str) -> dict[str, float | None]:
    """Summed measures of the period (suffix "") or of its base ("_before")."""
    sums: dict[str, float | None] = {}
    for name in MEASURES:
        value = judged[name + suffix].astype("float64").sum(min_count=1)
        sums[name] = None if isnan(value) else float(value)
    of_brands = judged.loc[judged["is_brand"], "keyword_visitor_days" + suffix]
    known = sums["keyword_visitor_days"] is not None
    sums["brand_word_visitor_days"] = float(of_brands.sum()) if known else None
    return sums


def _headline(judged: pd.DataFrame, sums: dict[str, float | None]) -> Text | None:
    came = judged[judged["keyword_visitor_days"] > 0]
    if came.empty:
        return None
    bought = metric("keyword_conversion").value(sums)
    values = {
        "visitors": Amount(sums["keyword_visitor_days"]),
        "count": Amount(len(came)),
        "word": str(came["keyword"].iloc[0]),
        "share": Amount(float(came["share"].iloc[0]), Unit.RATIO),
    }
    if bought is None:
        return message(
            "{visitors} visitors came by {count} search words, {share} of them by “{word}”.",
            **values,
        )
    return message(
        "{visitors} visitors came by {count} search words and {bought} of them bought; most came "
        "by “{word}” ({share}).",
        bought=Amount(bought, Unit.RATIO),
        **values,
    )


def _headlines(own: Text | None, paid: Text | None) -> Text:
    if own is None:
        return paid or message("No search words are known for these days.")
    return own if paid is None else message("{first} {second}", first=own, second=paid)


def _gaps(ads: PaidWords, brands: tuple[str, ...], *, has_words: bool) -> Iterator[Gap]:
    if not has_words:
        yield Gap(message("Visitors by search word"), LAYOUTS)
    if not ads.days:
        yield Gap(message("Cost and conversions of paid words"), PAID_LAYOUTS)
    if not brands and (has_words or ads.days):
        yield Gap(message("Brands, to tell brand words from others"), ("own_products",))


def _filters(resolved: ResolvedScope) -> Iterator[Notice]:
    scope = resolved.scope
    if scope.channels or scope.categories or scope.devices or scope.regions:
        yield Notice(
            message("Search words know of shops only: the other filters are left alone here.")
        )


def _notices(resolved: ResolvedScope, now: Keywords, base: Keywords | None) -> Iterator[Notice]:
    if not now.days:
        return
    silent = sorted(set(resolved.shops) - set(now.choice.rows["shop_id"]))
    if silent:
        yield Notice(
            message(
                "Visitors by word are without {shops}: no export lists them there.",
                shops=tuple(resolved.named(silent)),
            )
        )
    if len(now.choice.left_out):
        yield Notice(
            message(
                "Rows of several days are left out where they reach beyond the period or single "
                "days are known."
            )
        )
    if base is not None and base.days != now.days:
        yield Notice(
            message(
                "{now} days of words are known here and {before} in the comparison: changes are of "
                "visitors a day.",
                now=Amount(now.days),
                before=Amount(base.days),
            ),
            "warning",
        )
