"""Enquiries whose file names a customer and no order: matched by hand, and against plain loops."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.service import report
from ecom.charts.service import by_response
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.queries.scope import resolve
from ecom.queries.service import enquiries
from ecom.store import Shop, Store

SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
OTHER = Shop("other", "own", "Another shop", "CNY", "UTC")
MARCH = Scope(Period(date(2026, 3, 1), date(2026, 3, 31)), comparison=Comparison.NONE)
DAYS = timedelta(days=1)
Load = Callable[..., Any]


def noon(day: float) -> datetime:
    """Noon of a day of March, or so many days after that."""
    return datetime(2026, 2, 28, 12) + day * DAYS


def asked(number: object, at: datetime, customer: str | None, **told: Any) -> dict[str, Any]:
    return {
        "enquiry_id": str(number),
        "opened_at": at,
        "opened_date": at.date(),
        "queue": "sale",
        "customer_key": customer,
        "first_response_seconds": 20,
        **told,
    }


def paid(number: object, at: datetime | None, customer: str, amount: float, **told: Any) -> Any:
    day = noon(20).date() if at is None else at.date()
    return {
        "order_id": str(number),
        "kind": "sale",
        "status": "completed",
        "order_date": day,
        "paid_date": day,
        "paid_at": at,
        "customer_key": customer,
        "paid_amount": amount,
        "currency": "CNY",
        **told,
    }


def outcome(store: Store) -> dict[str, tuple[str, float | None]]:
    """How each enquiry ended and for how much; their agents are called as they are."""
    resolved = resolve(store, MARCH)
    found = enquiries(store, resolved, resolved.period)
    ends = {}
    for row in found.to_dict("records"):
        assert row["paid"] == (row["told"] or row["matched"])
        assert not (row["told"] and row["matched"])
        how = "told" if row["told"] else "matched" if row["matched"] else "none"
        ends[row["agent"]] = (how, None if row["amount"] != row["amount"] else row["amount"])
    return ends


def named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "agent": row["enquiry_id"]} for row in rows]


def test_an_order_counts_for_the_last_enquiry_before_it_and_for_one_only(
    store: Store, load: Load
) -> None:
    rows = [
        # Ann asks twice, then buys twice: her first order counts for the second enquiry.
        asked("a1", noon(1), "ann"), asked("a2", noon(2), "ann"),
        # What a file names is that enquiry's, though Bob asked again before he paid.
        asked("b1", noon(5), "bob", order_id="b", paid_amount=70), asked("b2", noon(5.5), "bob"),
        # Told by an amount alone: the order after it is this very one, and no earlier enquiry's.
        asked("f1", noon(6), "fay"), asked("f2", noon(6.5), "fay", paid_amount=9),
        # Three days to the second still count; a second more does not, nor does the same moment.
        asked("c1", noon(8), "cat"), asked("d1", noon(8), "dan"), asked("e1", noon(8), "eve"),
        # In another currency it is paid, of unknown amount.
        asked("g1", noon(10), "gus"),
        # No customer, a customer of another shop, one whose order has no time.
        asked("n1", noon(12), None), asked("h1", noon(12), "hal"), asked("i1", noon(12), "ida"),
        # The next one, of April, is the last before the order.
        asked("j1", noon(31), "jan"), asked("j2", noon(31.5), "jan"),
        # Two accounts of one person.
        asked("k1", noon(14), "kim-1"),
    ]  # fmt: skip
    load(store, "service_enquiries", named(rows), shop=SHOP)
    load(
        store,
        "orders",
        [
            paid("a-1", noon(2.2), "ann", 30), paid("a-2", noon(2.4), "ann", 40),
            paid("b", noon(6), "bob", 70), paid("f", noon(7), "fay", 9),
            paid("c", noon(11), "cat", 50), paid("d", noon(11) + timedelta(seconds=1), "dan", 60),
            paid("e", noon(8), "eve", 60), paid("g", noon(10.1), "gus", 5, currency="USD"),
            paid("i", None, "ida", 80), paid("j", noon(32), "jan", 90),
            paid("k", noon(15), "kim-2", 20),
        ],
        shop=SHOP,
    )  # fmt: skip
    load(store, "orders", [paid("h", noon(12.1), "hal", 80)], shop=OTHER)
    load(
        store,
        "customers",
        [{"customer_key": f"kim-{one}", "person_key": "kim"} for one in (1, 2)],
        shop=SHOP,
    )
    assert outcome(store) == {
        "a1": ("none", 0), "a2": ("matched", 30), "b1": ("told", 70), "b2": ("none", 0),
        "f1": ("none", 0), "f2": ("told", 9), "c1": ("matched", 50), "d1": ("none", 0),
        "e1": ("none", 0), "g1": ("matched", None), "n1": ("none", 0), "h1": ("none", 0),
        "i1": ("none", 0), "j1": ("none", 0), "k1": ("matched", 20),
    }  # fmt: skip
    answer = report(store, MARCH)
    assert (answer.told, answer.matched) == (2, 4)
    told = {kpi.metric: kpi.delta.value for kpi in answer.kpis}
    assert told["enquiry_paid_rate"] == pytest.approx(6 / 15)
    # 30 + 70 + 9 + 50 + 20 over the fourteen whose amount is known
    assert told["paid_per_enquiry"] == pytest.approx(179 / 14)
    # Data ends on 1 April: of the last three days j1 alone is in March, and it is unpaid.
    said = [Language("en").say(notice.text) for notice in answer.notices]
    assert any("1 unpaid enquiries are of the last 3 days" in one for one in said)
    chart = by_response(answer, Language("en"))
    assert "2 are told by the file, 4 matched" in chart.subtitle


def test_random_enquiries_claim_what_plain_loops_give_them(store: Store, load: Load) -> None:
    chance = random.Random(5)
    people = [f"p{one}" for one in range(12)]
    moments = [noon(1) + timedelta(hours=hour) for hour in range(24 * 28)]
    orders = [
        paid(number, at, chance.choice(people), number + 1)
        for number, at in enumerate(chance.sample(moments, 60))
    ]
    rows = [
        asked(number, at, chance.choice(people),
              order_id=chance.choice(orders)["order_id"] if chance.random() < 0.2 else None)
        for number, at in enumerate(chance.sample(moments, 90))
    ]  # fmt: skip
    load(store, "orders", orders, shop=SHOP)
    load(store, "service_enquiries", named(rows), shop=SHOP)
    file_says = {row["order_id"] for row in rows}
    claims: dict[str, list[Any]] = {}
    for order in orders:
        if order["order_id"] in file_says:
            continue
        before = [
            row
            for row in rows
            if row["customer_key"] == order["customer_key"]
            and timedelta(0) < order["paid_at"] - row["opened_at"] <= 3 * DAYS
        ]
        if before:
            last = max(before, key=lambda row: row["opened_at"])
            claims.setdefault(last["enquiry_id"], []).append(order)
    expected: dict[str, tuple[str, float | None]] = {}
    for row in rows:
        mine = sorted(claims.get(row["enquiry_id"], []), key=lambda order: order["paid_at"])
        if row["order_id"]:
            expected[row["enquiry_id"]] = ("told", None)
        else:
            expected[row["enquiry_id"]] = (
                ("matched", mine[0]["paid_amount"]) if mine else ("none", 0)
            )
    assert outcome(store) == expected
    assert sum(how == "matched" for how, _ in expected.values()) > 10
