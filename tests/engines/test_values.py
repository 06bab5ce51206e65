"""What goes in comes out again, on every engine, and as the same kind of column."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    case,
    func,
    literal,
    literal_column,
    null,
    select,
)

from ecom.schema import customers, events, feedback, orders
from ecom.store import Store
from ecom.store.functions import (
    day_of_week,
    days_between,
    earliest,
    json_text,
    latest,
    local_hour,
    number_of,
    packed,
    seconds_between,
    spelled,
    start_of_month,
    start_of_week,
    without,
)
from tests.conftest import stage

pytestmark = pytest.mark.every_engine

TEXTS = [
    None, "", " ", "plain", "tab\there", "line\nbreak", "carriage\r\nreturn", "\\", "\\N", "\\.",
    "a\n\\.\nb", 'quo"te', '""', "'", "comma, semicolon;", "NULL", "null", "NaN", "t", "%s %(x)s",
    "$1 :x {x}", "中文，标点", "emoji 🛒", "e\u0301", "\u200b", "x" * 100_000,
]  # fmt: skip


def test_texts_come_back_letter_by_letter(store: Store) -> None:
    rows = [{"feedback_id": f"{n:03}", "comment": text} for n, text in enumerate(TEXTS)]
    store.load(stage("feedback", rows))
    found = store.read(select(feedback.c.comment).order_by(feedback.c.feedback_id))["comment"]
    assert [None if pd.isna(text) else text for text in found] == TEXTS


def test_texts_are_ordered_letter_by_letter(store: Store) -> None:
    texts = ["b", "B", "a", "Ä", "ä", "10", "9", "_", "中", "~", "é", "e\u0301"]
    rows = [{"feedback_id": text} for text in texts]
    store.load(stage("feedback", rows))
    found = store.read(select(feedback.c.feedback_id).order_by(feedback.c.feedback_id))
    assert found["feedback_id"].tolist() == sorted(texts, key=lambda text: text.encode())


def test_numbers_times_and_truths_come_back_exactly(store: Store) -> None:
    amounts = ["99999999999999.9999", "-99999999999999.9999", "0.0001", "0", None]
    moments = [
        datetime(2026, 1, 1, 10, 0, 0, 1), datetime(1970, 1, 1), datetime(2199, 12, 31, 23, 59, 59),
        datetime(2026, 3, 8, 2, 30), None,
    ]  # fmt: skip
    days = [date(2026, 2, 28), date(1969, 12, 31), date(9999, 12, 31), date(2024, 2, 29), None]
    rows = [
        {
            "order_id": str(number),
            "paid_amount": None if amount is None else Decimal(amount),
            "paid_at": moment,
            "order_date": day,
        }
        for number, (amount, moment, day) in enumerate(zip(amounts, moments, days, strict=True))
    ]
    store.load(stage("orders", rows))
    truths = [True, False, None]
    people = [{"customer_key": str(n), "accepts_marketing": one} for n, one in enumerate(truths)]
    store.load(stage("customers", people))
    with store.transaction() as connection:
        found = connection.execute(
            select(orders.c.paid_amount, orders.c.paid_at, orders.c.order_date).order_by(
                orders.c.order_id
            )
        ).all()
        told = connection.execute(
            select(customers.c.accepts_marketing).order_by(customers.c.customer_key)
        ).scalars()
        assert list(told) == truths
    assert [None if row[0] is None else f"{row[0]:.4f}" for row in found] == [
        None if amount is None else f"{Decimal(amount):.4f}" for amount in amounts
    ]
    assert [row[1] for row in found] == moments
    assert [row[2] for row in found] == days


KINDS: dict[str, tuple[pa.DataType, Any]] = {
    "whole": (pa.int64(), 7),
    "number": (pa.float64(), 1.5),
    "truth": (pa.bool_(), True),
    "day": (pa.date32(), date(2026, 1, 31)),
    "moment": (pa.timestamp("us"), datetime(2026, 1, 31, 10, 0, 0, 5)),
    "word": (pa.string(), "x"),
}
FULL = ["int64", "float64", "bool", "datetime64[us]", "datetime64[us]", "str"]
GAPS = ["Int64", "float64", "boolean", "datetime64[us]", "datetime64[us]", "str"]
NONE = ["int64", "float64", "bool", "datetime64[us]", "datetime64[us]", "object"]
NULLS = ["Int64", "float64", "boolean", "datetime64[us]", "datetime64[us]", "object"]


@pytest.mark.parametrize(
    ("present", "kinds"),
    [([True, True], FULL), ([True, False], GAPS), ([], NONE), ([False], NULLS)],
)
def test_answers_have_columns_of_the_same_kind(
    store: Store, present: list[bool], kinds: list[str]
) -> None:
    rows = pa.table(
        {
            name: pa.array([value if there else None for there in present], kind)
            for name, (kind, value) in KINDS.items()
        }
    )

    def ask(lent: FromClause) -> Select[Any]:
        return select(*(lent.c[name] for name in KINDS))

    found = store.read_with(rows, ask)
    assert [str(kind) for kind in found.dtypes] == kinds
    assert found.columns.tolist() == list(KINDS)
    for name, (_, value) in KINDS.items():
        for cell, there in zip(found[name], present, strict=True):
            assert pd.isna(cell) if not there else cell == _as_cell(value)


def _as_cell(value: Any) -> Any:
    is_time = isinstance(value, date)
    return pd.Timestamp(value) if is_time else value


def test_money_comes_as_plain_numbers_and_counts_as_whole_ones(store: Store) -> None:
    store.load(stage("orders", [{"order_id": "1", "paid_amount": Decimal("10.5")}]))
    found = store.read(
        select(func.sum(orders.c.paid_amount).label("money"), func.count().label("count"))
    )
    assert [str(kind) for kind in found.dtypes] == ["float64", "int64"]
    assert found.iloc[0].tolist() == [10.5, 1]


def ask_one(store: Store, value: ColumnElement[Any]) -> Any:
    return store.read(select(value.label("value")))["value"].iloc[0]


MOMENT = literal(datetime(2026, 3, 8, 16, 30, 0, 500_000))
SUNDAY = literal(date(2026, 3, 8))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (seconds_between(literal(datetime(2026, 3, 8, 16, 29)), MOMENT), 60.5),
        (local_hour(MOMENT, "Asia/Shanghai"), 0),
        (local_hour(MOMENT, "America/New_York"), 12),  # summer time began that day
        (start_of_week(SUNDAY, 0), pd.Timestamp(2026, 3, 2)),
        (start_of_week(SUNDAY, 1), pd.Timestamp(2026, 3, 8)),
        (start_of_month(SUNDAY), pd.Timestamp(2026, 3, 1)),
        (day_of_week(SUNDAY), 6),
        (days_between(literal(date(2026, 2, 27)), SUNDAY), 9),
        (days_between(SUNDAY, literal(date(2026, 2, 27))), -9),
    ],
)
def test_functions_of_time(store: Store, value: ColumnElement[Any], expected: Any) -> None:
    assert ask_one(store, value) == expected


def test_a_number_stands_for_a_text(store: Store) -> None:
    texts = [text for text in TEXTS if text is not None]
    rows = [
        {"feedback_id": f"{copy}{n:03}", "comment": text, "product_id": "x"}
        for copy in "ab"
        for n, text in enumerate(texts)
    ]
    store.load(stage("feedback", rows))
    first, second = feedback.c.comment, feedback.c.product_id
    asked = {"one": (first,), "both": (first, second), "turned": (second, first)}
    found = store.read(
        select(first, *(number_of(*parts).label(name) for name, parts in asked.items()))
    )
    for name in asked:
        assert found[name].dtype == "int64"
        assert found[name].min() >= 0
        assert found[name].nunique() == len(texts)
        assert (found.groupby("comment")[name].nunique() == 1).all()
    assert not set(found["both"]) & set(found["turned"])


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('{"a": "x", "b": 1}', "x"),
        ('{"a": 1.5}', "1.5"),
        ('{"a": true}', "true"),
        ('{"a": null}', None),
        ('{"a": ""}', ""),
        ('{"a": "中\\n\\"q\\""}', '中\n"q"'),
        ('{"b": "x"}', None),
        ('{"a": "x"', None),
        ("a", None),
        ("", None),
        ('["a"]', None),
        (None, None),
    ],
)
def test_a_value_in_a_document(store: Store, document: str | None, expected: str | None) -> None:
    store.load(stage("events", [{"event_id": "1", "properties": document}]))
    found = ask_one(store, json_text(events.c.properties, "a"))
    assert (None if pd.isna(found) else found) == expected


def test_the_first_and_last_rows_values_keep_their_nulls(store: Store) -> None:
    def row(event: str, minute: int, page: str | None, sku: str | None) -> dict[str, Any]:
        moment = datetime(2026, 1, 1, 10, minute)
        return {"event_id": event, "event_at": moment, "page": page, "sku": sku, "shop_id": "s"}

    rows = [row("c", 1, "/c", None), row("b", 0, "/b", "B"), row("a", 0, None, "A"),
            row("d", 1, None, "D")]  # fmt: skip
    store.load(stage("events", rows))
    order = (events.c.event_at, events.c.event_id)
    first = select(
        earliest(*order, events.c.page, events.c.sku).label("first"),
        latest(*order, events.c.page).label("exit"),
        latest(*order, events.c.sku).label("sku"),
    ).subquery()
    found = store.read(
        select(
            packed(first.c.first, literal_column("1")).label("page"),
            packed(first.c.first, literal_column("2")).label("product"),
            first.c.exit,
            first.c.sku,
        )
    ).iloc[0]
    assert [None if pd.isna(cell) else cell for cell in found] == [None, "A", None, "D"]


@pytest.mark.parametrize(("text", "left"), [("a1b22", "ab"), ("123", ""), ("", ""), ("中1", "中")])
def test_a_text_without_what_matches(store: Store, text: str, left: str) -> None:
    assert ask_one(store, without(literal(text), "[0-9]+|x")) == left


def test_codes_are_spelled_in_the_order_of_their_moments(store: Store) -> None:
    seconds = {"a": 3, "b": 1, "c": 2}
    rows = [
        {"event_id": event, "event_at": datetime(2026, 1, 1, 10, 0, second, 500_000)}
        for event, second in seconds.items()
    ]
    store.load(stage("events", rows))
    code = case({"a": 63, "b": 0, "c": 10}, value=events.c.event_id, else_=1)
    assert ask_one(store, spelled(events.c.event_at, code)) == "0:o"


def test_division_is_of_fractions_and_nothing_stays_nothing(store: Store) -> None:
    store.load(stage("orders", [{"order_id": "1", "paid_amount": 1}, {"order_id": "2"}]))
    count = func.count()
    found = store.read(
        select(
            (count / 4).label("half"),
            (func.sum(orders.c.paid_amount) / 3).label("third"),
            func.sum(orders.c.refunded_amount).label("nothing"),
            func.greatest(func.max(orders.c.paid_amount), null()).label("greatest"),
        )
    ).iloc[0]
    assert found["half"] == 0.5
    assert found["third"] == pytest.approx(1 / 3, rel=1e-12)
    assert np.isnan(found["nothing"])
    assert found["greatest"] == 1


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_an_answer_in_parts_is_the_whole_answer(store: Store, rows: int) -> None:
    store.load(stage("feedback", [{"feedback_id": f"{n:03}"} for n in range(7)]))
    number = number_of(feedback.c.feedback_id)
    asked = select(number.label("number"), feedback.c.batch_id).order_by(number)
    parts = list(store.read_in_parts(asked, rows=rows))
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), store.read(asked))
    (none,) = store.read_in_parts(asked.where(feedback.c.feedback_id == ""), rows=rows)
    assert list(none.columns) == ["number", "batch_id"]
    assert none.empty
