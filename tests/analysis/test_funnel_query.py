"""Any funnel, through the store: against trying everything, and rule by rule."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import mean, median
from typing import Any

import pytest

from ecom.analysis.funnel_query import (
    Between,
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
from ecom.model import Grain, Period
from ecom.store import Batch, Shop, Store
from tests.analysis.funnel_oracle import Best, Event, best_attempt

pytestmark = pytest.mark.every_engine

Load = Callable[..., Batch]
pytestmark = pytest.mark.every_engine

SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
DAY = date(2026, 3, 2)  # a Monday
HOUR = timedelta(hours=1)
OPTIONAL = Step("o", is_optional=True)


def row(who: str, name: str, hours: float, **more: Any) -> dict[str, Any]:
    """An event so many hours after midnight of ``DAY``; unknown columns become properties."""
    at = datetime(2026, 3, 2) + timedelta(hours=hours)
    named = ("device", "session_id", "order_id", "product_id")
    columns = {key: more.pop(key) for key in named if key in more}
    return {
        "event_id": f"{who}/{name}/{hours}/{json.dumps([columns, more])}",
        "event_at": at,
        "event_date": at.date(),
        "event_name": name,
        "visitor_id": who,
        "properties": json.dumps(more),
        **columns,
    }


def ask(store: Store, *names: str | None, **options: Any) -> FunnelResult:
    """The funnel over events of these names."""
    return funnel(store, FunnelQuery(steps=tuple(Step(name) for name in names), **options))


def people(result: FunnelResult) -> list[int]:
    return result.steps["people"].tolist()


# --- against trying everything ---------------------------------------------------------------


def test_random_logs_give_what_trying_everything_gives(store: Store, load: Load) -> None:
    # 400 visitors with up to 8 events among 4 names, at 12 different hours: many at one instant.
    chance = random.Random(7)
    log = {
        f"v{number}": [
            (chance.choice("abcx"), chance.randrange(12)) for _ in range(chance.randint(1, 8))
        ]
        for number in range(400)
    }
    rows = [
        {**row(who, name, hour), "event_id": f"{who}-{place}"}
        for who, events in log.items()
        for place, (name, hour) in enumerate(events)
    ]
    load(store, "events", rows, shop=SHOP)
    for steps in (("a", "b"), ("a", "b", "c"), ("a", "a", "b"), (None, "a", None, "b"), ("a",)):
        for window in (1, 4, 24):
            for entry in ("any", "first"):
                for spans in ((), ((0, 1),)):
                    spans = spans if len(steps) > 1 else ()
                    _compare(store, log, steps, window, entry, spans)


def _compare(
    store: Store,
    log: dict[str, list[tuple[str, int]]],
    steps: tuple[str | None, ...],
    window: int,
    entry: str,
    spans: tuple[tuple[int, int], ...],
) -> None:
    result = ask(
        store,
        *steps,
        window=window * HOUR,
        entry=entry,
        exclusions=tuple(Exclusion(Step("x"), *span) for span in spans),
    )
    answers = [
        best_attempt(
            [
                Event(
                    hour,
                    frozenset(n for n, step in enumerate(steps) if step in (None, name)),
                    frozenset(range(len(spans))) if name == "x" else frozenset(),
                )
                for name, hour in events
            ],
            steps=len(steps),
            window=window,
            first_only=entry == "first",
            exclusions=spans,
        )
        for events in log.values()
    ]
    assert result.excluded == answers.count(Best(()))
    ways = [answer.times for answer in answers if answer is not None]
    assert people(result) == [sum(len(way) > step for way in ways) for step in range(len(steps))]
    for step in range(1, len(steps)):
        gaps = [(way[step] - way[step - 1]) * 3600 for way in ways if len(way) > step]
        found = result.steps.loc[step, ["mean_seconds", "median_seconds"]].tolist()
        assert found == pytest.approx(
            [mean(gaps), median(gaps)] if gaps else [math.nan] * 2, nan_ok=True
        )


# --- rule by rule ----------------------------------------------------------------------------


def test_the_windows_end_is_included(store: Store, load: Load) -> None:
    load(store, "events", [row("u", "a", 0), row("u", "b", 5)], shop=SHOP)
    assert people(ask(store, "a", "b", window=5 * HOUR)) == [1, 1]
    assert people(ask(store, "a", "b", window=5 * HOUR - timedelta(seconds=1))) == [1, 0]


def test_the_default_window_is_the_teams(store: Store, load: Load) -> None:
    load(store, "events", [row("u", "a", 0), row("u", "b", 7 * 24)], shop=SHOP)
    assert people(ask(store, "a", "b")) == [1, 1]
    store.save_settings(store.settings.with_values(funnel_window_days=6))
    assert people(ask(store, "a", "b")) == [1, 0]


def test_only_entries_of_the_range_count_but_they_may_convert_after_it(
    store: Store, load: Load
) -> None:
    # before: entered the day before; inside: converts the day after; after: entered too late.
    load(
        store,
        "events",
        [
            *(row("before", "a", -2), row("before", "b", 3)),
            *(row("inside", "a", 5), row("inside", "b", 30)),
            *(row("after", "a", 25), row("after", "b", 26)),
        ],
        shop=SHOP,
    )
    only = Period(DAY, DAY)
    assert people(ask(store, "a", "b", period=only)) == [1, 1]
    assert people(ask(store, "a", "b", period=only, until=DAY)) == [1, 0]


def test_visitors_of_two_shops_are_two_people(store: Store, load: Load) -> None:
    load(store, "events", [row("u", "a", 0)], shop=SHOP)
    load(store, "events", [row("u", "b", 1)], shop=Shop("other", timezone="UTC"))
    assert people(ask(store, "a", "b")) == [1, 0]


def test_a_session_must_make_its_steps_itself(store: Store, load: Load) -> None:
    # One person, three visits (gaps of over 30 minutes): a | b | a b.
    rows = [row("u", "a", 0), row("u", "b", 2), row("u", "a", 4), row("u", "b", 4.1)]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, "a", "b")) == [1, 1]
    assert people(ask(store, "a", "b", unit="session")) == [2, 1]
    assert people(ask(store, "visit", "a", "b", unit="session")) == [3, 2, 1]


def test_sessions_that_the_log_names_are_kept_apart(store: Store, load: Load) -> None:
    # Two tabs at the same time: s1 has a, s2 has b.
    rows = [
        *(row("u", "a", 0, session_id="s1"), row("u", "z", 0.3, session_id="s1")),
        *(row("u", "b", 0.1, session_id="s2"), row("u", "z", 0.2, session_id="s2")),
    ]
    load(store, "events", rows, shop=SHOP)
    assert people(ask(store, "a", "b", unit="session")) == [1, 0]
    assert people(ask(store, "z", unit="session")) == [2]


def test_a_visit_starts_with_its_first_event(store: Store, load: Load) -> None:
    load(store, "events", [row("u", "view_item", 0), row("v", "page_view", 0)], shop=SHOP)
    assert people(ask(store, "visit", "view_item")) == [2, 1]


def test_properties_narrow_steps_and_the_whole(store: Store, load: Load) -> None:
    rows = [
        *(row("u", "a", 0, plan="x", device="mobile"), row("u", "b", 1, plan="y")),
        *(row("v", "a", 0, plan="y"), row("v", "b", 1)),
    ]
    load(store, "events", rows, shop=SHOP)
    x_or_y = Step("a", (Where.is_("plan", "x", "y"),))
    assert people(funnel(store, FunnelQuery(steps=(x_or_y, Step("b"))))) == [2, 2]
    on_mobile = Step("a", (Where.is_("device", "mobile"),))
    assert people(funnel(store, FunnelQuery(steps=(on_mobile, Step("b"))))) == [1, 1]
    without = Step("b", (Where("plan", (None,)),))
    assert people(funnel(store, FunnelQuery(steps=(Step("a"), without)))) == [2, 1]
    assert people(ask(store, "a", "b", where=(Where.is_("plan", "y"),))) == [1, 0]


def test_steps_are_narrowed_by_a_price_band(store: Store, load: Load) -> None:
    # Looked at: u 9.90, v 20, w 49.99, x without a price; the property says the same, but for x.
    prices = {"u": "9.90", "v": "20", "w": "49.99", "x": "dear"}
    rows = [
        {
            **row(who, "look", 0, price=price),
            "value": None if who == "x" else Decimal(price).quantize(Decimal("0.01")),
        }
        for who, price in prices.items()
    ]
    load(store, "events", rows, shop=SHOP)
    for name in ("value", "price"):

        def looked(at_least: str | None, below: str | None, *, name: str = name) -> list[int]:
            bounds = (None if one is None else Decimal(one) for one in (at_least, below))
            step = Step("look", (Between(name, *bounds),))
            return people(funnel(store, FunnelQuery(steps=(step,))))

        assert looked("10", "49.99") == [1]  # the lower bound is in the band, the upper is not
        assert looked("20", None) == [2]
        assert looked(None, "20") == [1]
        assert looked(None, None) == [3]


def test_events_without_readable_properties_have_none(store: Store, load: Load) -> None:
    rows = [{**row("u", "a", 0), "properties": "not json"}, {**row("v", "a", 0), "properties": ""}]
    load(store, "events", rows, shop=SHOP)
    result = ask(store, "a", breakdown=Breakdown("plan"))
    assert result.breakdown is not None
    assert result.breakdown[["value", "people"]].to_numpy().tolist() == [["", 2]]


def test_times_of_values_are_told_only_to_who_asks(store: Store, load: Load) -> None:
    load(store, "events", [row("u", "a", 0, via="mail"), row("u", "b", 1)], shop=SHOP)
    for has_times in (True, False):
        result = ask(store, "a", "b", breakdown=Breakdown("via", has_times=has_times))
        assert result.breakdown is not None
        assert result.breakdown["people"].tolist() == [1, 1]
        assert result.breakdown["median_seconds"].notna().tolist() == [False, has_times]
        assert result.steps["median_seconds"].notna().tolist() == [False, True]


def test_times_of_steps_are_told_only_to_who_asks(store: Store, load: Load) -> None:
    load(store, "events", [row("u", "a", 0), row("u", "b", 1)], shop=SHOP)
    for has_times in (True, False):
        result = ask(store, "a", "b", has_times=has_times)
        assert result.steps["people"].tolist() == [1, 1]
        assert result.steps["mean_seconds"].notna().tolist() == [False, has_times]
        assert result.steps["median_seconds"].notna().tolist() == [False, has_times]


def test_last_touch_takes_the_last_value_seen(store: Store, load: Load) -> None:
    rows = [row("u", "a", 0, via="mail"), row("u", "b", 1, via="ad"), row("u", "z", 2, via="no")]
    load(store, "events", rows, shop=SHOP)
    for attribution, value in (("first_touch", "mail"), ("last_touch", "ad")):
        result = ask(store, "a", "b", breakdown=Breakdown("via", attribution))
        assert result.breakdown is not None
        assert result.breakdown["value"].unique().tolist() == [value]


def test_anyone_counts_steps_in_whatever_order(store: Store, load: Load) -> None:
    # u: in order; v: b before a; w: only b, so never entered.
    rows = [
        row("u", "a", 0),
        row("u", "b", 1),
        row("v", "b", 0),
        row("v", "a", 1),
        row("w", "b", 0),
    ]
    load(store, "events", rows, shop=SHOP)
    result = ask(store, "a", "b")
    assert people(result) == [2, 1]
    assert result.steps["anyone"].tolist() == [2, 2]


def test_the_trend_counts_a_person_once_in_each_period_entered(store: Store, load: Load) -> None:
    # u enters on Mon (converts), twice on Tue (converts once); v on Tue (does not).
    rows = [
        *(row("u", "a", 1), row("u", "b", 2)),
        *(row("u", "a", 25), row("u", "a", 26), row("u", "b", 27)),
        row("v", "a", 30),
        row("w", "z", 80),
    ]
    load(store, "events", rows, shop=SHOP)
    options = {"period": Period(DAY, DAY + timedelta(2)), "window": 24 * HOUR}
    daily = ask(store, "a", "b", trend=Trend(), until=DAY + timedelta(2), **options).trend
    assert daily is not None
    assert daily[["entered", "converted"]].to_numpy().tolist() == [[1, 1], [2, 1], [0, 0]]
    # Looked at until Wednesday: Tuesday's entries have had their day, Wednesday's have not.
    assert daily["is_complete"].tolist() == [True, True, False]
    weekly = ask(store, "a", "b", trend=Trend(Grain.WEEK), **options).trend
    assert weekly is not None
    assert weekly[["period", "entered", "converted"]].to_numpy().tolist() == [[DAY, 2, 1]]


def test_weeks_may_start_on_sunday(store: Store, load: Load) -> None:
    load(store, "events", [row("u", "a", 1), row("u", "a", 24 * 6)], shop=SHOP)
    store.save_settings(store.settings.with_values(week_start="sunday"))
    weekly = ask(store, "a", trend=Trend(Grain.WEEK)).trend
    assert weekly is not None
    assert weekly["period"].tolist() == [date(2026, 3, 1), date(2026, 3, 8)]


def test_an_empty_store_has_nobody(store: Store) -> None:
    result = ask(store, "a", "b", breakdown=Breakdown("device"), trend=Trend())
    assert people(result) == [0, 0]
    assert result.breakdown is not None
    assert result.breakdown.empty
    assert result.trend is not None
    assert result.trend.empty


# --- the other rules --------------------------------------------------------------------------


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
