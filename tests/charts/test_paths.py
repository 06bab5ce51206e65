"""The flow draws the report's numbers, in few enough nodes, and says them in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from ecom.analysis.paths import PathsReport, report
from ecom.charts.paths import _label, flow
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.store import Batch, Store

DAY = date(2026, 3, 9)
EN = Language("en")
LONG = "/collections/a-very-long-name-of-a-page"


@pytest.fixture
def shop(store: Store, load: Callable[..., Batch]) -> Store:
    """Three visits go from the long page to a product, one leaves; ten more land elsewhere."""
    ways = [(LONG, "view_item")] * 3 + [(LONG,)] + [(f"/page-{n}", "view_item") for n in range(10)]
    rows = [
        {
            "event_id": f"{visitor} {number}",
            "event_at": datetime(2026, 3, 9, 4) + timedelta(minutes=number),
            "event_date": DAY,
            "event_name": "page_view" if step.startswith("/") else step,
            "page": step,
            "visitor_id": f"v{visitor}",
        }
        for visitor, way in enumerate(ways)
        for number, step in enumerate(way)
    ]
    load(store, "events", rows)
    return store


def asked(shop: Store, look: str) -> PathsReport:
    scope = Scope(period=Period(DAY, DAY))
    return report(shop, scope, look=look, start=LONG, end="view_item")


@pytest.mark.parametrize("look", ["landing", "between", "leaving"])
@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_the_chart_has_its_words_and_denominator(shop: Store, look: str, code: str) -> None:
    answer = asked(shop, look)
    chart = flow(answer, Language(code))
    assert chart.title
    assert chart.alt
    assert str(answer.shown) in chart.subtitle
    assert "2026" in chart.subtitle
    assert chart.figure.to_json()


def test_links_carry_the_visits(shop: Store) -> None:
    drawn = flow(asked(shop, "between"), EN).figure.data[0]
    assert list(drawn.link.value) == [3]
    assert "100.0% of the step before" in drawn.link.customdata[0]


def test_every_node_stands_in_its_column_and_inside(shop: Store) -> None:
    answer = asked(shop, "landing")
    drawn = flow(answer, EN).figure.data[0]
    assert len(set(drawn.node.x)) == answer.nodes.frame["column"].nunique() == 3
    assert answer.nodes.frame.groupby("column").size().max() <= 8
    for places in (drawn.node.x, drawn.node.y):
        assert 0 < min(places) <= max(places) < 1


def test_long_names_are_cut_in_the_picture_and_whole_on_hover(shop: Store) -> None:
    drawn = flow(asked(shop, "landing"), EN).figure.data[0]
    (label,) = (label for label in drawn.node.label if label.startswith("/collectio"))
    assert label.endswith("…")
    assert any(LONG in words for words in drawn.node.customdata)


def test_a_step_has_one_colour_in_both_languages(shop: Store) -> None:
    answer = asked(shop, "landing")
    english, chinese = (flow(answer, Language(code)).figure.data[0] for code in ("en", "zh_CN"))
    assert english.node.color == chinese.node.color


@pytest.mark.parametrize(
    ("page", "label"),
    [
        ("/pages/light-guide", "/pages/<br>light-guide"),
        (LONG, "/collectio…<br>a-very-lon…"),
        ("/cart", "/cart"),
        ("Added to cart", "Added to<br>cart"),
    ],
)
def test_a_page_is_cut_where_its_address_is(page: str, label: str) -> None:
    assert _label(page) == label
