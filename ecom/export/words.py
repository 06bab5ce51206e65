"""What every export and the screen have in common: words of cells and columns, harmless cells."""

from __future__ import annotations

from datetime import date
from typing import Any
from unicodedata import east_asian_width

from ecom.analysis.base import Column, Report, Table
from ecom.i18n import Language
from ecom.model import Amount, Grain, Period, Unit
from ecom.text import Text

# A spreadsheet takes a cell that starts like this for a formula (OWASP "CSV injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def column_title(column: Column, language: Language, currency: str) -> str:
    """A column's title; money says its currency once, here."""
    title = language.say(column.label)
    return f"{title} ({currency})" if column.unit is Unit.MONEY and currency else title


def cell_words(cell: Any, column: Column, language: Language) -> Any:
    """A cell as the reader's language writes it; numbers, days and names of data as they are."""
    match cell:
        case Text():
            return language.say(cell)
        case str() if column.terms:
            return language.term(cell)
        case date() if column.grain is Grain.MONTH:
            return f"{cell:%Y-%m}"
        case Amount(value=number, unit=unit, currency=currency):
            return language.number(number, unit, currency=currency)
        case Period():
            return language.period(cell)
        case _:
            return cell


def width_of(words: str) -> int:
    """How many Latin letters wide; a Chinese one takes the room of two."""
    if words.isascii():
        return len(words)
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def harmless(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def tables_of(report: Report) -> dict[str, Table]:
    """A report's tables by field name, in the order declared."""
    fields = {name: getattr(report, name) for name in report.__dataclass_fields__}
    return {name: value for name, value in fields.items() if isinstance(value, Table)}


def file_stem(page: str, period: Period) -> str:
    """A file name that says what is inside."""

    def compact(day: date) -> str:
        return day.strftime("%Y%m%d")

    return f"{page}_{compact(period.start)}-{compact(period.end)}"
