"""The values everyone speaks: periods, comparisons, scopes, changes. Frozen and hashable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from ecom.errors import InvalidParameter
from ecom.text import Text, message


class Grain(StrEnum):
    """The width of one point on a time axis."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Comparison(StrEnum):
    """What a period is held against.

    ``YEAR`` is the same span 52 weeks earlier, so weekdays line up. ``CAMPAIGN`` lines up the
    latest campaign (618, Double 11 ...) in the period with the same campaign a year before, day
    by day from its start.
    """

    PREVIOUS = "previous"
    YEAR = "year"
    CAMPAIGN = "campaign"
    NONE = "none"


class Unit(StrEnum):
    """How a number is written."""

    COUNT = "count"
    MONEY = "money"
    RATIO = "ratio"  # 0..1, shown as a percentage; its change in percentage points
    MULTIPLE = "multiple"  # 3.2x
    DAYS = "days"
    SECONDS = "seconds"
    NUMBER = "number"  # a plain decimal
    POINTS = "points"  # a difference of two ratios, -1..1, shown in percentage points
    CHANCE = "chance"  # a p-value: its first two digits, however small


class Good(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole local days, both ends included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidParameter(
                message(
                    "The period ends ({end}) before it starts ({start}).",
                    start=self.start,
                    end=self.end,
                ),
                message("Choose a last day on or after the first day."),
            )

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    def shift(self, days: int) -> Period:
        """The same span moved by ``days``."""
        return Period(self.start + timedelta(days), self.end + timedelta(days))

    def before(self) -> Period:
        """The span of equal length that ends the day before this one starts."""
        return self.shift(-self.days)

    def contains(self, other: Period) -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def clip(self, *, last: date) -> Period | None:
        """The part up to and including ``last``; None when nothing is left."""
        return None if last < self.start else Period(self.start, min(self.end, last))


@dataclass(frozen=True, slots=True)
class Scope:
    """What the reader looks at. An empty tuple means no filter on that dimension.

    ``period`` None means: the default period, the last 30 days that have data.
    """

    period: Period | None = None
    comparison: Comparison = Comparison.PREVIOUS
    shops: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def with_period(self, period: Period) -> Scope:
        """The same view of another period."""
        return replace(self, period=period)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, for use inside a ``Text``; ``currency`` only for money."""

    value: float | None
    unit: Unit = Unit.COUNT
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """The change from ``base`` to ``value``. Either may be missing."""

    value: float | None
    base: float | None

    @property
    def absolute(self) -> float | None:
        """value - base, in the unit of the value."""
        return None if self.value is None or self.base is None else self.value - self.base

    @property
    def relative(self) -> float | None:
        """(value - base) / abs(base); None when the base is missing or zero."""
        if self.value is None or not self.base:
            return None
        return (self.value - self.base) / abs(self.base)


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark that belongs beside a number: a limit, an assumption, something left out."""

    text: Text
    severity: str = "info"  # info | warning


JsonValue = Any  # what json.dumps takes
