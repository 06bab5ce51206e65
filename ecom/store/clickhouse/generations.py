"""Committed states, and whose turn it is to make the next one.

ClickHouse has no transactions over several statements, but its databases are made, renamed and
dropped whole. A store is therefore a row of databases, and their names say everything:

``shop_g7``
    A committed state. Readers use the one with the highest number.
``shop_w8``
    What somebody writes now. It is committed by being renamed to ``shop_g8``, or dropped.
``shop_x8``
    What a writer left that is no more, until ``shop_g9`` or a later one stands.

A state has the tables that were written for it; each began as a clone of the one before it, whose
files are linked, not copied. Its other tables are those of earlier states: their *homes* stand in
the database's comment.

Making ``shop_w8`` succeeds for one of all processes, and so does renaming it: to ``shop_g8`` by its
owner, or to ``shop_x8`` by whoever found that the owner has been silent for too long. No number is
given twice while a writer that was taken for dead could still use it.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Delete, Update

from ecom.store.clickhouse.tables import Run, Tables

SILENT_SECONDS = 60.0  # after which a writer is taken for dead
_BEAT_SECONDS = 5.0
_LOOK_SECONDS = 0.2
FRESH_SECONDS = 0.2  # for which the newest state is not asked for again
_STATES_KEPT = 3  # readers may be at work on those before the newest
_PULSE = "pulse"  # a table in which a writer says that it lives

_EXISTS, _UNKNOWN_DATABASE, _UNKNOWN_TABLE = 82, 81, 60  # ClickHouse's numbers for faults

_LIST = """
SELECT name, comment, tables FROM system.databases LEFT JOIN (
    SELECT database AS name, groupArray(tables.name) AS tables FROM system.tables
    WHERE startsWith(database, %(start)s) GROUP BY database
) AS own USING name WHERE startsWith(name, %(start)s)
"""


@dataclass(frozen=True, slots=True)
class State:
    """One database of a store.

    Attributes
    ----------
    kind : g (committed), w (being written) or x (left behind).
    tables : that it has itself.
    homes : table -> the database that has it, for all tables of the state.
    """

    kind: str
    number: int
    database: str
    tables: frozenset[str]
    homes: Mapping[str, str]


@dataclass(slots=True)
class Turn:
    """A write under way.

    Attributes
    ----------
    database : that new and changed tables go to.
    homes : table -> the database that has it now.
    tables : makes tables.
    is_kept : whether it is committed at the end.
    """

    number: int
    database: str
    homes: dict[str, str]
    tables: Tables
    is_kept: bool = False

    def create(self, table: Table) -> None:
        """Make a table where it is not there."""
        if table.name not in self.homes:
            self.tables.create(table, self.database)
            self.homes[table.name] = self.database

    def own(self, table: Table) -> None:
        """Make sure that a table can be written to: clone the one of the state before."""
        home = self.homes[table.name]
        if home != self.database:
            self.tables.clone(table, home, self.database)
            self.homes[table.name] = self.database

    def change(self, connection: Connection, statement: Delete | Update, table: Table) -> bool:
        """Change a table without the engine's help; False where that is not needed."""
        return self.tables.change(connection, statement, table, self.homes[table.name])


class Generations:
    """The databases of one store."""

    def __init__(self, run: Run, tables: Tables, name: str) -> None:
        self._run = run
        self._tables = tables
        self._name = name
        self._homes: tuple[float, Mapping[str, str]] = (float("-inf"), {})
        self._unseen: tuple[int, float] = (0, 0.0)  # a writer without a sign of life, since when

    def newest(self) -> Mapping[str, str]:
        """Table -> database of the newest committed state; empty before there is one."""
        asked_at, homes = self._homes
        if time.monotonic() - asked_at > FRESH_SECONDS:
            homes = self._remember(self._list())
        return homes

    @contextmanager
    def turn(self, wait: Callable[[], None]) -> Iterator[Turn]:
        """Wait for a turn to write; whoever has it sets ``is_kept``."""
        turn = self._take(wait)
        try:
            with self._alive(turn):
                yield turn
            if turn.is_kept:
                self._rename(turn.database, self._called("g", turn.number))
        except BaseException:
            turn.is_kept = False
            raise
        finally:
            if not turn.is_kept:
                self._drop(turn.database)
            self._sweep()

    # --- whose turn it is --------------------------------------------------------------------

    def _take(self, wait: Callable[[], None]) -> Turn:
        while True:
            known = self._list()
            last = known[-1] if known else None
            if last and last.kind == "w":
                if self._is_silent(last):
                    self._succeeds(self._rename, last.database, self._called("x", last.number))
                else:
                    wait()
                    time.sleep(_LOOK_SECONDS)
                continue
            number, homes = 1 + (last.number if last else 0), dict(_newest_of(known))
            turn = Turn(number, self._called("w", number), homes, self._tables)
            made = f"CREATE DATABASE `{turn.database}` COMMENT %(homes)s"
            if not self._succeeds(self._run, made, homes=json.dumps(homes)):
                continue
            others = [one.number for one in self._list() if one.database != turn.database]
            if max(others, default=0) == number - 1:
                return turn
            self._drop(turn.database)  # others had their turns between the look and the claim

    def _is_silent(self, state: State) -> bool:
        """Whether the owner of a turn has shown no life for too long."""
        age = None
        if _PULSE in state.tables:
            try:
                ((beats, age),) = self._run(
                    "SELECT count(), dateDiff('millisecond', max(at), now64(3)) / 1000 "  # noqa: S608  (our own name)
                    f"FROM `{state.database}`.{_PULSE}"
                )
                age = age if beats else None
            except DBAPIError as error:
                if _code_of(error) not in (_UNKNOWN_DATABASE, _UNKNOWN_TABLE):
                    raise
        if age is None:
            if self._unseen[0] != state.number:
                self._unseen = (state.number, time.monotonic())
            age = time.monotonic() - self._unseen[1]
        return bool(age > SILENT_SECONDS)

    @contextmanager
    def _alive(self, turn: Turn) -> Iterator[None]:
        """Show life for as long as the block lasts."""
        beat = f"INSERT INTO `{turn.database}`.{_PULSE} SELECT now64(3)"
        ended = threading.Event()

        def beats() -> None:
            while not ended.wait(_BEAT_SECONDS):
                try:
                    self._run(beat)
                except DBAPIError:
                    continue  # the write itself meets the same fault and says so

        thread = threading.Thread(target=beats, name="pulse of a write", daemon=True)
        self._run(
            f"CREATE TABLE `{turn.database}`.{_PULSE} (at DateTime64(3)) "
            "ENGINE = MergeTree ORDER BY tuple()"
        )
        self._run(beat)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    # --- databases ---------------------------------------------------------------------------

    def _sweep(self) -> None:
        """Drop what no state uses that somebody may still read."""
        parts = self._tables.parts()  # before the states, so that a new writer's are not among them
        known = self._list()
        self._remember(known)
        states = [one for one in known if one.kind == "g"]
        read = states[-_STATES_KEPT:] + [one for one in known if one.kind == "w"]
        newest = max((one.number for one in states), default=0)
        used = {(home, table) for one in read for table, home in one.homes.items()}
        for one in known:
            if one in read or (one.kind == "x" and one.number > newest):
                continue
            idle = [name for name in one.tables if (one.database, name) not in used]
            if len(idle) == len(one.tables):
                self._drop(one.database)
            else:
                for name in idle:
                    self._run(f"DROP TABLE IF EXISTS `{one.database}`.`{name}`")
        self._tables.drop_idle(parts, {one.number for one in known if one.kind != "g"})

    def _list(self) -> list[State]:
        """All databases of the store, by number."""
        found = []
        for name, comment, tables in self._run(_LIST, start=f"{self._name}_"):
            match = re.fullmatch(r"([gwx])(\d+)", name[len(self._name) + 1 :])
            if match:
                own = frozenset(table for table in tables)
                homes = {**json.loads(comment or "{}"), **dict.fromkeys(own - {_PULSE}, name)}
                found.append(State(match[1], int(match[2]), name, own, homes))
        return sorted(found, key=lambda one: one.number)

    def _remember(self, known: list[State]) -> Mapping[str, str]:
        homes = _newest_of(known)
        self._homes = (time.monotonic(), homes)
        return homes

    def _called(self, kind: str, number: int) -> str:
        return f"{self._name}_{kind}{number}"

    def _rename(self, old: str, new: str) -> None:
        self._run(f"RENAME DATABASE `{old}` TO `{new}`")

    def _drop(self, database: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS `{database}`")

    def _succeeds(self, action: Callable[..., Any], *arguments: str, **values: str) -> bool:
        """False where another process was quicker."""
        try:
            action(*arguments, **values)
        except DBAPIError as error:
            if _code_of(error) not in (_EXISTS, _UNKNOWN_DATABASE):
                raise
            return False
        return True


def _newest_of(known: list[State]) -> Mapping[str, str]:
    return next((one.homes for one in reversed(known) if one.kind == "g"), {})


def _code_of(error: DBAPIError) -> int | None:
    return getattr(error.orig, "code", None)
