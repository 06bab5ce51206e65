"""Few compute at once, first come first served.

Python runs one thread at a time. Fifty reports begun together all end last; one after the other,
half of the readers have theirs in half of that time, and nothing is computed for who has gone on to
something else meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LOOK_SECONDS = 0.1


class Turns:
    """A queue before something that only so many do at once.

    Parameters
    ----------
    at_once : how many.
    patience : seconds after which whoever is first goes ahead all the same, so that computations
        that never end do not stop everybody.
    """

    def __init__(self, at_once: int, *, patience: float) -> None:
        self._at_once, self._patience = at_once, patience
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()
        self._taken = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    @contextmanager
    def taken(self, look: Callable[[], None]) -> Iterator[None]:
        """Wait for a turn and keep it for the block.

        Parameters
        ----------
        look : asked now and then during the wait; what it raises ends the wait and is raised.
        """
        self._wait(look)
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify_all()

    def _wait(self, look: Callable[[], None]) -> None:
        place, latest = object(), time.monotonic() + self._patience
        with self._changed:
            self._queue.append(place)
            try:
                while not self._may_go(place, latest):
                    self._changed.wait(_LOOK_SECONDS)
                    look()
                self._taken += 1
            finally:
                self._queue.remove(place)
                self._changed.notify_all()

    def _may_go(self, place: object, latest: float) -> bool:
        is_free = self._taken < self._at_once or time.monotonic() >= latest
        return is_free and self._queue[0] is place
