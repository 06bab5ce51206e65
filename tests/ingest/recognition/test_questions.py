"""What values tell about a file, and what is asked when they don't."""

from __future__ import annotations

import pytest

from ecom.ingest.recognition.guess import guess
from ecom.ingest.recognition.labels import TABLES, label, targets_of
from ecom.ingest.recognition.taught import layout_of
from ecom.ingest.recognition.vocabulary import vocabulary
from ecom.schema import FACTS
from tests.ingest.recognition.conftest import table

ORDERS = ("Order No", "Order Date", "Amount Paid", "Order Status")


def orders(*rows: tuple[str, str, str]) -> object:
    return guess(table(ORDERS, [(*row, "paid") for row in rows]))


def asked(found: object) -> set[str]:
    return {one.key for one in found.questions} - {"currency"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (("13/01/2026", "02/03/2026"), "dmy"),  # no month has the number 13
        (("01/13/2026", "02/03/2026"), "mdy"),
        (("01.02.2026", "02.03.2026"), "dmy"),  # with points the day comes first everywhere
        (("2026-01-02", "2026-02-03"), ""),  # nothing to tell
    ],
)
def test_the_order_of_day_and_month(days: tuple[str, str], told: str) -> None:
    found = orders(("A1", days[0], "1.00"), ("A2", days[1], "2.00"))
    assert found.told.date_order == told
    assert asked(found) == set()


def test_dates_that_decide_nothing_are_asked_about() -> None:
    found = orders(("A1", "01/02/2026", "1.00"))
    assert asked(found) == {"date_order"}
    assert layout_of(found, title="x", answers={"date_order": "mdy"})["date_order"] == "mdy"


@pytest.mark.parametrize(
    ("amounts", "told", "questions"),
    [
        (("12,50", "1.200"), "comma", set()),  # the first value decides for both
        (("12.50", "1,200"), "point", set()),
        (("12", "13"), "", set()),
        (("1.200", "2.300"), "", {"decimal"}),  # thousands, or units and 200 thousandths?
    ],
)
def test_the_decimal_mark(amounts: tuple[str, str], told: str, questions: set[str]) -> None:
    found = orders(("A1", "2026-01-01", amounts[0]), ("A2", "2026-01-02", amounts[1]))
    assert (found.told.decimal, asked(found)) == (told, questions)


@pytest.mark.parametrize(
    ("rows", "money", "is_asked"),
    [
        # Both lines of A cost 10; their order, 20, stands on each of them, thrice over.
        ([(o, "10", "20") for o in "AABBCC"], "repeated", False),
        # Each line shows what it cost itself.
        ([("A", "10", "10"), ("A", "30", "30"), ("B", "5", "5")], "per_line", False),
        # The order's total stands on its first line only.
        ([("A", "10", "40"), ("A", "30", ""), ("B", "5", "5")], "first_row", False),
        # No order has two lines: nobody can tell.
        ([("A", "10", "10"), ("B", "5", "5")], "repeated", True),
    ],
)
def test_where_the_money_of_an_order_stands(
    rows: list[tuple[str, str, str]], money: str, is_asked: bool
) -> None:
    headers = ("Order No", "Order Date", "SKU", "Quantity", "Unit Price", "Order Total", "Status")
    full = [(o, "2026-01-01", f"S{n}", "1", p, t, "paid") for n, (o, p, t) in enumerate(rows)]
    found = guess(table(headers, full))
    assert found.grain == "order_items"
    assert found.told.money == money
    assert ("money" in asked(found)) is is_asked


@pytest.mark.parametrize(
    ("paid", "refunded", "told"),
    [("70", "30", "always"), ("100", "30", "never"), ("90", "30", "")],
)
def test_whether_refunds_are_taken_off(paid: str, refunded: str, told: str) -> None:
    headers = (*ORDERS, "Order Total", "Refunded Amount")
    found = guess(table(headers, [("A1", "2026-01-01", paid, "paid", "100", refunded)]))
    assert found.told.refunds == told
    assert ("refunds" in asked(found)) is (told == "")


def test_an_e_mail_tells_customers_apart_only_when_somebody_says_so() -> None:
    headers = (*ORDERS, "Mail")
    found = guess(table(headers, [("A1", "2026-01-01", "1.00", "paid", "ann@mail.com")]))
    assert found.columns[4].target == ""
    assert "ann" not in str(found.columns[4].samples)
    made = layout_of(found, title="x", answers={"customer": "Mail"})
    assert made["columns"]["orders.customer_key"] == ["Mail"]
    assert made["kinds"]["orders.customer_key"] == "customer"


def test_every_column_people_can_map_to_has_a_label() -> None:
    assert set(TABLES) == set(FACTS) == set(vocabulary().grains)
    for grain in TABLES:
        for target in targets_of(grain):
            assert str(label(target))


def test_the_vocabulary_names_only_what_can_be_stored() -> None:
    for name, grain in vocabulary().grains.items():
        for concept, targets in grain.columns.items():
            assert concept in vocabulary().concepts
            assert set(targets) <= set(targets_of(name)), (name, concept)
        assert {concept for group in grain.keys for concept in group} <= set(grain.columns)


def test_either_of_two_unnamed_days_can_be_the_payment() -> None:
    headers = ("Order No", "Date 1", "Date 2", "Amount Paid", "Order Status")
    found = guess(table(headers, [("A1", "2026-01-01", "2026-01-02", "1.00", "paid")]))
    assert asked(found) == {"paid_at"}
    for payment, order in (("Date 1", "Date 2"), ("Date 2", "Date 1")):
        columns = layout_of(found, title="x", answers={"paid_at": payment})["columns"]
        assert columns["orders.paid_at"] == [payment]
        assert columns["orders.created_at"] == [order]
    none = layout_of(found, title="x", answers={"paid_at": ""})["columns"]
    assert "orders.paid_at" not in none
    # What a person chose in the column's own box stands.
    own = layout_of(found, title="x", targets={2: "orders.shipped_at"})["columns"]
    assert own["orders.shipped_at"] == ["Date 2"]
