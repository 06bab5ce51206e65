"""Who computes when: in the order of asking, whoever fails, leaves or hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from ecom.ui.turns import Turns


class _Left(BaseException):
    """As Streamlit ends a run: no ``Exception``."""


def _wait_on() -> None:
    pass


def _leave() -> None:
    raise _Left


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def _free(turns: Turns) -> bool:
    """Whether a turn is to be had at once: the wait ends before the first look."""
    with turns.taken(_leave):
        return True


def _start(count: int, turns: Turns, work: Callable[[int], None]) -> list[threading.Thread]:
    """So many who ask one after the other."""

    def ask(number: int) -> None:
        with turns.taken(_wait_on):
            work(number)

    return [threading.Thread(target=ask, args=(number,)) for number in range(count)]


def test_turns_are_taken_in_the_order_of_asking() -> None:
    turns, served = Turns(1, patience=60), list[int]()
    threads = _start(5, turns, served.append)
    with turns.taken(_wait_on):
        for number, thread in enumerate(threads, start=1):
            thread.start()
            _until(lambda number=number: turns.waiting == number)
        assert served == []
    for thread in threads:
        thread.join(30)
    assert served == [0, 1, 2, 3, 4]


def test_no_more_compute_at_once() -> None:
    turns, at_work, go = Turns(2, patience=60), list[int](), threading.Event()

    def work(number: int) -> None:
        at_work.append(number)
        go.wait(30)

    threads = _start(5, turns, work)
    for thread in threads:
        thread.start()
    _until(lambda: len(at_work) + turns.waiting == 5 and len(at_work) == 2)
    go.set()
    for thread in threads:
        thread.join(30)
    assert sorted(at_work) == [0, 1, 2, 3, 4]


def test_who_leaves_the_queue_holds_up_nobody() -> None:
    turns = Turns(1, patience=60)
    with turns.taken(_wait_on):
        with pytest.raises(_Left), turns.taken(_leave):
            pytest.fail("the turn was another's")
        assert turns.waiting == 0
    assert _free(turns)


@pytest.mark.parametrize("fault", [ValueError, _Left])
def test_who_fails_gives_the_turn_back(fault: type[BaseException]) -> None:
    turns = Turns(1, patience=60)
    with pytest.raises(fault), turns.taken(_wait_on):
        raise fault
    assert _free(turns)


def test_patience_ends_before_what_never_ends() -> None:
    turns = Turns(1, patience=0)
    with turns.taken(_wait_on):
        assert _free(turns)
    assert _free(turns)
