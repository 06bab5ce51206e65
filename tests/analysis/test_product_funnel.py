"""The product funnel: a month added up by hand, and random logs against a slow count."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pandas as pd
import pytest

from ecom.analysis.product_funnel import report
from ecom.charts.product_funnel import against_category, lost_revenue
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop, Store

UTC_SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
MARCH = Scope(Period(date(2026, 3, 1), date(2026, 3, 31)))
EN = Language("en")
Load = Callable[..., Any]
_numbers = count(1)


def event(who: str, day: int, name: str, sku: str, **told: Any) -> dict[str, Any]:
    number = next(_numbers)
    at = datetime(2026, 3, day) + timedelta(seconds=number % 80_000)
    return {
        "event_id": str(number),
        "event_at": at,
        "event_date": at.date(),
        "event_name": name,
        "visitor_id": who,
        "sku": sku,
        "category": "Lamps",
        **told,
    }


def month() -> Iterator[dict[str, Any]]:
    """Lamp A: four viewers on each of ten days, one of whom buys; two on each of five days out.

    Lamp B: a hundred viewers, thirty buy without a cart.
    """
    for day in range(1, 11):
        for number in range(4):
            yield event(f"a{day}-{number}", day, "view_item", "A")
        yield event(f"a{day}-0", day, "add_to_cart", "A")
        yield event(f"a{day}-0", day, "purchase", "A")
    yield event("a1-1", 1, "add_to_cart", "A")
    yield event("a1-2", 2, "view_item", "A")  # again: one visitor, on two days
    yield event("unseen", 3, "purchase", "A")  # never viewed it
    yield event("a1-3", 4, "add_to_cart", "B")  # another product than the one viewed
    for day in range(11, 16):
        for number in range(2):
            yield event(f"o{day}-{number}", day, "view_item", "A")
    for number in range(100):
        yield event(f"b{number}", 20, "view_item", "B")
        if number < 30:
            yield event(f"b{number}", 20, "purchase", "B")
    yield event("b0", 21, "view_item", "A")  # counts once in the category


def listed(sku: str, day: int, on_hand: float) -> dict[str, Any]:
    place = {"source": "own_stock", "warehouse": "main"}
    return {"snapshot_date": date(2026, 3, day), "sku": sku, "on_hand": on_hand, **place}


def sell(store: Store, load: Load, sales: list[tuple[date, float]]) -> None:
    """One unit of A a sale."""
    orders = [
        {
            "order_id": f"o{number}",
            "kind": "sale",
            "status": "paid",
            "paid_date": day,
            "paid_amount": price,
            "currency": "CNY",
        }
        for number, (day, price) in enumerate(sales)
    ]
    lines = [
        {
            "order_id": f"o{number}",
            "line_key": "1",
            "sku": "A",
            "quantity": 1,
            "line_amount": price,
        }
        for number, (_, price) in enumerate(sales)
    ]
    load(store, "orders", orders, shop=UTC_SHOP)
    load(store, "order_items", lines, shop=UTC_SHOP)


@pytest.fixture
def filled_month(store: Store, load: Load) -> Store:
    load(store, "events", list(month()), shop=UTC_SHOP)
    load(store, "products", [{"sku": "A", "product_name": "Lamp", "price": 35}], shop=UTC_SHOP)
    stock = [listed("A", day, 0 if 11 <= day <= 15 else 5) for day in range(1, 32)]
    # A sale on a day whose list ends empty: the day had stock.
    stock[9] = listed("A", 10, 0)
    load(store, "inventory_snapshots", stock)
    sell(
        store,
        load,
        [(date(2026, 2, 10), 20.0), *((date(2026, 3, day), 30.0) for day in range(1, 11))],
    )
    return store


def test_each_step_counts_visitors_of_the_same_product(filled_month: Store) -> None:
    rows = report(filled_month, MARCH).products.frame.set_index("product")
    # A: 40 + 10 viewers + b0; B: 100
    assert rows["viewed"].to_dict() == {"B": 100, "A": 51}
    assert rows["carted"].to_dict() == {"B": 0, "A": 11}
    assert rows["paid"].to_dict() == {"B": 30, "A": 10}
    assert rows.loc["A", ["cart_rate", "cart_to_paid", "conversion", "rest"]].tolist() == (
        pytest.approx([11 / 51, 10 / 11, 10 / 51, 0.3])
    )
    assert pd.isna(rows.loc["B", "cart_to_paid"])  # nobody carted: unknown, not 0


def test_a_category_counts_each_visitor_once(filled_month: Store) -> None:
    (row,) = report(filled_month, MARCH).categories.frame.to_dict("records")
    assert (row["category"], row["viewed"], row["carted"], row["paid"]) == ("Lamps", 150, 11, 40)


def test_price_and_stock_stand_beside_it(filled_month: Store) -> None:
    rows = report(filled_month, MARCH).products.frame.set_index("product")
    lamp = rows.loc["A"]
    prices = [lamp[name] for name in ("price", "base_price", "price_change", "list_price")]
    assert prices == pytest.approx([30, 20, 0.5, 35])
    assert lamp["name"] == "Lamp"
    assert lamp["days_out"] == 5
    assert pd.isna(rows.loc["B", "days_out"])  # on no list: unknown, not 0


def test_what_was_lost_while_out_of_stock(filled_month: Store) -> None:
    answer = report(filled_month, MARCH)
    (row,) = answer.losses.frame.to_dict("records")
    assert (row["first_out"], row["last_out"]) == (date(2026, 3, 11), date(2026, 3, 15))
    assert (row["visitors_without"], row["buyers_without"]) == (10, 0)
    # In stock: 40 viewers, one of them on a second day, b0; ten bought. 10 × 10/42 × 30.
    assert row["rate_in_stock"] == pytest.approx(10 / 42)
    assert row["lost"] == pytest.approx(100 / 42)
    assert row["lost_revenue"] == pytest.approx(3000 / 42)
    assert row["low"] < row["lost"] < row["high"]
    assert row["revenue_high"] == pytest.approx(30 * row["high"])
    assert EN.say(answer.headline) == (
        "Lamp was out of stock for 5 days and lost about 2 buyers, CN¥71.43."
    )


def test_without_a_comparison_there_is_no_price_before(filled_month: Store) -> None:
    alone = Scope(MARCH.period, comparison=Comparison.NONE)
    rows = report(filled_month, alone).products.frame
    assert rows["base_price"].isna().all()
    assert rows["price_change"].isna().all()


def test_verdicts_against_the_category(store: Store, load: Load) -> None:
    rows = []
    for sku, viewers, buyers in (("good", 300, 90), ("bad", 300, 10), ("small", 20, 10)):
        for number in range(viewers):
            rows.append(event(f"{sku}{number}", 5, "view_item", sku))
            if number < buyers:
                rows.append(event(f"{sku}{number}", 5, "purchase", sku))
    load(store, "events", rows, shop=UTC_SHOP)
    shown = report(store, MARCH).products.frame.set_index("product")["verdict"]
    assert {sku: EN.say(verdict) for sku, verdict in shown.items()} == {
        "good": "Better than its category",
        "bad": "Worse than its category",
        "small": "Too few visitors to say",
    }


def test_the_charts_say_what_they_show(filled_month: Store) -> None:
    answer = report(filled_month, MARCH)
    bars = lost_revenue(answer, EN)
    assert "Lamp: CN¥71" in bars.alt
    assert list(bars.figure.data[0].x) == pytest.approx([3000 / 42])
    points = against_category(answer, EN)
    assert "2 products" in points.alt
    drawn = {trace.name: list(trace.y) for trace in points.figure.data}
    assert drawn["Out of stock on some days"] == pytest.approx([10 / 51 - 0.3])
    assert drawn["On no stock list"] == pytest.approx([0.3 - 10 / 51])


def test_an_empty_store_names_what_is_missing(store: Store) -> None:
    answer = report(store, Scope())
    assert [gap.layouts[0] for gap in answer.gaps] == ["own_events", "own_stock"]
    assert answer.products.is_empty
    assert answer.losses.is_empty


@pytest.mark.parametrize("seed", range(3))
def test_random_logs_agree_with_a_slow_count(store: Store, load: Load, seed: int) -> None:
    dice = random.Random(seed)
    rows = [
        event(
            f"v{dice.randrange(12)}",
            dice.randrange(1, 29),
            dice.choice(["view_item", "view_item", "add_to_cart", "purchase", "page_view"]),
            sku := dice.choice("ABCD"),
            category="Lamps" if sku in "AB" else "Fans",
        )
        for _ in range(200)
    ]
    load(store, "events", rows, shop=UTC_SHOP)
    did: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        did.setdefault(row["event_name"], set()).add((row["sku"], row["visitor_id"]))
    viewed = did["view_item"]
    answer = report(store, MARCH)
    for line in answer.products.frame.to_dict("records"):
        mine = {one for one in viewed if one[0] == line["product"]}
        assert line["viewed"] == len(mine)
        assert line["carted"] == len(mine & did["add_to_cart"])
        assert line["paid"] == len(mine & did["purchase"])
    for line in answer.categories.frame.to_dict("records"):
        mine = {one for one in viewed if (one[0] in "AB") == (line["category"] == "Lamps")}
        assert line["viewed"] == len({who for _, who in mine})
        assert line["paid"] == len({who for _, who in mine & did["purchase"]})
