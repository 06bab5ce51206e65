"""A funnel of one's own: the preset's numbers for its steps, and what other questions change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.funnel import report as preset
from ecom.analysis.own_funnel import OwnFunnelReport, report
from ecom.charts import funnel as charts
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop, Store

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
    answer = report(told, SCOPE, path="view_item>no such event>purchase?>view_item")
    assert answer.path == ("view_item", "purchase?")
    assert answer.offered == ("view_item", "add_to_cart", "purchase", "page_view")
    assert people(answer) == [6, 5, 3]


def test_a_question_without_steps_says_so(told: Store) -> None:
    answer = report(told, SCOPE, path="")
    assert EN.say(answer.headline) == "Choose steps that the event log has."
    assert answer.steps.is_empty


def test_an_empty_store_names_what_is_missing(store: Store) -> None:
    assert report(store, Scope()).gaps


@pytest.mark.parametrize(
    "options",
    [{"order": "backwards"}, {"unit": "order"}, {"by": "mood"}, {"window": 0}, {"same": "sku"}],
)
def test_what_is_not_offered_is_refused(told: Store, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter):
        report(told, SCOPE, **options)


def test_the_picture_names_the_window(told: Store) -> None:
    drawn = charts.steps(report(told, SCOPE, path=PATH, window=3), EN)
    assert "3 days" in drawn.subtitle
    drawn = charts.steps(report(told, SCOPE, path=PATH, order="unordered"), EN)
    assert "in whatever order; within 7 days" in drawn.subtitle
