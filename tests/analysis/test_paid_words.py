"""Search words of ads: literal rows whose answer is added up by hand, and a slow count."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from math import isnan
from typing import Any

import pandas as pd
import pytest

from ecom.analysis.keywords import KeywordsReport, report
from ecom.analysis.keywords_tables import KINDS
from ecom.analysis.paid_words import ADVICE
from ecom.analysis.provenance import provenance
from ecom.charts.keywords import paid_cost
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.queries.search_terms import counting
from ecom.store import Shop, Store
from tests.analysis.test_keywords import TMALL, word

SITE = Shop("site", "shopify", "Site", "CNY", "Asia/Shanghai")
FIRST, LAST = date(2026, 3, 11), date(2026, 3, 20)  # compared with 1 to 10 March
SCOPE = Scope(Period(FIRST, LAST))
EN = Language("en")
Load = Callable[..., Any]


def paid(
    name: str, day: date, clicks: int, spend: float, bought: float | None, **more: Any
) -> dict[str, Any]:
    return {
        "ad_platform": "google_ads",
        "account": "",
        "period_start": day,
        "period_end": day,
        "keyword": name,
        "match_type": "Exact match",
        "campaign": "c",
        "adgroup": "g",
        "currency": "CNY",
        "impressions": clicks * 10,
        "clicks": clicks,
        "spend": spend,
        "attributed_orders": bought,
        **more,
    }


def of_word(answer: KeywordsReport, name: str) -> dict[str, Any]:
    rows = answer.paid.frame
    (row,) = [row for row in rows.to_dict("records") if row["keyword"] == name]
    return {str(key): value for key, value in row.items()}


@pytest.fixture
def shop(store: Store, load: Load) -> Store:
    """Four paid words in two match types, and the words of a back office for another shop."""
    ads = [
        paid("lamp", FIRST, 600, 600.0, 40.0),
        paid("lamp", FIRST, 400, 500.0, 20.0, match_type="Broad match"),
        paid("clip lamp", FIRST, 200, 150.0, 40.0),
        paid("free lamp", LAST, 300, 450.0, 0.0),
        paid("lumo", LAST, 10, 20.0, None),  # conversions are not told
        paid("seen only", LAST, 0, 0.0, 0.0, impressions=7),
        paid("lamp", date(2026, 3, 5), 100, 80.0, 5.0),  # before
        paid("lamp", date(2026, 2, 28), 999, 999.0, 99.0),  # in neither
    ]
    load(store, "search_terms", ads, shop=SITE)
    load(store, "traffic_agg", [word("Lamp", FIRST, 70, 7), word("台灯", FIRST, 30, 3)], shop=TMALL)
    load(store, "products", [{"sku": "A", "brand": "LUMO"}], shop=TMALL)
    return store


def test_cost_clicks_and_conversions_of_each_word(shop: Store) -> None:
    answer = report(shop, SCOPE)
    assert answer.paid.frame["keyword"].tolist() == [
        "lamp", "free lamp", "clip lamp", "lumo", "seen only",
    ]  # fmt: skip
    lamp = of_word(answer, "lamp")
    assert (lamp["clicks"], lamp["spend"], lamp["conversions"]) == (1_000, 1_100, 60)
    assert lamp["impressions"] == 10_000
    assert lamp["per_click"] == pytest.approx(1.1)
    assert lamp["rate"] == pytest.approx(0.06)
    assert lamp["per_conversion"] == pytest.approx(1_100 / 60)
    assert lamp["kind"] == KINDS[False]
    assert of_word(answer, "lumo")["kind"] == KINDS[True]
    figures = {one.metric: one.delta for one in answer.paid_kpis}
    assert figures["paid_word_spend"].value == 1_720  # 1,100 + 150 + 450 + 20
    assert figures["paid_word_spend"].base == 80
    assert figures["paid_word_clicks"].value == 1_510
    # 1,700 of cost stand against 100 conversions; lumo's 20 tell none
    assert figures["paid_word_cost_per_conversion"].value == pytest.approx(17)
    said = EN.say(answer.headline)
    assert "1,510 paid clicks by 4 words cost CN¥1,720, CN¥17.00 a conversion." in said


def test_what_is_not_told_is_unknown(shop: Store) -> None:
    lumo = of_word(report(shop, SCOPE), "lumo")
    assert all(isnan(lumo[name]) for name in ("conversions", "rate", "per_conversion"))
    free = of_word(report(shop, SCOPE), "free lamp")
    assert free["conversions"] == 0
    assert isnan(free["per_conversion"])


def test_paid_words_stand_beside_own_ones_and_are_never_added(shop: Store) -> None:
    answer = report(shop, SCOPE)
    lamp = of_word(answer, "lamp")  # "Lamp" of the back office is the same word
    assert (lamp["visitors"], lamp["conversion"]) == (70, pytest.approx(0.1))
    assert isnan(of_word(answer, "clip lamp")["visitors"])
    assert answer.words.frame["keyword"].tolist() == ["Lamp", "台灯"]
    assert answer.own_kpis[0].delta.value == 100
    assert not answer.gaps
    assert any("never added" in EN.say(notice.text) for notice in answer.notices)


def test_a_word_to_bid_more_on_and_one_to_leave_out(shop: Store) -> None:
    # clip lamp: 40 by 200 clicks against 60 by 1,300, at 3.75 a conversion against 25.83;
    # free lamp: none by 300 where 25 would come at the others' 100 by 1,200.
    assert {
        row["keyword"]: row["advice"] for row in report(shop, SCOPE).paid.frame.to_dict("records")
    } == {
        "lamp": ADVICE[""],
        "clip lamp": ADVICE["raise"],
        "free lamp": ADVICE["lower"],
        "lumo": ADVICE[""],
        "seen only": ADVICE[""],
    }


def test_platforms_are_judged_apart(store: Store, load: Load) -> None:
    rows = [
        paid("lamp", FIRST, 1_000, 1_000.0, 100.0),
        paid("lamp", FIRST, 1_000, 1_000.0, 10.0, ad_platform="Bing"),
        paid("candle", FIRST, 1_000, 1_000.0, 10.0, ad_platform="Bing"),
    ]
    load(store, "search_terms", rows, shop=SITE)
    answer = report(store, SCOPE)
    assert answer.paid.frame[["keyword", "platform"]].to_numpy().tolist() == [
        ["candle", "Bing"], ["lamp", "Bing"], ["lamp", "google_ads"],
    ]  # fmt: skip
    assert set(answer.paid.frame["advice"]) == {ADVICE[""]}


def test_rows_in_another_currency_are_left_out_and_named(store: Store, load: Load) -> None:
    rows = [
        paid("lamp", FIRST, 10, 10.0, 1.0),
        paid("lamp", FIRST, 90, 90.0, 9.0, currency="USD", account="us"),
        paid("candle", FIRST, 5, 5.0, 1.0, currency="", account="unsaid"),
    ]
    load(store, "search_terms", rows, shop=SITE)
    answer = report(store, SCOPE)
    assert of_word(answer, "lamp")["clicks"] == 10
    assert of_word(answer, "candle")["spend"] == 5
    assert any("paid for in USD" in EN.say(notice.text) for notice in answer.notices)


@pytest.mark.parametrize(
    ("spans", "counted"),
    [
        # a month by itself counts, where it lies in the period
        ([("2026-03-11", "2026-03-20")], [0]),
        ([("2026-03-01", "2026-03-20")], []),
        ([("2026-03-11", "2026-03-31")], []),
        # finer rows stand for themselves
        ([("2026-03-11", "2026-03-20"), ("2026-03-12", "2026-03-12")], [1]),
        ([("2026-03-11", "2026-03-17"), ("2026-03-18", "2026-03-20"), ("2026-03-13", "2026-03-19")],
         [0, 1]),
    ],
)  # fmt: skip
def test_which_spans_count(spans: list[tuple[str, str]], counted: list[int]) -> None:
    frame = pd.DataFrame(spans, columns=["start", "end"]).apply(pd.to_datetime)
    frame = frame.assign(shop_id="s", platform="p", account="")
    kept, rest = counting(frame, SCOPE.period or Period(FIRST, LAST))
    assert sorted(kept.index) == counted
    assert len(kept) + len(rest) == len(frame)
    # Another account's days are no reason to leave a span out.
    other = frame.assign(account="b")
    both, _ = counting(pd.concat([frame, other], ignore_index=True), Period(FIRST, LAST))
    assert len(both) == 2 * len(counted)


def test_rows_of_several_days_are_named_where_they_do_not_count(store: Store, load: Load) -> None:
    rows = [
        paid("lamp", FIRST, 10, 10.0, 1.0),
        paid("lamp", date(2026, 3, 1), 500, 500.0, 9.0, period_end=LAST),
    ]
    load(store, "search_terms", rows, shop=SITE)
    answer = report(store, SCOPE)
    assert of_word(answer, "lamp")["clicks"] == 10
    assert any("Paid words of several days" in EN.say(notice.text) for notice in answer.notices)


def test_random_rows_against_a_slow_count(store: Store, load: Load) -> None:
    random.seed(11)
    rows = [
        paid(
            name,
            date(2026, 3, 1) + timedelta(number),
            random.randrange(40),
            random.randrange(900) / 4,
            random.choice([None, 0.0, 0.5, 2.0]),
            match_type=match,
        )
        for number in range(20)
        for name in "abcde"
        for match in ("Exact match", "Broad match")
        if random.random() < 0.7
    ]
    load(store, "search_terms", rows, shop=SITE)
    clicks: dict[str, int] = {}
    spend: dict[str, float] = {}
    against: dict[str, float] = {}
    for row in rows:
        name = row["keyword"]
        if row["period_start"] < FIRST:
            continue
        clicks[name] = clicks.get(name, 0) + row["clicks"]
        spend[name] = spend.get(name, 0.0) + row["spend"]
        if row["attributed_orders"] is not None:
            against[name] = against.get(name, 0.0) + row["spend"]
    bought = {
        name: sum(
            row["attributed_orders"] or 0.0
            for row in rows
            if row["keyword"] == name and row["period_start"] >= FIRST
        )
        for name in clicks
    }
    answer = report(store, SCOPE)
    for name in clicks:
        told = of_word(answer, name)
        assert (told["clicks"], told["spend"]) == (clicks[name], pytest.approx(spend[name]))
        assert told["per_conversion"] == pytest.approx(against[name] / bought[name])


def test_the_files_of_paid_words_stand_behind_the_page(shop: Store) -> None:
    frame = provenance(shop, SCOPE, "traffic").batches.frame
    ads = frame[[EN.say(what) == "Search words of ads" for what in frame["what"]]]
    assert ads[["rows", "units", "amount"]].to_numpy().tolist() == [[6, 1_510, 1_720]]


def test_paid_words_without_own_ones_are_a_page(store: Store, load: Load) -> None:
    load(store, "search_terms", [paid("lamp", FIRST, 10, 10.0, None)], shop=SITE)
    answer = report(store, SCOPE)
    assert EN.say(answer.headline) == "10 paid clicks by 1 words cost CN¥10.00."
    assert answer.own_kpis == ()
    assert "sycm_keyword_source" in answer.gaps[0].layouts
    assert answer.words.is_empty


def test_a_report_without_clicks_still_says_what_words_cost(store: Store, load: Load) -> None:
    load(store, "search_terms", [{**paid("lamp", FIRST, 0, 9.0, 1.0), "clicks": None}], shop=SITE)
    answer = report(store, SCOPE)
    assert EN.say(answer.headline) == "1 paid words cost CN¥9.00."
    lamp = of_word(answer, "lamp")
    assert isnan(lamp["clicks"])
    assert isnan(lamp["per_click"])
    assert lamp["per_conversion"] == 9


def test_other_filters_are_said_to_be_left_alone(shop: Store) -> None:
    answer = report(shop, Scope(SCOPE.period, shops=("site",), channels=("Direct",)))
    assert of_word(answer, "lamp")["clicks"] == 1_000
    assert any("know of shops only" in EN.say(notice.text) for notice in answer.notices)


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_the_picture_says_its_numbers(shop: Store, code: str) -> None:
    drawn = paid_cost(report(shop, SCOPE), Language(code))
    assert "1,100" in drawn.alt
    assert "clip lamp" in drawn.alt
    assert "–" not in drawn.alt  # lumo's conversions are not told, in words
    assert "Google Ads" in drawn.subtitle


def test_words_of_two_platforms_are_named_with_theirs(store: Store, load: Load) -> None:
    rows = [
        paid("lamp", FIRST, 10, 20.0, 1.5),
        paid("lamp", FIRST, 10, 10.0, 1.0, ad_platform="Bing"),
    ]
    load(store, "search_terms", rows, shop=SITE)
    alt = paid_cost(report(store, SCOPE), EN).alt
    assert "lamp · Google Ads: CN¥20.00, 1.50 conversions" in alt
    assert "lamp · Bing: CN¥10.00, 1.00 conversions" in alt


def test_an_empty_store_names_the_exports(store: Store) -> None:
    answer = report(store, Scope())
    assert answer.paid.is_empty
    assert answer.paid_kpis == ()
    assert answer.gaps[1].layouts == ("google_ads_search_terms", "own_search_terms")
    assert paid_cost(answer, EN).alt
