"""What sources are worth, on the traffic page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ecom.store import Batch, open_store
from tests.analysis.test_traffic_quality import SHOP, came, order
from tests.ui.conftest import open_app, words


@pytest.fixture
def sources(database: str, load: Callable[..., Batch]) -> str:
    day = date(2026, 5, 10)
    with open_store(database) as store:
        visits = [came("live", day, 1_000, 90), came("shelf", day, 1_000, 10)]
        load(store, "traffic_agg", visits, shop=SHOP)
        load(store, "orders", [order("ann", day, 100, "live")], shop=SHOP)
    return database


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "More of them buy; the margin is not known"), ("zh_CN", "转化更好，毛利未知")],
)
def test_advice_comes_with_its_reason(sources: str, language: str, said: str) -> None:
    app = open_app("traffic", traffic_part="quality", lang=language)
    assert not app.exception
    cells = [
        str(cell) for table in (*app.table, *app.dataframe) for cell in table.value.to_numpy().flat
    ]
    assert any(said in cell for cell in cells)


def test_the_measure_of_the_picture_is_carried_by_the_address(sources: str) -> None:
    app = open_app(
        "traffic", traffic_part="quality", traffic_measure="net_revenue_per_visitor", lang="en"
    )
    assert not app.exception
    assert "Net revenue per visitor over visitors a source" in words(app)


def test_without_visitors_by_source_the_page_says_what_to_load(filled: str) -> None:
    app = open_app("traffic", traffic_part="quality", lang="en")
    assert not app.exception
    assert "Visitors by source" in words(app)
