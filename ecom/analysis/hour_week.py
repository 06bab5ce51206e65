"""The visits of a period by day and hour, and those of them that some hours of the week hold."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.model import Period
from ecom.queries.event_log import EventLog
from ecom.queries.hour_visits import hour_sums
from ecom.queries.scope import ResolvedScope
from ecom.store import Store

SUMS = ["sessions", "buying_sessions", "visit_revenue", "revenue_squares"]


@dataclass(frozen=True, eq=False, slots=True)
class HourWeek:
    """What some hours of the week hold.

    Attributes
    ----------
    grid : rows of ``hour_sums``; NaN where the log does not tell of purchases.
    weekday, hour : 0 (Monday) to 6 and 0 to 23; None: every one.
    """

    grid: pd.DataFrame
    weekday: int | None
    hour: int | None

    @property
    def of_day(self) -> pd.DataFrame:
        """All hours of the weekday."""
        if self.weekday is None:
            return self.grid
        return self.grid[self.grid["day"].dt.day_of_week == self.weekday]

    @property
    def inside(self) -> pd.DataFrame:
        """The hours asked for."""
        hours = self.of_day
        return hours if self.hour is None else hours[hours["hour"] == self.hour]

    @property
    def outside(self) -> pd.DataFrame:
        """The other hours of the week."""
        return self.grid.drop(self.inside.index)

    @property
    def daily(self) -> pd.DataFrame:
        """The sums of the hours asked for, and days_with_visits.

        Index: the days of the weekday that have visits at any hour.
        """
        # Hours without a visit have no row: what the log tells of such a day is nought.
        is_told = self.grid[SUMS].notna().any()
        sums = self.inside.groupby("day")[SUMS].sum(min_count=1)
        days = sums.reindex(sorted(self.of_day["day"].unique()))
        days = days.fillna(dict.fromkeys(is_told.index[is_told], 0.0))
        days.index = pd.Index([day.date() for day in days.index], name="day")
        return days.assign(days_with_visits=1.0)

    @property
    def measures(self) -> dict[str, float | None]:
        """The sums over the period; None where no log tells."""
        summed = self.daily.sum(min_count=1)
        return {str(key): None if pd.isna(sum_) else float(sum_) for key, sum_ in summed.items()}

    @property
    def a_week(self) -> float:
        """Visits of a mean week: the mean of each weekday, added up."""
        days = self.of_day["day"].drop_duplicates().dt.day_of_week.value_counts()
        visits = self.inside.groupby(self.inside["day"].dt.day_of_week)["sessions"].sum()
        return float((visits / days).sum())


def hour_week(
    store: Store,
    resolved: ResolvedScope,
    log: EventLog,
    period: Period,
    *,
    weekday: int | None,
    hour: int | None,
) -> HourWeek:
    """Read the visits of a period; what a log never tells of is unknown, not nought."""
    grid = hour_sums(store, resolved, period, shops=log.shops)
    if "purchase" not in log.common:
        grid = grid.assign(**dict.fromkeys(SUMS[1:], float("nan")))
    return HourWeek(grid, weekday, hour)
