"""What a cohort table asks, as a value, and the calendar periods it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ecom.errors import InvalidParameter
from ecom.model import Grain
from ecom.queries.event_sets import EventSet, Where
from ecom.text import message

ANY_EVENT = EventSet(None)


class Source(StrEnum):
    """Whose doings are counted."""

    EVENTS = "events"  # visitors' events; a person is a visitor of a shop
    SALES = "sales"  # customers' paid orders; a person is a customer


class Membership(StrEnum):
    """When a person belongs to a period's cohort.

    ``RECURRING``: in every period with a start. ``FIRST_TIME``: only in that of the first start in
    the whole history. ``FIRST_EVER``: like it, but only if that first one also passes the start's
    filter; who came otherwise before is in no cohort.
    """

    RECURRING = "recurring"
    FIRST_TIME = "first_time"
    FIRST_EVER = "first_ever"


class Criteria(StrEnum):
    """``ON``: returned in just that period. ``ON_OR_AFTER``: in it or a later one in the range."""

    ON = "on"
    ON_OR_AFTER = "on_or_after"


@dataclass(frozen=True, slots=True)
class CohortQuery:
    """A question to ``ecom.analysis.cohorts.cohorts``.

    Attributes
    ----------
    until : the last day asked for; its whole period is read.
    grain : width of a cohort and of an offset.
    periods : number of offsets, the cohort's own period included; without ``since`` also the
        number of cohorts, the last of them being the one that holds ``until`` (a triangle).
    since : the first cohort's day; every cohort then has all ``periods`` offsets (a rectangle).
    membership, criteria : see there.
    start, returning : what makes a member and what counts as a return. A visit is any event. For
        sales any paid order is both, and a scope's filters narrow the start.
    where : filter on every event, start and return alike.
    min_occurrences : returning events needed within one period.
    week_start : "monday" or "sunday".
    window : "calendar"; windows counted from each person's own start are not offered.
    last_day : last day whose data is whole, ``until`` when not given; periods that end later are
        unfinished.
    """

    until: date
    grain: Grain = Grain.MONTH
    periods: int = 12
    since: date | None = None
    source: Source = Source.EVENTS
    membership: Membership = Membership.FIRST_TIME
    criteria: Criteria = Criteria.ON
    start: EventSet = ANY_EVENT
    returning: EventSet = ANY_EVENT
    where: tuple[Where, ...] = ()
    min_occurrences: int = 1
    week_start: str = "monday"
    window: str = "calendar"
    last_day: date | None = None

    def __post_init__(self) -> None:
        for name in ("periods", "min_occurrences"):
            if getattr(self, name) < 1:
                raise InvalidParameter(
                    message("{name} can't be {given}.", name=name, given=getattr(self, name)),
                    message("Use 1 or more."),
                )
        if self.week_start not in ("monday", "sunday"):
            raise InvalidParameter.not_one_of("week_start", self.week_start, ("monday", "sunday"))
        if self.window != "calendar":
            raise InvalidParameter(
                message("Cohorts can't be cut into “{given}” windows.", given=self.window),
                message("Calendar days, weeks and months are offered: use “calendar”."),
            )
        if self.since is not None and self.since > self.until:
            raise InvalidParameter(
                message(
                    "The first cohort ({since}) starts after the last day ({until}).",
                    since=self.since,
                    until=self.until,
                ),
                message("Choose a first day on or before the last day."),
            )
        if self.source is Source.SALES and (self.where or self.start != self.returning):
            raise InvalidParameter(
                message("Cohorts of sales take no rules about events."),
                message("Use the scope's filters, or ask for cohorts of events."),
            )

    @property
    def starts(self) -> tuple[date, ...]:
        """First day of each cohort's period, oldest first."""
        last = self.start_of(self.until)
        if self.since is None:
            return tuple(self.step(last, back) for back in range(1 - self.periods, 1))
        found = [self.start_of(self.since)]
        while found[-1] < last:
            found.append(self.step(found[-1], 1))
        return tuple(found)

    @property
    def reach(self) -> tuple[date, ...]:
        """First day of each period that is read, from the first cohort's on."""
        if self.since is None:
            return self.starts
        last = self.starts[-1]
        return (*self.starts, *(self.step(last, ahead) for ahead in range(1, self.periods)))

    def start_of(self, day: date) -> date:
        """The first day of the period that holds ``day``."""
        match self.grain:
            case Grain.DAY:
                return day
            case Grain.WEEK:
                return day - timedelta((day.weekday() + self.first_weekday) % 7)
            case Grain.MONTH:
                return day.replace(day=1)

    def step(self, start: date, periods: int) -> date:
        """The first day of the period so many periods after the one that starts on ``start``."""
        match self.grain:
            case Grain.DAY:
                return start + timedelta(periods)
            case Grain.WEEK:
                return start + timedelta(7 * periods)
            case Grain.MONTH:
                months = start.year * 12 + start.month - 1 + periods
                return date(months // 12, months % 12 + 1, 1)

    def end_of(self, start: date) -> date:
        """The last day of the period that starts on ``start``."""
        return self.step(start, 1) - timedelta(1)

    @property
    def first_weekday(self) -> int:
        """0 for Monday, 1 for Sunday: days that a week starts before Monday."""
        return int(self.week_start == "sunday")
