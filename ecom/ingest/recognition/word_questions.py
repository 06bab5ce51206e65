"""What a platform's words mean: known ones are told, unknown ones are asked about once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pyarrow.compute as pc

from ecom.ingest.cells.text import NULL_NUMBERS, TRIMMED, as_text
from ecom.ingest.cells.words import in_our_words
from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition import our_words
from ecom.ingest.recognition.layout import Layout
from ecom.ingest.recognition.order_shape import SEEN_ROWS
from ecom.ingest.recognition.told import (
    REFUND_PREFIX,
    STATUS_PREFIX,
    STATUSES,
    WORD_PREFIX,
    Answer,
    Question,
    Told,
)
from ecom.ingest.recognition.vocabulary import plain_name, squeezed, vocabulary
from ecom.text import message

MOST_WORDS = 30  # words asked about; further ones are counted as unknown
# A word such as "closed" may well mean that money went back where the time of it is there.
_PAID_BACK: Mapping[str, str] = {"refunds.status": "refunds.refunded_at"}
_UNKNOWN = (our_words.UNKNOWN, message("I don't know"))


def words_of_orders(
    raw: RawTable, places: Mapping[str, int], told: Told, base: Layout | None
) -> Answer:
    """The words of an order's status and of its refund column; what ``base`` knows stands."""
    questions: list[Question] = []
    if "orders.status_raw" in places:
        known, asked = [], []
        for word in _new(raw, places["orders.status_raw"], base.orders.status_map if base else {}):
            status = vocabulary().status_of(word)
            if status is None:
                asked.append(_status_question(word))
            else:
                known.append((word, status))
        told, questions = replace(told, statuses=tuple(known)), asked
    if "row.refund_status" in places:
        done_already = dict.fromkeys(base.orders.refund_done, "yes") if base else {}
        words = list(_new(raw, places["row.refund_status"], done_already))
        done = tuple(word for word in words if vocabulary().refund_done(word))
        told = replace(told, refund_done=done)
        unsure = [word for word in words if vocabulary().refund_done(word) is None]
        questions += [_refund_word_question(word) for word in unsure]
    return told, questions


def words_of_columns(
    raw: RawTable, grain: str, places: Mapping[str, int], told: Told, base: Layout | None
) -> Answer:
    """The words of columns that are stored in ours, and what is so of every row without one."""
    known: list[tuple[str, str, str]] = []
    questions: list[Question] = []
    for target in our_words.of_table(grain):
        source = our_words.RAW.get(target, target)
        place = places.get(source, places.get(target))
        if place is None:
            continue
        paid_back = _words_beside(raw, place, places.get(_PAID_BACK.get(target, "")))
        for word in _new(raw, place, base.words.get(target, {}) if base else {}):
            ours = vocabulary().meaning_of(target, word)
            if word in paid_back and ours != "refunded":
                questions.append(_word_question(target, word, raw.headers[place], "refunded"))
            elif ours is None:
                questions.append(_word_question(target, word, raw.headers[place]))
            else:
                known.append((target, word, ours))
    status = f"{grain}.status"
    if status in our_words.RAW and not {status, our_words.RAW[status]} & set(places):
        questions += _status_of_all(grain, places)
    return replace(told, words=tuple(known)), questions


def different(raw: RawTable, place: int) -> Iterator[str]:
    """The different values of a column, trimmed, in order of appearance."""
    head = raw.columns[place].slice(0, SEEN_ROWS)
    texts = pc.utf8_trim(as_text(head), characters=TRIMMED)
    for value in pc.unique(texts).to_pylist():
        if value and value not in NULL_NUMBERS:
            yield value


def _words_beside(raw: RawTable, place: int, beside: int | None) -> frozenset[str]:
    """The words of a column that stand in a row with a cell of another column."""
    if beside is None:
        return frozenset()
    words, others = (
        pc.utf8_trim(as_text(raw.columns[one].slice(0, SEEN_ROWS)), characters=TRIMMED)
        for one in (place, beside)
    )
    filled = pc.and_(pc.is_valid(others), pc.not_equal(others, ""))
    return frozenset(pc.unique(words.filter(filled)).drop_null().to_pylist())


def _new(raw: RawTable, place: int, meanings: Mapping[str, str]) -> Iterator[str]:
    """The words of a column that the nearest layout does not know yet."""
    words = list(different(raw, place))[:MOST_WORDS]
    for word, ours in zip(words, in_our_words(words, meanings), strict=True):
        if ours is None:
            yield word


def _likeliest(word: str, known: Mapping[str, str]) -> str:
    """By the longest known word that is a part of this one."""
    folded = squeezed(plain_name(word))
    parts = [part for part in known if len(part) > 1 and part in folded]
    return known[max(parts, key=len)] if parts else our_words.UNKNOWN


def _status_question(word: str) -> Question:
    text = message("What does the status “{word}” mean?", word=word)
    likely = _likeliest(word, vocabulary().statuses)
    return Question(f"{STATUS_PREFIX}{word}", text, STATUSES, likely)


def _refund_word_question(word: str) -> Question:
    options = (("yes", message("yes")), ("no", message("no, or not yet")))
    text = message("Did the money go back where the refund is “{word}”?", word=word)
    return Question(f"{REFUND_PREFIX}{word}", text, options, "no")


def _word_question(target: str, word: str, header: str, likely: str = "") -> Question:
    text = message("What does “{word}” mean in the column “{header}”?", word=word, header=header)
    likely = likely or _likeliest(word, vocabulary().meanings.get(target, {}))
    options = (*our_words.MEANINGS[target], _UNKNOWN)
    return Question(f"{WORD_PREFIX}{target}:{word}", text, options, likely)


def _status_of_all(grain: str, places: Mapping[str, int]) -> list[Question]:
    """Without a status column: what became of the documents, unless a time says it."""
    options = our_words.MEANINGS[f"{grain}.status"]
    if grain == "payments":
        text = message("No column says what became of the payments. What are they?")
        return [Question("status", text, options, "paid")]
    if "refunds.refunded_at" in places:
        return []
    text = message("No column says what became of the refunds. What are they?")
    return [Question("status", text, options, "refunded")]
