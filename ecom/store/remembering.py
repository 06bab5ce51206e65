"""A store at one version that answers from memory what it was asked before.

Views of a page differ in one choice, so most of what a report asks has been asked for another view.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pandas as pd
from sqlalchemy import Connection

from ecom.progress import UNWATCHED, Watch
from ecom.settings import Settings
from ecom.store.bookkeeping import read_meta, read_settings
from ecom.store.engine import Work
from ecom.store.memo import Memo
from ecom.store.store import Query, Store

_Answer = TypeVar("_Answer")
_SETTINGS_BYTES = 10_000  # with a table of channel rules


class Remembering(Store):
    """Reads a store as of a version; what is not remembered comes from the store as it is now.

    Only what was read while the store had this version is remembered, so that the answer to a
    question never is an older one. Not written to.

    Parameters
    ----------
    version : as the store has just said itself.
    memo : held by who knows the store, and of no other store.
    """

    def __init__(self, store: Store, version: int, memo: Memo) -> None:
        self.url = store.url
        self.secret = store.secret
        self._support = store._support
        self._store = store
        self._version = version
        self._memo = memo

    @property
    def version(self) -> int:
        """The version that is asked."""
        return self._version

    @property
    def settings(self) -> Settings:
        """The team's settings."""
        return self._remembered("settings", read_settings, lambda _: _SETTINGS_BYTES)

    def read(self, statement: Query) -> pd.DataFrame:
        """Answer a query; the frame is the caller's own, and changing it changes no other's."""
        question = _question(statement)
        if question is None:
            return super().read(statement)
        found = self._remembered(
            question, lambda connection: self._support.fetch(connection, statement), _size
        )
        return found.copy()  # a shallow one would let texts be written to through ``.array``

    def close(self) -> None:
        """Nothing: what is open belongs to the store."""

    def _remembered(
        self,
        question: Hashable,
        ask: Callable[[Connection], _Answer],
        size: Callable[[_Answer], int],
    ) -> _Answer:
        found: _Answer | None = self._memo.find(self._version, question)
        if found is not None:
            return found
        with self._reads() as connection:
            answer = ask(connection)
            # Asked last: on an engine where each statement sees the newest state, the version may
            # be ahead of the answer but never behind it.
            if int(read_meta(connection).get("version", "0")) == self._version:
                self._memo.keep(self._version, question, answer, size=size(answer))
        return answer

    @contextmanager
    def _reads(self) -> Iterator[Connection]:
        with self._store._reads() as connection:
            yield connection

    @contextmanager
    def _writes(self, watch: Watch = UNWATCHED) -> Iterator[Work]:
        raise AssertionError("what is remembered is only looked at")


def _question(statement: Query) -> Hashable | None:
    """What tells a query from all others, its values included; None where SQLAlchemy can't say."""
    made = statement._generate_cache_key()
    if made is None:
        return None
    values = (bound.effective_value for bound in made.bindparams)
    return made.key, tuple(tuple(it) if isinstance(it, list) else it for it in values)


def _size(frame: pd.DataFrame) -> int:
    return int(frame.memory_usage(deep=True).sum())
