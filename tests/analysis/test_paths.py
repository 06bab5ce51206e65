"""The paths part of the traffic page against literal visits, added up by hand."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ecom.analysis.base import Table
from ecom.analysis.paths import PathsReport, report
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.ingest import import_files
from ecom.model import Comparison, Period, Scope
from ecom.store import Batch, Store

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
SCOPE = Scope(period=Period(MONDAY, TUESDAY))
EN = Language("en")


def visit(visitor: str, start: str, *steps: str, **more: Any) -> list[dict[str, Any]]:
    """A visit, a step a minute; what begins with "/" is a page."""
    began = datetime.fromisoformat(f"2026-03-{start}:00")
    return [
        {
            "event_id": f"{visitor} {start} {number}",
            "event_at": began + timedelta(minutes=number) - timedelta(hours=8),
            "event_date": began.date(),
            "event_name": "page_view" if step.startswith("/") else step,
            "page": step if step.startswith("/") else "",
            "visitor_id": visitor,
            "device": "mobile",
            **more,
        }
        for number, step in enumerate(steps)
    ]


VISITS = [
    *visit("a", "09T10:00", "/", "view_item", "view_item", "add_to_cart", "purchase"),
    *visit("b", "09T11:00", "/", "view_item", "/", "view_item", device="desktop"),
    *visit("c", "09T03:00", "/"),
    *visit("d", "10T10:00", "/sale", "view_item", "/sale", "/cart", "add_to_cart", "purchase"),
    *visit("e", "10T11:00", "/"),
    *visit("f", "08T11:00", "/"),  # the day before, for the comparison
]


@pytest.fixture
def shop(store: Store, load: Callable[..., Batch]) -> Store:
    load(store, "events", VISITS)
    campaign = {"name": "Sale", "kind": "campaign", "start_date": TUESDAY, "end_date": TUESDAY}
    load(store, "calendar_events", [campaign])
    return store


def rows(table: Table) -> list[dict[str, Any]]:
    """Rows with their sentences said in English."""
    said = table.frame.map(lambda cell: EN.say(cell) if hasattr(cell, "template") else cell)
    return [{str(key): value for key, value in row.items()} for row in said.to_dict("records")]


def column(table: Table, key: str) -> list[Any]:
    return [row[key] for row in rows(table)]


def figures(answer: PathsReport) -> dict[str, Any]:
    return {one.metric: one.delta for one in answer.kpis}


def test_what_people_did_after_landing(shop: Store) -> None:
    answer = report(shop, SCOPE)
    top = {row["path"]: row for row in rows(answer.top)}
    assert (answer.visits, answer.shown) == (5, 5)
    assert next(iter(top)) == "Home page → Exit"
    # Two of five visits; one of two on the campaign's day, the one at night, none of the others.
    assert top["Home page → Exit"] == {
        "path": "Home page → Exit", "sessions": 2, "share": 0.4, "buying": 0.0,
        "campaign": 0.5, "night": 1.0, "ordinary": 0.0,
    }  # fmt: skip
    assert set(top) == {
        "Home page → Exit",
        "Home page → Viewed a product → Added to cart → Purchased → Exit",
        "Home page → Viewed a product → Home page → Viewed a product → Exit",
        "/sale → Viewed a product → /sale → /cart → Added to cart",
    }
    assert EN.say(answer.headline) == (
        "5 visits; the most common beginning is Home page → Exit (40.0%)."
    )


def test_what_people_did_before_they_left(shop: Store) -> None:
    answer = report(shop, SCOPE, look="leaving")
    assert "Landed → Home page" in column(answer.top, "path")
    assert "Viewed a product → /sale → /cart → Added to cart → Purchased" in column(
        answer.top, "path"
    )
    last = answer.nodes.frame.query("column == 5")
    assert last["sessions"].sum() == 5  # all visits end in the last column


def test_what_people_did_between_two_steps(shop: Store) -> None:
    answer = report(shop, SCOPE, look="between", start="view_item", end="add_to_cart")
    assert (answer.started, answer.shown) == (3, 2)
    assert column(answer.top, "path") == [
        "Viewed a product → /sale → /cart → Added to cart",
        "Viewed a product → Added to cart",
    ]
    assert EN.say(answer.headline) == (
        "2 of 3 visits with “Viewed a product” went on to “Added to cart” (66.7%). 50.0% of them "
        "straight."
    )


def test_a_way_that_nobody_went_has_no_flow(shop: Store) -> None:
    answer = report(shop, SCOPE, look="between", start="purchase", end="refund")
    assert answer.nodes.is_empty
    assert answer.top.is_empty
    assert EN.say(answer.headline) == "No visit went from “Purchased” to “refund”."


def test_loops_are_returns_to_an_earlier_step(shop: Store) -> None:
    found = {row["step"]: row for row in rows(report(shop, SCOPE).returns)}
    # b came back to the home page and to products; d to the sale. a's second view is no return.
    assert {step: row["returning"] for step, row in found.items()} == {
        "Home page": 1, "Viewed a product": 1, "/sale": 1,
    }  # fmt: skip
    assert found["Home page"]["share"] == pytest.approx(1 / 4)
    assert found["Viewed a product"]["share"] == pytest.approx(1 / 3)


def test_landing_and_exit_pages(shop: Store) -> None:
    answer = report(shop, SCOPE)
    assert rows(answer.landings) == [
        # a, b, c, e landed on the home page; c and e left at once, a bought.
        {"step": "Home page", "landings": 4, "share": 0.8, "single": 0.5, "buying": 0.25},
        {"step": "/sale", "landings": 1, "share": 0.2, "single": 0.0, "buying": 1.0},
    ]
    exits = {row["step"]: row for row in rows(answer.exits)}
    assert {step: row["exits"] for step, row in exits.items()} == {
        "Home page": 2, "Purchased": 2, "Viewed a product": 1,
    }  # fmt: skip
    assert exits["Home page"]["rate"] == pytest.approx(2 / 4)
    assert exits["Viewed a product"]["rate"] == pytest.approx(1 / 3)
    assert exits["Viewed a product"]["in_a_row"] == pytest.approx(5 / 4)  # a 2, b 1 + 1, d 1


def test_visits_are_compared_by_kind_of_day(shop: Store) -> None:
    found = {row["part"]: row for row in rows(report(shop, SCOPE, split="days").groups)}
    assert {part: row["sessions"] for part, row in found.items()} == {
        "Ordinary days": 2, "Campaign days": 2, "Ordinary nights": 1,
    }  # fmt: skip
    days = found["Ordinary days"]
    assert days["length"] == 4  # a: home, product, cart, purchase; b: home, product, both again
    assert days["returning"] == 0.5
    assert days["buying"] == 0.5
    assert found["Campaign days"]["single"] == 0.5
    assert sum(row["share"] for row in found.values()) == pytest.approx(1)


def test_visits_are_compared_by_device(shop: Store) -> None:
    found = {
        row["part"]: row["sessions"] for row in rows(report(shop, SCOPE, split="device").groups)
    }
    assert found == {"mobile": 4, "desktop": 1}


def test_visits_without_a_device_are_named_so(store: Store, load: Callable[..., Batch]) -> None:
    load(store, "events", [*visit("a", "09T10:00", "/"), *visit("b", "09T10:00", "/", device="")])
    answer = report(store, SCOPE, split="device")
    assert set(column(answer.groups, "part")) == {"mobile", "Not told"}


@pytest.mark.parametrize(
    ("days", "visits"), [("all", 5), ("campaign", 2), ("night", 1), ("ordinary", 2)]
)
def test_days_choose_the_visits(shop: Store, days: str, visits: int) -> None:
    answer = report(shop, SCOPE, days=days)
    assert answer.visits == visits
    assert figures(answer)["sessions"].value == visits
    assert answer.landings.frame["landings"].sum() == visits
    assert answer.groups.frame["sessions"].sum() == 5


def test_key_figures_with_their_comparison(shop: Store) -> None:
    answer = report(shop, SCOPE)
    now = figures(answer)
    assert (now["sessions"].value, now["sessions"].base) == (5, 1)
    # Single pages: a, c and e; b saw two pages (home twice), d three.
    assert now["bounce_rate"].value == pytest.approx(3 / 5)
    # a 4 minutes, b 3, d 5: 12 minutes over 5 visits.
    assert now["stay"].value == pytest.approx(12 * 60 / 5)
    assert answer.kpis[0].points == ((MONDAY, 3), (TUESDAY, 2))
    alone = report(shop, Scope(period=SCOPE.period, comparison=Comparison.NONE))
    assert figures(alone)["sessions"].base is None


@pytest.mark.parametrize(
    "wrong", [{"look": "sideways"}, {"days": "holidays"}, {"split": "region"}], ids=str
)
def test_what_there_is_not_is_refused(shop: Store, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidParameter, match=next(iter(wrong))):
        report(shop, SCOPE, **wrong)


def test_days_that_no_campaign_names_are_said(shop: Store) -> None:
    answer = report(shop, Scope(period=Period(MONDAY, MONDAY)))
    assert any("campaign" in EN.say(one.text) for one in answer.notices)
    assert pd.isna(answer.top.frame["campaign"]).all()
    assert report(shop, Scope(period=Period(MONDAY, MONDAY)), days="campaign").visits == 0


def test_an_empty_store_says_what_would_fill_the_part(store: Store) -> None:
    answer = report(store, Scope())
    assert [gap.layouts for gap in answer.gaps] == [("own_events",)]
    assert EN.say(answer.headline) == "No paths of visits are known for these days."


def test_a_real_log_is_read_as_its_file_says(store: Store, shared_dir: Path) -> None:
    file = shared_dir / "data/events/rees46_2019_oct.csv"
    (outcome,) = import_files(store, [file])
    assert outcome.problem is None
    depth = {"view": 0, "cart": 1, "purchase": 2}
    visits: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    with file.open(encoding="utf-8", newline="") as text:
        for row in list(csv.DictReader(text))[:-1]:  # the last line is cut
            # One id of a session stands for two users there; a visit is one person's.
            moments = visits[row["user_id"], row["user_session"]]
            at, kind = row["event_time"], row["event_type"]
            moments[at] = max(moments.get(at, "view"), kind, key=lambda one: depth[one])
    ways = [[moments[at] for at in sorted(moments)] for moments in visits.values()]
    answer = report(store, Scope(comparison=Comparison.NONE))
    said = {"Viewed a product": "view", "Added to cart": "cart", "Purchased": "purchase"}
    exits = {said[row["step"]]: row for row in rows(answer.exits)}
    assert answer.visits == len(ways)
    assert {step: row["exits"] for step, row in exits.items()} == Counter(way[-1] for way in ways)
    assert {step: row["sessions"] for step, row in exits.items()} == Counter(
        step for way in ways for step in set(way)
    )
    assert {said[row["step"]]: row["landings"] for row in rows(answer.landings)} == Counter(
        way[0] for way in ways
    )
