"""From a report's table to what the screen shows: words said, columns formatted by their unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd
import streamlit as st

from ecom.analysis.base import Column, Table
from ecom.export.words import cell_words, column_title, width_of
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.ui.words import plain

ROW_HEIGHT = 35
MOST_ROWS = 12  # shown at once; the rest scrolls

# sprintf-js, "," groups thousands
_FORMATS = {
    Unit.COUNT: "%,d",
    Unit.RATIO: "%,.1f%%",
    Unit.MULTIPLE: "%,.2f×",
    Unit.DAYS: "%,.1f",
    Unit.NUMBER: "%,.2f",
    Unit.POINTS: "%+.2f pp",
    Unit.CHANCE: "%.2g",
}
_HUNDREDTHS = (Unit.RATIO, Unit.POINTS)  # a format can write their sign but not multiply
_DIGITS = {Unit.COUNT: 0, Unit.RATIO: 1}  # as the formats have; rounded here to say 0, not -0
_SECONDS = {"en": "%,d s", "zh_CN": "%,d 秒"}
_DAYS = {"en": "D MMM YYYY", "zh_CN": "YYYY年M月D日"}  # moment.js
_CENTS_BELOW = 1_000  # from here on cents only make a column harder to read
_LETTER, _CELL_PADDING = 6.2, 18  # pixels
_LINE_WIDTH = 480  # pixels; longer text is broken into lines
_BROKEN_WIDTH = 250  # at least
_BROKEN_HEIGHT = 62  # three lines; Streamlit breaks text in rows higher than four times the font
_BROKEN_FILL = 1.9  # lines' worth of text that surely fit into three, wherever they are broken
_READABLE = 8  # columns; with more, a static table would squeeze its sentences


@dataclass(frozen=True, eq=False, slots=True)
class _Prepared:
    """What a table comes to on the screen; ``config`` is None for one of plain text."""

    cells: pd.DataFrame
    config: dict[str, Any] | None
    has_sentences: bool


def draw(
    table: Table,
    language: Language,
    *,
    key: str,
    currency: str = "",
    alt: str = "",
    **options: Any,
) -> Any:
    """Put a table on the page, without the columns that say nothing.

    A table with sentences is drawn as a static one, where every word can be read at any width.

    Parameters
    ----------
    key : unique on the page.
    currency : ISO code, named in the titles of money columns.
    options : further options of ``st.dataframe``.

    Returns
    -------
    What ``st.dataframe`` answers; the selection, if it was asked for one.
    """
    shown = _prepared(table, language, currency, may_be_static=not options)
    rows = len(table.frame)
    if shown.config is None:
        return st.table(
            shown.cells,
            border="horizontal",
            height="content" if rows <= MOST_ROWS else _BROKEN_HEIGHT * MOST_ROWS // 2,
            hide_index=True,
            alt=alt or None,
        )
    row_height = _BROKEN_HEIGHT if shown.has_sentences else ROW_HEIGHT
    return st.dataframe(
        shown.cells,
        column_config=shown.config,
        hide_index=True,
        height=height_of(rows, row_height),
        row_height=row_height,
        key=key,
        alt=alt or None,
        placeholder="",
        **options,
    )


def _prepared(table: Table, language: Language, currency: str, *, may_be_static: bool) -> _Prepared:
    said = visible(table)
    cells = shown_frame(said, language)
    has_sentences = any(_is_long(column) for _, column in cells.items())
    if has_sentences and len(said.columns) <= _READABLE and may_be_static:
        return _Prepared(_static_frame(said, language, currency), None, has_sentences)
    return _Prepared(cells, column_config(said, cells, language, currency), has_sentences)


def visible(table: Table) -> Table:
    """The table without columns that say nothing, except the first."""
    said = [
        column
        for position, column in enumerate(table.columns)
        if position == 0 or not _is_blank(table.frame[column.key])
    ]
    return Table.make(table.frame, *said)


def shown_frame(table: Table, language: Language) -> pd.DataFrame:
    """The table's cells as the screen takes them: sentences said, numbers as floats, rest as is."""
    return pd.DataFrame(
        {column.key: _cells(table.frame[column.key], column, language) for column in table.columns}
    )


def column_config(
    table: Table, shown: pd.DataFrame, language: Language, currency: str
) -> dict[str, Any]:
    """Title, help, width, alignment and format of every column; the first one is pinned.

    Parameters
    ----------
    shown : the table's ``shown_frame``.
    """
    return {
        column.key: _configured(
            column,
            table.frame[column.key],
            shown[column.key],
            title=column_title(column, language, currency),
            words=None if column.help is None else language.say(column.help),
            pinned=position == 0,
            language=language,
        )
        for position, column in enumerate(table.columns)
    }


def height_of(rows: int, row_height: int = ROW_HEIGHT) -> int | Literal["content"]:
    """As high as its rows, up to ``MOST_ROWS`` and a half one that says there is more."""
    return "content" if rows <= MOST_ROWS else int(ROW_HEIGHT + (MOST_ROWS + 0.5) * row_height)


def _static_frame(table: Table, language: Language, currency: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column_title(column, language, currency): [
                _written(cell, column, language) for cell in table.frame[column.key]
            ]
            for column in table.columns
        }
    )


def _written(cell: Any, column: Column, language: Language) -> str:
    words = cell_words(cell, column, language)
    if words is None or _is_missing(words):
        return ""
    if isinstance(words, str) or column.unit is None:
        return plain(str(words))
    unit = Unit.COUNT if column.unit is Unit.MONEY and abs(words) >= _CENTS_BELOW else column.unit
    return language.number(round(words) if unit is Unit.COUNT else words, unit, compact=False)


def _cells(cells: pd.Series, column: Column, language: Language) -> pd.Series:
    if column.unit is not None and not _is_listed(cells):
        numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
        if column.unit in _HUNDREDTHS:
            numbers = numbers * 100
        if column.unit in _DIGITS:
            numbers = numbers.round(_DIGITS[column.unit]) + 0.0  # -0.0 + 0.0 is 0.0
        return numbers
    if cells.dtype != object and not column.terms:
        return cells
    return cells.map(lambda cell: cell_words(cell, column, language))


def _configured(
    column: Column,
    cells: pd.Series,
    shown: pd.Series,
    *,
    title: str,
    words: str | None,
    pinned: bool,
    language: Language,
) -> Any:
    common: dict[str, Any] = {"help": words, "pinned": pinned}
    if _is_listed(cells):
        return st.column_config.LineChartColumn(title, help=words, pinned=pinned)
    if column.unit is not None:
        return st.column_config.NumberColumn(
            title, format=_format(column, cells, language), **common
        )
    first = _first(shown)
    if isinstance(first, date) and not isinstance(first, datetime):
        return st.column_config.DateColumn(title, format=_DAYS[language.code], **common)
    if isinstance(first, str):
        # Told, because the browser measures the first rows only and cuts what is longer below.
        width = _LETTER * max(_letters(shown), width_of(title) + 2)
        if _is_long(shown):
            width = max(_BROKEN_WIDTH, width / _BROKEN_FILL)
        common["width"] = int(_CELL_PADDING + width)
    if isinstance(_first(cells), Amount):
        common["alignment"] = "right"
    return st.column_config.Column(title, **common)


def _format(column: Column, cells: pd.Series, language: Language) -> str:
    if column.unit is Unit.MONEY:
        largest = pd.to_numeric(cells, errors="coerce").abs().max()
        return "%,.2f" if not largest >= _CENTS_BELOW else "%,.0f"
    if column.unit is Unit.SECONDS:
        return _SECONDS[language.code]
    assert column.unit is not None  # only asked for numbers
    return _FORMATS[column.unit]


def _first(cells: pd.Series) -> Any:
    return next((cell for cell in cells if cell is not None and not _is_missing(cell)), None)


def _is_listed(cells: pd.Series) -> bool:
    first = next((cell for cell in cells if cell is not None), None)
    return isinstance(first, list | tuple)


def _is_blank(cells: pd.Series) -> bool:
    return all(cell is None or cell == "" or _is_missing(cell) for cell in cells)


def _is_missing(cell: Any) -> bool:
    return isinstance(cell, float | type(pd.NaT) | type(pd.NA)) and bool(pd.isna(cell))


def _is_long(shown: pd.Series) -> bool:
    return _letters(shown) * _LETTER > _LINE_WIDTH


def _letters(shown: pd.Series) -> int:
    return max((width_of(cell) for cell in shown if isinstance(cell, str)), default=0)
