"""What a comparison of a variant with the control says, whatever was measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of plausible values, both ends included."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the value lies inside."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Effect:
    """A variant held against the control.

    Attributes
    ----------
    value, base : the variant's and the control's share or mean.
    standard_error : of their difference, each side with its own variance.
    interval : of the difference; None where there are too few people.
    lift_interval : of the relative change; None there, too, and where either side is zero.
    p : two-sided; None where there are too few people to say.
    """

    value: float
    base: float
    standard_error: float
    interval: Interval | None
    lift_interval: Interval | None
    p: float | None

    @property
    def difference(self) -> float:
        """Value less base, in their unit."""
        return self.value - self.base

    @property
    def lift(self) -> float | None:
        """The difference as a share of the base; None where that is zero."""
        return self.difference / self.base if self.base else None
