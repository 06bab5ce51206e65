"""Committed states, and whose turn it is to make the next one.

ClickHouse has no transactions over several statements, but its databases are made, renamed and
dropped whole. A store is therefore a row of databases, and their names say everything:

``shop_g7``
    A committed state. Readers use the one with the highest number.
``shop_w8``
    What somebody writes now. It begins as a copy of the newest state (its files are linked, not
    copied) and is committed by being renamed to ``shop_g8``, or dropped.
``shop_x8``
    What a writer left that is no more, until ``shop_g9`` or a later one stands.

Making ``shop_w8`` succeeds for one of all processes, and so does renaming it: to ``shop_g8`` by its
owner or to ``shop_x8`` by whoever found that the owner has been silent for too long. No number is
given twice while a writer that was taken for dead could still use it.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from ecom.schema import metadata

SILENT_SECONDS = 60.0  # after which a writer is taken for dead
_BEAT_SECONDS = 5.0
_LOOK_SECONDS = 0.2
_FRESH_SECONDS = 0.2  # for which the newest state is not asked for again
_STATES_KEPT = 3  # readers may be at work on those before the newest
_CLONES_AT_ONCE = 4
_PULSE = "pulse"  # a table in which a writer says that it lives

EXISTS, UNKNOWN, UNKNOWN_TABLE = 82, 81, 60  # ClickHouse's codes for databases


@dataclass(slots=True)
class Turn:
    """A write under way.

    Attributes
    ----------
    number : of the state that it makes.
    is_kept : whether it is committed at the end.
    """

    number: int
    is_kept: bool = False


class Generations:
    """The databases of one store."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._newest: tuple[float, str | None] = (float("-inf"), None)
        self._seen: tuple[int, float] = (0, 0.0)  # a writer that gave no sign of life yet

    def newest(self) -> str | None:
        """The database to read from; None before anything was committed."""
        asked_at, newest = self._newest
        if time.monotonic() - asked_at > _FRESH_SECONDS:
            newest = self._remember(self._list())
        return newest

    @contextmanager
    def turn(self, wait: Callable[[], None]) -> Iterator[tuple[Turn, str]]:
        """Wait for a turn to write; gives what to set ``is_kept`` of, and the database."""
        turn, base = self._take(wait)
        database = self._called("w", turn.number)
        try:
            with self._alive(database):
                if base is not None:
                    self._clone(base, database)
                yield turn, database
            if turn.is_kept:
                self._rename(database, self._called("g", turn.number))
        finally:
            if not turn.is_kept:
                self._run(f"DROP DATABASE IF EXISTS `{database}`")
            self._sweep()

    # --- whose turn it is --------------------------------------------------------------------

    def _take(self, wait: Callable[[], None]) -> tuple[Turn, str | None]:
        while True:
            known = self._list()
            last = max(known, default=0)
            if known.get(last) == "w":
                if not self._is_silent(last):
                    wait()
                    time.sleep(_LOOK_SECONDS)
                    continue
                self._succeeds(self._rename, self._called("w", last), self._called("x", last))
                continue
            number = last + 1
            if not self._succeeds(self._run, f"CREATE DATABASE `{self._called('w', number)}`"):
                continue
            now = self._list()
            if max(now) == number and now[number] == "w":
                return Turn(number), self._newest_of(now)
            # Others had their turns between the look and the claim.
            self._run(f"DROP DATABASE `{self._called('w', number)}`")

    def _is_silent(self, number: int) -> bool:
        """Whether the owner of a turn has shown no life for too long."""
        pulse = f"`{self._called('w', number)}`.{_PULSE}"
        try:
            age = self._run(f"SELECT dateDiff('second', max(at), now64(3)), count() FROM {pulse}")
        except DBAPIError as error:
            if code_of(error) not in (UNKNOWN, UNKNOWN_TABLE):
                raise
            age = []
        if age and age[0][1]:
            return bool(age[0][0] > SILENT_SECONDS)
        if self._seen[0] != number:
            self._seen = (number, time.monotonic())
        return time.monotonic() - self._seen[1] > SILENT_SECONDS

    @contextmanager
    def _alive(self, database: str) -> Iterator[None]:
        """Show life for as long as the block lasts."""
        self._run(
            f"CREATE TABLE `{database}`.{_PULSE} (at DateTime64(3)) "
            "ENGINE = MergeTree ORDER BY tuple()"
        )
        beat = f"INSERT INTO `{database}`.{_PULSE} SELECT now64(3)"  # noqa: S608  (our own name)
        self._run(beat)
        ended = threading.Event()

        def beats() -> None:
            while not ended.wait(_BEAT_SECONDS):
                try:
                    self._run(beat)
                except DBAPIError:
                    continue  # the write itself will meet the same fault and say so

        thread = threading.Thread(target=beats, name="pulse of a write", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    # --- databases ---------------------------------------------------------------------------

    def _clone(self, base: str, database: str) -> None:
        def clone(name: str) -> None:
            self._run(f"CREATE TABLE `{database}`.`{name}` CLONE AS `{base}`.`{name}`")

        with ThreadPoolExecutor(_CLONES_AT_ONCE) as pool:
            list(pool.map(clone, metadata.tables))

    def _sweep(self) -> None:
        """Drop what nobody reads any more."""
        known = self._list()
        self._remember(known)
        states = sorted(number for number, kind in known.items() if kind == "g")
        for number, kind in known.items():
            is_old = kind == "g" and number not in states[-_STATES_KEPT:]
            is_left = kind == "x" and bool(states) and number < states[-1]
            if is_old or is_left:
                self._run(f"DROP DATABASE IF EXISTS `{self._called(kind, number)}`")

    def _list(self) -> dict[int, str]:
        """Number -> kind (g, w, x) of every database of the store."""
        rows = self._run(
            "SELECT name FROM system.databases WHERE startsWith(name, %(start)s)",
            start=f"{self._name}_",
        )
        found = (re.fullmatch(r"([gwx])(\d+)", row[0][len(self._name) + 1 :]) for row in rows)
        return {int(match[2]): match[1] for match in found if match}

    def _remember(self, known: dict[int, str]) -> str | None:
        newest = self._newest_of(known)
        self._newest = (time.monotonic(), newest)
        return newest

    def _newest_of(self, known: dict[int, str]) -> str | None:
        states = [number for number, kind in known.items() if kind == "g"]
        return self._called("g", max(states)) if states else None

    def _called(self, kind: str, number: int) -> str:
        return f"{self._name}_{kind}{number}"

    def _rename(self, old: str, new: str) -> None:
        self._run(f"RENAME DATABASE `{old}` TO `{new}`")

    def _succeeds(self, action: Callable[..., Any], *arguments: str) -> bool:
        """False where another process was quicker."""
        try:
            action(*arguments)
        except DBAPIError as error:
            if code_of(error) not in (EXISTS, UNKNOWN):
                raise
            return False
        return True

    def _run(self, statement: str, **values: str) -> list[Any]:
        """Run a statement that names its databases. Names are our own; values are bound."""
        with self._engine.connect() as connection:
            in_database(connection, None)
            return list(connection.exec_driver_sql(statement, values or None).fetchall())


def in_database(connection: Connection, database: str | None) -> None:
    """Let the tables of statements on a connection be those of a database."""
    handle: Any = connection.connection.driver_connection
    handle.client.database = database or "default"


def code_of(error: DBAPIError) -> int | None:
    """ClickHouse's number for a fault."""
    return getattr(error.orig, "code", None)
