"""The bookkeeping of sources: names, numbers, problems; and how far one was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ecom.errors import InvalidParameter, UnknownSource
from ecom.store import Store, open_store
from ecom.store.cursor import Mark, Position, Value, as_value, is_beyond, less, position
from ecom.store.sources import (
    Source,
    delete_source,
    find_source,
    list_sources,
    note_pull,
    save_source,
)
from ecom.text import message
from tests.conftest import stage

pytestmark = pytest.mark.every_engine
PLAIN = Source("own", "SHOP_DB", "orders")


def test_a_source_comes_back_as_it_was_saved(database: str) -> None:
    made = Source(
        "own", "SHOP_DB", "SELECT 1", "updated_at", 5, "mine", "own_orders", "UTC", 60, True
    )
    with open_store(database) as store:
        saved = save_source(store, made)
    with open_store(database) as store:
        assert list_sources(store) == (saved,) == (replace(made, source_id=1),)


def test_a_problem_is_kept_as_sentences_that_can_be_translated(store: Store) -> None:
    saved = save_source(store, PLAIN)
    at = datetime(2026, 3, 1, 10)
    inner = message("{count} rows", count=3)
    problem = (message("Of {what}: {why}.", what="x", why=inner), message("Do this."))
    note_pull(store, saved.source_id, at=at, problem=problem)
    noted = find_source(store, "own")
    assert (noted.problem, noted.last_pulled_at) == (problem, at)
    # What a person edits does not touch how it went.
    save_source(store, replace(noted, query="lines", problem=(), last_pulled_at=None))
    assert find_source(store, "own").problem == problem
    note_pull(store, saved.source_id, at=at, problem=())
    assert find_source(store, "own").problem == ()


def test_names_are_unique_and_numbers_are_never_given_twice(store: Store) -> None:
    first = save_source(store, PLAIN)
    with pytest.raises(InvalidParameter, match="already"):
        save_source(store, PLAIN)
    rows = [{"order_id": "o1", "kind": "sale"}]
    store.load(replace(stage("orders", rows), source_id=first.source_id))
    delete_source(store, first.source_id)
    with pytest.raises(UnknownSource, match="own"):
        find_source(store, "own")
    with pytest.raises(UnknownSource):
        save_source(store, first)  # it was deleted meanwhile
    assert save_source(store, PLAIN).source_id == first.source_id + 1
    assert list(store.batches()["source_id"]) == [first.source_id]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"url_name": "shop_db"},
        {"url_name": ""},
        {"url_name": "mysql://bob:hunter2@db/shop"},
        {"url_name": "SHOP_DB\n"},
        {"query": "\n"},
        {"every_minutes": -1},
        {"overlap": -1},
        {"timezone": "Mars/Base"},
    ],
)
def test_what_a_source_can_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter) as caught:
        replace(PLAIN, **wrong)
    assert "hunter2" not in str(caught.value)


def test_when_a_source_is_pulled_next() -> None:
    now = datetime(2026, 3, 1, 10)
    hourly = replace(PLAIN, every_minutes=60)
    assert PLAIN.next_pull(now) is None
    assert hourly.next_pull(now) == now
    assert replace(hourly, last_pulled_at=now).next_pull(now) == now + timedelta(hours=1)
    assert replace(hourly, is_paused=True).next_pull(now) is None


def test_only_what_is_news_is_loaded(store: Store) -> None:
    lines = [
        {"order_id": "a", "line_key": "1", "quantity": 1},
        {"order_id": "a", "line_key": "2", "quantity": 2},
    ]
    first = stage("order_items", lines, when=datetime(2026, 1, 1))
    assert store.load_news(first) is not None
    version = store.version
    later = replace(first, file_sha256="x", source_updated_at=datetime(2026, 1, 2))
    assert store.load_news(later) is None
    # An older state that lacks a line changes nothing; a newer one takes the line away.
    short = stage("order_items", lines[:1], when=datetime(2025, 12, 31))
    assert store.load_news(short) is None
    assert store.version == version
    assert store.load_news(replace(short, source_updated_at=datetime(2026, 1, 2))) is not None
    assert store.version == version + 1


# --- how far ---------------------------------------------------------------------------------


def marks(*given: tuple[int, int | None, Value]) -> dict[int, str]:
    return {number: Mark("q", previous, to).encoded() for number, previous, to in given}


def test_the_position_is_the_last_batch_of_an_unbroken_chain() -> None:
    chain = marks((3, None, 100), (5, 3, 200), (8, 5, 300))
    assert position({}, "q") is None
    assert position(chain, "another query") is None
    assert position(chain, "q") == Position(8, 300)
    without = {number: mark for number, mark in chain.items() if number != 5}
    assert position(without, "q") == Position(3, 100)
    # Pulled again from there: the new batch carries the chain on, whatever 8 still says.
    assert position({**without, **marks((9, 3, 310))}, "q") == Position(9, 310)
    assert position({number: chain[number] for number in (5, 8)}, "q") is None


@pytest.mark.parametrize(
    "value",
    [
        2**70,
        Decimal("1.50"),
        date(2026, 3, 1),
        datetime(2026, 3, 1, 10, 0, 0, 123456),
        datetime(2026, 3, 1, 10, tzinfo=UTC),
        "订单-9",
    ],
)
def test_a_value_is_remembered_exactly(value: Value) -> None:
    found = position(marks((1, None, value)), "q")
    assert found is not None
    assert (found.value, type(found.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (100, 90),
        (Decimal("100.5"), Decimal("90.5")),
        (datetime(2026, 3, 1, 0, 5), datetime(2026, 2, 28, 23, 55)),
        (date(2026, 3, 1), date(2026, 2, 28)),
        ("2026-03-01 00:05:00", "2026-02-28 23:55:00"),
        ("2026-03-01T00:05:00.250Z", "2026-02-28T23:55:00"),
        ("order-2026-03-01 00:05", "order-2026-03-01 00:05"),
        ("abc", "abc"),
    ],
)
def test_an_overlap_of_ten_goes_back_in_the_values_own_kind(value: Value, expected: Value) -> None:
    assert less(value, 10) == expected
    assert not is_beyond(less(value, 10), value)


def test_values_that_can_not_be_compared_count_as_news() -> None:
    assert is_beyond("a", 5)
    assert is_beyond(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1))
    assert as_value(0.1) == Decimal("0.1")
