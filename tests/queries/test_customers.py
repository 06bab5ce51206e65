"""Buyers, new and repeat ones, against plain Python over the same rows."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecom.model import Period, Scope
from ecom.models.customers import CustomerOrders, customer_days, customer_sums
from ecom.models.repeat import customer_totals, newness, waits
from ecom.queries.customers import customer_measures, customer_orders, unknown_sales
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Shop, Store
from tests.conftest import empty_store, stage

FIRST = date(2026, 1, 1)
DORMANT = 5

# (customer or None, day after FIRST, amount, channel)
Sale = tuple[str | None, int, int, str]
_sales = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d", None]),
        st.integers(0, 20),
        st.integers(0, 9),
        st.sampled_from(["shelf", "live"]),
    ),
    max_size=25,
)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def shared_store() -> Iterator[Store]:
    with empty_store() as opened:
        opened.save_settings(opened.settings.with_values(dormant_days=DORMANT))
        yield opened


def _load(store: Store, sales: list[Sale], **scope: Any) -> ResolvedScope:
    """Put the sales into a shop of their own; the scope sees that shop only."""
    shop = Shop(f"shop{next(_numbers)}", "own", "", "CNY", "Asia/Shanghai")
    rows = [
        {
            "order_id": str(number),
            "kind": "sale",
            "status": "completed",
            "customer_key": who,
            "paid_date": FIRST + timedelta(day),
            "paid_at": datetime(2026, 1, 1) + timedelta(day),
            "paid_amount": float(amount),
            "channel": channel,
        }
        for number, (who, day, amount, channel) in enumerate(sales)
    ]
    if rows:
        store.load(stage("orders", rows, shop=shop))
    return dataclasses.replace(resolve(store, Scope(**scope)), shops=(shop.shop_id,))


def _period(start: int, end: int) -> Period:
    return Period(FIRST + timedelta(start), FIRST + timedelta(end))


def _orders(store: Store, resolved: ResolvedScope) -> CustomerOrders:
    return customer_orders(store, resolved, until=FIRST + timedelta(12))


def _by_hand(
    sales: list[Sale], start: int, end: int, channels: tuple[str, ...]
) -> dict[str, float] | None:
    """Person by person, straight from the definitions in the metric catalogue."""
    known = [sale for sale in sales if sale[0] is not None and sale[1] <= end]
    if not known:
        return None
    sums = dict.fromkeys(
        ("buyers", "repeat_buyers", "new_buyers", "buyer_orders", "buyer_gmv", "active_customers"),
        0.0,
    )
    for who in {sale[0] for sale in known}:
        mine = [sale for sale in known if sale[0] == who]
        passing = [sale for sale in mine if not channels or sale[3] in channels]
        during = [sale for sale in passing if sale[1] >= start]
        first = min(sale[1] for sale in mine)
        sums["buyer_orders"] += len(during)
        sums["buyer_gmv"] += sum(sale[2] for sale in during)
        if during:
            sums["buyers"] += 1
            bought_twice = len([sale for sale in mine if sale[1] >= start]) > 1
            sums["repeat_buyers"] += first < start or bought_twice
        if first >= start and any(sale[1] == first for sale in passing):
            sums["new_buyers"] += 1
        if any(end - sale[1] <= DORMANT for sale in passing):
            sums["active_customers"] += 1
    return sums


@settings(max_examples=40, deadline=None)
@given(
    sales=_sales,
    start=st.integers(0, 20),
    length=st.integers(1, 12),
    channels=st.sampled_from([(), ("live",)]),
)
def test_sums_equal_a_walk_over_the_customers(
    shared_store: Store, sales: list[Sale], start: int, length: int, channels: tuple[str, ...]
) -> None:
    resolved = _load(shared_store, sales, channels=channels)
    end = start + length - 1
    period = _period(start, end)
    expected = _by_hand(sales, start, end, channels)
    orders = customer_orders(shared_store, resolved, until=period.end + timedelta(9))
    got = customer_sums(orders, period, dormant_days=DORMANT)
    assert got == customer_measures(shared_store, resolved, period)
    assert got == (expected or dict.fromkeys(got))
    daily = customer_days(orders, period, dormant_days=DORMANT)
    for day, row in daily.iterrows():
        one = (day - FIRST).days
        of_the_day = _by_hand(sales, one, one, channels) or dict.fromkeys(got, 0.0)
        assert {name: row[name] for name in of_the_day} == of_the_day


@pytest.fixture
def resolved(store: Store) -> ResolvedScope:
    # a: days 0 and 0 again, then 10. b: day 3, then 4. c: day 8 once. One order names nobody.
    return _load(
        store,
        [
            ("a", 0, 5, "shelf"),
            ("a", 0, 6, "live"),
            ("b", 3, 10, "live"),
            ("b", 4, 20, "shelf"),
            ("c", 8, 1, "live"),
            ("a", 10, 7, "live"),
            (None, 9, 100, "shelf"),
        ],
    )


def test_waits_end_with_the_next_day_of_ordering_or_the_last_day_watched(
    store: Store, resolved: ResolvedScope
) -> None:
    rows = waits(_orders(store, resolved), until=FIRST + timedelta(12))
    found = {(row.days, row.came_back, row.customers) for row in rows.itertuples()}
    assert found == {(10, True, 1), (1, True, 1), (4, False, 1)}
    assert set(rows["month"]) == {FIRST}


def test_totals_are_one_nameless_row_a_customer(store: Store, resolved: ResolvedScope) -> None:
    rows = customer_totals(_orders(store, resolved), until=FIRST + timedelta(12))
    assert sorted(rows.itertuples(index=False, name=None)) == [(2, 3, 18), (4, 1, 1), (8, 2, 30)]


def test_money_is_new_on_the_first_day_and_unknown_without_a_customer(
    store: Store, resolved: ResolvedScope
) -> None:
    rows = newness(_orders(store, resolved), _period(0, 12))
    sums = rows.sum()
    # new: 5 + 6 (a), 10 (b), 1 (c); returning: 20 (b) + 7 (a).
    assert (sums["new"], sums["returning"]) == (22, 27)
    assert rows.loc[FIRST].tolist() == [11, 0]


def test_orders_without_a_customer_are_counted(store: Store, resolved: ResolvedScope) -> None:
    rows = unknown_sales(store, resolved, _period(0, 12))
    assert list(rows.itertuples(name=None)) == [(FIRST + timedelta(9), 1, 100)]
    assert unknown_sales(store, resolved, _period(0, 8)).empty


def test_an_empty_store_knows_nothing(store: Store) -> None:
    resolved = resolve(store, Scope())
    assert set(customer_measures(store, resolved, _period(0, 9)).values()) == {None}
    orders = _orders(store, resolved)
    assert customer_days(orders, _period(0, 9), dormant_days=DORMANT).empty
    assert waits(orders, until=FIRST).empty
    assert customer_totals(orders, until=FIRST).empty
    assert newness(orders, _period(0, 9)).empty
    assert unknown_sales(store, resolved, _period(0, 9)).empty


def test_unpaid_orders_and_returns_are_no_purchases(store: Store, load: Callable[..., Any]) -> None:
    common = {"customer_key": "a", "paid_date": FIRST, "paid_amount": 9.0}
    load(
        store,
        "orders",
        [
            {"order_id": "1", "kind": "sale", "status": "unpaid", **common},
            {"order_id": "2", "kind": "return", "status": "completed", **common},
            {"order_id": "3", "kind": "sale", "status": "refunded", **common},
        ],
    )
    sums = customer_measures(store, resolve(store, Scope()), _period(0, 0))
    assert (sums["buyer_orders"], sums["buyer_gmv"]) == (1, 9)
