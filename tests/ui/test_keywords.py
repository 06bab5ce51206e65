"""The part "search words" of the traffic page."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from ecom.ingest import import_files
from ecom.store import Shop, open_store
from tests.conftest import stage
from tests.ui.conftest import open_app, words


@pytest.fixture
def searched(database: str) -> str:
    """Sixty days of two words; the second bursts in the last thirty."""
    rows = [
        {
            "source": "sycm",
            "period_start": date(2026, 1, 5) + timedelta(number),
            "period_end": date(2026, 1, 5) + timedelta(number),
            "hour": -1,
            "grain": "keyword",
            "keyword": name,
            "is_rollup": False,
            "uv": 100 if number < 30 else later,
            "paid_buyers": buyers,
        }
        for number in range(60)
        for name, later, buyers in (("台灯", 100, 9), ("免费", 300, 0))
    ]
    with open_store(database) as store:
        store.load(stage("traffic_agg", rows))
    return database


@pytest.mark.parametrize(
    ("language", "missing"), [("en", "三级流量来源详情"), ("zh_CN", "搜索词访客数")]
)
def test_without_words_it_names_the_file_to_load(
    database: str, language: str, missing: str
) -> None:
    app = open_app("traffic", traffic_part="keywords", lang=language)
    assert not app.exception
    assert not app.error
    assert missing in words(app)


@pytest.mark.parametrize(
    ("language", "rose", "advised"),
    [("en", "Risen", "Fix or exclude"), ("zh_CN", "上升", "优化或排除")],
)
def test_words_are_drawn_listed_and_judged(
    searched: str, language: str, rose: str, advised: str
) -> None:
    app = open_app("traffic", traffic_part="keywords", lang=language)
    assert not app.exception
    assert not app.error
    assert len(app.get("plotly_chart")) == 1
    shown = words(app) + " ".join(str(frame.value) for frame in app.dataframe)
    assert "免费" in shown
    assert rose in shown
    assert advised in shown


@pytest.mark.parametrize(
    ("language", "heading", "advised"),
    [("en", "Paid words", "Bid less or exclude"), ("zh_CN", "付费搜索词", "降低出价或排除")],
)
def test_a_search_terms_report_is_dropped_and_stands_beside_own_words(
    searched: str, tmp_path: Path, language: str, heading: str, advised: str
) -> None:
    head = 'Search terms report\n"March 1, 2026 - March 5, 2026"\n'
    names = (
        "Search term,Match type,Campaign,Ad group,Clicks,Impr.,Currency code,Cost,Conversions,Day\n"
    )
    rows = [
        f"{name},Exact match,c,g,{clicks},{clicks * 9},CNY,{cost}.00,{bought}.00,2026-03-0{day}\n"
        for day in (1, 2, 3, 4, 5)
        for name, clicks, cost, bought in (("台灯", 100, 80, 9), ("gratis", 60, 70, 0))
    ]
    totals = "Total: Search terms, --, --, --,800,7200,CNY,750.00,45.00, --\n"
    file = tmp_path / "Search terms report.csv"
    file.write_text(head + names + ",Day\n" + "".join(rows) + totals, encoding="utf-8")
    with open_store(searched) as store:
        (outcome,) = import_files(store, [file], shop=Shop("site", "shopify", "Site", "CNY"))
        assert outcome.problem is None
    app = open_app("traffic", traffic_part="keywords", lang=language)
    assert not app.exception
    assert not app.error
    assert len(app.get("plotly_chart")) == 2
    shown = words(app) + " ".join(frame.value.to_string() for frame in app.dataframe)
    assert heading in shown
    assert advised in shown
    assert "Google Ads" in shown
