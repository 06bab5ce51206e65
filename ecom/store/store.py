"""The store: load whole batches or nothing, undo any of them, answer queries, count versions."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import CompoundSelect, Connection, FromClause, Select, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ecom.progress import UNWATCHED, IsCancelled, Progress, Watch
from ecom.schema import FACTS, import_batches, import_issues, shops
from ecom.settings import Settings
from ecom.store import derive, mappings, versions
from ecom.store.bookkeeping import (
    earlier_batch,
    is_prepared,
    next_version,
    prepare,
    read_meta,
    read_settings,
    undone_batches,
    write_settings,
)
from ecom.store.engine import Work, engine_support
from ecom.store.loading import load_batch, undo_batch
from ecom.store.mappings import Taught
from ecom.store.secret import secret_of
from ecom.store.staging import Batch, RowAccount, Shop, Staged
from ecom.text import message

Query = Select[Any] | CompoundSelect[Any]

DEFAULT_URL = "duckdb:///data/ecom.duckdb"
_LOOK_SECONDS = 0.2


class Store:
    """An open store. Safe to share between threads; writes take turns.

    Attributes
    ----------
    url : as given.
    secret : the key that customers' ids are hashed with (``ecom.store.secret``).
    """

    def __init__(self, url: str = DEFAULT_URL) -> None:
        self.url = url
        self._support = engine_support(url)
        self._engine = self._support.connect(make_url(url))
        self._writing = threading.RLock()
        try:
            self.secret = secret_of(url, is_embedded=self._support.is_embedded)
            self._prepare()
        except BaseException:
            self.close()
            raise

    # --- reading -----------------------------------------------------------------------------

    def read(self, statement: Query) -> pd.DataFrame:
        """Answer a query with a DataFrame; column names are the select's labels."""
        with self._reads() as connection:
            return self._support.fetch(connection, statement)

    def read_in_parts(self, statement: Query, *, rows: int) -> Iterator[pd.DataFrame]:
        """Answer a query of numbers and times with several frames, the first before all is there.

        Parameters
        ----------
        rows : of a frame, where the engine can.
        """
        with self._reads() as connection:
            yield from self._support.parts(connection, statement, rows=rows)

    def read_with(self, rows: pa.Table, ask: Callable[[FromClause], Query]) -> pd.DataFrame:
        """Answer a query that holds rows from outside against the store's.

        Parameters
        ----------
        rows : Table
            Nothing of it is stored.
        ask : callable
            Makes the query from the rows as a table, with the same column names.
        """
        with self._reads() as connection, self._support.lend(connection, rows) as lent:
            return self._support.fetch(connection, ask(lent))

    @property
    def version(self) -> int:
        """Grows by one with every committed batch, undo or setting."""
        with self._reads() as connection:
            return int(read_meta(connection).get("version", "0"))

    @property
    def settings(self) -> Settings:
        """The team's settings."""
        with self._reads() as connection:
            return read_settings(connection)

    def shops(self) -> tuple[Shop, ...]:
        """Known shops, by id."""
        rows = self.read(select(shops).order_by(shops.c.shop_id))
        return tuple(
            Shop(**{str(name): value or "" for name, value in row.items()})
            for row in rows.to_dict("records")
        )

    def batches(self) -> pd.DataFrame:
        """The import history, newest first; columns of ``schema.import_batches``."""
        return self.read(select(import_batches).order_by(import_batches.c.batch_id.desc()))

    def issues(self, batch_id: int) -> pd.DataFrame:
        """What was remarked about a batch; columns of ``schema.import_issues``."""
        return self.read(select(import_issues).where(import_issues.c.batch_id == batch_id))

    def mappings(self) -> tuple[Taught, ...]:
        """What people taught about sets of headers, by number."""
        with self._reads() as connection:
            return mappings.read_mappings(connection)

    def mapping_titles(self) -> dict[str, str]:
        """Layout id -> title of every mapping there ever was, deleted ones included."""
        with self._reads() as connection:
            return mappings.read_titles(connection)

    def undone(self) -> pd.DataFrame:
        """The batches that were undone, newest first.

        Returns
        -------
        DataFrame
            ``batch_id``, ``file_name``, ``loaded_at`` and ``undone_at`` (UTC).
        """
        with self._reads() as connection:
            log = undone_batches(connection)
        frame = pd.DataFrame(log, columns=["batch_id", "file_name", "loaded_at", "undone_at"])
        times = {name: pd.to_datetime(frame[name]) for name in ("loaded_at", "undone_at")}
        return frame.assign(**times).iloc[::-1].reset_index(drop=True)

    def holds(self, staged: Staged) -> bool:
        """Whether exactly this table of this file is loaded for this shop."""
        with self._reads() as connection:
            return earlier_batch(connection, staged) is not None

    # --- writing -----------------------------------------------------------------------------

    def load(
        self,
        *staged: Staged,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[Batch, ...]:
        """Store the staged tables, all of them or none.

        A table whose file, sheet, layout and shop are already loaded is left alone: its batch comes
        back with ``already_loaded`` and every row counted as unchanged.

        Parameters
        ----------
        progress : callable, optional
            Called with a share 0..1 and what is being done.
        cancelled : callable, optional
            Asked before every step; true ends the work and nothing is stored.

        Raises
        ------
        Cancelled
        """
        watch = Watch(progress, cancelled)
        with self._writes(watch) as work:
            return self._load_all(work.connection, staged, watch)

    def load_news(self, staged: Staged) -> Batch | None:
        """Store a staged table, unless the store says all of it already; then None.

        Rows that a scope loses because the table leaves them out are news like any other.
        """
        with self._writes() as work:
            (batch,) = self._load_all(work.connection, (staged,), UNWATCHED)
            work.is_kept = not batch.already_loaded and (
                batch.account.loaded > 0
                or any(
                    versions.leaves_out(work.connection, FACTS[name], batch.batch_id)
                    for name in staged.tables
                )
            )
            return batch if work.is_kept else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write of the store's own records, whole or not at all; writes take turns."""
        with self._writes() as work:
            yield work.connection

    def rehearse(
        self,
        *staged: Staged,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[Batch, ...]:
        """What ``load`` would answer, without storing anything (a load that is rolled back)."""
        watch = Watch(progress, cancelled)
        with self._writes(watch) as work:
            work.is_kept = False
            return self._load_all(work.connection, staged, watch)

    def plan(self, *staged: Staged) -> tuple[RowAccount, ...]:
        """The row accounts that ``load`` would answer with, without storing anything."""
        return tuple(batch.account for batch in self.rehearse(*staged))

    @contextmanager
    def trial(self, *staged: Staged) -> Iterator[Store]:
        """A view of the store as it would be with these tables, for as long as the block lasts.

        The tables are loaded inside a transaction that is rolled back at the end. Only the view
        reads from it; everybody else sees the store as it is. Writers wait meanwhile. The view is
        for one thread, and can't be written to.
        """
        with self._writes() as work:
            work.is_kept = False
            self._load_all(work.connection, staged, UNWATCHED)
            yield _Trial(self, work.connection)

    def undo(self, batch_id: int) -> None:
        """Take a batch away; the store is as if it had never come.

        Raises
        ------
        UnknownBatch
        """
        with self.transaction() as connection:
            undo_batch(connection, self._support, batch_id)

    def save_settings(self, settings: Settings) -> None:
        """Store the team's settings; visits are counted anew when their rules changed."""
        with self.transaction() as connection:
            before = read_settings(connection)
            write_settings(connection, settings)
            if not settings.counts_visits_like(before):
                derive.rebuild(connection, self._support, settings=settings)
            next_version(connection)

    def save_mapping(
        self, content: Mapping[str, Any], *, headers: Sequence[str], header_key: str
    ) -> int:
        """Remember a mapping and return its number; one for the same headers is replaced.

        Parameters
        ----------
        content : the content of a layout file; its ``title`` names the mapping.
        headers, header_key : the set of headers it is for, and what names that set.
        """
        with self.transaction() as connection:
            number = mappings.write_mapping(connection, content, headers, header_key)
            next_version(connection)
        return number

    def rename_mapping(self, mapping_id: int, title: str) -> None:
        """Give a mapping another title.

        Raises
        ------
        UnknownMapping
        """
        with self.transaction() as connection:
            mappings.rename_mapping(connection, mapping_id, title)
            next_version(connection)

    def delete_mapping(self, mapping_id: int) -> None:
        """Forget a mapping; batches that were loaded with it keep its title.

        Raises
        ------
        UnknownMapping
        """
        with self.transaction() as connection:
            mappings.remove_mapping(connection, mapping_id)
            next_version(connection)

    def close(self) -> None:
        """Give the database free."""
        self._support.disconnect(self._engine)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- inside ------------------------------------------------------------------------------

    def _prepare(self) -> None:
        with self._reads() as connection:
            if is_prepared(connection):
                return  # nobody has to wait for an import that is under way
        with self._writes() as work:
            prepare(work.connection, self._support)

    def _load_all(
        self, connection: Connection, staged: tuple[Staged, ...], watch: Watch
    ) -> tuple[Batch, ...]:
        count = len(staged)
        return tuple(
            load_batch(
                connection, self._support, one, watch.part(number / count, (number + 1) / count)
            )
            for number, one in enumerate(staged)
        )

    @contextmanager
    def _reads(self) -> Iterator[Connection]:
        with self._explained(), self._support.reading(self._engine) as connection:
            yield connection

    @contextmanager
    def _writes(self, watch: Watch = UNWATCHED) -> Iterator[Work]:
        with (
            self._turn(watch),
            self._explained(),
            self._support.writing(self._engine, lambda: _wait(watch)) as work,
        ):
            yield work

    @contextmanager
    def _turn(self, watch: Watch) -> Iterator[None]:
        """Wait until nobody else writes; whoever waits can be called off."""
        if not self._writing.acquire(blocking=False):
            _wait(watch)
            while not self._writing.acquire(timeout=_LOOK_SECONDS):
                _wait(watch)
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            explained = self._support.explain(error)
            if explained is None:
                raise
            raise explained from error


class _Trial(Store):
    """A store as it would be: what is read comes from an open transaction, nothing is written."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self.url = store.url
        self.secret = store.secret
        self._support = store._support
        self._connection = connection

    @contextmanager
    def _reads(self) -> Iterator[Connection]:
        with self._explained():
            yield self._connection

    @contextmanager
    def _writes(self, watch: Watch = UNWATCHED) -> Iterator[Work]:
        raise AssertionError("a trial is only looked at")

    def close(self) -> None:
        """Nothing: the connection belongs to the store."""


def _wait(watch: Watch) -> None:
    """Say that it is another's turn; raise where the work was called off meanwhile."""
    watch.tell(0.0, message("Waiting for another import"))


def open_store(url: str | None = None) -> Store:
    """Open a store by URL.

    Parameters
    ----------
    url : str, optional
        A SQLAlchemy URL; default the environment's ``ECOM_DATABASE_URL``, else the embedded
        database ``data/ecom.duckdb``. ``duckdb:///:memory:`` is a private store that nobody keeps.

    Raises
    ------
    StoreLocked
        Another process holds the embedded database.
    StoreError
    """
    return Store(url or os.environ.get("ECOM_DATABASE_URL") or DEFAULT_URL)
