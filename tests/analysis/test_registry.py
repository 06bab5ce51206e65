"""Every registered report, whoever registers it: a page, both languages, every way out."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import openpyxl
import pandas as pd
import pytest
from babel.messages.pofile import read_po

from ecom.analysis.base import Column, Report, Table
from ecom.analysis.registry import REPORTS, report
from ecom.cli.output import Output
from ecom.demo.load import load_demo
from ecom.export.jsonable import to_jsonable
from ecom.export.workbook import workbook
from ecom.i18n import LANGUAGES, Language
from ecom.metrics import metric
from ecom.model import Comparison, Period, Scope
from ecom.store import Store, open_store
from ecom.text import Text
from ecom.ui.pages import PAGES
from tests.conftest import ROOT

LAST_DAY = date(2026, 11, 22)
NINETY_DAYS = Period(LAST_DAY - timedelta(89), LAST_DAY)
SCOPES = {
    "by itself": Scope(),
    **{f"against {one}": Scope(period=NINETY_DAYS, comparison=one) for one in Comparison},
    "one channel": Scope(period=NINETY_DAYS, channels=("Direct",)),
    "a day without data": Scope(period=Period(date(2001, 1, 1), date(2001, 1, 1))),
}

every_report = pytest.mark.parametrize("page", REPORTS)
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_scope = pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store("duckdb:///:memory:") as opened:
        load_demo(opened, tmp_path_factory.mktemp("exports"), end=LAST_DAY, scale=0.02)
        yield opened


def test_reports_and_pages_with_filters_are_the_same() -> None:
    assert list(REPORTS) == [report for page in PAGES for report in page.reports]


@every_report
def test_an_empty_store_has_an_answer_that_names_what_is_missing(store: Store, page: str) -> None:
    answer = report(store, page)
    assert answer.gaps
    assert all(kpi.delta.value in (None, 0) for kpi in answer.kpis)


@every_report
def test_the_same_question_has_the_same_answer(demo: Store, page: str) -> None:
    first, second = (json.dumps(to_jsonable(report(demo, page))) for _ in range(2))
    assert first == second


@every_scope
@every_report
def test_an_answer_is_plain_and_said_in_every_language(
    demo: Store, page: str, scope: Scope, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = report(demo, page, scope)
    json.dumps(to_jsonable(answer), allow_nan=False)
    assert all(metric(kpi.metric) is kpi.definition for kpi in answer.kpis)
    for reader in map(Language, LANGUAGES):
        said = [reader.say(sentence) for sentence in sentences(answer)]
        assert "" not in said
        Output(reader, as_json=False).report(answer)
        assert reader.say(answer.headline) in capsys.readouterr().out
    untranslated = {one.template for one in sentences(answer)} - translated()
    assert [one for one in untranslated if re.search(r"[A-Za-z]", re.sub(r"{.*?}", "", one))] == []


@every_language
@every_report
def test_the_workbook_holds_every_table(demo: Store, page: str, language: str) -> None:
    answer = report(demo, page, Scope(period=NINETY_DAYS))
    written = workbook(answer, Scope(period=NINETY_DAYS), Language(language), title="Any")
    book = openpyxl.load_workbook(io.BytesIO(written))
    longest = max((len(table.frame) for table in tables(answer)), default=0)
    assert max(sheet.max_row for sheet in book) > longest


def test_shops_go_by_their_names(demo: Store) -> None:
    names = {shop.shop_id: shop.shop_name for shop in demo.shops()}
    assert all(name and name != shop for shop, name in names.items())
    told = {
        page: {cell for table in tables(answer) for cell in _cells_of_shops(table)}
        for page in REPORTS
        for answer in [report(demo, page, Scope(period=NINETY_DAYS))]
    }
    for page in ("traffic", "carts", "product_funnel", "content", "traffic_quality"):
        assert told[page] & set(names.values()), page
    assert {page: cells & set(names) for page, cells in told.items()} == {
        page: set() for page in told
    }


def _cells_of_shops(table: Table) -> Iterator[str]:
    for column in table.columns:
        if Language("en").say(column.label) == "Shop":
            yield from (cell for cell in table.frame[column.key] if isinstance(cell, str))


@cache
def translated() -> set[str]:
    with (ROOT / "ecom/locale/zh_CN/messages.po").open("rb") as file:
        return {str(entry.id) for entry in read_po(file) if entry.string}


def tables(answer: Report) -> list[Table]:
    values = (getattr(answer, field.name) for field in dataclasses.fields(answer))
    return [value for value in values if isinstance(value, Table)]


def sentences(value: Any) -> Iterator[Text]:
    """All sentences in an answer, those within sentences and tables too."""
    match value:
        case Text():
            yield value
            yield from sentences(tuple(part for _, part in value.values))
        case Table():
            yield from sentences(value.columns)
            yield from sentences(value.frame)
        case pd.DataFrame():
            for name in value.columns:
                yield from sentences(tuple(value[name].unique()))
        case tuple() | list():
            for item in value:
                yield from sentences(item)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            for field in dataclasses.fields(value):
                yield from sentences(getattr(value, field.name))


def test_a_table_with_some_of_its_columns_keeps_their_order() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": [5, 6]})
    table = Table.make(frame, *(Column(name, name) for name in frame))
    assert table.only("c", "a").frame.to_dict("list") == {"a": [1, 2], "c": [5, 6]}
    assert [column.key for column in table.only("c", "a").columns] == ["a", "c"]
