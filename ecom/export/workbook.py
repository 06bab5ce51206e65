"""A report as an Excel workbook: what it is about, the key figures, one sheet per table."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter

from ecom.analysis.base import Report, Table
from ecom.export.words import cell_words, column_title, harmless, tables_of, width_of
from ecom.i18n import MISSING, Language
from ecom.model import Scope, Unit
from ecom.text import Text, message

_FORMATS = {
    Unit.COUNT: "#,##0",
    Unit.MONEY: "#,##0.00",
    Unit.RATIO: "0.0%",
    Unit.MULTIPLE: '0.00"×"',
    Unit.DAYS: "#,##0.0",
    Unit.SECONDS: "#,##0",
    Unit.NUMBER: "#,##0.00",
    Unit.POINTS: '+0.00" pp";-0.00" pp";0.00" pp"',
    Unit.CHANCE: "[<0.001]0.0E+00;0.000",
}
_SHEET_NAME_LENGTH = 31  # Excel's limit
_WIDEST = 48


def workbook(report: Report, scope: Scope, language: Language, *, title: Text | str) -> bytes:
    """Write a report to an .xlsx file.

    Parameters
    ----------
    scope : the filters in force, listed on the first sheet.
    title : the page's title.

    Returns
    -------
    bytes
        The file's content. Text is never written as a formula.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        _about(book, report, scope, language, title)
        _key_figures(book, report, language)
        for name, table in tables_of(report).items():
            _table(book, name, table, report.header.currency, language)
    return target.getvalue()


def filters_in_force(report: Report, scope: Scope, language: Language) -> Iterator[tuple[str, str]]:
    """What a report is about, as (name, value) pairs of words."""
    header = report.header
    yield language.say(message("Period")), language.period(header.period)
    if header.requested != header.period:
        yield language.say(message("Period asked for")), language.period(header.requested)
    base = MISSING if header.base is None else language.period(header.base)
    yield language.say(message("Compared with")), base
    yield language.say(message("Currency")), header.currency or MISSING
    chosen = (
        (message("Shops"), header.shops),
        (message("Channels"), scope.channels),
        (message("Categories"), scope.categories),
        (message("Devices"), scope.devices),
        (message("Regions"), scope.regions),
    )
    for label, names in chosen:
        said = ", ".join(map(language.term, names))
        yield language.say(label), said or language.say(message("All"))
    yield language.say(message("Data version")), str(header.store_version)


def _about(book: Any, report: Report, scope: Scope, language: Language, title: Text | str) -> None:
    sheet = book.add_worksheet(language.say(message("About"))[:_SHEET_NAME_LENGTH])
    bold = book.add_format({"bold": True, "font_size": 14})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, language.say(title), bold)
    sheet.write_string(1, 0, language.say(report.headline))
    row = 3
    for name, value in filters_in_force(report, scope, language):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, harmless(value))
        row += 1
    for notice in report.notices:
        row += 1
        sheet.write_string(row, 1, language.say(notice.text))


def _key_figures(book: Any, report: Report, language: Language) -> None:
    sheet = book.add_worksheet(language.say(message("Key figures"))[:_SHEET_NAME_LENGTH])
    bold = book.add_format({"bold": True, "bottom": 1})
    titles = (message("Figure"), message("Value"), message("Before"), message("Definition"))
    for place, text in enumerate(titles):
        sheet.write_string(0, place, language.say(text), bold)
    sheet.set_column(0, 2, 20)
    sheet.set_column(3, 3, 90)
    sheet.freeze_panes(1, 1)
    for row, kpi in enumerate(report.kpis, start=1):
        style = book.add_format({"num_format": _FORMATS[kpi.definition.unit]})
        sheet.write_string(row, 0, language.say(kpi.definition.label))
        _write(sheet, row, 1, kpi.delta.value, style)
        _write(sheet, row, 2, kpi.delta.base, style)
        sheet.write_string(row, 3, language.say(kpi.definition.definition))


def _table(book: Any, name: str, table: Table, currency: str, language: Language) -> None:
    sheet = book.add_worksheet(name[:_SHEET_NAME_LENGTH])
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(table.columns):
        title = column_title(column, language, currency)
        sheet.write_string(0, place, title, bold)
        style = book.add_format({"num_format": _FORMATS[column.unit]}) if column.unit else None
        widest = width_of(title)
        for row, cell in enumerate(table.frame[column.key], start=1):
            words = cell_words(cell, column, language)
            if column.unit is Unit.POINTS and isinstance(words, float):
                words *= 100  # the format can't
            _write(sheet, row, place, words, days if isinstance(words, date) else style)
            widest = max(widest, width_of(words) if isinstance(words, str) else 12)
        sheet.set_column(place, place, min(widest + 2, _WIDEST))
    if not table.is_empty:
        sheet.autofilter(0, 0, len(table.frame), len(table.columns) - 1)


def _write(sheet: Any, row: int, place: int, cell: Any, style: Any) -> None:
    if isinstance(cell, list | tuple):
        cell = ", ".join(map(str, cell))
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return
    if isinstance(cell, bool | str):
        sheet.write(row, place, harmless(cell))
    elif isinstance(cell, datetime | date):
        sheet.write_datetime(row, place, cell, style)
    else:
        sheet.write_number(row, place, float(cell), style)
