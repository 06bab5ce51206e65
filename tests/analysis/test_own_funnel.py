"""A funnel of one's own: the preset's numbers for its steps, and what other questions change."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.funnel import report as preset
from ecom.analysis.funnel_names import step_keys
from ecom.analysis.funnel_query import Step
from ecom.analysis.own_funnel import OwnFunnelReport, report
from ecom.charts import funnel as charts
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop, Store
from tests.analysis.funnel_oracle import Event, Rules, best_of, every_attempt

UTC_SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
EN = Language("en")
_START = datetime(2026, 3, 2, 9)
# Who did what, a minute apart; in brackets with which product.
DONE = {
    "ann": "view_item(A) add_to_cart(A) purchase(A)",
    "bob": "view_item(A) add_to_cart(B) purchase(B)",
    "cat": "add_to_cart(A) view_item(A)",
    "dan": "view_item(A) purchase(A)",
    "eve": "view_item(A) page_view() add_to_cart(A)",
    "fay": "page_view()",
}
SCOPE = Scope(Period(_START.date(), _START.date()), comparison=Comparison.NONE)


@pytest.fixture
def told(store: Store, load: Callable[..., Any]) -> Store:
    rows = []
    for who, done in DONE.items():
        for minute, one in enumerate(done.split()):
            name, product = one.removesuffix(")").split("(")
            rows.append(
                {
                    "event_id": f"{who}{minute}",
                    "event_at": _START + timedelta(minutes=minute),
                    "event_date": _START.date(),
                    "event_name": name,
                    "visitor_id": who,
                    "product_id": product or None,
                }
            )
    load(store, "events", rows, shop=UTC_SHOP)
    return store


def narrowed(answer: OwnFunnelReport) -> str:
    return EN.say(answer.question) if answer.question else ""


def people(answer: OwnFunnelReport) -> list[int]:
    return list(answer.steps.frame["people"])


PATH = "view_item>add_to_cart>purchase"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [6, 5, 3, 2]),
        ({"path": "view_item>add_to_cart?>purchase"}, [6, 5, 3, 3]),
        ({"path": "add_to_cart>view_item"}, [6, 4, 1]),
        ({"same": "product_id"}, [6, 5, 2, 1]),
        # cat's cart falls into the moment of the visit itself, and may have come before it
        ({"order": "strict"}, [6, 5, 2, 2]),
        # any of the steps, then any two, then all three; the visit is one of them
        ({"order": "unordered"}, [6, 5, 5, 2]),
        ({"unit": "session"}, [6, 5, 3, 2]),
    ],
)
def test_what_a_question_counts(told: Store, options: dict[str, Any], expected: list[int]) -> None:
    assert people(report(told, SCOPE, **{"path": PATH, **options})) == expected


def test_the_presets_steps_give_the_presets_numbers(told: Store) -> None:
    own, page = report(told, SCOPE, path=PATH), preset(told, SCOPE)
    assert page.events == own.events == ("visit", "view_item", "add_to_cart", "purchase")
    assert own.steps.frame.equals(page.steps.frame)
    assert own.breakdown.frame.equals(page.breakdown.frame)


def test_steps_that_no_log_has_are_left_out_and_all_that_it_has_are_offered(told: Store) -> None:
    answer = report(told, SCOPE, path="view_item>no such event>purchase?")
    assert answer.path == "view_item>purchase?"
    assert answer.offered == ("view_item", "add_to_cart", "purchase", "page_view")
    assert people(answer) == [6, 5, 3]


# Who did what, a minute apart; in brackets on which page.
WALKS = {
    "gil": "page_view(/) page_view(/p) page_view(/cart) purchase()",
    "hal": "page_view(/p) page_view(/) page_view(/p)",
    "ivy": "purchase() purchase() purchase()",
    "jon": "page_view(/) purchase()",
}


@pytest.fixture
def walked(store: Store, load: Callable[..., Any]) -> Store:
    rows = []
    for who, done in WALKS.items():
        for minute, one in enumerate(done.split()):
            name, page = one.removesuffix(")").split("(")
            rows.append(
                {
                    "event_id": f"{who}{minute}",
                    "event_at": _START + timedelta(minutes=minute),
                    "event_date": _START.date(),
                    "event_name": name,
                    "visitor_id": who,
                    "page": page or None,
                    "order_id": f"order of {who}" if name == "purchase" else "",
                }
            )
    load(store, "events", rows, shop=UTC_SHOP)
    return store


PAGES = "page_view{page=/}>page_view{page=/p}>page_view{page=/cart}"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"path": PAGES}, [4, 3, 2, 1]),
        # one event is never two steps, even where it fits both
        ({"path": "page_view>page_view{page=/p}"}, [4, 3, 2]),
        ({"path": "page_view{page=/p}>page_view"}, [4, 2, 2]),
        ({"path": "purchase>purchase"}, [4, 3, 1]),
        ({"path": "purchase>purchase>purchase>purchase"}, [4, 3, 1, 1, 0]),
        ({"path": "purchase>purchase", "unit": "session"}, [4, 3, 1]),
        ({"path": "purchase>purchase", "unit": "order"}, [3, 1]),
        # any of visit and two purchases, then any two of them, then all
        ({"path": "purchase>purchase", "order": "unordered"}, [4, 3, 1]),
        # between gil's visit and purchase lie pages; jon's page is of the moment of the visit
        ({"path": "purchase>purchase", "order": "strict"}, [4, 2, 1]),
    ],
)
def test_one_event_may_be_several_steps(
    walked: Store, options: dict[str, Any], expected: list[int]
) -> None:
    answer = report(walked, SCOPE, **options)
    assert people(answer) == expected
    assert answer.path == options["path"]


def test_steps_of_one_event_are_told_apart(walked: Store) -> None:
    pages = report(walked, SCOPE, path=PAGES)
    assert pages.events == ("visit", "page_view", "page_view#2", "page_view#3")
    assert "Viewed a page (/) → Viewed a page (/p) → Viewed a page (/cart)" in narrowed(pages)
    bought = report(walked, SCOPE, path="purchase>purchase?>purchase", touch="purchase#2")
    assert (
        "Purchased → Purchased, no. 2 (optional) → Purchased, no. 3; all within 7 days of the "
        "visit; of several tries the furthest counts; split by Channel at “Purchased, no. 2 "
        "(optional)”"
    ) in narrowed(bought)
    assert [EN.say(column.label) for column in bought.breakdown.columns[1:5]] == [
        "Visit",
        "Purchased",
        "Purchased, no. 2 (optional)",
        "Purchased, no. 3",
    ]


def test_keys_of_steps_are_unique_whatever_events_are_called() -> None:
    assert step_keys([Step(name) for name in "abaa"]) == ("a", "b", "a#2", "a#3")
    keys = step_keys([Step(name) for name in ("a", "a", "a#2", "a#2")])
    assert (len(set(keys)), keys[0]) == (4, "a")


@pytest.mark.parametrize("order", ["ordered", "strict", "unordered"])
@pytest.mark.parametrize("steps", [("a", "a"), ("a", "b", "a"), ("b", "a", "a", "a")])
def test_equal_steps_count_what_trying_everything_counts(
    store: Store, load: Callable[..., Any], order: str, steps: tuple[str, ...]
) -> None:
    chance = random.Random(11)
    log = {
        f"v{who}": sorted((chance.randrange(9), chance.choice("abx")) for _ in range(6))
        for who in range(80)
    }
    rows = [
        {
            "event_id": f"{who}-{place}",
            "event_at": _START + timedelta(minutes=minute),
            "event_date": _START.date(),
            "event_name": name,
            "visitor_id": who,
            "order_id": who,  # followed as an order, so that no visit is a step
        }
        for who, events in log.items()
        for place, (minute, name) in enumerate(events)
    ]
    load(store, "events", rows, shop=UTC_SHOP)
    rules = Rules(len(steps), 5, order=order)
    best = [
        best_of(
            every_attempt(
                [
                    Event(minute, frozenset(n for n, step in enumerate(steps) if step == name))
                    for minute, name in events
                ],
                rules,
            )
        )
        for events in log.values()
    ]
    reached = [0 if one is None else len(one.times) for one in best]
    answer = report(store, SCOPE, path=">".join(steps), order=order, unit="order", window="5m")
    assert people(answer) == [sum(one > n for one in reached) for n in range(len(steps))]


def test_a_question_without_steps_says_so(told: Store) -> None:
    answer = report(told, SCOPE, path="")
    assert EN.say(answer.headline) == "Choose steps that the event log has."
    assert answer.steps.is_empty


def test_an_empty_store_names_what_is_missing(store: Store) -> None:
    assert report(store, Scope()).gaps


@pytest.mark.parametrize(
    "options",
    [
        {"order": "backwards"},
        {"unit": "basket"},
        {"by": "mood"},
        {"window": "0d"},
        {"window": "a week"},
        {"same": "sku"},
        {"entry": "second"},
        {"touch": "add_to_cart", "path": "view_item>purchase"},
        {"touch": "view_item", "order": "unordered"},
        {"touch": "purchase#3", "path": "purchase>purchase"},
        {"path": "view_item{mood=good}"},
        {"path": "view_item{value=cheap..}"},
        {"path": "view_item{value=5}"},
        {"path": "view_item@soon"},
        {"path": "view_item{category=Lamps"},
    ],
)
def test_what_is_not_offered_is_refused(told: Store, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter):
        report(told, SCOPE, **options)


def test_the_picture_names_the_window(told: Store) -> None:
    drawn = charts.steps(report(told, SCOPE, path=PATH, window="3d"), EN)
    assert "3 days" in drawn.subtitle
    drawn = charts.steps(report(told, SCOPE, path=PATH, order="unordered"), EN)
    assert "in whatever order; within 7 days" in drawn.subtitle
