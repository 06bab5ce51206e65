"""Answers of one version of a store that are held in memory, the latest used ones only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

_LARGEST_SHARE = 8  # what alone would take more than an eighth of the room is not kept


class Memo:
    """Answers by question, for one version at a time. Safe to share between threads.

    Parameters
    ----------
    most_bytes : room for all answers together; what was not used for longest goes first.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._version = 0
        self.bytes = 0

    def find(self, version: int, question: Hashable) -> Any:
        """The answer to a question at a version; None when it isn't there."""
        with self._lock:
            found = self._answers.get(question) if version == self._version else None
            if found is None:
                return None
            self._answers.move_to_end(question)
            return found[0]

    def keep(self, version: int, question: Hashable, answer: Any, *, size: int) -> None:
        """Hold an answer; those of an earlier version go, and an earlier version's is not held.

        Parameters
        ----------
        size : bytes the answer takes.
        """
        with self._lock:
            if version < self._version or size > self._most_bytes // _LARGEST_SHARE:
                return
            if version > self._version:
                self._answers.clear()
                self._version, self.bytes = version, 0
            self._forget(question)
            self._answers[question] = answer, size
            self.bytes += size
            while self.bytes > self._most_bytes:
                self._forget(next(iter(self._answers)))

    def _forget(self, question: Hashable) -> None:
        _, size = self._answers.pop(question, (None, 0))
        self.bytes -= size
