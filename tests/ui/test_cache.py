"""Answers that several readers ask for at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from ecom.charts import overview as charts
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.store import Batch, Store
from ecom.ui import cache
from ecom.ui.workspace import Workspace
from tests.ui.conftest import _order

READERS = 8
SCOPE = Scope(period=Period(date(2026, 3, 1), date(2026, 3, 31)))


@pytest.fixture
def workspace(store: Store, load: Callable[..., Batch]) -> Workspace:
    load(store, "orders", [_order(1, date(2026, 3, 1))])
    return Workspace("shared", store)


def test_what_many_ask_at_once_is_computed_once_and_shared(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    report = cache._QUESTIONS["report"]
    others_wait = threading.Event()

    def slow(store: Store, page: str, *rest: Any) -> Any:
        computed.append(page)
        others_wait.wait(0.5)  # long enough for all others to have asked
        return report(store, page, *rest)

    monkeypatch.setitem(cache._QUESTIONS, "report", slow)
    together = threading.Barrier(READERS)

    def ask(_: int) -> Any:
        together.wait()
        return cache.report(workspace, workspace.store.version, "overview", SCOPE, ())

    with ThreadPoolExecutor(READERS) as readers:
        answers = list(readers.map(ask, range(READERS)))
    assert computed == ["overview"]
    assert {id(answer) for answer in answers} == {id(answers[0])}


def test_a_chart_is_drawn_once_for_a_report_and_language(workspace: Workspace) -> None:
    def ask() -> Any:
        return cache.report(workspace, workspace.store.version, "overview", SCOPE, ())

    english, chinese = Language("en"), Language("zh_CN")
    drawn = charts.sales_by_day(ask(), english)
    assert charts.sales_by_day(ask(), english) is drawn
    assert charts.sales_by_day(ask(), chinese).title != drawn.title
    assert charts.sales_by_day(ask(), english, good_is_red=True) is not drawn
    cache.forget()
    assert charts.sales_by_day(ask(), english) is not drawn


def test_a_new_version_is_a_new_answer(workspace: Workspace, load: Callable[..., Batch]) -> None:
    store = workspace.store

    def gmv() -> float:
        report = cache.report(workspace, store.version, "overview", SCOPE, ())
        return next(kpi.delta.value for kpi in report.kpis if kpi.metric == "gmv")

    before = gmv()
    load(store, "orders", [_order(2, date(2026, 3, 2))])
    assert (before, gmv()) == (100.0, 200.0)
