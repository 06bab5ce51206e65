"""Funnels by other rules: strict, any order, optional steps, the same product, a property."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ecom.analysis.funnel_query import (
    Breakdown,
    Exclusion,
    FunnelQuery,
    FunnelResult,
    Step,
    Trend,
    Where,
    funnel,
)
from ecom.errors import InvalidParameter
from ecom.model import Period
from ecom.store import Store
from tests.analysis.test_funnel_query import DAY, HOUR, OPTIONAL, SHOP, Load, ask, people, row

pytestmark = pytest.mark.every_engine


def test_strict_steps_have_nothing_in_between(store: Store, load: Load) -> None:
    # u: a b; v: a z b; w: a at 0 beside z, then b: z may have come before a.
    rows = [
        *(row("u", "a", 0), row("u", "b", 1), row("u", "z", 2)),
        *(row("v", "a", 0), row("v", "z", 1), row("v", "b", 2)),
        *(row("w", "a", 0), row("w", "z", 0), row("w", "b", 1)),
    ]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, "a", "b")) == [3, 3]
    assert people(ask(store, "a", "b", order="strict")) == [3, 2]
    # What the filter leaves out is not there.
    without = {"where": (Where("product_id", (None,)),), "order": "strict"}
    load(store, "events", [row("u", "y", 0.5, product_id="p")], shop=SHOP)
    assert people(ask(store, "a", "b", order="strict")) == [3, 1]
    assert people(ask(store, "a", "b", **without)) == [3, 2]


def test_an_instant_in_the_middle_of_strict_steps_is_used_up(store: Store, load: Load) -> None:
    # u: a, then b and z at once, then c: z lies between a and c, but not between a and b.
    rows = [row("u", "a", 0), row("u", "b", 1), row("u", "z", 1), row("u", "c", 2)]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, "a", "b", "c", order="strict")) == [1, 1, 0]


def test_any_order_counts_how_many_steps_were_done(store: Store, load: Load) -> None:
    # u: b a c within 3 hours; v: c, and a four hours later; w: z only.
    rows = [
        *(row("u", "b", 0), row("u", "a", 1), row("u", "c", 3)),
        *(row("v", "c", 0), row("v", "a", 4)),
        row("w", "z", 0),
    ]
    load(store, "events", rows, shop=SHOP)
    result = ask(store, "a", "b", "c", order="unordered", window=3 * HOUR)
    assert people(result) == [2, 1, 1]
    # From b to a one hour, from a to c two.
    assert result.steps["median_seconds"].tolist()[1:] == [3600, 7200]
    assert result.steps["anyone"].tolist() == [2, 1, 2]
    assert people(ask(store, "a", "b", "c", order="unordered", window=4 * HOUR)) == [2, 2, 1]


def test_in_any_order_one_event_meets_one_step(store: Store, load: Load) -> None:
    # Steps: anything, and a. u did a once, v twice, w did z and then a.
    rows = [
        row("u", "a", 0),
        *(row("v", "a", 0), row("v", "a", 1)),
        *(row("w", "z", 0), row("w", "a", 1)),
    ]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, None, "a", order="unordered")) == [3, 2]


def test_an_excluded_event_ends_an_attempt_in_any_order(store: Store, load: Load) -> None:
    # u: b x a: one step. v: x b a: two, x came before. Nobody leaves the first step.
    rows = [
        *(row("u", "b", 0), row("u", "x", 1), row("u", "a", 2)),
        *(row("v", "x", 0), row("v", "b", 1), row("v", "a", 2)),
    ]
    load(store, "events", rows, shop=SHOP)
    without = (Exclusion(Step("x"), 0, 1),)
    result = ask(store, "a", "b", order="unordered", exclusions=without)
    assert people(result) == [2, 1]
    assert result.excluded == 0


def test_any_step_of_the_range_may_begin_in_any_order(store: Store, load: Load) -> None:
    # before: b the day before, so only a is left; inside: b, then a the day after; late: too late.
    rows = [
        *(row("before", "b", -1), row("before", "a", 1)),
        *(row("inside", "b", 23), row("inside", "a", 25)),
        *(row("late", "b", 25), row("late", "a", 26)),
    ]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, "a", "b", order="unordered", period=Period(DAY, DAY))) == [2, 1]


def test_an_optional_step_never_blocks(store: Store, load: Load) -> None:
    # u: look, cart, buy. v: look, buy at once, cart later. w: look, cart. x: look.
    rows = [
        *(row("u", "look", 0), row("u", "cart", 1), row("u", "buy", 3)),
        *(row("v", "look", 0), row("v", "buy", 5), row("v", "cart", 6)),
        *(row("w", "look", 0), row("w", "cart", 2)),
        row("x", "look", 0),
    ]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, "look", "cart", "buy")) == [4, 3, 1]
    steps = (Step("look"), Step("cart", is_optional=True), Step("buy"))
    result = funnel(store, FunnelQuery(steps=steps, trend=Trend()))
    assert people(result) == [4, 2, 2]  # v put it into the cart after buying
    assert result.steps["from_previous"].tolist()[1:] == [0.5, 0.5]  # both of those who looked
    assert result.steps["median_seconds"].tolist()[1:] == [1.5 * 3600, 4 * 3600]
    assert result.whole["median_seconds"] == 4 * 3600
    assert result.trend is not None
    assert result.trend.loc[0, ["step_0", "step_1", "step_2"]].tolist() == [4, 2, 2]
    # Of those who took the cart, one bought; it is asked of the trend.
    carts = funnel(store, FunnelQuery(steps=steps, trend=Trend(from_step=1))).trend
    assert carts is not None
    assert carts.loc[0, ["entered", "converted"]].tolist() == [2, 1]


def test_of_equally_far_attempts_the_one_with_the_optional_step_counts(
    store: Store, load: Load
) -> None:
    # u looked twice and filled the cart after the second look, too late for the first.
    rows = [row("u", "look", 0), row("u", "look", 5), row("u", "cart", 6)]
    load(store, "events", rows, shop=SHOP)
    steps = (Step("look"), Step("cart", is_optional=True), Step("buy"))
    assert people(funnel(store, FunnelQuery(steps=steps, window=2 * HOUR))) == [1, 1, 0]


def test_an_optional_step_takes_an_event_of_its_own(store: Store, load: Load) -> None:
    # Steps a, (a again), b. u did a once, v twice.
    rows = [
        *(row("u", "a", 0), row("u", "b", 2)),
        *(row("v", "a", 0), row("v", "a", 1), row("v", "b", 2)),
    ]
    load(store, "events", rows, shop=SHOP)
    steps = (Step("a"), Step("a", is_optional=True), Step("b"))
    assert people(funnel(store, FunnelQuery(steps=steps))) == [2, 1, 2]


def test_a_steps_own_window_counts_from_the_step_before(store: Store, load: Load) -> None:
    # u: a 0, b 1, b 5, c 6. With c within an hour of b, the second b counts; b within four hours
    # of a leaves the first alone, and c is too late.
    rows = [row("u", "a", 0), row("u", "b", 1), row("u", "b", 5), row("u", "c", 6)]
    load(store, "events", rows, shop=SHOP)

    def asked(b: timedelta | None, c: timedelta, window: timedelta) -> FunnelResult:
        steps = (Step("a"), Step("b", within=b), Step("c", within=c))
        return funnel(store, FunnelQuery(steps=steps, window=window))

    result = asked(None, HOUR, 6 * HOUR)
    assert people(result) == [1, 1, 1]
    assert result.steps["mean_seconds"].tolist()[1:] == [5 * 3600, 3600]
    assert people(asked(None, HOUR, 5 * HOUR)) == [1, 1, 0]  # the whole is too short
    assert people(asked(4 * HOUR, HOUR, 6 * HOUR)) == [1, 1, 0]
    assert people(asked(4 * HOUR, 5 * HOUR, 6 * HOUR)) == [1, 1, 1]


def test_the_same_product_through_all_steps(store: Store, load: Load) -> None:
    # u looks at p and q, buys q. v looks at p, buys q. w looks at nothing with a name.
    rows = [
        *(row("u", "look", 0, product_id="p"), row("u", "look", 1, product_id="q")),
        row("u", "buy", 3, product_id="q"),
        *(row("v", "look", 0, product_id="p"), row("v", "buy", 1, product_id="q")),
        *(row("w", "look", 0), row("w", "buy", 1)),
    ]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, "look", "buy")) == [3, 3]
    result = ask(store, "look", "buy", constant="product_id")
    assert people(result) == [2, 1]
    assert result.steps["anyone"].tolist() == [2, 2]
    assert result.steps["median_seconds"].tolist()[1] == 2 * 3600  # since q was looked at
    # A visit has no product, and goes with every one; all three came.
    assert people(ask(store, "visit", "look", "buy", constant="product_id")) == [3, 2, 1]
    # u's first look was at p.
    assert people(ask(store, "look", "buy", constant="product_id", entry="first")) == [2, 0]


def test_an_excluded_event_bars_its_own_product(store: Store, load: Load) -> None:
    # u takes p out of the cart, not q. v's removal names no product.
    rows = [
        *(row("u", "cart", 0, product_id="p"), row("u", "cart", 1, product_id="q")),
        *(row("u", "remove", 2, product_id="p"), row("u", "buy", 3, product_id="q")),
        *(row("v", "cart", 0, product_id="p"), row("v", "remove", 1)),
        row("v", "buy", 2, product_id="p"),
    ]
    load(store, "events", rows, shop=SHOP)
    result = ask(
        store,
        "cart",
        "buy",
        constant="product_id",
        exclusions=(Exclusion(Step("remove"), 0, 1),),
    )
    assert people(result) == [1, 1]
    assert result.excluded == 1


def test_an_order_makes_its_steps_itself(store: Store, load: Load) -> None:
    # One person, two orders: 1 is paid and shipped, 2 is shipped before it is paid.
    rows = [
        *(row("u", "pay", 0, order_id="1"), row("u", "ship", 1, order_id="1")),
        *(row("u", "ship", 2, order_id="2"), row("u", "pay", 3, order_id="2")),
        row("u", "pay", 4),
    ]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, "pay", "ship")) == [1, 1]
    assert people(ask(store, "pay", "ship", unit="order")) == [2, 1]


def test_all_events_give_each_value_its_own_funnel(store: Store, load: Load) -> None:
    # u: a by mail, b by mail, a by ad. v: a by ad, b by seo. w: a by seo.
    rows = [
        *(row("u", "a", 0, via="mail"), row("u", "b", 1, via="mail"), row("u", "a", 2, via="ad")),
        *(row("v", "a", 0, via="ad"), row("v", "b", 1, via="seo")),
        row("w", "a", 0, via="seo"),
    ]
    load(store, "events", rows, shop=SHOP)

    def rows_of(limit: int | None) -> dict[str, list[int]]:
        table = ask(
            store, "a", "b", breakdown=Breakdown("via", "all_events", limit=limit)
        ).breakdown
        assert table is not None
        return {str(name): one["people"].tolist() for name, one in table.groupby("value")}

    assert rows_of(None) == {"ad": [2, 0], "mail": [1, 1], "seo": [1, 0]}
    # Together, mail and seo are two people who entered, of whom u went on.
    assert rows_of(1) == {"ad": [2, 0], "Other": [2, 1]}


def test_values_of_visits_go_with_all_later_events(store: Store, load: Load) -> None:
    rows = [row("u", "a", 0, device="mobile"), row("u", "b", 5, device="desktop")]
    load(store, "events", rows, shop=SHOP)
    table = ask(store, "visit", "b", breakdown=Breakdown("device", "all_events")).breakdown
    assert table is not None
    assert table[["value", "people"]].to_numpy().tolist() == [
        *(["desktop", 1], ["desktop", 1]),
        *(["mobile", 1], ["mobile", 1]),
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"steps": ()},
        {"window": timedelta(0)},
        {"unit": "order", "steps": (Step("visit"), Step("b"))},
        {"order": "any"},
        {"entry": "last"},
        {"breakdown": Breakdown("device", "all")},
        {"breakdown": Breakdown("device", "step", 2)},
        {"exclusions": (Exclusion(Step("x"), 1, 1),)},
        {"exclusions": (Exclusion(Step("x"), 0, 2),)},
        {"trend": Trend(from_step=1, to_step=0)},
        {"steps": (Step("a"), Step("b", is_optional=True))},
        {"steps": (Step("a", is_optional=True), Step("b"))},
        {"steps": (Step("a"), Step("b", within=timedelta(0)))},
        {"steps": (Step("a"), OPTIONAL, Step("b")), "order": "strict"},
        {"steps": (Step("a"), OPTIONAL, Step("b")), "order": "unordered"},
        {
            "steps": (Step("a"), OPTIONAL, Step("b")),
            "exclusions": (Exclusion(Step("x"), 0, 1),),
        },
        {"steps": (Step("a"), Step("b", within=HOUR)), "order": "unordered"},
        {
            "steps": (Step("a"), Step("b"), Step("c")),
            "exclusions": (Exclusion(Step("x"), 0, 1),),
            "order": "unordered",
        },
        {"breakdown": Breakdown("device", "step"), "order": "unordered"},
        {"exclusions": (Exclusion(Step("x"), 0, 1),) * 9},
    ],
)
def test_questions_without_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter):
        FunnelQuery(**{"steps": (Step("a"), Step("b")), **options})


def test_a_visit_has_no_event_properties(store: Store) -> None:
    with pytest.raises(InvalidParameter, match="no property “plan”"):
        ask(store, "visit", "a", where=(Where.is_("plan", "x"),))
