"""Abandoned carts: a fixture added up by hand, and random logs against a slow count."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.carts import MOST_PEOPLE, OUTCOMES, report
from ecom.charts.carts import outcomes
from ecom.export.jsonable import to_jsonable
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.store import Shop, Store

UTC_SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
MARCH = Scope(Period(date(2026, 3, 1), date(2026, 3, 31)))
EN = Language("en")
Load = Callable[..., Any]
_numbers = iter(range(1, 1_000_000))


def event(who: str, day: float, name: str, **told: Any) -> dict[str, Any]:
    at = datetime(2026, 3, 1) + timedelta(days=day - 1)
    return {
        "event_id": str(next(_numbers)),
        "event_at": at,
        "event_date": at.date(),
        "event_name": name,
        "visitor_id": who,
        **told,
    }


def cart(who: str, day: float, sku: str, value: float | None, **told: Any) -> dict[str, Any]:
    return event(who, day, "add_to_cart", sku=sku, quantity=1, value=value, **told)


@pytest.fixture
def left(store: Store, load: Load) -> Store:
    """Seven days of window; data up to 30 March."""
    load(
        store,
        "events",
        [
            # came back after five days; two pieces, one taken out again
            cart("ann", 2, "A", 50),
            cart("ann", 2.001, "A", 50),
            event("ann", 2.002, "remove_from_cart", sku="A", quantity=1, value=50),
            event("ann", 7, "purchase", value=50, order_id="1"),
            # came back too late
            cart("bob", 3, "A", 50, category="Lamps", device="mobile"),
            cart("bob", 3.001, "B", 30),
            event("bob", 11, "purchase", value=80, order_id="2"),
            # at the checkout, known as a customer, without a word about the value
            event("cat", 4, "begin_checkout", customer_key="hash of cat"),
            # bought in the visit, then put in more: not left
            event("dan", 5, "purchase", value=10, order_id="3"),
            cart("dan", 5.001, "A", 50),
            # may still come back
            cart("eve", 28, "B", 30, currency="CNY"),
            # another currency: counted, its value unknown
            cart("fay", 6, "B", 4, currency="USD"),
            # before the period
            cart("gus", -1, "A", 50),
            event("hal", 30, "page_view"),
        ],
        shop=UTC_SHOP,
    )  # fmt: skip
    load(store, "products", [{"sku": "A", "product_name": "Lamp"}], shop=UTC_SHOP)
    return store


def test_what_was_left_and_what_became_of_it(left: Store) -> None:
    answer = report(left, MARCH)
    assert EN.say(answer.headline).startswith(
        "5 visits left CN¥160.00 in their carts; of those whose window is over, 25.0% bought"
    )
    rows = answer.outcomes.frame
    told = zip(rows["stage"], rows["outcome"], rows["visits"], rows["value"], strict=True)
    assert [(EN.say(stage), EN.say(outcome), *sums) for stage, outcome, *sums in told] == [
        ("Left in the cart", "Came back by itself", 1, 50),
        ("Left in the cart", "May still come back", 1, 30),
        ("Left in the cart", "Did not come back", 2, 80),
        ("Left at the checkout", "Came back by itself", 0, 0),
        ("Left at the checkout", "May still come back", 0, 0),
        ("Left at the checkout", "Did not come back", 1, 0),
    ]
    assert rows["share"].tolist() == [0.25, 0.25, 0.5, 0, 0, 1]


def test_key_figures_count_carts_and_those_that_had_the_time(left: Store) -> None:
    count, back = report(left, MARCH).kpis
    # Five in March, gus before. Eve may still come back: one of the other four did.
    assert (count.delta.value, count.delta.base) == (5, 1)
    assert (back.delta.value, back.delta.base) == (0.25, 0)
    assert dict(count.points) == {date(2026, 3, day): 1 for day in (2, 3, 4, 6, 28)}
    assert dict(back.points) == {
        date(2026, 3, 2): 1, date(2026, 3, 3): 0, date(2026, 3, 4): 0, date(2026, 3, 6): 0,
        date(2026, 3, 28): None,
    }  # fmt: skip


def test_what_lies_in_carts_nobody_came_back_for(left: Store) -> None:
    found = report(left, MARCH).products.frame
    assert found[["name", "product", "visits", "units", "value"]].to_numpy().tolist() == [
        ["B", "B", 3, 3, 60],
        ["Lamp", "A", 1, 1, 50],
    ]


def test_ages_count_from_the_last_day_of_data(left: Store) -> None:
    found = report(left, MARCH).ages.frame
    assert found["visits"].tolist() == [0, 1, 0, 0, 3]  # eve on the 28th; bob, cat and fay
    assert found["value"].tolist() == [0, 30, 0, 0, 80]


def test_whom_to_recall_by_what_they_left(left: Store) -> None:
    people = report(left, MARCH).people.frame
    assert people["visitor_id"].tolist() == ["bob", "eve", "fay", "cat"]
    assert people["products"].tolist() == ["Lamp · B", "B", "B", ""]
    assert people["customer"].tolist() == ["", "", "", "hash of cat"]
    assert [EN.say(stage) for stage in people["stage"]] == [
        *["Left in the cart"] * 3,
        "Left at the checkout",
    ]
    assert people["day"].tolist() == [date(2026, 3, day) for day in (3, 28, 6, 4)]


def test_filters_narrow_the_visit_and_not_the_purchase_after_it(left: Store) -> None:
    narrowed = Scope(MARCH.period, devices=("mobile",))
    assert report(left, narrowed).people.frame["visitor_id"].tolist() == ["bob"]


def test_the_picture_is_named_by_what_became_of_most_of_it(left: Store) -> None:
    title = outcomes(report(left, MARCH), EN).title
    assert title == "Did not come back: CN¥80.00, 50.0% of what was left"


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_the_picture_says_its_numbers(left: Store, code: str) -> None:
    drawn = outcomes(report(left, MARCH), Language(code))
    assert "80" in drawn.alt
    assert to_jsonable(report(left, MARCH))["outcomes"]["rows"]


def test_an_empty_store_left_nothing(store: Store) -> None:
    answer = report(store, Scope())
    assert EN.say(answer.headline) == "Nothing was left in a cart."
    assert answer.people.is_empty
    assert outcomes(answer, EN).title == "What becomes of it?"


# --- random logs ----------------------------------------------------------------------------


def visits_of(log: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """A visitor's events, cut where half an hour passes without one."""
    visit: list[dict[str, Any]] = []
    for one in sorted(log, key=lambda one: one["event_at"]):
        if visit and one["event_at"] - visit[-1]["event_at"] > timedelta(minutes=30):
            yield visit
            visit = []
        visit.append(one)
    if visit:
        yield visit


def slowly(log: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Visits and value by outcome."""
    last = max(one["event_date"] for one in log) + timedelta(days=1)
    found = {"back": [0.0, 0.0], "open": [0.0, 0.0], "gone": [0.0, 0.0]}
    for who in {one["visitor_id"] for one in log}:
        visits = list(visits_of([one for one in log if one["visitor_id"] == who]))
        for place, visit in enumerate(visits):
            names = {one["event_name"] for one in visit}
            if "purchase" in names or not names & {"add_to_cart", "begin_checkout"}:
                continue
            if visit[0]["event_date"] not in [date(2026, 3, day) for day in range(5, 21)]:
                continue
            value = sum(
                one["value"] * (1 if one["event_name"] == "add_to_cart" else -1)
                for one in visit
                if one["event_name"] in ("add_to_cart", "remove_from_cart")
            )
            limit = visit[-1]["event_at"] + timedelta(days=7)
            bought = [
                one["event_at"]
                for later in visits[place + 1 :]
                for one in later
                if one["event_name"] == "purchase"
            ]
            outcome = "gone" if limit < datetime.combine(last, datetime.min.time()) else "open"
            if bought and min(bought) <= limit:
                outcome = "back"
            found[outcome][0] += 1
            found[outcome][1] += value
    return {outcome: (visits, value) for outcome, (visits, value) in found.items()}


@pytest.mark.parametrize("seed", range(4))
def test_random_logs_agree_with_a_slow_count(store: Store, load: Load, seed: int) -> None:
    chance = random.Random(seed)
    names = ["page_view", "add_to_cart", "remove_from_cart", "begin_checkout", "purchase"]
    log = []
    for _ in range(400):
        name = chance.choices(names, [3, 4, 1, 2, 1])[0]
        step = chance.randrange(0, 24 * 60 * 24, 11) / 60 / 24  # minutes of 24 days
        value = float(chance.randrange(1, 50))
        told = {"value": value, "quantity": 1, "sku": chance.choice("ABC")}
        log.append(event(f"v{chance.randrange(25)}", 1 + step, name, **told))
    load(store, "events", log, shop=UTC_SHOP)
    answer = report(store, Scope(Period(date(2026, 3, 5), date(2026, 3, 20))))
    rows = answer.outcomes.frame
    expected = slowly(log)
    found = {}
    for outcome, label in OUTCOMES.items():
        mine = rows[[told == label for told in rows["outcome"]]]
        found[outcome] = (mine["visits"].sum(), pytest.approx(mine["value"].sum()))
    assert found == expected
    assert len(answer.people.frame) == expected["open"][0] + expected["gone"][0] <= MOST_PEOPLE


def test_a_shop_without_a_log_of_carts_is_not_said_to_have_lost_nothing(
    left: Store, load: Load
) -> None:
    other = Shop("other", "own", "The other", "CNY", "UTC")
    load(left, "events", [event("dan", 2, "page_view")], shop=other)
    (gap,) = report(left, replace(MARCH, shops=("other",))).gaps
    assert EN.say(gap.what) == "What visitors put into their carts"
    assert not report(left, MARCH).gaps
    years_ago = Scope(Period(date(2020, 1, 1), date(2020, 1, 7)))
    assert report(left, years_ago).gaps
