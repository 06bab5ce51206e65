"""The answer of a database on the road of files: recognised, cleaned, checked, loaded."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from ecom.errors import EcomError, InvalidParameter, SourceError
from ecom.ingest.examination import Examination, ExaminedTable
from ecom.ingest.examine import layout_named
from ecom.ingest.examine_table import File, examine_table
from ecom.ingest.files.raw import RawTable, without_blank_rows
from ecom.ingest.mappings import known_layouts
from ecom.ingest.service import FileOutcome, load_examined
from ecom.ingest.whose import chooser
from ecom.schema import FACTS
from ecom.store import Batch, RowAccount, Shop, Store
from ecom.store.cursor import Mark, Position, Value, is_beyond, less, position
from ecom.store.external import Foreign, Limits, Rows, Window, opened
from ecom.store.sources import Source, batches_of, note_pull
from ecom.store.staging import Staged
from ecom.text import Text, message

Resolve = Callable[[str], str | None]  # the name of a secret -> the URL it holds
FIRST_ROWS = 200  # enough to tell what the columns are
_ORDER_ID = ("orders.order_id", "order_items.order_id")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a source gives, looked at without storing anything."""

    examination: Examination
    plan: FileOutcome


def pull(
    store: Store,
    source: Source,
    *,
    resolve: Resolve,
    now: datetime | None = None,
    limits: Limits | None = None,
) -> FileOutcome:
    """Read what is new of a source and load it, all or nothing.

    Parameters
    ----------
    store : Store
    source : Source
        As saved.
    resolve : callable
        Finds the URL by the name of its secret.
    now : datetime, optional
        UTC; the time of the pull, which is also when its rows were written.
    limits : Limits, optional

    Returns
    -------
    FileOutcome
        Without batches when there was nothing new. A fault is its ``problem``, noted with the
        source as well; nothing is stored then, and the next pull tries again.
    """
    moment = now or datetime.now(UTC).replace(tzinfo=None)
    try:
        outcome = _pulled(store, source, _url(source, resolve), moment, limits)
    except EcomError as error:
        outcome = FileOutcome(source.name, problem=error.problem, remedy=error.remedy)
    except Exception:
        _LOG.exception("the pull of source %s failed", source.source_id)
        outcome = FileOutcome(
            source.name,
            problem=message("The source could not be read because of a fault in the program."),
            remedy=message("Nothing of it was stored. Please report it with the log."),
        )
    problem = tuple(one for one in (outcome.problem, outcome.remedy) if one is not None)
    note_pull(store, source.source_id, at=moment, problem=problem)
    return outcome


def try_source(
    store: Store, source: Source, *, resolve: Resolve, limits: Limits | None = None
) -> Trial:
    """Look at the first rows of a source as a pull would read them; nothing is stored.

    Raises
    ------
    SourceError, InvalidParameter
        The database can't be reached or read, or the cursor does not fit the rows.
    """
    moment = datetime.now(UTC).replace(tzinfo=None)
    with opened(_url(source, resolve), limits=limits) as database:
        rows = database.first(source.query, FIRST_ROWS)
    table = _examined(store, source, rows, moment)
    if table.staged is not None:
        _window(source, table, rows.names, None)
    examination = Examination(source.name, _digest(rows), (table,))
    return Trial(examination, load_examined(store, examination, dry_run=True))


def _url(source: Source, resolve: Resolve) -> str:
    url = resolve(source.url_name)
    if not url:
        raise SourceError(
            message("There is no secret {name}.", name=source.url_name),
            message("Set it in the environment of the app, or in Streamlit's secrets."),
        )
    return url


def _pulled(
    store: Store, source: Source, url: str, now: datetime, limits: Limits | None
) -> FileOutcome:
    earlier = batches_of(store, source.source_id)
    of = _identity(source)
    marks = dict(zip(earlier["batch_id"], earlier["cursor_value"], strict=True))
    known = position({int(k): v for k, v in marks.items() if isinstance(v, str)}, of)
    with opened(url, limits=limits) as database:
        rows, table = _read(database, store, source, known, now)
    if not len(rows):
        return FileOutcome(source.name, accounts=(RowAccount(),))
    if table.staged is None:
        return FileOutcome(
            source.name, findings=table.findings, problem=table.problem, remedy=table.remedy
        )
    staged = replace(
        table.staged,
        file_sha256=_fresh(_digest(rows), earlier),
        source_id=source.source_id,
        cursor_value=_mark(of, known, rows.last),
    )
    moved = rows.last is not None and (known is None or is_beyond(rows.last, known.value))
    return _loaded(store, source, staged, moved=moved)


def _read(
    database: Foreign, store: Store, source: Source, known: Position | None, now: datetime
) -> tuple[Rows, ExaminedTable]:
    """The new rows and what they are; the first rows tell how to ask for them."""
    first = database.first(source.query, FIRST_ROWS)
    table = _examined(store, source, first, now)
    if table.staged is None:
        return first, table
    window = _window(source, table, first.names, known)
    if window is None and len(first) < FIRST_ROWS:
        return first, table
    rows = database.read(source.query, names=first.names, window=window)
    return rows, _examined(store, source, rows, now)


def _examined(store: Store, source: Source, rows: Rows, now: datetime) -> ExaminedTable:
    """Rows as the only table of a file that was written now."""
    columns, kept = without_blank_rows(rows.columns)
    raw = RawTable(
        sheet="",
        headers=rows.names,
        columns=columns,
        rows=(np.flatnonzero(kept) + 1).astype(np.int32),
        header_row=0,
    )
    known = known_layouts(store)
    file = File(
        path=Path(),
        name=source.name,
        sha256="",
        choose=chooser(store, Shop(source.shop_id) if source.shop_id else None),
        settings=store.settings,
        secret=store.secret,
        candidates=known,
        written_at=now,
        written_in=ZoneInfo(source.timezone) if source.timezone else None,
    )
    return examine_table(raw, file, layout_named(source.layout, known) if source.layout else None)


def _window(
    source: Source, table: ExaminedTable, names: tuple[str, ...], known: Position | None
) -> Window | None:
    """Which rows to ask for; None for all of them.

    Raises
    ------
    InvalidParameter
        The cursor is no column of the query, or the rows replace each other by more than their
        key, so that a part of them would take away the rest.
    """
    cursor = source.cursor_column
    if not cursor:
        return None
    if cursor not in names:
        raise InvalidParameter(
            message("The query gives no column “{given}” for the cursor.", given=cursor),
            message("It gives {names}.", names=names),
        )
    return Window(
        cursor,
        after=None if known is None else less(known.value, source.overlap),
        inclusive=source.overlap > 0,
        whole=_whole(table),
    )


def _whole(table: ExaminedTable) -> str:
    """The column whose rows must come together: the order of order lines; empty for none."""
    layout = table.layout
    assert layout is not None  # the table was accepted
    targets = dict(zip(table.mapping["target"], table.mapping["header"], strict=True))
    filled = {target.partition(".")[0] for target in targets} & set(FACTS)
    grouped = {name for name in filled if FACTS[name].info["scope"] != FACTS[name].info["key"]}
    if not grouped:
        return ""
    order = next((targets[name] for name in _ORDER_ID if name in targets), None)
    if grouped == {"order_items"} and order is not None and not layout.fill_down:
        return order
    raise InvalidParameter(
        message(
            "“{layout}” can't be pulled by a cursor: its rows replace each other by whole days or "
            "lists, so a part of one would take away the rest.",
            layout=layout.title,
        ),
        message("Leave the cursor empty, and let the query give whole days, such as the last 30."),
    )


def _loaded(store: Store, source: Source, staged: Staged, *, moved: bool) -> FileOutcome:
    """Load the rows; a pull that says nothing new leaves no batch."""
    batch: Batch | None
    if moved:
        (batch,) = store.load(staged)
        batch = None if batch.already_loaded else batch
    else:
        batch = store.load_news(staged)
    if batch is not None:
        return FileOutcome(source.name, (batch,), (batch.account,), staged.findings)
    account = RowAccount(
        read=staged.rows_read,
        unchanged=staged.rows_read - staged.rows_rejected - staged.rows_totals,
        rejected=staged.rows_rejected,
        totals=staged.rows_totals,
    )
    problem, remedy = _all_rejected(staged)
    return FileOutcome(
        source.name,
        accounts=(account,),
        findings=staged.findings,
        problem=problem,
        remedy=remedy,
    )


def _all_rejected(staged: Staged) -> tuple[Text | None, Text | None]:
    """The first remark, where nothing but rejected rows came and no batch will show them."""
    if staged.rows_rejected < staged.rows_read or staged.cursor_value is not None:
        return None, None
    errors = (one for one in staged.findings if one.severity == "error")
    first = next(errors, None)
    if first is None:
        return None, None
    return (
        message("Every row was rejected. {column}: {text}", column=first.column, text=first.text),
        first.remedy,
    )


# --- how far a source was read ---------------------------------------------------------------


def _identity(source: Source) -> str:
    """What positions belong to: they mean nothing for another query, cursor or database."""
    parts = "\0".join((source.url_name, source.query.strip(), source.cursor_column))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _mark(of: str, known: Position | None, last: Value | None) -> str | None:
    if last is None:
        return None
    return Mark(of, None if known is None else known.batch_id, last).encoded()


def _fresh(digest: str, earlier: pd.DataFrame) -> str:
    """The name of a content: rows that stood so before, and otherwise since, are news again."""
    known = list(zip(earlier["file_sha256"], earlier["batch_id"], strict=True))
    if not known or digest == known[-1][0] or all(digest != sha for sha, _ in known):
        return digest
    return hashlib.sha256(f"{digest} after {known[-1][1]}".encode()).hexdigest()


def _digest(rows: Rows) -> str:
    """Identifies the content of an answer, names and kinds included."""
    digest = hashlib.sha256()
    for name, column in zip(rows.names, rows.columns, strict=True):
        digest.update(f"{name}\0{column.type}\0".encode())
        for portion in _stream(column):
            digest.update(portion)
    return digest.hexdigest()


def _stream(column: pa.Array) -> Iterable[memoryview]:
    batch = pa.record_batch([column], names=["cells"])
    yield memoryview(batch.serialize())
