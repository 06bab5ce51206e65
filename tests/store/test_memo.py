"""What is held in memory is of the newest version, bounded, and the latest used."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecom.store.memo import Memo

ROOM = 80  # so that one answer may take 10


def test_an_answer_is_found_at_its_version_only() -> None:
    memo = Memo(ROOM)
    memo.keep(3, "q", "three", size=1)
    assert memo.find(3, "q") == "three"
    assert [memo.find(version, "q") for version in (2, 4)] == [None, None]
    assert memo.find(3, "other") is None


def test_a_new_version_forgets_the_old_one_and_takes_nothing_of_it() -> None:
    memo = Memo(ROOM)
    memo.keep(3, "q", "three", size=10)
    memo.keep(4, "r", "four", size=1)
    memo.keep(3, "q", "late", size=1)
    assert [memo.find(version, "q") for version in (3, 4)] == [None, None]
    assert memo.find(4, "r") == "four"
    assert memo.bytes == 1


def test_what_was_not_used_for_longest_goes_first() -> None:
    memo = Memo(ROOM)
    for number in range(8):
        memo.keep(1, number, "held", size=10)
    assert memo.find(1, 0) == "held"  # used again, so 1 is the oldest
    memo.keep(1, 8, "held", size=10)
    assert [number for number in range(9) if memo.find(1, number) is None] == [1]


def test_what_is_too_large_is_not_held_and_pushes_nothing_out() -> None:
    memo = Memo(ROOM)
    memo.keep(1, "small", "held", size=10)
    memo.keep(1, "large", "not held", size=11)
    assert (memo.find(1, "small"), memo.find(1, "large")) == ("held", None)


def test_an_answer_that_is_kept_twice_takes_its_room_once() -> None:
    memo = Memo(ROOM)
    memo.keep(1, "q", "one", size=4)
    memo.keep(1, "q", "two", size=6)
    assert (memo.find(1, "q"), memo.bytes) == ("two", 6)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 30)), max_size=80))
def test_it_never_holds_more_than_it_has_room_for(kept: list[tuple[int, int, int]]) -> None:
    memo, newest = Memo(ROOM), 0
    sizes: dict[int, int] = {}
    for version, question, size in kept:
        memo.keep(version, question, (version, question, size), size=size)
        if version > newest and size <= ROOM // 8:
            newest, sizes = version, {}
        if version == newest and size <= ROOM // 8:
            sizes[question] = size
        held = {name: memo.find(newest, name) for name in range(10)}
        found = {name: it for name, it in held.items() if it is not None}
        assert memo.bytes == sum(size for _, _, size in found.values()) <= ROOM
        assert all(it == (newest, name, sizes[name]) for name, it in found.items())


@pytest.mark.parametrize("threads", [8])
def test_many_threads_leave_it_in_order(threads: int) -> None:
    memo, together = Memo(ROOM), threading.Barrier(threads)

    def work(thread: int) -> None:
        together.wait()
        for number in range(2_000):
            question = (thread * number) % 13
            version = number // 500
            memo.keep(version, question, (version, question), size=question)
            assert memo.find(version, question) in (None, (version, question))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    found = [question for question in range(13) if memo.find(3, question) is not None]
    assert memo.bytes == sum(found) <= ROOM
