"""Aggregates against details, on rows that can be added up by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.reconcile import Check, ReconcileReport, reconcile
from ecom.i18n import Language
from ecom.model import Period
from ecom.models.differences import Verdict
from ecom.store import Shop, Store
from tests.conftest import stage

ENGLISH = Language("en")
FIRST = date(2026, 3, 1)
PAID = (100.0, 210.0, 150.0, 320.0, 250.0, 120.0)  # of six days: 1150


def day(number: int) -> date:
    return FIRST + timedelta(number)


def order(number: int, paid: float, **more: Any) -> dict[str, Any]:
    """One order a day, paid at 20:00 UTC of the evening before, which is 04:00 in Shanghai."""
    local = day(number)
    moment = datetime(local.year, local.month, local.day) - timedelta(hours=4)
    return {
        "order_id": f"o{number}", "kind": "sale", "status": "paid", "customer_key": f"c{number}",
        "paid_at": moment, "paid_date": local, "order_date": local, "paid_amount": paid,
        "total_amount": paid, **more,
    }  # fmt: skip


def exported(number: int, amount: float, **more: Any) -> dict[str, Any]:
    return {
        "source": "sycm", "period_start": day(number), "period_end": day(number), "hour": -1,
        "grain": "shop", "paid_amount": amount, **more,
    }  # fmt: skip


def check(report: ReconcileReport, key: str) -> Check:
    (found,) = [one for one in report.checks if one.spec.key == key]
    return found


def why(found: Check) -> str:
    return " ".join(map(ENGLISH.say, found.explanations))


def amounts(store: Store, told: list[float], **columns: list[float]) -> Check:
    """The check of an export that tells these amounts, against the orders of PAID."""
    rows = [
        order(number, paid, **{name: values[number] for name, values in columns.items()})
        for number, paid in enumerate(PAID)
    ]
    store.load(stage("orders", rows))
    store.load(stage("traffic_agg", [exported(n, value) for n, value in enumerate(told)]))
    return check(reconcile(store), "traffic_amount")


def test_an_empty_store_compares_nothing(store: Store) -> None:
    report = reconcile(store)
    assert report.checks == ()
    assert report.table.is_empty
    assert report.not_compared.is_empty
    assert "no two sources" in str(report.headline)


def test_equal_sums_agree(store: Store) -> None:
    found = amounts(store, list(PAID))
    assert found.verdict is Verdict.AGREES
    assert (found.gap.reported, found.gap.counted) == (1150.0, 1150.0)
    assert found.period == Period(day(0), day(5))
    assert found.worst.is_empty
    assert (found.explanations, found.reasons) == ((), ())


def test_an_export_net_of_refunds_is_known_as_such(store: Store) -> None:
    back = [10.0, 0.0, 30.0, 5.0, 0.0, 120.0]  # 165 of 1150
    found = amounts(
        store, [paid - given for paid, given in zip(PAID, back, strict=True)], refunded_amount=back
    )
    assert found.gap.difference == -165.0
    assert found.verdict is Verdict.EXPECTED
    assert why(found) == "The difference equals the refunds."
    assert found.reasons == ()


def test_an_export_with_postage_is_known_as_such(store: Store) -> None:
    post = [7.0, 90.0, 4.0, 12.0, 11.0, 6.0]
    found = amounts(
        store, [paid + more for paid, more in zip(PAID, post, strict=True)], shipping_amount=post
    )
    assert why(found) == "The difference equals the postage."


def test_an_export_without_tax_is_known_as_such(store: Store) -> None:
    tax = [20.0] * 6
    found = amounts(store, [paid - 20.0 for paid in PAID], tax_amount=tax)
    assert why(found) == "The difference equals the tax, which the export leaves out."


def test_an_export_cut_at_midnight_utc_looks_like_a_time_zone_shift(store: Store) -> None:
    # Paid at 20:00 UTC the evening before: by UTC each order belongs to the day before. The first
    # order of a second one at noon UTC stays, so it is not simply a day's shift.
    noon = [
        order(n, 50.0 + 10 * n, order_id=f"n{n}",
              paid_at=datetime(2026, 3, 1, 12) + timedelta(days=n))
        for n in range(6)
    ]  # fmt: skip
    store.load(stage("orders", noon))
    by_utc = [PAID[n + 1] + 50 + 10 * n for n in range(5)] + [100.0]
    found = amounts(store, by_utc)
    assert why(found) == "Looks like a time-zone shift: the days are cut at midnight UTC."
    assert found.verdict is Verdict.EXPECTED


def test_an_export_that_counts_orders_placed_is_known_as_such(store: Store) -> None:
    unpaid = [
        order(n, 0.0, order_id=f"u{n}", status="unpaid", paid_at=None, paid_date=None,
              total_amount=40.0 + n, paid_amount=None)
        for n in range(6)
    ]  # fmt: skip
    store.load(stage("orders", unpaid))
    found = amounts(store, [paid + 40 + n for n, paid in enumerate(PAID)])
    assert why(found).startswith("The export counts orders placed, paid or not")


def test_an_unsettled_last_day_is_known_as_such(store: Store) -> None:
    found = amounts(store, [*PAID[:5], 10.0])
    assert why(found) == "Only the last day differs: it was exported before it was settled."
    (worst,) = found.worst.frame.to_dict("records")
    assert worst["period"] == Period(day(5), day(5))
    assert (worst["reported"].value, worst["counted"].value, worst["difference"].value) == (
        10.0, 120.0, -110.0,
    )  # fmt: skip


def test_what_nothing_explains_differs_and_names_what_it_may_be(store: Store) -> None:
    found = amounts(store, [260.0, 90.0, 330.0, 150.0, 470.0, 20.0])
    assert found.verdict is Verdict.DIFFERS
    assert found.explanations == ()
    assert "test orders and orders by hand" in [str(reason) for reason in found.reasons]
    assert str(reconcile(store).headline) == "1 of 1 checks differ."


def test_a_row_of_several_days_is_held_against_their_sum(store: Store) -> None:
    store.load(stage("orders", [order(n, paid) for n, paid in enumerate(PAID)]))
    row = exported(0, 460.0, period_end=day(2), paid_buyers=3)  # 100 + 210 + 150
    store.load(stage("traffic_agg", [row]))
    report = reconcile(store)
    assert check(report, "traffic_amount").gap.counted == 460.0
    assert check(report, "traffic_amount").verdict is Verdict.AGREES
    # Three buyers of three days may be one person.
    reasons = {ENGLISH.say(row["check"]): str(row["why"])
               for row in report.not_compared.frame.to_dict("records")}  # fmt: skip
    assert "several days only" in reasons["Buyers: Sycm"]


def test_only_days_that_both_sides_cover_are_compared(store: Store) -> None:
    store.load(stage("orders", [order(n, 100.0) for n in (2, 3)]))
    store.load(stage("traffic_agg", [exported(n, 100.0) for n in range(6)]))
    found = check(reconcile(store), "traffic_amount")
    assert found.period == Period(day(2), day(3))
    assert found.gap.reported == 200.0


def test_one_side_alone_says_what_is_missing(store: Store) -> None:
    store.load(stage("traffic_agg", [exported(n, 100.0) for n in range(2)]))
    report = reconcile(store)
    rows = [
        (ENGLISH.say(row["check"]), row["shop"], ENGLISH.say(row["why"]))
        for row in report.not_compared.frame.to_dict("records")
    ]
    assert rows == [
        ("Paid amount: Sycm", "The shop", "Nothing that is loaded tells it: Paid orders.")
    ]


def test_payments_less_their_fees_are_known_as_such(store: Store) -> None:
    store.load(stage("orders", [order(n, paid) for n, paid in enumerate(PAID)]))
    # A fee of a tenth and one: the orders tell what arrives after it.
    rows = [
        {"payment_id": f"p{n}", "provider": "stripe", "type": "charge", "status": "paid",
         "payment_date": day(n), "amount": paid + paid / 10 + 1, "fee_amount": paid / 10 + 1}
        for n, paid in enumerate(PAID)
    ]  # fmt: skip
    rows.append({**rows[0], "payment_id": "failed", "status": "failed"})
    store.load(stage("payments", rows))
    found = check(reconcile(store), "payments")
    assert found.gap.counted == pytest.approx(1150 + 115 + 6)
    assert why(found) == "The difference equals the provider's fees."


def test_refund_documents_stand_on_the_day_of_their_order(store: Store) -> None:
    orders = [order(n, paid, refunded_amount=10.0 * n) for n, paid in enumerate(PAID)]
    store.load(stage("orders", orders))
    documents = [
        {"refund_id": f"r{n}", "order_id": f"o{n}", "status": "refunded", "amount": 10.0 * n,
         "refunded_date": day(n + 20)}
        for n in range(6)
    ]  # fmt: skip
    asked = {"refund_id": "asked", "order_id": "o1", "status": "requested", "amount": 99.0}
    store.load(stage("refunds", [*documents, asked]))
    found = check(reconcile(store), "refunds")
    # 0 + 10 + 20 + 30 + 40 + 50 = 150 on both sides; what is only asked for moved no money.
    assert (found.gap.reported, found.gap.counted) == (150.0, 150.0)
    assert found.verdict is Verdict.AGREES


def test_orders_without_lines_explain_goods_without_lines(store: Store) -> None:
    store.load(stage("orders", [order(n, p, goods_amount=p) for n, p in enumerate(PAID)]))
    lines = [
        {"order_id": f"o{n}", "line_key": "a", "quantity": 1, "line_amount": paid}
        for n, paid in enumerate(PAID) if n != 3
    ]  # fmt: skip
    store.load(stage("order_items", lines))
    found = check(reconcile(store), "lines")
    assert found.gap.difference == 320.0
    assert why(found) == "The difference equals orders whose lines are not loaded."


def test_clicks_are_held_against_the_visits_their_platform_brings(store: Store) -> None:
    spend = [
        {"ad_platform": "google_ads", "account": "a", "level": "campaign", "campaign": "c",
         "channel": "Google Ads", "period_start": day(n), "period_end": day(n), "spend": 1.0,
         "clicks": 4, "attributed_revenue": 10.0, "currency": "CNY"}
        for n in range(6)
    ]  # fmt: skip
    visits = [
        {"event_id": f"{n}-{k}", "visitor_id": f"{n}-{k}", "event_name": "page_view",
         "event_at": datetime(2026, 3, 1 + n, 4), "event_date": day(n),
         "source": source, "medium": medium}
        for n in range(6)
        for k, (source, medium) in enumerate([("google", "cpc")] * 3 + [("google", "organic")])
    ]  # fmt: skip
    store.load(stage("ad_spend", spend), stage("events", visits))
    found = check(reconcile(store), "ad_clicks")
    # 4 clicks a day, 3 landings: a third more, as every day.
    assert (found.part, found.gap.reported, found.gap.counted) == ("Google Ads", 24.0, 18.0)
    assert found.verdict is Verdict.EXPECTED
    assert "133.3%" in why(found)
    assert found.reasons  # a way of counting still has its possible reasons


def test_unlike_shops_are_never_added(store: Store) -> None:
    for name, paid in (("a", 100.0), ("b", 200.0)):
        shop = Shop(name, "own", name.upper(), "CNY" if name == "a" else "USD", "UTC")
        store.load(
            stage("orders", [order(n, paid) for n in range(2)], shop=shop),
            stage("traffic_agg", [exported(n, paid) for n in range(2)], shop=shop),
        )
    found = [one for one in reconcile(store).checks if one.spec.key == "traffic_amount"]
    assert [(one.shop_id, one.gap.counted) for one in found] == [("a", 200.0), ("b", 400.0)]
    table = reconcile(store).table.frame
    assert set(table["shop"]) == {"A", "B"}
    assert {amount.currency for amount in table["reported"]} == {"CNY", "USD"}


def listed(number: int, sku: str, units: float) -> dict[str, Any]:
    return {"snapshot_date": day(number), "source": "erp", "warehouse": "w", "sku": sku,
            "on_hand": units}  # fmt: skip


def moved(number: int, sku: str, units: float) -> dict[str, Any]:
    return {"source": "erp", "movement_id": f"{number}{sku}{units}", "warehouse": "w", "sku": sku,
            "moved_date": day(number), "quantity": units}  # fmt: skip


def test_a_list_is_the_one_before_and_what_moved(store: Store) -> None:
    lists = [listed(0, "A", 10), listed(7, "A", 6), listed(14, "A", 9),
             listed(0, "B", 5), listed(7, "B", 5), listed(14, "B", 3)]  # fmt: skip
    # A: 10 - 4 = 6, 6 + 3 = 9. B: nothing moved, yet 5, 5, 3: two units are gone.
    store.load(stage("inventory_snapshots", lists))
    store.load(stage("stock_movements", [moved(3, "A", -4), moved(10, "A", 3)]))
    report = reconcile(store)
    found = check(report, "stock")
    # Lists 11 and 12; expected 10 - 4 + 5 = 11 and 6 + 3 + 5 = 14.
    assert (found.gap.reported, found.gap.counted) == (23.0, 25.0)
    assert found.part == "w"
    (row,) = report.stock.frame.to_dict("records")
    assert row == {"sku": "B", "warehouse": "w", "lists": 2, "opening": 5.0, "moved": 0.0,
                   "expected": 5.0, "closing": 3.0, "gap": -2.0}  # fmt: skip


def test_lists_taken_before_the_days_movements_are_known_as_such(store: Store) -> None:
    # Every day 3 come in or 2 go out; the list of a day does not know of that day yet.
    moves = [5, -2, 3, -4, 6, -1, 2]
    levels = [20]
    for move in moves:
        levels.append(levels[-1] + move)
    store.load(stage("inventory_snapshots", [listed(n, "A", levels[n]) for n in range(7)]))
    store.load(stage("stock_movements", [moved(n, "A", move) for n, move in enumerate(moves)]))
    found = check(reconcile(store), "stock")
    assert why(found) == "The lists were taken before the day's movements."
