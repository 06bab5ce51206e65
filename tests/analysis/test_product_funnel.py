"""The product funnel: fixtures added up by hand, and random logs against a slow count."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.product_funnel import ProductFunnelReport, report
from ecom.charts.product_funnel import against_category, one_product
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.store import Shop, Store

UTC_SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
MARCH = Scope(Period(date(2026, 3, 1), date(2026, 3, 10)))
EN = Language("en")
Load = Callable[..., Any]
_numbers = iter(range(1, 1_000_000))


def event(who: str, day: int, name: str, sku: str, **told: Any) -> dict[str, Any]:
    at = datetime(2026, 3, day, 10)
    return {
        "event_id": str(next(_numbers)),
        "event_at": at,
        "event_date": at.date(),
        "event_name": name,
        "visitor_id": who,
        "sku": sku,
        **told,
    }


def product(answer: ProductFunnelReport, name: str) -> dict[str, Any]:
    frame = answer.products.frame
    (row,) = frame[frame["product"] == name].to_dict("records")
    return row


def test_steps_are_of_the_same_product_and_visitors_count_once(store: Store, load: Load) -> None:
    load(
        store,
        "events",
        [
            # ann views both lamps, carts and pays only A
            event("ann", 1, "view_item", "A", category="Lamps"),
            event("ann", 2, "view_item", "A"),
            event("ann", 1, "view_item", "B", category="Lamps"),
            event("ann", 1, "add_to_cart", "A"),
            event("ann", 3, "purchase", "A"),
            # bob pays at once, without the cart
            event("bob", 2, "view_item", "A"),
            event("bob", 2, "purchase", "A"),
            # cat views B and pays A, on which she was never seen
            event("cat", 2, "view_item", "B"),
            event("cat", 2, "purchase", "A"),
            # dan carts only
            event("dan", 4, "view_item", "A"),
            event("dan", 4, "add_to_cart", "A"),
            # after the period
            event("eve", 20, "view_item", "A"),
        ],
        shop=UTC_SHOP,
    )
    answer = report(store, MARCH)
    lamp, other = product(answer, "A"), product(answer, "B")
    assert [lamp[name] for name in ("viewed", "carted", "paid")] == [3, 2, 2]
    assert lamp["paid_rate"] == pytest.approx(2 / 3)
    assert lamp["cart_paid_rate"] == pytest.approx(1 / 2)  # ann, not dan; bob had no cart
    assert [other[name] for name in ("viewed", "carted", "paid")] == [2, 0, 0]
    assert lamp["rest"] == 0
    assert other["rest"] == pytest.approx(2 / 3)
    assert EN.say(lamp["verdict"]) == "Too few people to tell"
    # ann viewed two lamps: four visitors of the category, not five
    (lamps,) = answer.categories.frame.to_dict("records")
    assert [lamps[name] for name in ("viewed", "carted", "paid")] == [4, 2, 2]


def stock(day: int, sku: str, units: int) -> dict[str, Any]:
    return {
        "source": "own",
        "warehouse": "main",
        "sku": sku,
        "snapshot_date": date(2026, 3, day),
        "on_hand": units,
        "available": units,
    }


@pytest.fixture
def sold_out(store: Store, load: Load) -> Store:
    """Ten days of forty visitors; a quarter pays, nobody on the 4th to 6th, when A is out."""
    log = []
    for day in range(1, 11):
        for number in range(40):
            who = f"{day}-{number}"
            log.append(event(who, day, "view_item", "A"))
            if number < 10 and day not in (4, 5, 6):
                log.append(event(who, day, "purchase", "A"))
    load(store, "events", log, shop=UTC_SHOP)
    lists = [stock(day, "A", 0 if day in (4, 5, 6) else 9) for day in range(1, 11)]
    load(store, "inventory_snapshots", [*lists, *(stock(day, "B", 0) for day in range(1, 11))])
    return store


def test_a_stock_out_costs_what_these_visitors_usually_buy(sold_out: Store) -> None:
    (row,) = report(sold_out, MARCH).losses.frame.to_dict("records")
    assert (row["first_day"], row["last_day"]) == (date(2026, 3, 4), date(2026, 3, 6))
    assert (row["days_out"], row["viewed_out"]) == (3, 120)
    assert (row["rate_in"], row["rate_out"]) == (0.25, 0)
    assert row["lost"] == pytest.approx(30)  # 120 visitors, a quarter of them
    # Wilson's interval of 70 in 280, by its formula
    z, n, share = 1.959964, 280, 0.25
    middle = (share + z * z / 2 / n) / (1 + z * z / n)
    half = z * (share * (1 - share) / n + z * z / 4 / n / n) ** 0.5 / (1 + z * z / n)
    assert row["lost_low"] == pytest.approx(120 * (middle - half), rel=1e-5)
    assert row["lost_high"] == pytest.approx(120 * (middle + half), rel=1e-5)


def test_prices_put_a_loss_into_money(sold_out: Store, load: Load) -> None:
    assert EN.say(report(sold_out, MARCH).headline) == (
        "Stock-outs cost about 30 buyers, most of them of A."  # no price is known
    )
    paid = {1: (1, 80), 2: (3, 120), 20: (1, 999)}  # day: pieces, money; the last is later
    orders = [
        {"order_id": f"o{day}", "kind": "sale", "status": "paid", "paid_date": date(2026, 3, day)}
        for day in paid
    ]
    lines = [
        {"order_id": f"o{day}", "line_key": "a", "sku": "A", "quantity": units, "line_amount": sum_}
        for day, (units, sum_) in paid.items()
    ]
    # in February four pieces for 160
    orders.append({**orders[0], "order_id": "old", "paid_date": date(2026, 2, 25)})
    lines.append({**lines[0], "order_id": "old", "quantity": 4, "line_amount": 160})
    load(sold_out, "orders", orders, shop=UTC_SHOP)
    load(sold_out, "order_items", lines, shop=UTC_SHOP)
    answer = report(sold_out, MARCH)
    row = product(answer, "A")
    assert row["price"] == pytest.approx(50)  # 200 for four pieces: not the mean of 80 and 40
    assert row["price_change"] == pytest.approx(0.25)
    assert row["days_out"] == 3
    (loss,) = answer.losses.frame.to_dict("records")
    assert loss["revenue"] == pytest.approx(30 * 50)
    assert answer.days.frame["price"].tolist()[:2] == [80, 40]


def test_a_page_with_two_skus_is_out_when_both_are(store: Store, load: Load) -> None:
    load(store, "products", [{"sku": sku, "product_id": "P1"} for sku in "AB"], shop=UTC_SHOP)
    load(store, "traffic_agg", [reported("sycm", day, 100, 5) for day in (1, 2, 3)], shop=UTC_SHOP)
    lists = {1: (5, 5), 2: (0, 5), 3: (0, 0)}
    load(
        store,
        "inventory_snapshots",
        [
            stock(day, sku, left)
            for day in lists
            for sku, left in zip("AB", lists[day], strict=True)
        ],
    )
    (row,) = report(store, MARCH).losses.frame.to_dict("records")
    assert (row["first_day"], row["days_out"]) == (date(2026, 3, 3), 1)
    assert row["rate_in"] == pytest.approx(0.05)


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_the_pictures_say_their_numbers(sold_out: Store, code: str) -> None:
    answer = report(sold_out, MARCH)
    drawn = one_product(answer, Language(code))
    assert "400" in drawn.alt
    assert "3" in drawn.alt
    assert len(drawn.figure.layout.shapes) == 3  # a shade for each day out
    assert against_category(answer, Language(code)).alt


def reported(source: str, day: int, uv: int, paid: int, **told: Any) -> dict[str, Any]:
    on = date(2026, 3, day)
    return {
        "source": source,
        "grain": "product",
        "product_id": "P1",
        "period_start": on,
        "period_end": on,
        "uv": uv,
        "cart_uv": 2 * paid,
        "paid_buyers": paid,
        **told,
    }


def test_reports_stand_alone_one_source_a_day(store: Store, load: Load) -> None:
    load(store, "traffic_agg", [reported("sycm", day, 100, 5) for day in (1, 2, 3)], shop=UTC_SHOP)
    load(store, "traffic_agg", [reported("zeta", day, 70, 3) for day in (3, 4)], shop=UTC_SHOP)
    load(store, "events", [event("ann", 1, "view_item", "A")], shop=UTC_SHOP)
    answer = report(store, MARCH)
    row = product(answer, "P1")
    # the log speaks on the 1st, the first source by name on the 2nd and 3rd, the other on the 4th
    assert [row[name] for name in ("viewed", "carted", "paid")] == [270, 26, 13]
    assert EN.say(row["basis"]) == "Back-office report"
    assert product(answer, "A")["viewed"] == 1


def test_an_empty_store_names_what_to_load(store: Store) -> None:
    answer = report(store, Scope())
    assert EN.say(answer.headline) == "No product was viewed."
    assert answer.products.is_empty
    assert "own_events" in answer.gaps[0].layouts
    assert "own_stock" in answer.gaps[1].layouts


@pytest.mark.parametrize("seed", range(3))
def test_random_logs_agree_with_a_slow_count(store: Store, load: Load, seed: int) -> None:
    chance = random.Random(seed)
    log = []
    for _ in range(300):
        name = chance.choices(["view_item", "add_to_cart", "purchase"], [4, 2, 1])[0]
        log.append(event(f"v{chance.randrange(20)}", chance.randrange(1, 15), name,
                         chance.choice("ABC")))  # fmt: skip
    load(store, "events", log, shop=UTC_SHOP)
    answer = report(store, MARCH)
    last = date(2026, 3, 1) + timedelta(days=9)
    for sku in "ABC":
        did: dict[str, set[str]] = {"view_item": set(), "add_to_cart": set(), "purchase": set()}
        for one in log:
            if one["sku"] == sku and one["event_date"] <= last:
                did[one["event_name"]].add(one["visitor_id"])
        row = product(answer, sku)
        assert row["viewed"] == len(did["view_item"])
        assert row["carted"] == len(did["view_item"] & did["add_to_cart"])
        assert row["paid"] == len(did["view_item"] & did["purchase"])
