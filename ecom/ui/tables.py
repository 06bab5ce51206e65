"""From a report's table to what the screen shows: words said, columns formatted by their unit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import pandas as pd
import streamlit as st

from ecom.analysis.base import Column, Table
from ecom.export.words import cell_words, column_title
from ecom.i18n import Language
from ecom.model import Unit

ROW_HEIGHT = 35
MOST_ROWS = 12  # shown at once; the rest scrolls

# sprintf-js, "," groups thousands
_FORMATS = {
    Unit.COUNT: "%,d",
    Unit.RATIO: "%,.1f%%",
    Unit.MULTIPLE: "%,.2f×",
    Unit.DAYS: "%,.1f",
    Unit.SECONDS: "%,d s",
    Unit.NUMBER: "%,.2f",
}
_CENTS_BELOW = 1_000  # from here on cents only make a column harder to read


def shown_frame(table: Table, language: Language) -> pd.DataFrame:
    """The table's cells as the screen takes them: sentences said, numbers as floats, rest as is."""
    return pd.DataFrame(
        {column.key: _cells(table.frame[column.key], column, language) for column in table.columns}
    )


def column_config(table: Table, language: Language, currency: str) -> dict[str, Any]:
    """Title, help, alignment and number format of every column; the first one is pinned."""
    return {
        column.key: _configured(
            column,
            table.frame[column.key],
            title=column_title(column, language, currency),
            words=None if column.help is None else language.say(column.help),
            pinned=position == 0,
        )
        for position, column in enumerate(table.columns)
    }


def height_of(rows: int) -> int | Literal["content"]:
    """As high as its rows, up to ``MOST_ROWS`` and a half one that says there is more."""
    return "content" if rows <= MOST_ROWS else int((MOST_ROWS + 1.5) * ROW_HEIGHT)


def _cells(cells: pd.Series, column: Column, language: Language) -> pd.Series:
    if column.unit is not None and not _is_listed(cells):
        numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
        if column.unit is Unit.RATIO:
            return numbers * 100  # the format can write a percent sign but not multiply
        return numbers.round() if column.unit is Unit.COUNT else numbers
    if cells.dtype != object:
        return cells
    return cells.map(lambda cell: cell_words(cell, language))


def _configured(
    column: Column, cells: pd.Series, *, title: str, words: str | None, pinned: bool
) -> Any:
    common: dict[str, Any] = {"help": words, "pinned": pinned}
    if _is_listed(cells):
        return st.column_config.LineChartColumn(title, help=words, pinned=pinned)
    if column.unit is not None:
        return st.column_config.NumberColumn(title, format=_format(column, cells), **common)
    first = next((cell for cell in cells if cell is not None and not pd.isna(cell)), None)
    if isinstance(first, date) and not isinstance(first, datetime):
        return st.column_config.DateColumn(title, format="YYYY-MM-DD", **common)
    return st.column_config.Column(title, **common)


def _format(column: Column, cells: pd.Series) -> str:
    if column.unit is Unit.MONEY:
        largest = pd.to_numeric(cells, errors="coerce").abs().max()
        return "%,.2f" if not largest >= _CENTS_BELOW else "%,.0f"
    assert column.unit is not None  # only asked for numbers
    return _FORMATS[column.unit]


def _is_listed(cells: pd.Series) -> bool:
    first = next((cell for cell in cells if cell is not None), None)
    return isinstance(first, list | tuple)
