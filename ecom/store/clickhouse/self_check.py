"""Whether a cluster does what a store relies on, tried before it holds one.

How servers are set up (macros, Keeper, rights, how replicas follow) is not ours, and what goes
wrong there shows as rows that are missing or counted twice. So a small store is made, changed and
asked, by the very code that is used afterwards, and dropped again. A cluster that answers otherwise
than one server is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pyarrow as pa
from clickhouse_connect.driver.exceptions import Error
from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    Select,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from ecom.errors import StoreError
from ecom.schema import events, sessions, touched_visitors
from ecom.store.clickhouse.dialect import HOMES, TURN
from ecom.store.clickhouse.faults import first_line
from ecom.store.clickhouse.generations import Generations
from ecom.store.clickhouse.sharding import Cluster, ShardedTables
from ecom.store.clickhouse.tables import Run
from ecom.store.clickhouse.writing import send, writing
from ecom.text import message

_START, _DAYS = datetime(2026, 1, 1), 90  # noqa: DTZ001  (in UTC, as stored); the three months that events are in
_VISITORS, _ROWS = 41, 400
_TABLES = (events, sessions, touched_visitors)
_SHARD = literal_column("_shard_num", Integer)  # of a row, as the engine calls it

_STORING = message("storing rows")
_SPREADING = message("spreading rows over all shards and their replicas")
_CHANGING = message("changing rows while the state before stays as it was")
_ASKING = message("joining rows of several shards")


def check(engine: Engine, run: Run, cluster: Cluster, name: str) -> None:
    """Try a cluster.

    Parameters
    ----------
    name : of the store that is to be opened there; databases of the trial begin with it.

    Raises
    ------
    StoreError
        What does not work, and what the server says of it.
    """
    scratch = f"{name}_try_{uuid4().hex[:8]}"
    tables = ShardedTables(run, cluster, scratch)
    trial = _Trial(engine, run, cluster, tables, Generations(run, tables, scratch))
    try:
        trial.store()
        trial.change()
        trial.ask()
    except (DBAPIError, Error) as error:
        raise trial.refused(first_line(error)) from None
    finally:
        trial.drop(scratch)


class _Trial:
    """A small store: some events, which are then added to, deleted and updated."""

    def __init__(
        self,
        engine: Engine,
        run: Run,
        cluster: Cluster,
        tables: ShardedTables,
        generations: Generations,
    ) -> None:
        self._engine = engine
        self._run = run
        self._cluster = cluster
        self._tables = tables
        self._generations = generations
        self._step = _STORING
        self._stored = dict.fromkeys(range(_ROWS), True)  # number of an event -> is_current

    def store(self) -> None:
        """Make the tables and put events into them."""
        with self._writing() as connection:
            _insert(connection, self._stored)
        with self._reading() as connection:
            self._compare(connection)
            self._step = _SPREADING
            shards = select(func.count(func.distinct(_SHARD))).select_from(events)
            self._expect(connection, shards, len(self._cluster.shards))
            self._expect_on_replicas(connection)

    def change(self) -> None:
        """Add, delete and update events in a second state."""
        self._step = _CHANGING
        homes, before = self._generations.newest(), self._stored
        more = range(_ROWS, _ROWS + _DAYS)
        with self._writing() as connection:
            _insert(connection, more)
            connection.execute(
                insert(touched_visitors).values(shop_id="", visitor_id=_visitor(0), visits=0)
            )
            connection.execute(
                delete(events).where(events.c.event_date.between(_day(31), _day(58)))
            )
            connection.execute(
                update(events)
                .where(events.c.visitor_id.in_(select(touched_visitors.c.visitor_id)))
                .values(is_current=~events.c.is_current)
            )
        self._stored = {
            number: number % _VISITORS != 0
            for number in (*before, *more)
            if not 31 <= number % _DAYS <= 58
        }
        with self._reading() as connection:
            self._compare(connection)
            self._expect_on_replicas(connection)
            connection.execution_options(**{HOMES: homes})
            self._stored, after = before, self._stored
            self._compare(connection)
        self._stored = after

    def ask(self) -> None:
        """Join events with those of other shards, and with what one server has."""
        self._step = _ASKING
        with self._writing() as connection:
            who = (events.c.shop_id, events.c.visitor_id)
            visits = select(*who, literal("#1"), func.count()).group_by(*who)
            names = ["shop_id", "visitor_id", "session_key", "events"]
            connection.execute(insert(sessions).from_select(names, visits))
        other, known = events.alias("other"), touched_visitors.c.visitor_id
        count, visitor = func.count(), events.c.visitor_id
        first = {number % _VISITORS for number in self._stored if number < _VISITORS}
        by_visitor = Counter(number % _VISITORS for number in self._stored)
        questions = {
            select(count).select_from(
                events.join(other, other.c.source_row == events.c.source_row + 1)
            ): sum(number + 1 in self._stored for number in self._stored),
            select(func.count(known)).select_from(
                events.outerjoin(touched_visitors, known == visitor)
            ): by_visitor[0],
            select(count).where(
                visitor.in_(select(other.c.visitor_id).where(other.c.source_row < _VISITORS))
            ): sum(by_visitor[number] for number in first),
            select(func.sum(sessions.c.events)).select_from(
                sessions.join(events, visitor == sessions.c.visitor_id)
            ): sum(found**2 for found in by_visitor.values()),
        }
        with self._reading() as connection:
            for question, answer in questions.items():
                self._expect(connection, question, answer)

    def refused(self, why: str) -> StoreError:
        """The sentence for what did not work."""
        return StoreError(
            message(
                "The cluster “{name}” can't hold the store. What failed there: {step} ({why}).",
                name=self._cluster.name,
                step=self._step,
                why=why,
            ),
            message("Compare it with what docs/databases.md says a cluster needs."),
        )

    def drop(self, scratch: str) -> None:
        """Leave nothing behind; what can't be dropped must not hide what failed before."""
        try:
            for (name,) in self._run(
                "SELECT name FROM system.databases WHERE match(name, %(ours)s)",
                ours=f"^{scratch}_[gwx]",
            ):
                self._run(f"DROP DATABASE IF EXISTS `{name}`")
            self._tables.drop_all()
        except (DBAPIError, Error):
            return

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with writing(self._engine, self._generations, lambda: None) as work:
            for table in _TABLES:
                work.connection.get_execution_options()[TURN].create(table)
            yield work.connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection.execution_options(**{HOMES: self._generations.newest()})

    def _compare(self, connection: Connection) -> None:
        """Every event is there once, as it should be."""
        rows = connection.execute(select(events.c.source_row, events.c.is_current)).all()
        found = Counter((int(number), bool(is_current)) for number, is_current in rows)
        if found != Counter(self._stored.items()):
            raise self.refused(f"{found.total()} / {len(self._stored)}")

    def _expect_on_replicas(self, connection: Connection) -> None:
        """Each replica has the rows of its shard."""
        by_shard = select(_SHARD, func.count()).select_from(events).group_by(_SHARD)
        answer = sum(
            int(rows) * self._cluster.shards[int(shard) - 1]
            for shard, rows in connection.execute(by_shard)
        )
        part = self._tables.part_of(events.name, self._generations.newest()[events.name])
        ((found,),) = self._run(
            f"SELECT count() FROM clusterAllReplicas(`{self._cluster.name}`, {part})"  # noqa: S608  (our own names)
        )
        if int(found) != answer:
            raise self.refused(f"{found} / {answer}")

    def _expect(self, connection: Connection, question: Select[Any], answer: int) -> None:
        found = connection.execute(question).scalar_one()
        if int(found) != answer:
            raise self.refused(f"{found} / {answer}")


def _insert(connection: Connection, numbers: Iterable[int]) -> None:
    """Store events as an import does."""
    rows = [
        {
            "shop_id": "",
            "event_id": str(number),
            "event_at": _START + timedelta(days=number % _DAYS),
            "event_date": _day(number),
            "event_name": "page_view",
            "visitor_id": _visitor(number),
            "session_id": "",
            "order_id": "",
            "batch_id": 1,
            "source_row": number,
            "precedence": 1,
            "is_current": True,
        }
        for number in numbers
    ]
    send(connection, events, pa.Table.from_pylist(rows))


def _day(number: int) -> date:
    return (_START + timedelta(days=number % _DAYS)).date()


def _visitor(number: int) -> str:
    return f"v{number % _VISITORS}"
