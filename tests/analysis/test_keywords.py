"""Search words: literal rows whose answer is added up by hand, and a slow count of random rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from ecom.analysis.keywords import KeywordsReport, report
from ecom.analysis.keywords_tables import ADVICE, KINDS, STATES
from ecom.analysis.provenance import provenance
from ecom.charts.keywords import conversion
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.settings import Settings, words_between_commas
from ecom.store import Shop, Store

TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
FIRST, LAST = date(2026, 3, 11), date(2026, 3, 20)  # compared with 1 to 10 March
SCOPE = Scope(Period(FIRST, LAST))
EN = Language("en")
Load = Callable[..., Any]


def word(name: str, day: date, uv: int, buyers: int | None, **more: Any) -> dict[str, Any]:
    return {
        "source": "sycm",
        "period_start": day,
        "period_end": day,
        "hour": -1,
        "grain": "keyword",
        "is_rollup": False,
        "keyword": name,
        "uv": uv,
        "paid_buyers": buyers,
        **more,
    }


def days(first: date, count: int = 10) -> Iterator[date]:
    return (first + timedelta(number) for number in range(count))


def both(name: str, before: tuple[int, int] | None, now: tuple[int, int] | None) -> list[Any]:
    """The same visitors and buyers on each of ten days before and of the ten days now."""
    return [
        word(name, day, *told)
        for first, told in ((date(2026, 3, 1), before), (FIRST, now))
        if told is not None
        for day in days(first)
    ]


@pytest.fixture
def searched(store: Store, load: Load) -> Store:
    """Now 3,110 visitors and 140 buyers by five words; before as many by five."""
    load(
        store,
        "traffic_agg",
        [
            *both("Lumo lamp", (100, 6), (100, 6)),  # the brand's
            *both("lamp", (150, 6), (75, 3)),  # half of before
            *both("cheap lamp", (30, 0), (120, 1)),  # four times, hardly anybody buys
            *both("reading lamp", None, (15, 4)),  # new, few, and they buy
            *both("candle", (30, 1), None),  # gone
            *both("tiny", (1, 0), (1, 0)),
            word("day before", date(2026, 2, 28), 999, 9),
        ],
        shop=TMALL,
    )
    load(store, "products", [{"sku": "A", "brand": "LUMO"}], shop=TMALL)
    return store


def by_word(answer: KeywordsReport, table: str, column: str) -> dict[str, Any]:
    frame = getattr(answer, table).frame
    return dict(zip(frame["keyword"], frame[column], strict=True))


def test_visitors_buyers_and_share_of_each_word(searched: Store) -> None:
    answer = report(searched, SCOPE)
    assert by_word(answer, "words", "visitors") == {
        "cheap lamp": 1200, "Lumo lamp": 1000, "lamp": 750, "reading lamp": 150, "tiny": 10,
    }  # fmt: skip
    assert list(answer.words.frame["buyers"]) == [10, 60, 30, 40, 0]
    # 140 of 3,110 bought
    assert {one.metric: one.delta.value for one in answer.kpis} == {
        "keyword_visitors": 3110,
        "keyword_conversion": pytest.approx(140 / 3110),
        "brand_word_share": pytest.approx(1000 / 3110),
    }
    assert answer.kpis[0].points == tuple((day, 311) for day in days(FIRST))
    assert answer.kpis[0].delta.base == 3110  # 1,000 + 1,500 + 300 + 300 + 10
    assert by_word(answer, "words", "share")["lamp"] == pytest.approx(750 / 3110)
    assert EN.say(answer.headline).startswith("3,110 visitors came by 5 search words and 4.50%")


def test_an_interval_is_wilsons(searched: Store) -> None:
    # 60 of 1,000: (0.06 + z²/2000 ∓ z √(0.06·0.94/1000 + z²/4·10⁶)) / (1 + z²/1000), z = 1.96
    answer = report(searched, SCOPE)
    assert by_word(answer, "words", "low")["Lumo lamp"] == pytest.approx(0.0469, abs=1e-4)
    assert by_word(answer, "words", "high")["Lumo lamp"] == pytest.approx(0.0765, abs=1e-4)


def test_words_that_moved_the_largest_first(searched: Store) -> None:
    answer = report(searched, SCOPE)
    moves = by_word(answer, "moves", "state")
    assert list(moves.items()) == [
        ("cheap lamp", STATES["risen"]),  # +90 a day
        ("lamp", STATES["fallen"]),  # -75
        ("candle", STATES["lost"]),  # -30
        ("reading lamp", STATES["new"]),  # +15
    ]
    states = by_word(answer, "words", "state")
    assert states["Lumo lamp"] == STATES["steady"]
    assert states["tiny"] == STATES["few"]


def test_a_word_to_push_and_one_to_mend(searched: Store) -> None:
    # reading lamp: 40 of 150 against 100 of 2,960, below 5 % of visitors; cheap lamp: 10 of 1,200.
    # The brand's word converts better than the rest as well, but is not thin.
    assert by_word(report(searched, SCOPE), "advice", "advice") == {
        "reading lamp": ADVICE["push"],
        "cheap lamp": ADVICE["mend"],
    }


def test_brand_words_against_others(searched: Store) -> None:
    groups = report(searched, SCOPE).groups.frame
    assert list(groups["kind"]) == [KINDS[True], KINDS[False]]
    assert groups[["words", "visitors", "buyers"]].to_numpy().tolist() == [
        [1, 1000, 60],
        [4, 2110, 80],
    ]


@pytest.mark.parametrize(
    ("brand", "named"),
    [
        ("LUMO", {"Lumo lamp", "lumo台灯"}),
        ("流明 Lumo", {"Lumo lamp", "lumo台灯", "流明灯"}),  # either script alone names it
        ("lum", set()),  # part of a longer Latin word
        ("Lumo lamp", {"Lumo lamp"}),
        ("x", set()),  # a single letter is in everything
    ],
)
def test_words_that_name_a_brand(store: Store, load: Load, brand: str, named: set[str]) -> None:
    names = ("Lumo lamp", "lumo台灯", "流明灯", "plumos", "lamp x")
    load(store, "traffic_agg", [word(name, FIRST, 10, 1) for name in names], shop=TMALL)
    load(store, "products", [{"sku": "A", "brand": brand}], shop=TMALL)
    kinds = by_word(report(store, SCOPE), "words", "kind")
    assert {name for name, kind in kinds.items() if kind == KINDS[True]} == named


def test_brand_words_of_the_team_stand_before_those_of_product_lists(searched: Store) -> None:
    def branded() -> set[str]:
        kinds = by_word(report(searched, SCOPE), "words", "kind")
        return {name for name, kind in kinds.items() if kind == KINDS[True]}

    def told() -> str:
        return " ".join(EN.say(notice.text) for notice in report(searched, SCOPE).notices)

    assert branded() == {"Lumo lamp"}
    assert "a brand of the product lists: LUMO" in told()
    own = searched.settings.with_values(brand_words=("Reading", "tiny"))
    searched.save_settings(own)
    assert searched.settings.brand_words == ("Reading", "tiny")
    assert branded() == {"reading lamp", "tiny"}
    answer = report(searched, SCOPE)
    # 150 and 10 of 3,110 visitors
    assert answer.kpis[2].delta.value == pytest.approx(160 / 3110)
    assert "one of those in Settings: Reading, tiny" in told()
    searched.save_settings(own.with_values(brand_words=()))
    assert branded() == {"Lumo lamp"}


def test_brand_words_need_no_product_list(store: Store, load: Load) -> None:
    load(store, "traffic_agg", [word("流明灯", FIRST, 10, 1)], shop=TMALL)
    assert ("own_products",) in [gap.layouts for gap in report(store, SCOPE).gaps]
    store.save_settings(store.settings.with_values(brand_words=("流明",)))
    answer = report(store, SCOPE)
    assert ("own_products",) not in [gap.layouts for gap in answer.gaps]
    assert by_word(answer, "words", "kind") == {"流明灯": KINDS[True]}


@pytest.mark.parametrize("words", [("x",), ("y" * 61,), tuple(f"word {n}" for n in range(101))])
def test_brand_words_that_would_name_everything_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidParameter, match="brand word"):
        Settings(brand_words=words)


def test_words_are_read_from_a_line_with_commas_of_either_width() -> None:
    assert words_between_commas(" Lumen ，流明,, Lu  men,Lumen，") == ("Lumen", "流明", "Lu men")
    assert words_between_commas(" , ") == ()


def test_without_a_comparison_nothing_moves(searched: Store) -> None:
    answer = report(searched, Scope(SCOPE.period, comparison=Comparison.NONE))
    assert answer.moves.is_empty
    assert answer.words.frame["change"].isna().all()


def test_changes_are_of_a_day_where_fewer_days_are_known(store: Store, load: Load) -> None:
    rows = both("lamp", (100, 5), (100, 5))
    load(store, "traffic_agg", [row for row in rows if row["period_start"].day != 3], shop=TMALL)
    answer = report(store, SCOPE)
    assert by_word(answer, "words", "change") == {"lamp": pytest.approx(0)}
    assert any("10 days of words are known here and 9" in EN.say(n.text) for n in answer.notices)


def test_a_row_of_all_devices_counts_alone(store: Store, load: Load) -> None:
    split = [word("lamp", FIRST, uv, 1, device=device) for uv, device in ((60, "PC"), (50, "无线"))]
    load(store, "traffic_agg", [*split, word("lamp", FIRST, 100, 2, device="全部")], shop=TMALL)
    assert by_word(report(store, SCOPE), "words", "visitors") == {"lamp": 100}


def test_one_export_speaks_for_a_day_and_several_days_are_not_spread(
    store: Store, load: Load
) -> None:
    rows = [
        word("lamp", FIRST, 100, 2),
        word("lamp", FIRST, 70, 2, source="zzz"),
        word("lamp", FIRST, 500, 9, period_end=LAST),  # holds the day above, too
    ]
    load(store, "traffic_agg", rows, shop=TMALL)
    answer = report(store, SCOPE)
    assert by_word(answer, "words", "visitors") == {"lamp": 100}
    assert any("Rows of several days" in EN.say(notice.text) for notice in answer.notices)


def test_buyers_nobody_tells_are_unknown(store: Store, load: Load) -> None:
    load(store, "traffic_agg", [word("lamp", FIRST, 100, None)], shop=TMALL)
    answer = report(store, SCOPE)
    assert answer.words.frame["conversion"].isna().all()
    assert answer.words.frame["buyers"].isna().all()
    assert answer.kpis[1].delta.value is None
    assert "–" in conversion(answer, EN).alt


def test_random_rows_against_a_slow_count(store: Store, load: Load) -> None:
    random.seed(7)
    rows = [
        word(name, day, random.randrange(60), random.choice([None, 0, 1, 2]))
        for day in days(date(2026, 3, 1), 20)
        for name in ("a", "b", "c", "d", "e")
        if random.random() < 0.7
    ]
    load(store, "traffic_agg", rows, shop=TMALL)
    came: dict[str, int] = {}
    bought: dict[str, int] = {}
    for row in rows:
        if row["period_start"] >= FIRST:
            came[row["keyword"]] = came.get(row["keyword"], 0) + row["uv"]
            bought[row["keyword"]] = bought.get(row["keyword"], 0) + (row["paid_buyers"] or 0)
    answer = report(store, SCOPE)
    assert by_word(answer, "words", "visitors") == came
    assert by_word(answer, "words", "buyers") == bought


def test_the_files_of_words_stand_behind_the_page(searched: Store) -> None:
    frame = provenance(searched, SCOPE, "traffic").batches.frame
    # Five words on ten days; the days before and the product list are not of this period.
    assert frame[["rows", "units"]].to_numpy().tolist() == [[50, 3110]]


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_the_picture_says_its_numbers(searched: Store, code: str) -> None:
    drawn = conversion(report(searched, SCOPE), Language(code))
    assert "1,200" in drawn.alt
    assert "cheap lamp" in drawn.alt


def test_an_empty_store_names_the_export(store: Store) -> None:
    answer = report(store, Scope())
    assert answer.words.is_empty
    assert not answer.kpis
    assert answer.gaps[0].layouts == ("sycm_keyword_source", "own_keywords")
    assert conversion(answer, EN).alt
