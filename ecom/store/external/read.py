"""Read the answer to a source's query, portion by portion, never more than was agreed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    Connection,
    CursorResult,
    Select,
    TextClause,
    column,
    quoted_name,
    select,
    text,
)

from ecom.errors import SourceError
from ecom.store.cursor import Value, as_value
from ecom.store.external.cells import is_zero_date, joined, to_arrow
from ecom.store.external.selects import statement
from ecom.text import message

_PORTION = 10_000


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a query are wanted.

    Attributes
    ----------
    column : the cursor column.
    after : rows at or below this value are known; None for all rows.
    inclusive : rows at the value itself are wanted too.
    whole : a column whose rows come together: all rows that share its value with a wanted one.
    """

    column: str
    after: Value | None = None
    inclusive: bool = False
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer: names and columns of equal length, and the cursor's last value, if any."""

    names: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    last: Value | None = None

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0


class Foreign:
    """A foreign database inside a transaction that can only read; made by ``opened``."""

    def __init__(self, connection: Connection, *, most: tuple[int, int], deadline: float) -> None:
        self._connection = connection.execution_options(
            stream_results=True, max_row_buffer=_PORTION
        )
        self._most_rows, self._most_bytes = most
        self._deadline = deadline

    def first(self, query: str, count: int) -> Rows:
        """The first rows of a query, any of them."""
        asked = statement(query, self._connection)
        return self._read(select(text("*")).select_from(_inner(asked)).limit(count), "")

    def read(self, query: str, *, names: tuple[str, ...], window: Window | None = None) -> Rows:
        """All rows of a query, or those of a window in the order of its cursor.

        Parameters
        ----------
        query : a table's name or one SELECT.
        names : the query's columns, as ``first`` told them.

        Raises
        ------
        InvalidParameter, SourceError
        """
        asked = statement(query, self._connection)
        if window is None:
            return self._read(text(_plain(asked)), "")
        return self._read(_windowed(asked, names, window), window.column)

    def _read(self, wanted: Select[Any] | TextClause, cursor: str) -> Rows:
        with closing(self._connection.execute(wanted)) as result:
            return self._taken(result, cursor)

    def _taken(self, result: CursorResult[Any], cursor: str) -> Rows:
        names = tuple(map(str, result.keys()))
        place = names.index(cursor) if cursor else -1
        portions: list[list[pa.Array]] = [[] for _ in names]
        count, size, last = 0, 0, None
        for portion in result.partitions(_PORTION):
            for held, cells in zip(portions, zip(*portion, strict=True), strict=True):
                held.append(to_arrow(cells))
                size += held[-1].nbytes
            count += len(portion)
            self._check(count, size)
            if place >= 0:
                found = _last(portion, place)
                last = last if found is None else found
        columns = tuple(joined(held) if held else pa.array([], pa.string()) for held in portions)
        return Rows(names, columns, None if last is None else as_value(last))

    def _check(self, count: int, size: int) -> None:
        problem = None
        if count > self._most_rows:
            problem = message("The query gives more than {count} rows.", count=self._most_rows)
        elif size > self._most_bytes:
            problem = message("The query gives more than fits into memory.")
        elif time.monotonic() > self._deadline:
            problem = message("The database took too long to answer.")
        if problem is not None:
            raise SourceError(
                problem,
                message("Narrow the query, name a cursor column, or pull at a quieter time."),
            )


def _windowed(asked: str, names: tuple[str, ...], window: Window) -> Select[Any]:
    """The query as a subquery, cut by its cursor."""
    rows = text(_plain(asked)).columns(*(column(quoted_name(n, quote=True)) for n in names))
    wanted = rows.subquery("wanted")
    cursor = wanted.c[window.column]
    chosen = select(wanted).order_by(cursor)
    if window.after is None:
        return chosen
    if not window.whole:
        return chosen.where(cursor >= window.after if window.inclusive else cursor > window.after)
    touched = rows.subquery("touched")
    moved = touched.c[window.column]
    return chosen.where(
        wanted.c[window.whole].in_(
            select(touched.c[window.whole]).where(
                moved >= window.after if window.inclusive else moved > window.after
            )
        )
    )


def _inner(asked: str) -> TextClause:
    # The line break ends a comment that the query may end with.
    return text(f"(\n{_plain(asked)}\n) AS wanted")


def _plain(asked: str) -> str:
    """A query in which SQLAlchemy sees no parameters of its own."""
    return asked.replace(":", r"\:")


def _last(portion: Any, place: int) -> Any:
    """The last cursor value that is one."""
    cells: Iterator[Any] = (row[place] for row in reversed(portion))
    return next((cell for cell in cells if cell is not None and not is_zero_date(cell)), None)
