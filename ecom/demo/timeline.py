"""The days a demo covers, and where its chance comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Times = NDArray[np.datetime64]

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Timeline:
    """The window of a demo. Days are local days, counted from 0 = ``start``.

    Attributes
    ----------
    end : the last day with data.
    days : length of the window.
    seed : with ``end`` it decides every byte.
    scale : 1.0 is the full shop; spend, visitors and orders shrink with it.
    """

    end: date
    days: int
    seed: int
    scale: float = 1.0

    @property
    def start(self) -> date:
        """The first day."""
        return self.end - timedelta(days=self.days - 1)

    @property
    def dates(self) -> Times:
        """All days as ``datetime64[D]``."""
        return np.datetime64(self.start, "D") + np.arange(self.days)

    def index(self, day: date) -> int:
        """Number of a day; negative before the window."""
        return (day - self.start).days

    def date(self, index: int) -> date:
        """The day with this number."""
        return self.start + timedelta(days=int(index))

    def times(self, days: Integers, seconds: Integers) -> Times:
        """Local times from day numbers and seconds of the day."""
        midnight = np.datetime64(self.start, "s")
        return midnight + (days.astype(np.int64) * DAY_SECONDS + seconds).astype("timedelta64[s]")

    def day_of(self, times: Times) -> Integers:
        """Day numbers of local times; -1 where there is no time."""
        days = (times.astype("datetime64[D]") - np.datetime64(self.start, "D")).astype(np.int64)
        return np.where(np.isnat(times), -1, days)

    def rng(self, *names: Any) -> np.random.Generator:
        """A stream of its own for each job, so that a change in one leaves the others alone."""
        return np.random.default_rng([self.seed, crc32("/".join(map(str, names)).encode())])


def half_years(timeline: Timeline) -> list[tuple[str, int, int]]:
    """Calendar half-years as (name, first day number, last day number): how exports are cut."""
    dates = timeline.dates
    months = dates.astype("datetime64[M]").astype(int)
    halves = months // 6
    spans = []
    for half in np.unique(halves):
        days = np.flatnonzero(halves == half)
        name = f"{1970 + half // 2}H{half % 2 + 1}"
        spans.append((name, int(days[0]), int(days[-1])))
    return spans
