"""The costly leaks, on logs that can be added up by hand, and on the planted one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ecom.analysis.leaks import LeaksReport, report
from ecom.charts.leaks import at_stake
from ecom.i18n import Language
from ecom.model import Scope
from ecom.store import Batch, Store
from tests.analysis.test_funnel import BEFORE, SHOP, WEEK, crowd

Load = Callable[..., Batch]
ENGLISH = Language("en")


def notes(shown: LeaksReport) -> str:
    return " ".join(ENGLISH.say(notice.text) for notice in shown.notices)


@pytest.fixture
def leaky(store: Store, load: Load) -> Store:
    """Of 400 on phones 200 view, 20 cart and buy; of 600 at desks 300 view, 150 cart, 75 buy."""
    day = WEEK.start
    phones = crowd(day, "p", 200, 180, 0, 0, 20, device="mobile")
    desks = crowd(day, "d", 300, 150, 75, 0, 75, device="desktop")
    load(store, "events", phones + desks, shop=SHOP)
    orders: list[dict[str, Any]] = [
        {"order_id": str(number), "kind": "sale", "status": "paid", "order_date": day,
         "paid_date": day, "paid_amount": 100.0, "currency": "CNY"}
        for number in range(2)
    ]  # fmt: skip
    load(store, "orders", orders, shop=SHOP)
    return store


def test_a_leak_costs_the_people_lost_times_what_they_would_have_paid(leaky: Store) -> None:
    shown = report(leaky, Scope(WEEK))
    # Phones: 200 viewed, 20 put into the cart (10 %); the rest 300 and 150 (50 %). Lost:
    # 200 * .4 = 80, of whom the rest's 75 of 150 would have bought for 100 each: 4,000.
    assert shown.average_order == pytest.approx(100)
    rows = shown.costly_leaks.frame
    first = rows.iloc[0]
    assert [str(first["step"]), first["segment"], first["people"]] == [
        "Added to cart", "mobile", 200
    ]  # fmt: skip
    assert [first["rate"], first["rest"], first["lost"]] == pytest.approx([0.1, 0.5, 80])
    assert first["at_stake"] == pytest.approx(4_000)
    assert 2_500 < first["low"] < 4_000 < first["high"] < 5_500
    # At the checkout 75 of 150 at desks go on against 20 of 20: too few on phones to say so.
    assert len(rows) == 1
    assert "Too few people to tell" in notes(shown)
    assert ENGLISH.say(shown.headline).startswith("The costliest leak: ")
    chart = at_stake(shown, ENGLISH)
    assert list(chart.figure.data[0].x) == pytest.approx([4_000])
    assert chart.figure.data[0].error_x.array[0] == pytest.approx(first["high"] - 4_000)


def test_without_orders_a_leak_has_no_price(store: Store, load: Load) -> None:
    rows = crowd(WEEK.start, "p", 200, 180, 0, 0, 20, device="mobile")
    rows += crowd(WEEK.start, "d", 300, 150, 75, 0, 75, device="desktop")
    load(store, "events", rows, shop=SHOP)
    shown = report(store, Scope(WEEK))
    assert shown.costly_leaks.frame["at_stake"].isna().all()
    assert ENGLISH.say(shown.headline).startswith("The largest leak: ")
    assert "no leak has a price" in notes(shown)


def test_simpsons_paradox_is_named(store: Store, load: Load) -> None:
    # Views by device, before: 90 of 100 and 100 of 400 (38 % together);
    # now: 320 of 400 and 20 of 100 (68 %). Each device fell, all together rose.
    def week(day: Any, name: str, desks: tuple[int, int], phones: tuple[int, int]) -> list[Any]:
        rows = crowd(day, f"{name}d", desks[0] - desks[1], 0, 0, 0, desks[1], device="desktop")
        return rows + crowd(
            day, f"{name}p", phones[0] - phones[1], 0, 0, 0, phones[1], device="mobile"
        )

    rows = week(BEFORE.start, "b", (100, 90), (400, 100)) + week(
        WEEK.start, "n", (400, 320), (100, 20)
    )
    load(store, "events", rows, shop=SHOP)
    said = notes(report(store, Scope(WEEK)))
    assert (
        "Simpson’s paradox: the share that goes on to “Viewed a product” moved from 38.0% to "
        in said
    )
    assert said.count("Simpson") == 1
