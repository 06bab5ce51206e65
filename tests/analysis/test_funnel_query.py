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
