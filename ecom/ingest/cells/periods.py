"""Cells that name a span of days: a range, a week by its first day, a month, the nth day."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells import clean, times
from ecom.ingest.cells.clean import Cleaned
from ecom.ingest.cells.text import as_text, mask, normalise_header, trim
from ecom.ingest.cells.times import MOMENT, Calendar

_WEEKS = ("week", "周", "自然周")
_MONTHS = ("month", "月", "月份")
_MONTH_CELL = r"^\s*(20\d{2}[-/.年]\s?\d{1,2}月?|[A-Z][a-z]{2,8} 20\d{2})\s*$"


def clean_periods(column: pa.Array, calendar: Calendar, *, header: str) -> tuple[Cleaned, Cleaned]:
    """First and last day of each cell.

    A column called week or month holds first days; a cell such as ``2026-01`` or ``January 2026``
    is a whole month under any name; two dates with a mark between are a range.
    """
    name = normalise_header(header)
    if name in _MONTHS or _all_months(column):
        first = times.clean_months(_with_day(column), calendar)
        return first, Cleaned(_month_end(first.values))
    if name in _WEEKS:
        first = times.clean_days(times.split_period(column)[0], calendar)
        return first, Cleaned(
            pa.array([_plus(day, 6) for day in first.values.to_pylist()], pa.date32())
        )
    start, end = times.split_period(column)
    return times.clean_days(start, calendar), times.clean_days(end, calendar)


def clean_nth_days(column: pa.Array, *, first_day: date | None) -> Cleaned:
    """Days counted from the first day of the report: ``0000`` is that day."""
    counted = clean.clean_numbers(as_text(column), kind="count")
    if first_day is None:
        return Cleaned(pa.nulls(len(column), pa.date32()), {"BAD_DATE": mask(pc.is_valid(column))})
    days = [None if n is None else _plus(first_day, n) for n in counted.values.to_pylist()]
    return Cleaned(pa.array(days, pa.date32()), {"BAD_DATE": counted.problems["BAD_NUMBER"]})


def clean_micros(column: pa.Array) -> Cleaned:
    """Microseconds since 1970 as moments in UTC; sixteen digits that a spreadsheet rounded to
    ``1.6E+15`` are refused."""
    digits = trim(as_text(column))
    good = mask(pc.match_substring_regex(digits, r"^\d{15,16}$"))
    rounded = mask(pc.match_substring_regex(digits, r"^\d(\.\d+)?[eE]\+?\d+$"))
    bad = mask(pc.is_valid(digits)) & ~good & ~rounded
    moments = pc.if_else(pa.array(good), digits, pa.scalar(None, pa.string()))
    return Cleaned(
        moments.cast(pa.int64()).cast(MOMENT), {"ID_PRECISION_LOST": rounded, "BAD_DATE": bad}
    )


def _all_months(column: pa.Array) -> bool:
    if not pa.types.is_string(column.type):
        return False
    words = pc.unique(column)
    words = words.filter(pc.fill_null(pc.not_equal(words, ""), False))
    return bool(len(words)) and bool(
        pc.all(pc.match_substring_regex(words, _MONTH_CELL), min_count=0).as_py()
    )


def _with_day(column: pa.Array) -> pa.Array:
    """``January 2026`` as ``January 1, 2026``; other cells stay."""
    if not pa.types.is_string(column.type):
        return column
    return pc.replace_substring_regex(column, r"^\s*([A-Z][a-z]{2,8}) (20\d{2})\s*$", r"\1 1, \2")


def _month_end(first: pa.Array) -> pa.Array:
    ends = [
        None if day is None else (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
        for day in first.to_pylist()
    ]
    return pa.array(ends, pa.date32())


def _plus(day: date | None, days: int) -> date | None:
    return None if day is None else day + timedelta(days)
