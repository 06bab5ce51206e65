"""Work on the next items in a thread while the present one is used."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Generic, TypeVar

T = TypeVar("T")
_LOOK_SECONDS = 0.1


class _Ended(Generic[T]):
    """The thread is done; with the error that ended it, if one did."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Generator[T], *, depth: int = 2) -> Iterator[T]:
    """The same items in the same order; up to ``depth`` of them are made ahead.

    Whoever stops early ends the thread; an error of the items is raised where they are used.
    """
    made: queue.Queue[T | _Ended[T]] = queue.Queue(depth)
    stop = threading.Event()

    def put(item: T | _Ended[T]) -> bool:
        while not stop.is_set():
            try:
                made.put(item, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        error = None
        try:
            with closing(items):
                for item in items:
                    if not put(item):
                        return
        except BaseException as raised:
            error = raised
        put(_Ended(error))

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := made.get(), _Ended):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stop.set()
        thread.join()
