"""``demo`` and ``report``: every page's answer in the terminal and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecom.analysis.registry import REPORTS, report
from ecom.cli import main
from ecom.export.jsonable import to_jsonable
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import open_store
from tests.cli.conftest import Run

ENGLISH, CHINESE = Language("en"), Language("zh_CN")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny demo shop, made and loaded by the command."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"duckdb:///{folder}/shop.duckdb"
    given = ["demo", "--scale", "0.02", "--folder", f"{folder}/exports", "--database", url]
    assert main(given) == 0
    return url


def answers(url: str, scope: Scope | None = None) -> dict[str, Any]:
    """The reports the pages show, as JSON values."""
    with open_store(url) as store:
        return {
            page: json.loads(json.dumps(to_jsonable(report(store, page, scope))))
            for page in REPORTS
        }


def test_the_demo_fills_every_page(demo: str) -> None:
    with open_store(demo) as store:
        assert {page: report(store, page).gaps for page in REPORTS} == dict.fromkeys(REPORTS, ())


def test_the_demo_is_not_made_twice_on_request(run: Run, demo: str) -> None:
    before = run("batches", url=demo).out
    answer = run("demo", "--if-empty", url=demo)
    assert (answer.status, answer.out) == (
        0,
        "There is data already; the demo shop was not made.\n",
    )
    assert run("batches", url=demo).out == before


def test_a_demo_of_no_size_is_refused(run: Run, tmp_path: Path) -> None:
    answer = run("demo", "--scale", 0, "--folder", tmp_path)
    assert answer.status == 1
    assert "0" in answer.err


def test_every_page_is_the_same_as_json(run: Run, demo: str) -> None:
    expected = answers(demo)
    found = {page: json.loads(run("report", page, "--json", url=demo).out) for page in REPORTS}
    assert found == expected


def test_the_options_make_the_scope(run: Run, demo: str) -> None:
    with open_store(demo) as store:
        last = report(store, "overview").header.last_day
    assert last is not None
    scope = Scope(
        period=Period(last.replace(day=1), last),
        comparison=Comparison.YEAR,
        shops=("tmall-flagship", "own-site"),
        devices=("mobile",),
    )
    found = run(
        *("report", "overview", "--json"),
        *("--from", scope.period.start if scope.period else "", "--to", last),
        *("--compare", "year", "--device", "mobile"),
        *("--shop", "tmall-flagship", "--shop", "own-site"),
        url=demo,
    )
    assert json.loads(found.out) == answers(demo, scope)["overview"]


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@pytest.mark.parametrize("page", REPORTS)
def test_every_page_reads_in_the_terminal(
    run: Run, demo: str, page: str, language: Language
) -> None:
    with open_store(demo) as store:
        expected = report(store, page)
    lines = run("report", page, "--lang", language.code, url=demo).out.splitlines()
    assert lines[0] == language.say(expected.headline)
    assert language.period(expected.header.period) in lines[1]
    for kpi in expected.kpis:
        label = language.say(kpi.definition.label)
        value = language.number(
            kpi.delta.value, kpi.definition.unit, currency=expected.header.currency
        )
        assert any(line.startswith(label) and value in line for line in lines), label


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("profit",), "page can't be “profit”. Allowed: overview, traffic,"),
        (("overview", "--from", "2026-13-01"), "“2026-13-01” is not a day."),
        (
            ("overview", "--from", "2026-05-02", "--to", "2026-05-01"),
            "The period ends (1 May 2026) before it starts (2 May 2026).",
        ),
        (("overview", "--shop", "tmal"), "--shop: the data has no “tmal”. It has company,"),
        (("traffic", "--channel", "Fax"), "--channel: the data has no “Fax”."),
    ],
)
def test_a_wrong_question_is_one_sentence_and_status_1(
    run: Run, demo: str, options: tuple[str, ...], sentence: str
) -> None:
    answer = run("report", *options, url=demo)
    assert (answer.status, answer.out) == (1, "")
    assert answer.err.startswith(sentence)
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("page", REPORTS)
def test_an_empty_store_is_answered_honestly(run: Run, page: str) -> None:
    answer = run("report", page, "--json")
    assert answer.status == 0
    assert {kpi["delta"]["value"] for kpi in answer.json["kpis"]} <= {None}
    assert answer.json["gaps"]


def test_a_report_takes_its_own_options(run: Run, demo: str) -> None:
    path = "view_item{value=200..}>purchase@6h"
    told = run(
        "report", "own_funnel", "--option", f"path={path}", "--option", "unit=session", url=demo
    )
    with open_store(demo) as store:
        answer = report(store, "own_funnel", path=path, unit="session")
    assert told.status == 0
    assert ENGLISH.say(answer.headline) in told.out


@pytest.mark.parametrize(
    ("page", "option", "fault"),
    [
        ("own_funnel", "path", "“path” is no option."),
        ("own_funnel", "mood=good", "--option can't be “mood”."),
        ("overview", "by=device", "--option can't be “by”."),
        ("own_funnel", "window=soon", "“soon” is not a length of time."),
        ("traffic_changes", "alert=first", "alert can't be “first”."),
        ("nowhere", "by=device", "page can't be “nowhere”."),
    ],
)
def test_an_option_it_does_not_have_is_refused(
    run: Run, demo: str, page: str, option: str, fault: str
) -> None:
    told = run("report", page, "--option", option, url=demo)
    assert told.status == 1
    assert fault in told.err


def test_an_option_may_take_several_values(run: Run, demo: str) -> None:
    given = ("--option", "opened=Direct", "--option", "opened=(direct) / (none)")
    told = run("report", "drilldown", *given, url=demo)
    with open_store(demo) as store:
        answer = report(store, "drilldown", opened=("Direct", "(direct) / (none)"))
    assert ENGLISH.say(answer.headline) in told.out
