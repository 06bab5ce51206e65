"""Answers that several readers ask for at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from ecom.analysis import registry
from ecom.charts import overview as charts
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Batch, Store, open_store
from ecom.ui import cache
from ecom.ui.workspace import Workspace
from tests.ui.conftest import _order

READERS = 8
SCOPE = Scope(period=Period(date(2026, 3, 1), date(2026, 3, 31)))


@pytest.fixture
def asked(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every query that the store's engine was given."""
    statements: list[Any] = []
    fetch = workspace.store._support.fetch

    def noted(connection: Any, statement: Any) -> Any:
        statements.append(statement)
        return fetch(connection, statement)

    monkeypatch.setattr(workspace.store._support, "fetch", noted)
    return statements


@pytest.fixture
def workspace(store: Store, load: Callable[..., Batch]) -> Workspace:
    load(store, "orders", [_order(1, date(2026, 3, 1))])
    return Workspace(uuid4().hex, store)  # each test asks anew


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
    batch = load(store, "orders", [_order(2, date(2026, 3, 2))])
    after = gmv()
    store.undo(batch.batch_id)
    assert (before, after, gmv()) == (100.0, 200.0, 100.0)


def test_new_settings_are_a_new_answer(workspace: Workspace) -> None:
    store = workspace.store

    def good_is_red() -> bool:
        return cache.resolved(workspace, store.version, SCOPE).settings.good_is_red

    before = good_is_red()
    store.save_settings(store.settings.with_values(good_is_red=not before))
    assert good_is_red() is not before


def test_another_view_asks_the_store_only_what_is_new(
    workspace: Workspace, asked: list[Any]
) -> None:
    def ask(scope: Scope) -> int:
        asked.clear()
        cache.report(workspace, workspace.store.version, "overview", scope, ())
        return len(asked)

    first = ask(SCOPE)
    assert ask(SCOPE) == 0
    assert 0 < ask(replace(SCOPE, comparison=Comparison.YEAR)) < first / 2


def test_a_private_store_remembers_nothing_and_is_told_nothing(
    workspace: Workspace, load: Callable[..., Batch]
) -> None:
    with open_store("duckdb:///:memory:") as store:
        private = Workspace("private", store, is_private=True)
        load(store, "orders", [_order(1, date(2026, 3, 1)), _order(2, date(2026, 3, 2))])
        assert store.version == workspace.store.version  # so that only the store tells them apart
        orders = [
            registry.report(one.at(1), "overview", SCOPE).documents.frame.to_dict()
            for one in (workspace, private)
        ]
        assert orders[0] != orders[1]
        assert (workspace.memo.bytes > 0, private.memo.bytes) == (True, 0)
