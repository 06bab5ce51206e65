"""What a file's name and the lines above its header say about time and currency."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ecom.ingest.cells.named_dates import parse_day
from ecom.ingest.cells.times import FIRST_DAY
from ecom.model import Period

_DAY = re.compile(r"(?<!\d)(20\d{2})([-_./年]?)(\d{1,2})[-_./月]?(\d{1,2})日?(?!\d)")
_NAMED_DAY = re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}")
_UNIX = re.compile(r"(?<!\d)(1[4-9]\d{8})(?!\d)")
_STAMP = re.compile(
    r"(?<!\d)(20\d{2})-?(\d{2})-?(\d{2})[-_T ]?([01]\d|2[0-3])"
    r"[-:_]?([0-5]\d)[-:_]?([0-5]\d)(?![-\d])"
)


@dataclass(frozen=True, slots=True)
class FileDates:
    """``period``: the days the file covers, if it says so; ``written_at``: UTC."""

    period: Period | None
    written_at: datetime


def dates_of_file(
    name: str,
    *,
    preamble: Iterable[str],
    path: Path,
    zone: ZoneInfo,
    today: date,
    archive: str = "",
) -> FileDates:
    """Read the period and the time of writing.

    Parameters
    ----------
    name : str
        The file's name as the person knows it.
    preamble : lines above the header; they go before the name.
    path : Path
        Its time of change is taken when the name holds no time of export.
    zone : ZoneInfo
        Times in names are the shop's.
    today : date
        Later days are no dates of this file.
    archive : str
        The name of the archive it came in; asked where its own name says nothing.
    """
    stamp = _written(name, zone) or _written(archive, zone)
    written = stamp or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    # the moment of writing is no day that the rows speak of
    said = ("\n".join(preamble), *(_STAMP.sub("", _UNIX.sub("", one)) for one in (name, archive)))
    period = next((found for text in said if (found := _period(text, today))), None)
    return FileDates(period, written.astimezone(UTC).replace(tzinfo=None))


def _written(name: str, zone: ZoneInfo) -> datetime | None:
    if found := _UNIX.search(name):
        return datetime.fromtimestamp(int(found[1]), UTC)
    if found := _STAMP.search(name):
        try:
            year, month, day, hour, minute, second = (int(part) for part in found.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=zone)
        except ValueError:
            return None
    return None


def _period(text: str, today: date) -> Period | None:
    days = [day for day in _days(text) if FIRST_DAY <= day <= today]
    return Period(min(days), max(days)) if days else None


def _days(text: str) -> Iterable[date]:
    for found in _DAY.finditer(_STAMP.sub(r"\1-\2-\3", text)):
        try:
            yield date(int(found[1]), int(found[3]), int(found[4]))
        except ValueError:
            continue
    for found in _NAMED_DAY.finditer(text):
        day = parse_day(found[0])
        if day is not None:
            yield day
