"""What may be asked of the funnel, and which questions have no sense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from ecom.errors import InvalidParameter
from ecom.model import Grain, Period
from ecom.queries.event_sets import EventSet, Where
from ecom.queries.funnel import UNITS
from ecom.text import message

ATTRIBUTIONS = ("first_touch", "last_touch", "step", "all_events")
ENTRIES = ("any", "first")
ORDERS = ("ordered", "strict", "unordered")
MOST_STEPS = 20
MOST_EXCLUSIONS = 8


@dataclass(frozen=True, slots=True)
class Step(EventSet):
    """Events that meet a step.

    Attributes
    ----------
    is_optional : who skips it is not held up. Neither the first nor the last step; in order only.
    within : longest time since the required step before it, the end included; None: only the
        window of the whole holds.
    """

    is_optional: bool = False
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Events that void an attempt when they fall between two of its steps (0-based)."""

    event: EventSet
    from_step: int
    to_step: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A funnel for each value of a property.

    Attributes
    ----------
    attribution : "first_touch" or "last_touch": the first or last value on any step event of the
        person; "step": the value on the event that met step ``step`` of the best attempt, or of the
        visit it belongs to. Everyone is in exactly one. "all_events": of each value the funnel of
        the events that have it, so that a person is in several; what has no value of its own, such
        as events where visits alone tell it, is in all. No value is ''.
    limit : keep that many values with most entries (of equals, by name); the rest are ``OTHER``,
        followed together: a person counts there once.
    has_times : whether each value's times are told as well, which takes longer than counting it.
    """

    property: str
    attribution: str = "first_touch"
    step: int = 0
    limit: int | None = None
    has_times: bool = True


@dataclass(frozen=True, slots=True)
class Trend:
    """Who reached ``from_step`` and of them ``to_step``, by the day, week or month of entry."""

    grain: Grain = Grain.DAY
    from_step: int = 0
    to_step: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelQuery:
    """A question to the event log.

    Attributes
    ----------
    steps : what has to happen.
    window : longest time from the first step to the last; None: the team's setting.
    unit : who counts: "person" (a visitor of a shop), "session", or "order" (the events that name
        an order).
    period : local days on which an attempt may start; None: all.
    until : last local day that is looked at; None: all.
    where : holds for every event (and visit).
    entry : "any" or "first".
    order : "ordered": anything may happen in between; "strict": nothing else of the person does;
        "unordered": step k is then "k + 1 of the steps, whichever".
    constant : a property with the same value on all steps of an attempt, such as ``product_id``.
        What has no value meets no step; the start of a visit, which has no product, goes with all.
    has_times : whether the times since the step before are told as well; else they are NaN.
    """

    steps: tuple[Step, ...]
    window: timedelta | None = None
    unit: str = "person"
    period: Period | None = None
    until: date | None = None
    where: tuple[Where, ...] = ()
    entry: str = "any"
    order: str = "ordered"
    constant: str | None = None
    exclusions: tuple[Exclusion, ...] = ()
    breakdown: Breakdown | None = None
    trend: Trend | None = None
    has_times: bool = True

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise InvalidParameter(
                message("A funnel can't have {given} steps.", given=len(self.steps)),
                message("Use 1 to {most} steps.", most=MOST_STEPS),
            )
        if len(self.exclusions) > MOST_EXCLUSIONS:
            raise InvalidParameter(
                message("A funnel can't have {given} exclusions.", given=len(self.exclusions)),
                message("Use {most} at most.", most=MOST_EXCLUSIONS),
            )
        for window in (self.window, *(step.within for step in self.steps)):
            if window is not None and window <= timedelta(0):
                raise InvalidParameter(
                    message("The window can't be {given}.", given=str(window)),
                    message("Use a length of time above zero."),
                )
        _allow("unit", self.unit, tuple(UNITS))
        _allow("entry", self.entry, ENTRIES)
        _allow("order", self.order, ORDERS)
        if self.unit == "order" and any(step.is_visit for step in self.steps):
            raise InvalidParameter(
                message("A visit is not a step of one order."),
                message("Start with an event that names its order, or count people or visits."),
            )
        self._check_optional()
        for exclusion in self.exclusions:
            self._check_steps(exclusion.from_step, exclusion.to_step)
        if self.order == "unordered":
            self._check_unordered()
        if self.breakdown is not None:
            _allow("attribution", self.breakdown.attribution, ATTRIBUTIONS)
            self._check_steps(self.breakdown.step)
        if self.trend is not None and len(self.steps) > 1:
            self._check_steps(self.trend.from_step, self.last_step(self.trend))

    @property
    def required(self) -> tuple[int, ...]:
        """The places of the steps that may not be skipped."""
        return tuple(place for place, step in enumerate(self.steps) if not step.is_optional)

    def before(self, step: int) -> int:
        """The required step before a step; the first of the first."""
        return max((one for one in self.required if one < step), default=0)

    def _check_optional(self) -> None:
        optional = [place for place, step in enumerate(self.steps) if step.is_optional]
        if not optional:
            return
        if self.order != "ordered":
            raise InvalidParameter(
                message("A step can be optional only between two others, in their order."),
                message("Use the order “ordered”, or leave the optional steps out."),
            )
        if optional[0] == 0 or optional[-1] == len(self.steps) - 1:
            raise InvalidParameter(
                message("The first and the last step can't be optional."),
                message("Put an optional step between two others."),
            )
        bounds = {one for each in self.exclusions for one in (each.from_step, each.to_step)}
        if bounds & set(optional):
            raise InvalidParameter(
                message("An exclusion can't begin or end with an optional step."),
                message("Choose steps that are not optional."),
            )

    def _check_unordered(self) -> None:
        if any(step.within is not None for step in self.steps):
            raise InvalidParameter(
                message("Steps in any order have no step before them to count a window from."),
                message("Use the window of the whole, or an order."),
            )
        last = len(self.steps) - 1
        if any((one.from_step, one.to_step) != (0, last) for one in self.exclusions):
            raise InvalidParameter(
                message("Steps in any order have nothing that lies between two of them."),
                message("Exclude from the first step to the last."),
            )
        if self.breakdown is not None and self.breakdown.attribution == "step":
            raise InvalidParameter(
                message("Steps in any order can't be split by the value at one step."),
                message("Use the first or the last value, or all of them."),
            )

    def last_step(self, trend: Trend) -> int:
        """The step that the trend's conversion ends with."""
        return len(self.steps) - 1 if trend.to_step is None else trend.to_step

    def _check_steps(self, *steps: int) -> None:
        rising = all(one < other for one, other in pairwise(steps))
        if not rising or not all(0 <= step < len(self.steps) for step in steps):
            raise InvalidParameter(
                message(
                    "The funnel has no steps {given} in this order.",
                    given=", ".join(str(step) for step in steps),
                ),
                message("Steps are counted from 0 to {most}.", most=len(self.steps) - 1),
            )


def _allow(name: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise InvalidParameter.not_one_of(name, given, allowed)
