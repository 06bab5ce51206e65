"""Dates that name their month in English, such as ``12 Mar 2026 10:11`` or ``March 12, 2026``."""

from __future__ import annotations

import calendar
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.date_parts import HALF, ZONE, clock_of, days_of, offsets_of, part
from ecom.ingest.cells.text import mask

_WEEKDAY = r"^(?:[A-Za-z]{3,9},? +)?"
_DAY = r"(?P<a>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<b>[A-Za-z]{3,9})\.?"
_YEAR = r"(?P<c>\d{4}|\d{2})"
_CLOCK = r"(?:(?:,? +(?:at +)?|T)(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?)?"
_REST = _CLOCK + HALF + ZONE + "$"
_PATTERNS = (
    _WEEKDAY + _DAY + "[ -]" + _MONTH + ",?[ -]" + _YEAR + _REST,
    _WEEKDAY + _MONTH + "[ -]" + _DAY + "(?:, ?|[ -])" + _YEAR + _REST,
    r"^(?P<c>\d{4})[ -]" + _MONTH + "[ -]" + _DAY + _REST,
)
_NUMBER = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_NAMES = pa.array(list(_NUMBER))
_MONTHS = pa.array(list(_NUMBER.values()), pa.int64())


def named_moments(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Read a column of texts.

    Returns
    -------
    (moments, stated)
        Microseconds by the wall clock (UTC where an offset is stated), NaT where a text is no such
        date; and whether it states an offset.
    """
    moments = np.full(len(texts), np.datetime64("NaT", "us"))
    stated = np.zeros(len(texts), dtype=bool)
    for pattern in _PATTERNS:
        parts = pc.extract_regex(texts, pattern)
        rows = np.flatnonzero(mask(pc.is_valid(parts)) & np.isnat(moments))
        if not len(rows):
            continue
        found = parts.take(pa.array(rows))
        names = pc.index_in(pc.utf8_lower(found.field("b")), value_set=_NAMES)
        month = pc.fill_null(_MONTHS.take(names), 0).to_numpy()
        year = part(found, "c")
        days = days_of(np.where(year < 100, 2000 + year, year), month, part(found, "a"))
        offsets, known = offsets_of(found)
        moments[rows] = days + clock_of(found) - offsets
        stated[rows] = known
    return moments, stated


def parse_day(text: str) -> date | None:
    """One day written with an English month name; None when it is none."""
    (moment,), _ = named_moments(pa.array([text.strip()]))
    return None if np.isnat(moment) else moment.astype("datetime64[D]").item()
