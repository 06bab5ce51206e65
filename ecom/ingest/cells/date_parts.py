"""Parts of written dates as numbers, whole columns at a time: days, clocks and offsets."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.text import mask

HALF = r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
ZONE = r" ?(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"


def part(found: pa.StructArray, name: str) -> np.ndarray:
    """A group of digits as whole numbers; 0 where it is empty or the pattern has none."""
    if found.type.get_field_index(name) < 0:
        return np.zeros(len(found), dtype=np.int64)
    text = found.field(name)
    text = pc.if_else(pc.equal(text, ""), "0", text)
    return pc.fill_null(text, "0").cast(pa.int64()).to_numpy()


def days_of(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days; an impossible one (31 February, month 13) is NaT."""
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year > 0)
    months = ((year - 1970) * 12 + np.where(sound, month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (np.where(sound, day, 1) - 1).astype("timedelta64[D]")
    sound &= days.astype("datetime64[M]") == months
    return np.where(sound, days, np.datetime64("NaT")).astype("datetime64[us]")


def clock_of(found: pa.StructArray) -> np.ndarray:
    """Time since midnight, by the groups ``H``, ``M``, ``S``, ``f`` (.5) and ``half`` (am, pm)."""
    hours, minutes, seconds = (part(found, name) for name in "HMS")
    if found.type.get_field_index("half") >= 0:
        half = pc.utf8_lower(found.field("half"))
        afternoon = mask(pc.equal(half, "p"))
        twelve = mask(pc.not_equal(half, "")) & (hours == 12)
        hours = np.where(twelve, 0, hours) + 12 * afternoon
    clock = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + _microseconds(found)
    return clock.astype("timedelta64[us]")


def _microseconds(found: pa.StructArray) -> np.ndarray:
    if found.type.get_field_index("f") < 0:
        return np.zeros(len(found), dtype=np.int64)
    digits = pc.utf8_slice_codeunits(pc.fill_null(found.field("f"), ""), 1, 7)
    return pc.utf8_rpad(digits, 6, "0").cast(pa.int64()).to_numpy()


def offsets_of(found: pa.StructArray) -> tuple[np.ndarray, np.ndarray]:
    """Offsets east of UTC and which cells state one."""
    if found.type.get_field_index("z") < 0:
        return np.zeros(len(found), "timedelta64[us]"), np.zeros(len(found), dtype=bool)
    zones = pc.replace_substring(found.field("z"), ":", "").to_pylist()
    known = {zone: _offset(zone) for zone in set(zones)}
    minutes = np.array([known[zone] for zone in zones], dtype=np.int64)
    stated = np.array([bool(zone) for zone in zones], dtype=bool)
    return (minutes * 60_000_000).astype("timedelta64[us]"), stated


def _offset(zone: str | None) -> int:
    if not zone or zone[0] not in "+-":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    return minutes if zone[0] == "+" else -minutes
