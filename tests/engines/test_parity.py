"""Every answer is the same on every engine, JSON for JSON, for the same imports.

Reports come from the registry, so that a new one is compared from its first day. What a report is
asked besides the scope is tried as well; an option nobody has values for here fails a test.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from ecom.analysis.cohorts import cohorts
from ecom.analysis.coverage import coverage
from ecom.analysis.funnel_query import Breakdown, Exclusion, FunnelQuery, Step, Trend, Where, funnel
from ecom.analysis.provenance import PAGES, provenance
from ecom.analysis.reconcile import reconcile
from ecom.analysis.registry import REPORTS
from ecom.analysis.skus import skus
from ecom.demo import generate
from ecom.demo.write import DemoFile
from ecom.export.jsonable import to_jsonable
from ecom.ingest import import_files
from ecom.metrics import METRICS
from ecom.model import Comparison, Grain, Period, Scope
from ecom.queries.cohort_query import CohortQuery
from ecom.queries.funnel import UNITS
from ecom.queries.options import filter_options
from ecom.queries.scope import resolve
from ecom.schema import DERIVED, FACTS, import_batches
from ecom.store import Shop, Store, open_store
from ecom.store.memo import Memo
from ecom.store.remembering import Remembering
from tests.conftest import ROOT, stage
from tests.engines.differences import differences
from tests.engines.servers import STARTS, servers

REFERENCE = "duckdb"
OTHERS = [name for name in STARTS if name != REFERENCE]
OPTIONS = {
    "unit": ["session"],
    "by": ["device", "visitor", "region", "page", "member", "category"],
    "grain": ["week"],
    "measure": ["revenue"],
    "look": ["leaving", "between"],
    "days": ["campaign", "night", "ordinary"],
    "split": ["device", "days"],
    "start": ["add_to_cart"],
    "end": ["begin_checkout"],
    "way": ["shortcuts"],
    "path": [
        "page_view>add_to_cart?>purchase",
        "view_item{value=100..}>purchase{page=/checkout}@2h",
        "view_item>view_item>purchase>purchase",
    ],
    "touch": ["last", "view_item"],
    "entry": ["first"],
    "without": ["page_view"],
    "order": ["strict", "unordered"],
    "window": ["90m"],
    "same": ["product_id"],
    "step": ["add_to_cart"],
    "side": ["went_on"],
    "weekday": [5],
    "hour": [20],
    "alert": [2],
    "first": ["kind"],
    "opened": [
        ("Direct",),
        ("万相台",),
        ("Paid Search", "google / brand-search"),
        ("Paid Search", "google / brand-search", "/"),
    ],
}

Answer = Callable[[Store, Scope], Any]


def _cohorts(grain: Grain, store: Store, scope: Scope) -> Any:
    """Visitors who come back, asked of the events themselves."""
    resolved = resolve(store, scope)
    query = CohortQuery(
        until=resolved.period.end, grain=grain, periods=6, week_start="sunday", min_occurrences=2
    )
    return cohorts(store, query, resolved=resolved)


def _funnel(unit: str, store: Store, scope: Scope) -> Any:
    """Steps that no page asks for, narrowed and told apart by a property."""
    resolved = resolve(store, scope)
    return funnel(
        store,
        FunnelQuery(
            steps=(Step("view_item"), Step("add_to_cart"), Step("purchase")),
            unit=unit,
            period=resolved.period,
            window=timedelta(hours=30),
            where=(Where("shop_id", resolved.shops),),
            breakdown=Breakdown("device", attribution="last_touch", limit=2),
            trend=Trend(Grain.WEEK),
            exclusions=(Exclusion(Step("search"), 0, 1),),
        ),
    )


QUESTIONS: dict[str, Answer] = {
    **{f"cohorts of events by {one}": partial(_cohorts, one) for one in Grain},
    **{f"funnel of events by {one}": partial(_funnel, one) for one in UNITS},
}


def _answers() -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for page, report in REPORTS.items():
        answers[page] = report
        for option in _options(report):
            for value in OPTIONS.get(option, []):
                answers[f"{page}, {option} {value}"] = partial(report, **{option: value})
    for page in PAGES:
        answers[f"batches behind {page}"] = partial(provenance, page=page)
    answers |= QUESTIONS
    answers["coverage"] = lambda store, _: coverage(store)
    answers["reconcile"] = lambda store, _: reconcile(store)
    answers["skus"] = lambda store, _: skus(store)
    answers["filter options"] = lambda store, _: filter_options(store)
    answers["batches"] = lambda store, _: store.batches()
    answers["issues"] = lambda store, _: [
        sorted(map(str, store.issues(number).to_dict("records")))
        for number in store.batches()["batch_id"]
    ]
    return answers


def _options(report: Callable[..., Any]) -> list[str]:
    kinds = inspect.signature(report).parameters.values()
    return [one.name for one in kinds if one.kind is inspect.Parameter.KEYWORD_ONLY]


ANSWERS = _answers()


def test_every_option_of_a_report_is_tried() -> None:
    asked = {option for report in REPORTS.values() for option in _options(report)}
    assert asked == set(OPTIONS)


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ({"a": [1, 2.0]}, {"a": [1.0, 2]}, []),
        ({"a": 0.1 + 0.2}, {"a": 0.3}, []),
        ({"a": [1.0]}, {"a": [1.00001]}, [".a[0]"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [".a[0]", ".a[1]"]),
        ({"a": 1}, {"b": 1}, [""]),
        ([1], [1, 2], [""]),
        ([None], [""], ["[0]"]),
        ([1], [True], ["[0]"]),
        ([{}], [[]], ["[0]"]),
    ],
)
def test_the_comparison_sees_what_differs(one: Any, other: Any, where: list[str]) -> None:
    assert [found.split(":")[0] for found in differences(one, other)] == where


# --- what is imported -----------------------------------------------------------------------


def _samples(store: Store, _: Path) -> None:
    """The committed exports, each in the folder of its shop."""
    for folder in sorted(path for path in (ROOT / "data" / "samples").iterdir() if path.is_dir()):
        shop = None if folder.name == "company" else Shop(folder.name, timezone="Asia/Shanghai")
        outcomes = import_files(store, sorted(folder.glob("*.*")), shop=shop)
        assert [outcome.problem for outcome in outcomes if outcome.problem] == []


@cache
def _written(folder: Path) -> tuple[DemoFile, ...]:
    """The demo's exports; written once, since the time of a file says which one is newer."""
    return generate(folder, end=date(2026, 11, 22), days=210, scale=0.02).files


def _demo(store: Store, folder: Path) -> None:
    """Seven months of the demo seller, one file of it undone again; a target of every metric."""
    for file in _written(folder):
        (outcome,) = import_files(store, [file.path], shop=file.shop)
        assert outcome.problem is None
    (undone,) = outcome.batches
    store.undo(undone.batch_id)
    span = {"period_start": date(2026, 10, 1), "period_end": date(2026, 12, 31), "level": "results"}
    store.load(stage("targets", [{**span, "metric": key, "value": 1.0} for key in METRICS]))


CONTENTS: dict[str, Callable[[Store, Path], None]] = {
    "empty": lambda store, _: None,
    "samples": _samples,
    "demo": _demo,
}


def _scopes(store: Store) -> dict[str, Scope]:
    """Views by name; what they filter by is what the store has most of."""
    last = resolve(store, Scope()).period.end
    options = filter_options(store)
    quarter = Scope(Period(last, last).shift(-89)).period
    assert quarter is not None
    ninety = Scope(Period(quarter.start, last))
    scopes = {"default": Scope(), "90 days": ninety}
    if options.shops:
        shop, channel = options.shops[-1].shop_id, options.channels[0]
        scopes["a shop, a year before"] = Scope(
            ninety.period, comparison=Comparison.YEAR, shops=(shop,)
        )
        scopes["a channel"] = Scope(ninety.period, channels=(channel,))
        scopes["a category, alone"] = Scope(
            comparison=Comparison.NONE, categories=options.categories[:2]
        )
        scopes["a device, a region"] = Scope(
            devices=options.devices[:1], regions=options.regions[:1]
        )
    return scopes


# --- the comparison ---------------------------------------------------------------------------


class Filled:
    """Stores by engine and content, filled when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        self.store = cache(self._store)
        self.scopes = cache(self._scopes)
        self.expected = cache(self._expected)
        self.remembering = cache(self._remembering)

    def _store(self, engine: str, content: str) -> Store:
        databases = servers[engine]
        url = databases.empty(is_kept=True)
        self._open.callback(databases.drop, url)
        store = self._open.enter_context(open_store(url))
        CONTENTS[content](store, self._folder)
        with store.transaction() as connection:  # the one thing that may differ
            connection.execute(update(import_batches).values(loaded_at=datetime(2026, 1, 1)))
        return store

    def _scopes(self, content: str) -> dict[str, Scope]:
        return _scopes(self.store(REFERENCE, content))

    def _expected(self, content: str, name: str) -> Any:
        return self.found(REFERENCE, content, name)

    def _remembering(self, content: str) -> Store:
        store = self.store(REFERENCE, content)
        return Remembering(store, store.version, Memo(2**28))

    def found(self, engine: str, content: str, name: str) -> Any:
        return self.said(self.store(engine, content), content, name)

    def said(self, store: Store, content: str, name: str) -> Any:
        answers = {
            view: to_jsonable(ANSWERS[name](store, scope))
            for view, scope in self.scopes(content).items()
        }
        return json.loads(json.dumps(answers))

    def close(self) -> None:
        self._open.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    made = Filled(tmp_path_factory.mktemp("parity"))
    yield made
    made.close()


# A cluster's answers to the samples take five minutes and need nothing of it that the demo's don't;
# its tables are compared below.
ASKED = [
    (other, content)
    for other in OTHERS
    for content in CONTENTS
    if (other, content) != ("cluster", "samples")
]


@pytest.mark.parametrize("name", list(ANSWERS))
@pytest.mark.parametrize(("other", "content"), ASKED)
def test_an_answer_is_the_same(filled: Filled, other: str, content: str, name: str) -> None:
    found = filled.found(other, content, name)
    assert list(differences(filled.expected(content, name), found))[:20] == []


@pytest.mark.parametrize("name", list(ANSWERS))
def test_a_store_that_remembers_says_the_same(filled: Filled, name: str) -> None:
    """One memory for all, so that what an answer did to a frame would show in the next."""
    found = filled.said(filled.remembering("demo"), "demo", name)
    assert list(differences(filled.expected("demo", name), found))[:20] == []


@pytest.mark.parametrize("table", list(FACTS | DERIVED))
@pytest.mark.parametrize("content", ["samples", "demo"])
@pytest.mark.parametrize("other", OTHERS)
def test_a_table_holds_the_same(filled: Filled, other: str, content: str, table: str) -> None:
    columns = [str(column.name) for column in (FACTS | DERIVED)[table].columns]

    def rows(engine: str) -> list[Any]:
        frame = filled.store(engine, content).read((FACTS | DERIVED)[table].select())
        return sorted(to_jsonable(frame[columns])["rows"], key=repr)

    assert list(differences(rows(REFERENCE), rows(other)))[:20] == []
