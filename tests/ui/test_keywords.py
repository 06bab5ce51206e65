"""The part "search words" of the traffic page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ecom.store import open_store
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
