"""Your own steps, each narrowed, timed and split by itself; the question in words and in a link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecom.analysis.funnel_tables import TIME_LABELS
from ecom.analysis.own_funnel import report
from ecom.analysis.own_steps import PROPERTIES, OwnStep, path_of, steps_of
from ecom.analysis.usual_ways import usual_ways
from ecom.charts import funnel as charts
from ecom.charts.funnel_times import times as times_chart
from ecom.model import Comparison, Period, Scope
from ecom.queries.event_values import event_values
from ecom.queries.scope import resolve
from ecom.store import Store
from tests.analysis.test_own_funnel import EN, SCOPE, UTC_SHOP, narrowed, people

_START = datetime(2026, 3, 2, 9)
BEFORE = -3 * 1440  # minutes: ann was there before the period, and is known since
SHOPPING = [  # who, minute, event, category, value, source
    ("ann", BEFORE, "page_view", "", None, "mail"),
    ("ann", 0, "view_item", "Lamps", 100, "mail"),
    ("ann", 5, "add_to_cart", "Lamps", 100, "mail"),
    ("ann", 90, "purchase", "Lamps", 100, "mail"),
    ("bob", 0, "view_item", "Fans", 40, "ad"),
    ("bob", 2, "view_item", "Lamps", 250, "ad"),
    ("bob", 4, "return_policy", "", None, "ad"),
    ("bob", 10, "purchase", "Lamps", 250, "ad"),
    ("cat", 0, "view_item", "Fans", 40, "ad"),
    ("cat", 3000, "view_item", "Fans", 40, "mail"),
    ("cat", 3010, "purchase", "Fans", 40, "mail"),
    ("dan", 0, "page_view", "", None, "mail"),
]
TIERS = {"ann": "Gold", "bob": "Silver"}  # cat is a customer of no tier, dan is nobody
DAYS = Scope(Period(_START.date(), _START.date() + timedelta(days=3)), comparison=Comparison.NONE)


@pytest.fixture
def shopped(store: Store, load: Callable[..., Any]) -> Store:
    rows = [
        {
            "event_id": str(number),
            "event_at": _START + timedelta(minutes=minute),
            "event_date": (_START + timedelta(minutes=minute)).date(),
            "event_name": name,
            "visitor_id": who,
            "customer_key": None if who == "dan" else f"C-{who}",
            "category": category or None,
            "value": value,
            "source": source,
            "medium": "email" if source == "mail" else "cpc",
        }
        for number, (who, minute, name, category, value, source) in enumerate(SHOPPING)
    ]
    load(store, "events", rows, shop=UTC_SHOP)
    listed = [{"customer_key": f"C-{who}", "segment": tier} for who, tier in TIERS.items()]
    load(store, "customers", [*listed, {"customer_key": "C-cat"}], shop=UTC_SHOP)
    return store


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [4, 3, 3]),
        ({"path": "view_item{category=Lamps}>purchase"}, [4, 2, 2]),
        ({"path": "view_item{category=Lamps|Fans}>purchase"}, [4, 3, 3]),
        ({"path": "view_item{value=50..}>purchase"}, [4, 2, 2]),
        # 100 is in "from 100" and not in "below 100"
        ({"path": "view_item>purchase{value=100..250}"}, [4, 3, 1]),
        ({"path": "view_item>purchase{value=..100}"}, [4, 3, 1]),
        ({"path": "view_item{category=Lamps&value=200..}>purchase"}, [4, 1, 1]),
        ({"path": "view_item>purchase@1h"}, [4, 3, 2]),
        ({"path": "view_item>add_to_cart?>purchase@90m"}, [4, 3, 1, 3]),
        ({"path": "view_item>add_to_cart?>purchase@89m"}, [4, 3, 1, 2]),
        ({"window": "10m"}, [4, 3, 2]),
        ({"window": "9m"}, [4, 3, 0]),
        # the first visit of cat is two days before the purchase
        ({"entry": "first", "window": "24h"}, [4, 3, 2]),
        ({"entry": "first", "window": "3d"}, [4, 3, 3]),
        # all that bob ever did is void
        ({"without": "return_policy"}, [3, 2, 2]),
        ({"without": "no such event>return_policy"}, [3, 2, 2]),
        ({"same": "category", "path": "view_item{value=..50}>purchase"}, [4, 2, 1]),
    ],
)
def test_steps_are_narrowed_timed_and_excluded(
    shopped: Store, options: dict[str, Any], expected: list[int]
) -> None:
    assert people(report(shopped, DAYS, **{"path": "view_item>purchase", **options})) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # bob is a customer, too, but nobody knew before the purchase
        ({"by": "member"}, {"Gold": [1, 1, 1], "(none)": [3, 2, 2]}),
        # the first category anybody met; dan met none, and nobody can say what he is held against
        ({"by": "category"}, {"Lamps": [1, 1, 1], "Fans": [2, 2, 2]}),
        ({"by": "category", "touch": "last"}, {"Lamps": [2, 2, 2], "Fans": [1, 1, 1]}),
        # the view of the attempt that counts: the earliest of bob's that got to the end
        ({"by": "category", "touch": "view_item"}, {"Lamps": [1, 1, 1], "Fans": [2, 2, 2]}),
        ({"by": "category", "touch": "purchase"}, {"Lamps": [2, 2, 2], "Fans": [1, 1, 1]}),
        ({"by": "channel"}, {"Email": [2, 1, 1], "Paid Other": [2, 2, 2]}),
        ({"by": "channel", "touch": "last"}, {"Email": [3, 2, 2], "Paid Other": [1, 1, 1]}),
        # of the visit that the purchase was made in
        ({"by": "channel", "touch": "purchase"}, {"Email": [2, 2, 2], "Paid Other": [1, 1, 1]}),
    ],
)
def test_whose_value_splits(
    shopped: Store, options: dict[str, Any], expected: dict[str, list[int]]
) -> None:
    answer = report(shopped, DAYS, path="view_item>purchase", window="7d", **options)
    frame = answer.breakdown.frame
    counts = frame[["visit", "view_item", "purchase"]].to_numpy().tolist()
    assert {EN.say(v): n for v, n in zip(frame["value"], counts, strict=True)} == expected


ORDERED = [  # order, minute, event, visitor
    ("o1", 0, "place_order", "ann"),
    ("o1", 5, "pay", "ann"),
    ("o1", 300, "ship", "ann"),
    ("o2", 1, "place_order", "ann"),
    ("o3", 0, "place_order", "bob"),
    ("o3", 200, "pay", "bob"),
    ("", 0, "page_view", "bob"),
]


@pytest.fixture
def ordered(store: Store, load: Callable[..., Any]) -> Store:
    rows = [
        {
            "event_id": str(number),
            "event_at": _START + timedelta(minutes=minute),
            "event_date": _START.date(),
            "event_name": name,
            "visitor_id": who,
            "order_id": order,
            "source": {"ann": "mail", "bob": "ad"}.get(who or ""),
            "medium": {"ann": "email", "bob": "cpc"}.get(who or ""),
        }
        for number, (order, minute, name, who) in enumerate(ORDERED)
    ]
    load(store, "events", rows, shop=UTC_SHOP)
    return store


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"path": "place_order>pay>ship"}, [3, 2, 1]),
        ({"path": "place_order>pay>ship", "window": "2h"}, [3, 1, 0]),
        ({"path": "place_order>pay@1h>ship"}, [3, 1, 1]),
        # the first step of an order can't be skipped, and a page view names none
        ({"path": "place_order?>pay?>ship"}, [3, 2, 1]),
        ({"path": "page_view>pay"}, []),
        ({"path": "pay", "without": "ship"}, [2]),
    ],
)
def test_orders_are_followed_through_the_events_that_name_them(
    ordered: Store, options: dict[str, Any], expected: list[int]
) -> None:
    assert people(report(ordered, SCOPE, unit="order", **options)) == expected


def test_an_order_is_split_by_the_visit_it_was_placed_in(ordered: Store) -> None:
    answer = report(ordered, SCOPE, unit="order", path="place_order>pay>ship")
    frame = answer.breakdown.frame[["value", "place_order", "pay", "ship"]]
    assert {EN.say(row[0]): row[1:] for row in frame.to_numpy().tolist()} == {
        "Email": [2, 1, 1],
        "Paid Other": [1, 1, 0],
    }
    assert EN.say(answer.headline) == (
        "1 of 3 orders reached “ship” (33.3%); most stop before “pay”: 1."
    )
    assert narrowed(answer).startswith(
        "Orders: place_order → pay → ship; all within 7 days of the first step; of several"
    )
    drawn = charts.steps(answer, EN)
    assert drawn.subtitle.startswith("Orders whose events made the steps, each within 7 days")


def test_groups_are_compared_after_the_step_that_tells_them(shopped: Store) -> None:
    path = "view_item>add_to_cart?>purchase"
    by_category = report(shopped, DAYS, path=path, by="category")
    assert by_category.split_from == 1
    assert set(map(EN.say, by_category.contrasts.frame["step"])) == {
        "Added to cart (optional)",
        "Purchased",
    }
    assert report(shopped, DAYS, path=path, by="member").split_from == 0


def test_how_long_they_take_is_told_in_classes(shopped: Store) -> None:
    answer = report(shopped, DAYS, path="view_item>purchase")
    counts = answer.times.frame.pivot(index="step", columns="within", values="people")
    told = {EN.say(step): row for step, row in counts.iterrows()}
    spread = {
        step: [int(row[label]) for label in counts.columns.sort_values(key=_places)]
        for step, row in told.items()
    }
    # ann after 90 minutes, bob after 10, cat after 50 hours: the first visit got as far, and began
    # earlier
    assert spread == {
        "Viewed a product": [3, 0, 0, 0, 0, 0, 0],
        "Purchased": [0, 0, 1, 1, 0, 1, 0],
        "The whole way": [0, 0, 1, 1, 0, 1, 0],
    }
    drawn = times_chart(answer, EN)
    assert drawn.title == (
        "33.3% of those who got to “Purchased” did so within half an hour of the start"
    )


def _places(labels: pd.Index) -> list[int]:
    return [TIME_LABELS.index(label) for label in labels]


def test_nobody_got_there_so_nothing_is_said_of_the_time(shopped: Store) -> None:
    answer = report(shopped, DAYS, path="purchase{value=1000..}")
    assert answer.times.is_empty


def test_the_question_is_said_in_words(shopped: Store) -> None:
    answer = report(
        shopped,
        DAYS,
        path="view_item{category=Lamps|Fans&value=50..}>add_to_cart?>purchase{value=1..9.5}@2h",
        order="ordered",
        window="24h",
        without="return_policy",
        by="category",
        touch="view_item",
    )
    assert narrowed(answer) == (
        "Visitors: Visit → Viewed a product (Lamps, Fans, from 50) → Added to cart (optional) → "
        "Purchased (from 1, below 9.5) within 2 hours; all within 24 hours of the visit; not if "
        "they did this in between: return_policy; of several tries the furthest counts; split by "
        "Category at “Viewed a product (Lamps, Fans, from 50)”"
    )
    assert narrowed(report(shopped, DAYS, path="purchase", order="unordered", entry="first")) == (
        "Visitors: in any order: Visit, Purchased; all within 7 days of the visit; only the first "
        "start of the period counts; split by Channel, the first known"
    )


@pytest.mark.parametrize(
    "path",
    [
        "view_item",
        "a?>b@30m",
        "a?{category=x|y&page=/p%3Fq%3D1}>b",
        "a{value=..5}>b{value=1.5..}",
        "a>a{page=/}>a",
        "100%25 sure>价格 > 5".replace(" > ", " %3E "),
    ],
)
def test_a_line_of_steps_reads_as_it_is_written(path: str) -> None:
    steps = steps_of(path)
    assert steps_of(path_of(steps)) == steps
    assert len(steps) == path.count(">") + 1


@given(
    st.lists(
        st.builds(
            OwnStep,
            st.text(min_size=1),
            st.booleans(),
            st.lists(
                st.tuples(st.sampled_from(PROPERTIES), st.lists(st.text(), min_size=1).map(tuple)),
                max_size=2,
                unique_by=lambda one: one[0],
            ).map(tuple),
            st.none() | st.decimals(0, 10**6, places=2),
            st.none() | st.decimals(0, 10**6, places=2),
            st.sampled_from(["", "30m", "2h", "7d"]),
        ),
        max_size=4,
    ).map(tuple)
)
def test_any_steps_can_be_written_and_read(steps: tuple[OwnStep, ...]) -> None:
    assert steps_of(path_of(steps)) == steps


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (("page_view", "purchase"), {}),
        (("view_item", "purchase"), {"shop": "view_item>purchase"}),
        (
            ("view_item", "add_to_cart", "begin_checkout", "purchase"),
            {"shop": "view_item>add_to_cart>begin_checkout>purchase"},
        ),
        (
            ("view_item", "add_to_cart", "purchase", "view_search_results"),
            {
                "shop": "view_item>add_to_cart>purchase",
                "search": "view_search_results>view_item>add_to_cart?>purchase",
            },
        ),
        (("enquiry", "purchase"), {"enquiry": "enquiry>purchase"}),
        (
            ("enter_live_room", "create_order", "view_item", "purchase"),
            {
                "shop": "view_item>purchase",
                "live": "enter_live_room>view_item>create_order?>purchase",
            },
        ),
    ],
)
def test_usual_ways_are_those_the_log_can_tell(
    offered: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert {name: path_of(steps) for name, steps in usual_ways(offered).items()} == expected


def test_a_step_offers_what_its_events_have(shopped: Store) -> None:
    found = event_values(shopped, resolve(shopped, DAYS), "view_item", properties=PROPERTIES)
    assert found.to_numpy().tolist() == [["category", "Fans", 3], ["category", "Lamps", 2]]
