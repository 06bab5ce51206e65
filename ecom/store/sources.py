"""Databases that are read like files: what is known of each, and what was pulled from it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
from sqlalchemy import delete, func, insert, select, update

from ecom.errors import InvalidParameter, UnknownSource
from ecom.schema import import_batches, sources
from ecom.store.store import Store
from ecom.text import Text, message

_SECRET_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
DEFAULT_OVERLAP = 10


@dataclass(frozen=True, slots=True)
class Source:
    """A saved connection with a query.

    Attributes
    ----------
    name : unlike any other source's; stands for the file name in the list of batches.
    url_name : name of the secret that holds the URL. The URL itself is never stored.
    query : a table's name or one SELECT.
    cursor_column : the column that grows with every new or changed row; empty to read all rows
        each time.
    overlap : how far behind the last value a pull reads again, for rows that arrive late: minutes
        of a time, units of a number.
    shop_id : whose rows they are; empty to find it as for a file.
    layout : id of a layout; empty to recognise it by the columns.
    timezone : of times without an offset; empty for the shop's zone.
    every_minutes : between two pulls; 0 to pull on demand only.
    problem : what was wrong at the last pull, and what to do; empty after a good one.
    source_id : 0 until it is saved.
    """

    name: str
    url_name: str
    query: str
    cursor_column: str = ""
    overlap: int = DEFAULT_OVERLAP
    shop_id: str = ""
    layout: str = ""
    timezone: str = ""
    every_minutes: int = 0
    is_paused: bool = False
    last_pulled_at: datetime | None = None
    problem: tuple[Text, ...] = ()
    source_id: int = 0

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidParameter(message("The source has no name."), message("Give it one."))
        if not _SECRET_NAME.fullmatch(self.url_name):
            # Not quoted: somebody may have typed the URL itself.
            raise InvalidParameter(
                message("This can't be the name of a secret."),
                message("Use capital letters, digits and underscores, such as SHOP_DB."),
            )
        if not self.query.strip():
            raise InvalidParameter(
                message("The source has no table and no query."),
                message("Name a table, or write one SELECT."),
            )
        if self.every_minutes < 0 or self.overlap < 0:
            raise InvalidParameter(
                message("Minutes can't be negative."), message("Use 0 or a positive number.")
            )
        try:
            ZoneInfo(self.timezone or "UTC")
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise InvalidParameter(
                message("There is no time zone “{given}”.", given=self.timezone),
                message("Use a name such as Asia/Shanghai or Europe/London."),
            ) from error

    def next_pull(self, now: datetime) -> datetime | None:
        """When it is to be pulled by itself, UTC; None for never."""
        if self.is_paused or not self.every_minutes:
            return None
        if self.last_pulled_at is None:
            return now
        return self.last_pulled_at + timedelta(minutes=self.every_minutes)


def list_sources(store: Store) -> tuple[Source, ...]:
    """Every source, by name."""
    rows = store.read(select(sources).order_by(sources.c.name))
    return tuple(_source(row) for row in rows.to_dict("records"))


def find_source(store: Store, name: str) -> Source:
    """The source of this name.

    Raises
    ------
    UnknownSource
    """
    for source in list_sources(store):
        if source.name == name:
            return source
    raise UnknownSource(
        message("There is no source “{name}”.", name=name),
        message("The list of sources shows the names."),
    )


def save_source(store: Store, source: Source) -> Source:
    """Add a source, or change the one of its number; the saved one comes back.

    Raises
    ------
    InvalidParameter
        Another source has the name.
    UnknownSource
        The source was deleted meanwhile.
    """
    with store.transaction() as connection:
        twin = connection.execute(
            select(sources.c.source_id).where(
                sources.c.name == source.name, sources.c.source_id != source.source_id
            )
        ).first()
        if twin is not None:
            raise InvalidParameter(
                message("There is a source “{name}” already.", name=source.name),
                message("Choose another name."),
            )
        values = _values(source)
        if not source.source_id:
            # Numbers of deleted sources stay with their batches and are never given again.
            known = [
                connection.execute(select(func.max(column))).scalar() or 0
                for column in (sources.c.source_id, import_batches.c.source_id)
            ]
            source = replace(source, source_id=1 + max(known))
            connection.execute(insert(sources).values(source_id=source.source_id, **values))
            return source
        is_it = sources.c.source_id == source.source_id
        if connection.execute(select(sources.c.source_id).where(is_it)).first() is None:
            raise UnknownSource(
                message("There is no source “{name}”.", name=source.name),
                message("The list of sources shows the names."),
            )
        connection.execute(update(sources).where(is_it).values(**values))
    return source


def delete_source(store: Store, source_id: int) -> None:
    """Forget a source; what was pulled from it stays and can be undone batch by batch."""
    with store.transaction() as connection:
        connection.execute(delete(sources).where(sources.c.source_id == source_id))


def note_pull(store: Store, source_id: int, *, at: datetime, problem: tuple[Text, ...]) -> None:
    """Write down that a source was pulled, and what was wrong."""
    with store.transaction() as connection:
        connection.execute(
            update(sources)
            .where(sources.c.source_id == source_id)
            .values(last_pulled_at=at, last_problem=_packed(problem))
        )


def batches_of(store: Store, source_id: int) -> pd.DataFrame:
    """What was pulled from a source and not undone, oldest first; columns of
    ``schema.import_batches``."""
    return store.read(
        select(import_batches)
        .where(import_batches.c.source_id == source_id)
        .order_by(import_batches.c.batch_id)
    )


def _values(source: Source) -> dict[str, Any]:
    """What a person says about a source; how it went is written by ``note_pull`` alone."""
    return {
        "name": source.name,
        "url_name": source.url_name,
        "query": source.query,
        "cursor_column": source.cursor_column,
        "overlap": source.overlap,
        "shop_id": source.shop_id,
        "layout": source.layout,
        "timezone": source.timezone,
        "every_minutes": source.every_minutes,
        "is_paused": source.is_paused,
    }


def _source(row: dict[Any, Any]) -> Source:
    pulled = row["last_pulled_at"]
    return Source(
        name=row["name"],
        url_name=row["url_name"],
        query=row["query"],
        cursor_column=row["cursor_column"] or "",
        overlap=int(row["overlap"]),
        shop_id=row["shop_id"] or "",
        layout=row["layout"] or "",
        timezone=row["timezone"] or "",
        every_minutes=int(row["every_minutes"]),
        is_paused=bool(row["is_paused"]),
        last_pulled_at=None if pd.isna(pulled) else pd.Timestamp(pulled).to_pydatetime(),
        problem=_unpacked(row["last_problem"]),
        source_id=int(row["source_id"]),
    )


def _packed(sentences: tuple[Text, ...]) -> str | None:
    """Sentences with their values, to be translated by whoever reads them."""
    if not sentences:
        return None
    return json.dumps([_plain(one) for one in sentences], ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return [value.template, {name: _plain(part) for name, part in value.values}]
    return value if isinstance(value, int | float) else str(value)


def _unpacked(written: Any) -> tuple[Text, ...]:
    if not isinstance(written, str):
        return ()
    return tuple(_text(one) for one in json.loads(written))


def _text(value: Any) -> Any:
    if isinstance(value, list):
        template, values = value
        return Text(template, tuple((name, _text(part)) for name, part in values.items()))
    return value
