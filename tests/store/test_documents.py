"""Orders with what other files know of them: money, customer and visit, looked up in one place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from ecom import schema
from ecom.store import Store
from tests.conftest import stage

pytestmark = pytest.mark.every_engine


def order(order_id: str, **more: Any) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "kind": "sale",
        "status": "paid",
        "paid_date": date(2026, 1, 1),
        **more,
    }


def document(store: Store, order_id: str = "1") -> dict[str, Any]:
    frame = store.read(select(schema.documents).where(schema.documents.c.order_id == order_id))
    (row,) = frame.to_dict("records")
    return row


def money(store: Store) -> tuple[float, float]:
    row = document(store)
    return float(row["paid_amount"]), float(row["refunded_amount"])


LINES = [
    {"order_id": "1", "line_key": "a", "quantity": 1, "line_amount": 6},
    {"order_id": "1", "line_key": "b", "quantity": 1, "line_amount": 3},
]


def payment(number: int, amount: float, **more: Any) -> dict[str, Any]:
    usual = {"payment_id": f"p{number}", "order_id": "1", "type": "charge", "status": "paid"}
    return {**usual, "amount": amount, **more}


def test_what_the_order_says_was_paid_goes_first(store: Store) -> None:
    store.load(stage("orders", [order("1", paid_amount=10)]))
    store.load(stage("order_items", LINES), stage("payments", [payment(1, 11)]))
    assert money(store) == (10, 0)


def test_an_order_without_money_has_that_of_its_payments_else_of_its_lines(store: Store) -> None:
    store.load(stage("orders", [order("1")]))
    assert money(store) == (0, 0)
    store.load(stage("order_items", LINES))
    assert money(store) == (9, 0)  # 6 + 3
    payments = [payment(1, 4), payment(2, 7.5), payment(3, 99, status="failed")]
    (batch,) = store.load(stage("payments", payments))
    assert money(store) == (11.5, 0)  # 4 + 7.5
    sales = store.read(select(schema.daily_sales.c.paid_amount))
    assert sales["paid_amount"].tolist() == [11.5]
    store.undo(batch.batch_id)
    assert money(store) == (9, 0)


def test_the_file_that_knows_the_most_says_what_was_refunded(store: Store) -> None:
    store.load(stage("orders", [order("1", paid_amount=10, refunded_amount=1)]))
    documents = [
        {"refund_id": "r1", "order_id": "1", "amount": 2, "status": "refunded"},
        {"refund_id": "r2", "order_id": "1", "amount": 1.5, "status": "refunded"},
        {"refund_id": "r3", "order_id": "1", "amount": 50, "status": "requested"},
    ]
    (batch,) = store.load(stage("refunds", documents))
    assert money(store) == (10, 3.5)  # 2 + 1.5; what was only asked for did not move
    store.load(stage("payments", [payment(1, 10, refunded_amount=4)]))
    assert money(store) == (10, 4)
    store.undo(batch.batch_id)
    assert money(store) == (10, 4)


def test_a_refund_is_told_on_the_charge_or_by_a_row_of_its_own(store: Store) -> None:
    store.load(stage("orders", [order("1", paid_amount=10)]))
    rows = [payment(1, 10, refunded_amount=2), payment(2, -2, type="refund", status="refunded")]
    store.load(stage("payments", rows))
    assert money(store) == (10, 2)


def test_two_accounts_of_one_person_are_one_customer(store: Store) -> None:
    store.load(stage("orders", [order("1", customer_key="k1"), order("2", customer_key="k2")]))
    assert document(store, "2")["customer"] == "k2"
    accounts = [{"customer_key": key, "person_key": "P"} for key in ("k1", "k2")]
    (batch,) = store.load(stage("customers", accounts))
    assert {document(store, number)["customer"] for number in "12"} == {"P"}
    store.undo(batch.batch_id)
    assert document(store, "2")["customer"] == "k2"


def test_an_order_has_the_channel_of_the_visit_it_was_placed_in(store: Store) -> None:
    def event(name: str, minute: int, **more: Any) -> dict[str, Any]:
        moment = datetime(2026, 1, 1, 10, minute)
        usual = {"event_id": f"{name}{minute}", "event_name": name, "visitor_id": "v"}
        return {**usual, "event_at": moment, "event_date": moment.date(), **more}

    store.load(stage("orders", [order("1", paid_amount=10)]))
    store.load(stage("events", [event("purchase", 20, order_id="1")]))
    assert document(store)["channel"] == "Direct"
    # A later file tells how the visit began.
    landing = event("page_view", 1, source="newsletter", medium="email")
    (batch,) = store.load(stage("events", [landing]))
    assert document(store)["channel"] == "Email"
    sales = store.read(select(schema.daily_sales.c.channel))
    assert sales["channel"].tolist() == ["Email"]
    store.undo(batch.batch_id)
    assert document(store)["channel"] == "Direct"


def test_an_unpaid_order_is_no_document(store: Store) -> None:
    store.load(stage("orders", [order("1", status="unpaid", paid_date=None)]))
    store.load(stage("payments", [payment(1, 10)]))
    assert store.read(select(schema.documents)).empty
