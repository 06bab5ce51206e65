"""What the values tell about a whole file, and what only a person can say: asked once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.layout import Layout, kind_of
from ecom.ingest.recognition.looks import (
    CURRENCIES,
    DATED,
    is_about_a_person,
    look_at,
)
from ecom.ingest.recognition.order_shape import money_place, refunds_in_paid
from ecom.ingest.recognition.told import (
    OF_ADS,
    REFUND_PREFIX,
    STATUS_PREFIX,
    STATUSES,
    WORD_PREFIX,
    Answer,
    Options,
    Question,
    Told,
)
from ecom.ingest.recognition.vocabulary import vocabulary
from ecom.ingest.recognition.word_questions import different, words_of_columns, words_of_orders
from ecom.text import message

NUMBER_KINDS = frozenset("money quantity count number".split())
_SALES = ("orders", "order_items")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|(?<![.])\d{2})(?!\d)")
_COMMA = re.compile(r"(^|[^,\d])\d+,(\d{1,2}|\d{4,})\D*$|\.\d{3},\d+\D*$")
_POINT = re.compile(r",\d{3}\.\d|^\D*\d*\.(\d{1,2}|\d{4,})\D*$|,.*,")
_EITHER = re.compile(r"^\D*\d{1,3}[.,]\d{3}\D*$")
_HEADER_CODE = re.compile(r"[(\[ ]([A-Z]{3})[)\]]?\s*$")
_MARKS = {"元": "CNY", "￥": "CNY", "¥": "CNY", "RMB": "CNY", "€": "EUR", "£": "GBP", "US": "USD"}


def ask(
    raw: RawTable, grain: str, targets: Mapping[int, str], base: Layout | None
) -> tuple[Told, tuple[Question, ...]]:
    """Read what can be read from the values, and put the rest as questions.

    Parameters
    ----------
    targets : place of a column -> its target, "" when it is not stored.
    base : a layout whose own answers stand.
    """
    places = {target: place for place, target in targets.items() if target}
    kinds = {place: kind_of(target) for place, target in targets.items() if target}
    told, questions = Told(), []
    for step in (_date_order, _decimal, _currency):
        told, asked = step(raw, kinds, targets, told)
        questions += asked
    if grain in _SALES:
        told, asked = _of_sales(raw, grain, places, told, base)
        questions += asked
        questions += _payment_day(raw, targets)
        questions += _customer(raw, targets)
    told, asked = words_of_columns(raw, grain, places, told, base)
    questions += asked
    if grain in OF_ADS and f"{grain}.ad_platform" not in places:
        questions.append(
            Question("ad_platform", message("Which platform did the advertising run on?"), ())
        )
    if base is not None:
        of_words = (STATUS_PREFIX, REFUND_PREFIX, WORD_PREFIX)
        questions = [one for one in questions if one.key.startswith(of_words)]
    return told, tuple(questions)


# --- dates and numbers -----------------------------------------------------------------------


def _date_order(
    raw: RawTable, kinds: Mapping[int, str], targets: Mapping[int, str], told: Told
) -> Answer:
    """Day or month first, from all dates of the file."""
    dated = (p for p, kind in kinds.items() if kind in ("time", "date", "period", "month"))
    values = (value for place in dated for value in different(raw, place))
    found = [hit for value in values if (hit := _YEAR_LAST.match(value))]
    if not found:
        return told, []
    day_first = any(int(hit[1]) > 12 for hit in found) or all(hit[2] == "." for hit in found)
    month_first = any(int(hit[3]) > 12 for hit in found)
    short = any(len(hit[4]) == 2 for hit in found)  # 26/03/12 may begin with the year as well
    if short and not month_first:
        day_first = False
    if day_first != month_first:
        return replace(told, date_order="dmy" if day_first else "mdy"), []
    options: Options = (
        ("dmy", message("the day first: 31/01/2026")),
        ("mdy", message("the month first: 01/31/2026")),
    )
    if short:
        options += (("ymd", message("the year first: 26/01/31")),)
    text = message("Is “{value}” written with the day or the month first?", value=found[0][0])
    return told, [Question("date_order", text, options, "dmy")]


def _decimal(
    raw: RawTable, kinds: Mapping[int, str], targets: Mapping[int, str], told: Told
) -> Answer:
    """Whether the comma or the point parts the cents, from all amounts of the file."""
    comma = point = False
    either = ""
    for place, kind in kinds.items():
        if kind in NUMBER_KINDS and pa.types.is_string(raw.columns[place].type):
            for value in different(raw, place):
                comma = comma or bool(_COMMA.search(value))
                point = point or bool(_POINT.search(value))
                if not either and _EITHER.match(value):
                    either = value
    if comma != point:
        return replace(told, decimal="comma" if comma else "point"), []
    if comma or not either:
        return told, []
    options = (
        ("point", message("the point parts the cents: 1,234.50")),
        ("comma", message("the comma parts the cents: 1.234,50")),
    )
    text = message("How is “{value}” to be read?", value=either)
    return told, [Question("decimal", text, options, "point")]


def _currency(
    raw: RawTable, kinds: Mapping[int, str], targets: Mapping[int, str], told: Told
) -> Answer:
    """The currency that headers or amounts name."""
    if any(target.endswith(".currency") for target in targets.values()):
        return told, []
    found: set[str] = set()
    dollars = money = False
    for place, kind in kinds.items():
        if kind != "money":
            continue
        money = True
        header = raw.headers[place]
        marks = (
            set(look_at(raw.columns[place]).marks)
            if pa.types.is_string(raw.columns[place].type)
            else set()
        )
        marks |= {mark for mark in "元￥¥€£$" if mark in header}
        if code := _HEADER_CODE.search(header):
            marks.add(code[1])
        dollars = dollars or "$" in marks
        found |= {_MARKS.get(mark, mark) for mark in marks} & {*CURRENCIES}
    if len(found) == 1:
        return replace(told, currency=found.pop()), []
    if not money:
        return told, []
    options: Options = (
        ("", message("the currency of the shop")),
        *((code, code) for code in CURRENCIES),
    )
    text = message("Which currency are the amounts in?")
    return told, [Question("currency", text, options, "USD" if dollars else "")]


# --- orders ----------------------------------------------------------------------------------


def _of_sales(
    raw: RawTable, grain: str, places: Mapping[str, int], told: Told, base: Layout | None
) -> Answer:
    questions: list[Question] = []
    if grain == "order_items" and base is None:
        money = money_place(raw, places)
        told = replace(told, money=money.money)
        if not money.is_sure:
            questions.append(_money_question(money.money))
    if {"orders.paid_amount", "orders.refunded_amount"} <= set(places) and base is None:
        told = replace(told, refunds=refunds_in_paid(raw, places))
        if not told.refunds:
            questions.append(_refund_question())
    told, asked = words_of_orders(raw, places, told, base)
    questions += asked
    if "orders.order_id" in places and not {"orders.status_raw", "orders.paid_at"} & set(places):
        text = message("No column says what became of the orders. What are they?")
        questions.append(Question("status", text, STATUSES[:4], "completed"))
    return told, questions


def _money_question(likely: str) -> Question:
    options = (
        ("repeated", message("the same order amount stands on every row of the order")),
        ("per_line", message("each row has its own share of the order amount")),
        ("first_row", message("the order amount stands on the first row of the order only")),
    )
    return Question("money", message("Where does the amount of an order stand?"), options, likely)


def _refund_question() -> Question:
    options = (
        ("never", message("no: it is what was paid before any refund")),
        ("always", message("yes: what went back is taken off already")),
        ("if_it_fits", message("only where paid and refunded add up to the order total")),
    )
    text = message("Is the refunded amount taken off the paid amount already?")
    return Question("refunds", text, options, "never")


def _payment_day(raw: RawTable, targets: Mapping[int, str]) -> list[Question]:
    """Two columns of dates, and no name says which is the payment."""
    if "orders.paid_at" in targets.values():
        return []
    known = {"orders.shipped_at", "orders.completed_at", "row.cancelled_at"}
    dated = [
        place
        for place, target in targets.items()
        if target in ("", "orders.created_at")
        and target not in known
        and raw.headers[place].strip()
        and look_at(raw.columns[place]).kind in DATED
        and (target or not _says_another_day(raw.headers[place]))
    ]
    if len(dated) < 2:
        return []
    headers = [raw.headers[place] for place in dated]
    options: Options = (("", message("none of them")), *((header, header) for header in headers))
    other = next((raw.headers[p] for p in dated if targets[p] != "orders.created_at"), "")
    text = message("Which column is the time of payment?")
    return [Question("paid_at", text, options, other)]


def _says_another_day(header: str) -> bool:
    """Whether the name of a date column is known and means neither order nor payment."""
    senses = vocabulary().senses(header)
    return bool(senses) and senses[0].concept not in ("order_time", "paid_time", "date")


def _customer(raw: RawTable, targets: Mapping[int, str]) -> list[Question]:
    """A personal column can tell customers apart; as a keyed hash, and only if somebody says so."""
    if any(target.endswith("customer_key") for target in targets.values()):
        return []
    headers = list(
        dict.fromkeys(
            header
            for header, column in zip(raw.headers, raw.columns, strict=True)
            if header.strip() and is_about_a_person(header, look_at(column))
        )
    )
    if not headers:
        return []
    options: Options = (
        ("", message("none: the file tells no customers apart")),
        *((h, h) for h in headers),
    )
    text = message("Which column tells customers apart? It is kept as a keyed hash only.")
    return [Question("customer", text, options, "")]
