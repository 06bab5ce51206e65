"""What one reader's page has drawn is shown to the next as it is, and only what is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import plotly.io
import pytest
from streamlit.testing.v1 import AppTest

from ecom.store import Batch, open_store
from ecom.ui.pages import PAGES
from tests.ui.conftest import DAYS, _order, open_app

ANALYSES = [page.key for page in PAGES if page.has_filters]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every chart that was written out for the browser."""
    charts: list[str] = []
    write = plotly.io.to_json

    def counted(*args: Any, **kwargs: Any) -> Any:
        charts.append(str(write(*args, **kwargs)))
        return charts[-1]

    monkeypatch.setattr(plotly.io, "to_json", counted)
    return charts


def _shown(app: AppTest) -> list[str]:
    """All elements of the page but the buttons, whose files are the session's own."""
    return [
        f"{node.type} {node.proto}"
        for node in _nodes(app.main)
        if getattr(node, "proto", None) is not None and node.type != "download_button"
    ]


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


@pytest.mark.parametrize("page", ANALYSES)
def test_the_next_reader_sees_the_same(filled: str, page: str) -> None:
    first = _shown(open_app(page))
    assert first
    assert _shown(open_app(page)) == first


def test_no_chart_is_written_again_for_the_next_reader(filled: str, written: list[str]) -> None:
    open_app("overview")
    count = len(written)
    assert count > 0
    open_app("overview")
    assert len(written) == count


def test_another_language_and_other_colours_are_drawn_anew(
    filled: str, load: Callable[..., Batch]
) -> None:
    def labels(app: AppTest) -> list[str]:
        return [metric.label for metric in app.metric]

    def colours(app: AppTest) -> list[Any]:
        return [metric.proto.color for metric in app.metric]

    with open_store(filled) as store:
        load(store, "orders", [_order(99, DAYS[-1])])  # GMV rises, which has a colour
    english = open_app("overview", period="7d")
    assert "Orders" in labels(english)
    assert "Orders" not in labels(open_app("overview", period="7d", lang="zh_CN"))
    with open_store(filled) as store:
        store.save_settings(store.settings.with_values(good_is_red=not store.settings.good_is_red))
    assert colours(open_app("overview", period="7d")) != colours(english)


def test_a_new_version_is_drawn_anew(filled: str, load: Callable[..., Batch]) -> None:
    def gmv() -> str:
        return next(m.value for m in open_app("overview").metric if m.label == "GMV")

    before = gmv()
    with open_store(filled) as store:
        load(store, "orders", [_order(99, DAYS[-1])])
    assert (before[-5:], gmv()[-5:]) == ("3,000", "3,100")


def test_tables_of_one_name_are_told_apart(filled: str) -> None:
    seven, thirty = (_shown(open_app("overview", period=period)) for period in ("7d", "30d"))
    assert seven != thirty
    assert _shown(open_app("overview", period="7d")) == seven
