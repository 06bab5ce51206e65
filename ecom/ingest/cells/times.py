"""Cells to days and moments. Text, spreadsheet dates, serial numbers and compact digits alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.clean import Cleaned
from ecom.ingest.cells.date_parts import HALF, ZONE, clock_of, days_of, offsets_of, part
from ecom.ingest.cells.named_dates import named_moments
from ecom.ingest.cells.text import NULL_NUMBERS, mask, trim

MOMENT = pa.timestamp("us")
_IN_UTC = pa.timestamp("us", "UTC")
_DAY = 86_400_000_000  # microseconds
FIRST_DAY = date(2000, 1, 1)
_SERIAL_EPOCH = np.datetime64("1899-12-30", "us")
_CLOCK = (
    r"(?:(?:[T ]+|日)(?P<H>\d{1,2})[:时点](?P<M>\d{1,2})(?:[:分](?P<S>\d{1,2})?秒?)?(?P<f>\.\d+)?)?"
)
_YEAR_FIRST = (
    r"^(?P<a>\d{4})[-/.年](?P<b>\d{1,2})(?:[-/.月](?P<c>\d{1,2})日?|月)?"
    + _CLOCK
    + HALF
    + ZONE
    + "$"
)
_YEAR_LAST = (
    r"^(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<c>\d{4}|\d{2})"
    + _CLOCK
    + HALF
    + ZONE
    + "$"
)
_COMPACT = (
    r"^(?P<a>20\d{2})(?P<b>\d{2})(?P<c>\d{2})(?P<H>\d{2})?(?P<M>\d{2})?(?P<S>\d{2})?(?:\.0)?$"
)
_RANGE = re.compile(r"\s*(?:~|～|至|—| - )\s*")


@dataclass(frozen=True, slots=True)
class Calendar:
    """How the times of one file are read.

    ``zone`` is the shop's; ``order`` ("ymd", "dmy", "mdy") is used where no cell decides, and
    ``is_told`` when a person said it, so that nothing is left open;
    ``future`` allows days after tomorrow (targets, budgets). ``written_in`` is the zone of times
    without an offset, where it is not the shop's. ``is_fixed`` says that the head of the file
    decided ``order``, so that no block of it decides anew.
    """

    zone: ZoneInfo
    order: str = "dmy"
    future: bool = False
    written_in: ZoneInfo | None = None
    is_fixed: bool = False
    is_told: bool = False


def clean_times(column: pa.Array, calendar: Calendar) -> Cleaned:
    """Moments in UTC without a mark. A cell without an offset is in the calendar's zone."""
    moments, offset_known, problems = _moments(column, calendar)
    if offset_known.all():
        return _checked(moments, calendar, problems)
    local = _to_utc(moments, calendar.written_in or calendar.zone)
    utc = local if not offset_known.any() else pc.if_else(pa.array(offset_known), moments, local)
    return _checked(utc, calendar, problems)


def clean_days(column: pa.Array, calendar: Calendar) -> Cleaned:
    """Local days. A cell with an offset is first moved to the shop's zone."""
    moments, offset_known, problems = _moments(column, calendar)
    if calendar.written_in is not None:
        # Midnight is how a day without a clock is written; it is that day in every zone.
        has_clock = mask(pc.not_equal(moments, pc.floor_temporal(moments, unit="day")))
        utc = _to_utc(moments, calendar.written_in)
        moments = pc.if_else(pa.array(has_clock & ~offset_known), utc, moments)
        offset_known = offset_known | has_clock
    if offset_known.any():
        moments = pc.if_else(pa.array(offset_known), _to_local(moments, calendar.zone), moments)
    checked = _checked(moments, calendar, problems)
    return Cleaned(checked.values.cast(pa.date32(), safe=False), checked.problems)


def clean_months(column: pa.Array, calendar: Calendar) -> Cleaned:
    """The first day of the month that a cell such as ``2026-01`` or ``2026年1月`` names."""
    days = clean_days(column, calendar)
    first = pc.floor_temporal(days.values.cast(MOMENT), unit="month").cast(pa.date32(), safe=False)
    return Cleaned(first, days.problems)


def local_days(utc: pa.Array, zone: ZoneInfo) -> pa.Array:
    """The shop's local day of moments in UTC. The one place where a day is derived."""
    local = _to_local(utc, zone)
    if local.null_count:
        return local.cast(pa.date32(), safe=False)
    days = local.cast(pa.int64()).to_numpy() // _DAY  # several times as fast as Arrow's cast
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def split_period(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Texts such as ``2024-01-01 ~ 2024-01-31`` as first and last; one day is both."""
    if not pa.types.is_string(column.type):
        return column, column
    encoded = column.dictionary_encode()
    parts = [_RANGE.split(value or "") for value in encoded.dictionary.to_pylist()]
    first = pa.array([part[0] for part in parts], pa.string())
    last = pa.array([part[-1] for part in parts], pa.string())
    return first.take(encoded.indices), last.take(encoded.indices)


def _to_utc(local: pa.Array, zone: ZoneInfo) -> pa.Array:
    return pc.assume_timezone(local, str(zone), ambiguous="earliest", nonexistent="latest").cast(
        MOMENT
    )


def _to_local(utc: pa.Array, zone: ZoneInfo) -> pa.Array:
    return pc.local_timestamp(utc.cast(_IN_UTC).cast(pa.timestamp("us", str(zone))))


def _checked(moments: pa.Array, calendar: Calendar, problems: dict[str, np.ndarray]) -> Cleaned:
    latest = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    low = pa.scalar(datetime.combine(FIRST_DAY, datetime.min.time()), MOMENT)
    early = mask(pc.less(moments, low))
    late = np.zeros(len(moments), dtype=bool)
    if not calendar.future:
        late = mask(pc.greater(moments, pa.scalar(latest, MOMENT)))
    if early.any() or late.any():
        moments = pc.if_else(pa.array(early | late), pa.scalar(None, MOMENT), moments)
    return Cleaned(moments, {**problems, "OUT_OF_RANGE_DATE": early, "FUTURE_DATE": late})


def _moments(
    column: pa.Array, calendar: Calendar
) -> tuple[pa.Array, np.ndarray, dict[str, np.ndarray]]:
    """Wall-clock moments (UTC where an offset was given), which rows had one, and problems."""
    none = np.zeros(len(column), dtype=bool)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        return column.cast(MOMENT, safe=False), mask(pc.is_valid(column)), {}
    if pa.types.is_temporal(column.type):
        return column.cast(MOMENT, safe=False), none, {}
    if not pa.types.is_string(column.type):
        column = _number_text(column)
    plain = _plain(column)
    if plain is not None:
        return *plain, {"BAD_DATE": none}
    encoded = column.dictionary_encode()
    texts = trim(encoded.dictionary, nulls=NULL_NUMBERS)
    parsed = _parse(texts, calendar)
    bad = mask(pc.and_(pc.is_valid(texts), pc.is_null(parsed.moments)))
    indices = encoded.indices
    problems = {"BAD_DATE": _spread(bad, indices)}
    if parsed.ambiguous.any():
        problems["AMBIGUOUS_DATE"] = _spread(parsed.ambiguous, indices)
    return parsed.moments.take(indices), _spread(parsed.with_offset, indices), problems


def _plain(column: pa.Array) -> tuple[pa.Array, np.ndarray] | None:
    """A column that is wholly in ISO spelling, without looking for distinct cells.

    The first cells say which spelling to try: a cast that fails in every row is slow.
    """
    first = column.slice(0, 1)
    for kind, stated in ((MOMENT, False), (_IN_UTC, True)):
        try:
            first.cast(kind)
            moments = column.cast(kind).cast(MOMENT)
        except pa.ArrowInvalid:
            continue
        return moments, mask(pc.is_valid(moments)) & stated
    return None


@dataclass(frozen=True, slots=True)
class _Parsed:
    moments: pa.Array
    with_offset: np.ndarray
    ambiguous: np.ndarray


def _parse(texts: pa.Array, calendar: Calendar) -> _Parsed:
    """Distinct texts to moments: the two common spellings at once, the rest by pattern."""
    none = np.zeros(len(texts), dtype=bool)
    try:
        return _Parsed(texts.cast(MOMENT), none, none)
    except pa.ArrowInvalid:
        pass
    try:
        marked = texts
        for name in (" UTC", " GMT"):
            if pc.any(pc.ends_with(marked, name)).as_py():
                marked = pc.replace_substring(marked, name, "Z")
        moments = marked.cast(_IN_UTC).cast(MOMENT)
        return _Parsed(moments, mask(pc.is_valid(moments)), none)
    except pa.ArrowInvalid:
        return _parse_by_pattern(texts, calendar)


def _parse_by_pattern(texts: pa.Array, calendar: Calendar) -> _Parsed:
    moments = np.full(len(texts), np.datetime64("NaT", "us"))
    with_offset = np.zeros(len(texts), dtype=bool)
    ambiguous = np.zeros(len(texts), dtype=bool)
    for pattern in (_YEAR_FIRST, _COMPACT, _YEAR_LAST):
        parts = pc.extract_regex(texts, pattern)
        rows = np.flatnonzero(mask(pc.is_valid(parts)))
        if not len(rows):
            continue
        found = parts.take(pa.array(rows))
        if pattern is _YEAR_LAST:
            days, unsure = _year_last(found, calendar)
            ambiguous[rows] = unsure
        else:
            year, month, day = (part(found, name) for name in "abc")
            days = days_of(year, month, np.maximum(day, 1))
        offsets, known = offsets_of(found)
        moments[rows] = days + clock_of(found) - offsets
        with_offset[rows] = known
    _parse_serials(texts, moments)
    if pc.any(pc.match_substring_regex(texts, "[A-Za-z]{3}")).as_py():
        named, known = named_moments(texts)
        moments = np.where(np.isnat(moments), named, moments)
        with_offset |= known
    return _Parsed(pa.array(moments, MOMENT), with_offset, ambiguous)


def _year_last(found: pa.StructArray, calendar: Calendar) -> tuple[np.ndarray, np.ndarray]:
    """Days of ``13/01/2026`` and the like, and which of them the whole column leaves open.

    With points the day comes first wherever people write so. Two digits are a year only with
    points, where the order is told, or in exports known to write 08/14/25.
    """
    first, second, year = (part(found, name) for name in "abc")
    dotted = mask(pc.equal(found.field("mark"), "."))
    order = calendar.order if calendar.is_fixed else _day_order(first, second, calendar.order)
    if order is None and dotted.all() and calendar.order != "mdy":
        order = "dmy"
    day, month = (first, second) if (order or calendar.order) != "mdy" else (second, first)
    short = year < 100
    if short.all() and calendar.is_told and calendar.order == "ymd":
        return days_of(2000 + first, second, year), np.zeros(len(year), dtype=bool)
    open_ = np.full(len(year), order is None and not calendar.is_told)
    if short.any():
        year = np.where(short, 2000 + year, year)
        if calendar.order != "mdy" and not calendar.is_told:
            year = np.where(short & ~dotted, 0, year)
            spans = _spans(year[short], month[short], day[short], 2000 + first[short])
            open_ |= short & (spans[0] >= spans[1])
            year = np.where(short & (spans[0] > spans[1]), 0, year)
    return days_of(year, month, day), open_


def _spans(
    year: np.ndarray, month: np.ndarray, day: np.ndarray, first: np.ndarray
) -> tuple[float, float]:
    """How many days apart 12.03.26 are, read with the day first and with the year first.

    A file speaks of days near each other. A reading that is impossible, or lies ahead, is endless.
    """
    latest = np.datetime64(datetime.now(UTC).date() + timedelta(days=1), "us")
    spans = []
    for days in (days_of(year, month, day), days_of(first, month, year % 100)):
        possible = not np.isnat(days).any() and days.max() <= latest
        spans.append(float((days.max() - days.min()).astype("int64")) if possible else np.inf)
    return spans[0], spans[1]


def _day_order(first: np.ndarray, second: np.ndarray, default: str) -> str | None:
    """Day or month first, from all cells; None when no cell decides."""
    day_first, month_first = int((first > 12).sum()), int((second > 12).sum())
    if day_first == month_first:
        return None if not day_first else default
    return "dmy" if day_first > month_first else "mdy"


def told_order(column: pa.Array, default: str) -> str | None:
    """The order of day and month that the cells of a column tell.

    The default where no cell has the year last; None where some have, but none tells.
    """
    if not pa.types.is_string(column.type):
        return default
    parts = pc.extract_regex(trim(pc.unique(column), nulls=NULL_NUMBERS), _YEAR_LAST).drop_null()
    return _day_order(part(parts, "a"), part(parts, "b"), default) if len(parts) else default


def _parse_serials(texts: pa.Array, moments: np.ndarray) -> None:
    """Spreadsheet serial numbers such as 45384.3479 (days since 30 December 1899)."""
    rows = np.flatnonzero(mask(pc.match_substring_regex(texts, r"^[2-7]\d{4}(\.\d+)?$")))
    if len(rows):
        serials = texts.take(pa.array(rows)).cast(pa.float64()).to_numpy()
        seconds = np.rint(serials * 86_400).astype("timedelta64[s]")  # Excel keeps whole seconds
        moments[rows] = _SERIAL_EPOCH + seconds


def _number_text(column: pa.Array) -> pa.Array:
    """Numbers in a date column: serials with their fraction, compact digits without."""
    floats = column.cast(pa.float64())
    whole = pc.all(pc.equal(floats, pc.trunc(floats)), min_count=0).as_py()
    return (floats.cast(pa.int64()) if whole else floats).cast(pa.string())


def _spread(distinct: np.ndarray, indices: pa.Array) -> np.ndarray:
    return mask(pa.array(distinct).take(indices))
