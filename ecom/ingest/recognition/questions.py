"""What the values tell about a whole file, and what only a person can say: asked once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.text import NULL_NUMBERS, TRIMMED, as_text
from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.layout import Layout, kind_of
from ecom.ingest.recognition.looks import (
    CURRENCIES,
    DATED,
    is_about_a_person,
    look_at,
)
from ecom.ingest.recognition.order_shape import SEEN_ROWS, money_place, refunds_in_paid
from ecom.ingest.recognition.vocabulary import plain_name, squeezed, vocabulary
from ecom.text import Text, message

MOST_WORDS = 30  # status words asked about; further ones are counted as unknown
STATUS_PREFIX, REFUND_PREFIX = "status:", "refund:"
NUMBER_KINDS = frozenset("money quantity count number".split())
_Options = tuple[tuple[str, Text | str], ...]
_SALES = ("orders", "order_items")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})[-/.]\d{4}")
_COMMA = re.compile(r"(^|[^,\d])\d+,(\d{1,2}|\d{4,})\D*$|\.\d{3},\d+\D*$")
_POINT = re.compile(r",\d{3}\.\d|^\D*\d*\.(\d{1,2}|\d{4,})\D*$|,.*,")
_EITHER = re.compile(r"^\D*\d{1,3}[.,]\d{3}\D*$")
_HEADER_CODE = re.compile(r"[(\[ ]([A-Z]{3})[)\]]?\s*$")
_MARKS = {"元": "CNY", "￥": "CNY", "¥": "CNY", "RMB": "CNY", "€": "EUR", "£": "GBP", "US": "USD"}
STATUSES: tuple[tuple[str, Text], ...] = (
    ("unpaid", message("not paid yet")),
    ("paid", message("paid, not shipped")),
    ("shipped", message("shipped")),
    ("completed", message("completed")),
    ("cancelled", message("cancelled, never paid")),
    ("closed", message("closed: refunded if it was paid, else cancelled")),
    ("refunded", message("wholly refunded")),
    ("partially_refunded", message("partly refunded")),
    ("unknown", message("I don't know")),
)


@dataclass(frozen=True, slots=True)
class Question:
    """Something the file does not tell.

    Attributes
    ----------
    key : what the answer is about; ``status:WORD`` and ``refund:WORD`` for words.
    options : allowed answers and their labels; empty for free text.
    answer : the likeliest; "" for none.
    """

    key: str
    text: Text
    options: _Options
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the values tell about the whole file; "" where they do not.

    Attributes
    ----------
    date_order : "dmy" or "mdy" of dates that end with the year.
    decimal : "comma" or "point".
    currency : ISO code.
    money : where the money of an order stands, as ``OrderRules.money``.
    refunds : whether the paid amount is net of refunds, as ``OrderRules.paid_excludes_refund``.
    statuses : (word, our status) that are known.
    refund_done : words of the refund column that mean the money went back.
    """

    date_order: str = ""
    decimal: str = ""
    currency: str = ""
    money: str = ""
    refunds: str = ""
    statuses: tuple[tuple[str, str], ...] = ()
    refund_done: tuple[str, ...] = ()


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
        told, asked = _of_sales(raw, grain, places, told)
        questions += asked
        questions += _payment_day(raw, targets)
        questions += _customer(raw, targets)
    if grain == "ad_spend" and "ad_spend.ad_platform" not in places:
        questions.append(
            Question("ad_platform", message("Which platform did the advertising run on?"), ())
        )
    if base is not None:
        questions = [one for one in questions if one.key.startswith((STATUS_PREFIX, REFUND_PREFIX))]
        known = {word.casefold() for word in base.orders.status_map}
        questions = [q for q in questions if q.key.partition(":")[2].casefold() not in known]
    return told, tuple(questions)


# --- dates and numbers -----------------------------------------------------------------------

_Answer = tuple[Told, list[Question]]


def _date_order(
    raw: RawTable, kinds: Mapping[int, str], targets: Mapping[int, str], told: Told
) -> _Answer:
    """Day or month first, from all dates of the file."""
    dated = (p for p, kind in kinds.items() if kind in ("time", "date", "period", "month"))
    found = [
        hit for place in dated for value in _values(raw, place) if (hit := _YEAR_LAST.match(value))
    ]
    if not found:
        return told, []
    day_first = any(int(hit[1]) > 12 for hit in found) or all(hit[2] == "." for hit in found)
    month_first = any(int(hit[3]) > 12 for hit in found)
    if day_first != month_first:
        return replace(told, date_order="dmy" if day_first else "mdy"), []
    options = (
        ("dmy", message("the day first: 31/01/2026")),
        ("mdy", message("the month first: 01/31/2026")),
    )
    text = message("Is “{value}” written with the day or the month first?", value=found[0][0])
    return told, [Question("date_order", text, options, "dmy")]


def _decimal(
    raw: RawTable, kinds: Mapping[int, str], targets: Mapping[int, str], told: Told
) -> _Answer:
    """Whether the comma or the point parts the cents, from all amounts of the file."""
    comma = point = False
    either = ""
    for place, kind in kinds.items():
        if kind in NUMBER_KINDS and pa.types.is_string(raw.columns[place].type):
            for value in _values(raw, place):
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
) -> _Answer:
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
    options: _Options = (
        ("", message("the currency of the shop")),
        *((code, code) for code in CURRENCIES),
    )
    text = message("Which currency are the amounts in?")
    return told, [Question("currency", text, options, "USD" if dollars else "")]


# --- orders ----------------------------------------------------------------------------------


def _of_sales(raw: RawTable, grain: str, places: Mapping[str, int], told: Told) -> _Answer:
    questions: list[Question] = []
    if grain == "order_items":
        money = money_place(raw, places)
        told = replace(told, money=money.money)
        if not money.is_sure:
            questions.append(_money_question(money.money))
    if {"orders.paid_amount", "orders.refunded_amount"} <= set(places):
        told = replace(told, refunds=refunds_in_paid(raw, places))
        if not told.refunds:
            questions.append(_refund_question())
    if "orders.status_raw" in places:
        words = list(_values(raw, places["orders.status_raw"]))[:MOST_WORDS]
        known = [(word, status) for word in words if (status := vocabulary().status_of(word))]
        told = replace(told, statuses=tuple(known))
        asked = [word for word in words if vocabulary().status_of(word) is None]
        questions += [_status_question(word) for word in asked]
    elif "orders.paid_at" not in places and "orders.order_id" in places:
        text = message("No column says what became of the orders. What are they?")
        questions.append(Question("status", text, STATUSES[:4], "completed"))
    if "row.refund_status" in places:
        words = list(_values(raw, places["row.refund_status"]))[:MOST_WORDS]
        done = tuple(word for word in words if vocabulary().refund_done(word))
        told = replace(told, refund_done=done)
        asked = [word for word in words if vocabulary().refund_done(word) is None]
        questions += [_refund_word_question(word) for word in asked]
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


def _status_question(word: str) -> Question:
    folded = squeezed(plain_name(word))
    parts = [known for known in vocabulary().statuses if len(known) > 1 and known in folded]
    likely = vocabulary().statuses[max(parts, key=len)] if parts else "unknown"
    text = message("What does the status “{word}” mean?", word=word)
    return Question(f"{STATUS_PREFIX}{word}", text, STATUSES, likely)


def _refund_word_question(word: str) -> Question:
    options = (("yes", message("yes")), ("no", message("no, or not yet")))
    text = message("Did the money go back where the refund is “{word}”?", word=word)
    return Question(f"{REFUND_PREFIX}{word}", text, options, "no")


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
    options: _Options = (("", message("none of them")), *((header, header) for header in headers))
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
    options: _Options = (
        ("", message("none: the file tells no customers apart")),
        *((h, h) for h in headers),
    )
    text = message("Which column tells customers apart? It is kept as a keyed hash only.")
    return [Question("customer", text, options, "")]


def _values(raw: RawTable, place: int) -> Iterator[str]:
    """The different values of a column, trimmed, in order of appearance."""
    head = raw.columns[place].slice(0, SEEN_ROWS)
    texts = pc.utf8_trim(as_text(head), characters=TRIMMED)
    for value in pc.unique(texts).to_pylist():
        if value and value not in NULL_NUMBERS:
            yield value
