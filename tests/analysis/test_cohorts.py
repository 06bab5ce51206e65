"""The cohort engine: public cases, a brute-force oracle over random events, and the mean row."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecom.analysis.cohorts import (
    CohortQuery,
    CohortTable,
    Criteria,
    EventSet,
    Membership,
    Source,
    Where,
    cohorts,
)
from ecom.errors import InvalidParameter
from ecom.model import Grain, Scope
from ecom.queries.scope import resolve
from ecom.store import Shop, Store
from tests.conftest import ROOT, empty_store, stage

pytestmark = pytest.mark.every_engine

# --- public cases ----------------------------------------------------------------------------
# Windows of 24 hours counted from each person's start belong to a later issue.


def _public_cases() -> list[Any]:
    path = Path(os.environ.get("ECOM_SHARED", ROOT.parent / "shared")) / "cases/retention.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip("needs the shared cases"))]
    return [
        pytest.param(case, id=case["id"])
        for case in json.loads(path.read_text())["cases"]
        if case["suite"] == "core" and case["query"].get("window_mode", "calendar") == "calendar"
    ]


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _where(given: dict[str, Any] | None) -> tuple[Where, ...]:
    return tuple(Where.is_(name, str(value)) for name, value in (given or {}).items())


def _event_set(given: dict[str, Any]) -> EventSet:
    return EventSet(given["event"], _where(given.get("where")))


def _query(given: dict[str, Any]) -> CohortQuery:
    return CohortQuery(
        until=_day(given["date_to"]),
        grain=Grain(given["period"]),
        periods=given["intervals"],
        since=_day(given["date_from"]) if "date_from" in given else None,
        membership=Membership(given["cohort"]),
        criteria=Criteria(given["criteria"]),
        start=_event_set(given["start"]),
        returning=_event_set(given["returning"]),
        where=_where(given.get("filter")),
        min_occurrences=given["min_occurrences"],
        week_start=given.get("week_start", "monday"),
    )


def _event_row(number: int, event: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(event["ts"])
    return {
        "event_id": str(number),
        "event_at": at,
        "event_date": at.date(),
        "event_name": event["event"],
        "visitor_id": event["user"],
        "properties": json.dumps(event.get("props", {})),
    }


@pytest.mark.parametrize("case", _public_cases())
def test_public_case_gives_the_published_matrix(
    case: dict[str, Any], store: Store, load: Callable[..., Any]
) -> None:
    load(store, "events", [_event_row(n, event) for n, event in enumerate(case["events"])])
    query = _query(case["query"])
    counts = cohorts(store, query).counts
    if "first_period" in case["query"]:
        assert query.starts[0] == _day(case["query"]["first_period"])
    expected = case["expected"]["matrix"]
    got = [[None if pd.isna(value) else int(value) for value in row] for row in counts.to_numpy()]
    if case["expected"]["shape"] == "prefix":
        assert [row[: len(want)] for row, want in zip(got, expected, strict=False)] == expected
    else:
        shown = [[value for value in row if value is not None] for row in got]
        assert shown == expected


# --- a slow, obviously right oracle ----------------------------------------------------------

FIRST = date(2026, 2, 25)
_events = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(["look", "buy"]),
        st.integers(0, 40),  # days after FIRST
        st.sampled_from(["red", "blue"]),
    ),
    max_size=30,
)
_queries = st.fixed_dictionaries(
    {
        "grain": st.sampled_from(Grain),
        "periods": st.integers(1, 6),
        "until": st.integers(0, 45).map(lambda days: FIRST + timedelta(days)),
        "since": st.none() | st.integers(0, 20),
        "membership": st.sampled_from(Membership),
        "criteria": st.sampled_from(Criteria),
        "start": st.sampled_from([None, "look", "buy"]),
        "start_colour": st.none() | st.just("red"),
        "returning": st.sampled_from([None, "look", "buy"]),
        "colour": st.none() | st.just("blue"),
        "min_occurrences": st.integers(1, 2),
        "week_start": st.sampled_from(["monday", "sunday"]),
    }
)


def _label(day: date, grain: Grain, week_start: str) -> Any:
    """A name for the period of a day; equal names, equal periods."""
    if grain is Grain.DAY:
        return day
    if grain is Grain.MONTH:
        return day.replace(day=1)
    names = {"monday": 0, "sunday": 6}
    while day.weekday() != names[week_start]:
        day -= timedelta(1)
    return day


def _brute_force(events: list[tuple[str, str, int, str]], asked: dict[str, Any]) -> list[list[Any]]:
    """Walk over calendar days, people and cells one by one, straight from the rules."""

    def label(day: date) -> Any:
        return _label(day, asked["grain"], asked["week_start"])

    calendar = [FIRST + timedelta(days) for days in range(-400, 400)]
    periods = sorted({label(day) for day in calendar})
    last = periods.index(label(asked["until"]))
    rectangle = asked["since"] is not None
    first = periods.index(label(asked["since"])) if rectangle else last - asked["periods"] + 1
    end = last + asked["periods"] - 1 if rectangle else last
    happened = [
        (who, name, FIRST + timedelta(days), colour)
        for who, name, days, colour in events
        if asked["colour"] in (None, colour) and label(FIRST + timedelta(days)) <= periods[end]
    ]

    def cohort_of(who: str) -> set[int]:
        named = sorted(e[2] for e in happened if e[0] == who and asked["start"] in (None, e[1]))
        starts = sorted(
            e[2]
            for e in happened
            if e[0] == who
            and asked["start"] in (None, e[1])
            and asked["start_colour"] in (None, e[3])
        )
        if not starts:
            return set()
        if asked["membership"] is Membership.RECURRING:
            return {periods.index(label(day)) for day in starts}
        if asked["membership"] is Membership.FIRST_EVER and named[0] != starts[0]:
            return set()
        return {periods.index(label(starts[0]))}

    def returned(who: str, period: int) -> bool:
        times = [
            e
            for e in happened
            if e[0] == who and asked["returning"] in (None, e[1]) and label(e[2]) == periods[period]
        ]
        return len(times) >= asked["min_occurrences"]

    rows = []
    for cohort in range(first, last + 1):
        members = [who for who in "abcd" if cohort in cohort_of(who)]
        row: list[Any] = [len(members)]
        for offset in range(1, asked["periods"]):
            period = cohort + offset
            later = (
                range(period, end + 1) if asked["criteria"] is Criteria.ON_OR_AFTER else [period]
            )
            row.append(
                sum(any(returned(who, one) for one in later) for who in members)
                if period <= end
                else None
            )
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def shared_store(engine: str) -> Any:  # one an engine
    with empty_store() as opened:
        yield opened


_shop_numbers = itertools.count()


@settings(
    max_examples=int(os.environ.get("ECOM_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(events=_events, asked=st.lists(_queries, min_size=3, max_size=3))
def test_counts_equal_a_brute_force_walk_over_people_and_periods(
    shared_store: Store, events: list[tuple[str, str, int, str]], asked: list[dict[str, Any]]
) -> None:
    shop = Shop(f"shop{next(_shop_numbers)}", "own", "", "CNY", "Asia/Shanghai")
    rows = [
        {
            "event_id": str(number),
            "event_at": datetime(2026, 2, 25, 4) + timedelta(days),
            "event_date": FIRST + timedelta(days),
            "event_name": name,
            "visitor_id": who,
            "region": colour,
        }
        for number, (who, name, days, colour) in enumerate(events)
    ]
    if rows:
        shared_store.load(stage("events", rows, shop=shop))
    resolved = dataclasses.replace(resolve(shared_store, Scope()), shops=(shop.shop_id,))
    for one in asked:
        since = None if one["since"] is None else one["until"] - timedelta(one["since"])
        colour = () if one["start_colour"] is None else (Where.is_("region", one["start_colour"]),)
        query = CohortQuery(
            **{name: one[name] for name in ("until", "grain", "periods", "membership", "criteria")},
            since=since,
            start=EventSet(one["start"], colour),
            returning=EventSet(one["returning"]),
            where=() if one["colour"] is None else (Where.is_("region", one["colour"]),),
            min_occurrences=one["min_occurrences"],
            week_start=one["week_start"],
        )
        counts = cohorts(shared_store, query, resolved=resolved).counts
        got = [[None if pd.isna(cell) else int(cell) for cell in row] for row in counts.to_numpy()]
        assert got == _brute_force(events, {**one, "since": since})


# --- sales, unfinished cells and means -------------------------------------------------------


def _sale(number: int, who: str | None, day: date, amount: float, **more: Any) -> dict[str, Any]:
    return {
        "order_id": str(number),
        "kind": "sale",
        "status": "paid",
        "customer_key": who,
        "paid_date": day,
        "paid_at": datetime(day.year, day.month, day.day, 4, tzinfo=UTC).replace(tzinfo=None),
        "paid_amount": amount,
        **more,
    }


@pytest.fixture
def sales_store(store: Store, load: Callable[..., Any]) -> Store:
    """January: a, b, c (30 paid). February: d; a, b again. March, data to the 9th: a, d again."""
    load(
        store,
        "orders",
        [
            _sale(1, "a", date(2026, 1, 5), 10, channel="shelf"),
            _sale(2, "b", date(2026, 1, 31), 10, channel="live"),
            _sale(3, "c", date(2026, 1, 31), 10, channel="live"),
            _sale(4, "c", date(2026, 1, 31), 5, channel="shelf"),
            _sale(5, "a", date(2026, 2, 1), 7, channel="live"),
            _sale(6, "b", date(2026, 2, 28), 8, channel="shelf"),
            _sale(7, "d", date(2026, 2, 3), 20, channel="shelf"),
            _sale(8, "a", date(2026, 3, 2), 1, channel="shelf"),
            _sale(9, "d", date(2026, 3, 9), 2, channel="shelf"),
            _sale(10, None, date(2026, 1, 7), 99),
            _sale(11, "e", date(2026, 1, 8), 0, status="unpaid"),
        ],
    )
    return store


def _sales_table(store: Store, scope: Scope | None = None, **options: Any) -> CohortTable:
    query = CohortQuery(
        until=date(2026, 3, 9),
        periods=3,
        source=Source.SALES,
        membership=Membership.FIRST_EVER,
        **options,
    )
    return cohorts(store, query, resolved=resolve(store, scope or Scope()))


def test_first_purchases_make_cohorts_and_later_months_count_as_returns(sales_store: Store) -> None:
    table = _sales_table(sales_store)
    assert table.sizes.to_dict() == {
        date(2026, 1, 1): 3,
        date(2026, 2, 1): 1,
        date(2026, 3, 1): 0,
    }
    # January: a and b came in February, a alone in March; c's second order was the same day.
    assert table.counts.fillna(-1).to_numpy().tolist() == [[3, 2, 1], [1, 1, -1], [0, -1, -1]]
    # January's money: 35 in January, 7 + 8 in February, 1 in March.
    assert table.amounts.fillna(-1).to_numpy().tolist() == [[35, 15, 1], [20, 2, -1], [0, -1, -1]]


def test_cells_of_the_running_month_are_unfinished_and_left_out_of_the_mean(
    sales_store: Store,
) -> None:
    table = _sales_table(sales_store)
    assert table.complete.to_numpy().tolist() == [
        [True, True, False],
        [True, False, False],
        [False, False, False],
    ]
    # Offset 1 is complete for January only: 2 of 3. Offset 2 for none.
    mean = table.mean()
    assert mean[1] == pytest.approx(2 / 3)
    assert math.isnan(mean[2])
    # 35 + 20 over 3 + 1 members in the first month; 15 over 3 in the next.
    assert table.mean_per_member().tolist()[:2] == pytest.approx([55 / 4, 5])


def test_simple_mean_gives_every_cohort_the_same_weight(sales_store: Store) -> None:
    table = _sales_table(sales_store, last_day=date(2026, 3, 31))
    assert table.mean()[1] == pytest.approx(3 / 4)
    assert table.mean(weighted=False)[1] == pytest.approx((2 / 3 + 1) / 2)


def test_a_channel_filter_attributes_customers_by_their_first_order(sales_store: Store) -> None:
    # Live: b, and c by its first day; a began on the shelf and bought live only later.
    table = _sales_table(sales_store, Scope(channels=("live",)))
    assert table.sizes.tolist() == [2, 0, 0]
    # b's return came through the shelf and counts.
    assert table.counts.iloc[0].tolist() == [2, 1, 0]


def test_unbounded_cells_stay_open_until_the_last_period_has_ended(sales_store: Store) -> None:
    table = _sales_table(sales_store, criteria=Criteria.ON_OR_AFTER)
    assert table.counts.iloc[0].tolist() == [3, 2, 1]
    assert table.complete.iloc[0].tolist() == [True, False, False]


def test_an_empty_store_gives_a_table_of_zeros(store: Store) -> None:
    table = _sales_table(store)
    assert table.sizes.tolist() == [0, 0, 0]
    assert table.retention.isna().to_numpy().all()
    assert table.mean().isna().all()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"window": "24h"}, "24h"),
        ({"periods": 0}, "periods"),
        ({"min_occurrences": 0}, "min_occurrences"),
        ({"week_start": "friday"}, "friday"),
        ({"since": date(2027, 1, 1)}, "2027-01-01"),
        ({"source": Source.SALES, "start": EventSet("purchase")}, "sales"),
    ],
)
def test_a_wrong_question_is_answered_with_a_sentence(options: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidParameter, match=word):
        CohortQuery(until=date(2026, 3, 9), **options)
