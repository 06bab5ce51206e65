"""A shop that sells in two currencies: its money is never added up over them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from ecom.analysis.overview import report
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.queries.documents import document_counts
from ecom.queries.provenance import line_batches, order_batches
from ecom.queries.reconcile import orders_by_day
from ecom.queries.sales import sales_measures
from ecom.queries.scope import resolve
from ecom.queries.traffic import traffic_facts
from ecom.store import Shop

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
SHOP = Shop("s1", "own", "Corner", "CNY", "Asia/Shanghai")


def order(number: int, paid: float, currency: str | None, **more: Any) -> dict[str, Any]:
    return {
        "order_id": f"o{number}", "kind": "sale", "status": "paid", "customer_key": f"c{number}",
        "paid_date": date(2026, 3, number), "order_date": date(2026, 3, number),
        "paid_at": datetime(2026, 3, number, 4), "currency": currency, "paid_amount": paid,
        "refunded_amount": 0.0, "adjustment_amount": 0.0, **more,
    }  # fmt: skip


# 100 and 40 in CNY (the second says none, so it is in the shop's); 900 in USD.
ORDERS = [order(1, 100.0, "CNY"), order(2, 40.0, None), order(3, 900.0, "USD")]
LINES = [
    {"order_id": f"o{n}", "line_key": "1", "sku": "lamp", "category": "light", "quantity": 1.0,
     "line_amount": amount}
    for n, amount in ((1, 100.0), (2, 40.0), (3, 900.0))
]  # fmt: skip


@pytest.fixture
def sold(store, load):
    load(store, "orders", ORDERS, shop=SHOP)
    load(store, "order_items", LINES, shop=SHOP)
    return store


def test_money_is_in_the_currency_of_the_report(sold) -> None:
    resolved = resolve(sold, Scope(period=MARCH))
    assert resolved.currency == "CNY"
    found = sales_measures(sold, resolved, resolved.period)
    assert (found["gmv"], found["orders"], found["buyers"], found["units"]) == (140, 2, 2, 2)
    assert document_counts(sold, resolved, MARCH)["amount"].iloc[-1] == 140
    assert order_batches(sold, resolved, MARCH)["amount"].sum() == 140
    assert line_batches(sold, resolved, MARCH)["amount"].sum() == 140


def test_with_a_category_filter_too(sold) -> None:
    resolved = resolve(sold, Scope(period=MARCH, categories=("light",)))
    found = sales_measures(sold, resolved, resolved.period)
    assert (found["gmv"], found["orders"], found["buyers"]) == (140, 2, 2)


def test_what_is_left_out_is_named(sold) -> None:
    resolved = resolve(sold, Scope(period=MARCH))
    (notice,) = resolved.notices
    assert notice.severity == "warning"
    said = Language("en").say(notice.text)
    assert "1 orders of Corner" in said
    assert "900" in said
    assert "$" in said or "USD" in said
    assert notice in report(sold, Scope(period=MARCH)).notices
    early = resolve(sold, Scope(period=Period(date(2026, 3, 1), date(2026, 3, 2))))
    assert early.notices == ()  # nothing of these days is left out


def test_a_shop_without_a_currency_has_the_one_of_most_orders(store, load) -> None:
    nameless = Shop("s1", "own", "Corner", "", "Asia/Shanghai")
    rows = [order(1, 10.0, "EUR"), order(2, 20.0, "EUR"), order(3, 900.0, "USD")]
    load(store, "orders", rows, shop=nameless)
    resolved = resolve(store, Scope(period=MARCH))
    assert resolved.currency == "EUR"
    assert sales_measures(store, resolved, MARCH)["gmv"] == 30
    assert len(resolved.notices) == 1


def test_reconciliation_stays_in_the_shops_own_currency(sold) -> None:
    rows = orders_by_day(sold, ["s1"], MARCH)
    for basis in ("paid", "ordered", "utc"):
        assert rows.loc[rows["basis"] == basis, "paid_amount"].sum() == 140


def event(number: int, visitor: str, value: float, currency: str | None) -> dict[str, Any]:
    return {
        "event_id": f"e{number}", "event_at": datetime(2026, 3, 1, 4, number),
        "event_date": date(2026, 3, 1), "event_name": "purchase", "visitor_id": visitor,
        "value": value, "currency": currency,
    }  # fmt: skip


def test_purchases_of_an_event_log(store, load) -> None:
    rows = [
        event(1, "ann", 100.0, "CNY"), event(2, "ann", 5.0, None),  # one visit, 105 CNY
        event(3, "bob", 900.0, "USD"),  # in another currency
        event(4, "cat", 7.0, "CNY"), event(5, "cat", 8.0, "USD"),  # one visit, both
    ]  # fmt: skip
    load(store, "events", rows, shop=SHOP)
    resolved = resolve(store, Scope(period=MARCH))
    (facts,) = traffic_facts(store, resolved, (MARCH,))
    assert facts.measures["traffic_gmv"] == 105
    said = Language("en").say(resolved.notices[0].text)
    assert "2 purchases of visits to Corner in several currencies" in said
    assert "1 purchases in the event log of Corner" in said
