"""The store: load whole batches or nothing, undo any of them, answer queries, count versions."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import CompoundSelect, Connection, Select, delete, func, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ecom import schema
from ecom.errors import StoreError, UnknownBatch
from ecom.progress import UNWATCHED, IsCancelled, Progress, Watch
from ecom.schema import FACTS, import_batches, import_issues, shops
from ecom.settings import Settings
from ecom.store import derive, versions
from ecom.store.bookkeeping import (
    earlier_batch,
    next_version,
    read_meta,
    read_settings,
    record_batch,
    save_shop,
    write_meta,
    write_settings,
)
from ecom.store.engine import engine_support
from ecom.store.inserting import insert_rows
from ecom.store.secret import secret_of
from ecom.store.staging import Batch, RowAccount, Shop, Staged
from ecom.text import message

Query = Select[Any] | CompoundSelect[Any]

DEFAULT_URL = "duckdb:///data/ecom.duckdb"
# How far a load is once its rows are stored, and once they are compared with earlier ones.
_STORED, _COMPARED = 0.6, 0.7
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
        self.secret = secret_of(url)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    # --- reading -----------------------------------------------------------------------------

    def read(self, statement: Query) -> pd.DataFrame:
        """Answer a query with a DataFrame; column names are the select's labels."""
        with self._explained(), self._engine.connect() as connection:
            return self._support.fetch(connection, statement)

    @property
    def version(self) -> int:
        """Grows by one with every committed batch, undo or setting."""
        with self._explained(), self._engine.connect() as connection:
            return int(read_meta(connection).get("version", "0"))

    @property
    def settings(self) -> Settings:
        """The team's settings."""
        with self._explained(), self._engine.connect() as connection:
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
        with self._writes(watch) as connection:
            return self._load_all(connection, staged, watch)

    def rehearse(
        self,
        *staged: Staged,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[Batch, ...]:
        """What ``load`` would answer, without storing anything (a load that is rolled back)."""
        watch = Watch(progress, cancelled)
        with self._turn(watch), self._explained(), self._engine.connect() as connection:
            transaction = connection.begin()
            try:
                return self._load_all(connection, staged, watch)
            finally:
                transaction.rollback()

    def plan(self, *staged: Staged) -> tuple[RowAccount, ...]:
        """The row accounts that ``load`` would answer with, without storing anything."""
        return tuple(batch.account for batch in self.rehearse(*staged))

    def undo(self, batch_id: int) -> None:
        """Take a batch away; the store is as if it had never come.

        Raises
        ------
        UnknownBatch
        """
        with self._writes() as connection:
            row = connection.execute(
                select(import_batches).where(import_batches.c.batch_id == batch_id)
            ).first()
            if row is None:
                raise UnknownBatch(
                    message("There is no batch {number}.", number=batch_id),
                    message("The list of batches shows the numbers."),
                )
            tables = [name for name in (row.tables or "").split(",") if name]
            for name in tables:
                table = FACTS[name]
                versions.settle(connection, table, batch_id=batch_id, without=True)
                connection.execute(
                    update(table).where(table.c.batch_id == batch_id).values(is_current=False)
                )
            derive.refresh(
                connection,
                self._support,
                batch_id=batch_id,
                tables=tables,
                settings=read_settings(connection),
            )
            for owner in (*(FACTS[name] for name in tables), import_issues, import_batches):
                connection.execute(delete(owner).where(owner.c.batch_id == batch_id))
            used = select(import_batches.c.shop_id)
            connection.execute(delete(shops).where(shops.c.shop_id.not_in(used)))
            next_version(connection)

    def save_settings(self, settings: Settings) -> None:
        """Store the team's settings; visits are counted anew when their rules changed."""
        with self._writes() as connection:
            before = read_settings(connection)
            write_settings(connection, settings)
            if before != settings:
                derive.rebuild(connection, self._support, settings=settings)
            next_version(connection)

    def close(self) -> None:
        """Give the database free."""
        held = self._engine.dialect.__dict__.pop("_held", None)
        if held is not None:
            held.close()
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- inside ------------------------------------------------------------------------------

    def _prepare(self) -> None:
        with self._writes() as connection:
            schema.metadata.create_all(connection)
            found = read_meta(connection).get("schema_version")
            if found is None:
                write_meta(connection, "schema_version", str(schema.SCHEMA_VERSION))
                write_meta(connection, "version", "0")
            elif int(found) != schema.SCHEMA_VERSION:
                raise StoreError(
                    message(
                        "This database was made by another version of the program "
                        "(tables {found}, needed {needed}).",
                        found=found,
                        needed=schema.SCHEMA_VERSION,
                    ),
                    message("Open it with that version, or import the exports into a new one."),
                )

    def _load_all(
        self, connection: Connection, staged: tuple[Staged, ...], watch: Watch
    ) -> tuple[Batch, ...]:
        count = len(staged)
        return tuple(
            self._load(connection, one, watch.part(number / count, (number + 1) / count))
            for number, one in enumerate(staged)
        )

    def _load(self, connection: Connection, staged: Staged, watch: Watch) -> Batch:
        earlier = earlier_batch(connection, staged)
        if earlier is not None:
            return earlier
        batch_id = 1 + int(
            connection.execute(select(func.max(import_batches.c.batch_id))).scalar() or 0
        )
        rank = versions.precedence(staged.source_updated_at, batch_id)
        provenance = {"batch_id": batch_id, "precedence": rank, "is_current": True}
        watch.tell(0.0, message("Storing {file}", file=staged.file_name))
        staged = insert_rows(
            connection, self._support, staged, provenance, watch.part(0.0, _STORED)
        )
        save_shop(connection, staged.shop)
        watch.tell(_STORED, message("Comparing {file} with earlier ones", file=staged.file_name))
        rivals = [
            name for name in staged.tables if versions.has_rivals(connection, FACTS[name], batch_id)
        ]
        account = versions.account(connection, staged, batch_id, rivals)
        for name in rivals:
            versions.settle(connection, FACTS[name], batch_id=batch_id)
        derive.refresh(
            connection,
            self._support,
            batch_id=batch_id,
            tables=list(staged.tables),
            settings=read_settings(connection),
            watch=watch.part(_COMPARED, 1.0),
        )
        batch = Batch(
            batch_id=batch_id,
            layout_id=staged.layout_id,
            shop_id=staged.shop.shop_id,
            file_name=staged.file_name,
            sheet_name=staged.sheet_name,
            loaded_at=datetime.now(UTC).replace(tzinfo=None),
            account=account,
            tables=tuple(staged.tables),
            store_version=next_version(connection),
            findings=staged.findings,
        )
        record_batch(connection, staged, batch)
        return batch

    @contextmanager
    def _writes(self, watch: Watch = UNWATCHED) -> Iterator[Connection]:
        with self._turn(watch), self._explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _turn(self, watch: Watch) -> Iterator[None]:
        """Wait until nobody else writes; whoever waits can be called off."""
        if not self._writing.acquire(blocking=False):
            watch.tell(0.0, message("Waiting for another import"))
            while not self._writing.acquire(timeout=_LOOK_SECONDS):
                watch.check()
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
