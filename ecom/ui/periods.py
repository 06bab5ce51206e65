"""The period presets, all counted from the last day that has data, never from the clock."""

from __future__ import annotations

from datetime import date, timedelta

from ecom.model import Period
from ecom.text import Text, message

PRESETS: dict[str, Text] = {
    "7d": message("Last 7 days"),
    "30d": message("Last 30 days"),
    "90d": message("Last 90 days"),
    "week": message("This week"),
    "month": message("This month"),
    "last_month": message("Last month"),
    "year": message("This year"),
    "custom": message("Other dates"),
}
DEFAULT = "30d"
_DAYS = {"7d": 7, "30d": 30, "90d": 90}


def preset_period(preset: str, *, last_day: date, week_start: str = "monday") -> Period:
    """The days a preset means.

    Parameters
    ----------
    preset : a key of ``PRESETS``; "custom" gives the default's days to start from.
    last_day : the last day that has data.
    week_start : "monday" or "sunday".

    Returns
    -------
    Period
        The current week, month and year are whole; who asks cuts them at the last day.
    """
    match preset:
        case "week":
            since_start = (last_day.weekday() + (week_start == "sunday")) % 7
            start = last_day - timedelta(since_start)
            return Period(start, start + timedelta(6))
        case "month":
            first = last_day.replace(day=1)
            return Period(first, _month_after(first) - timedelta(1))
        case "last_month":
            end = last_day.replace(day=1) - timedelta(1)
            return Period(end.replace(day=1), end)
        case "year":
            return Period(date(last_day.year, 1, 1), date(last_day.year, 12, 31))
        case _:
            days = _DAYS.get(preset, _DAYS[DEFAULT])
            return Period(last_day - timedelta(days - 1), last_day)


def _month_after(first: date) -> date:
    return (first + timedelta(31)).replace(day=1)
