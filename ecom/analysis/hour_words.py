"""Hours of the week in words."""

from __future__ import annotations

from ecom.text import Text, message

WEEKDAYS = (
    message("Mon"),
    message("Tue"),
    message("Wed"),
    message("Thu"),
    message("Fri"),
    message("Sat"),
    message("Sun"),
)
HOURS = tuple(
    message("{start}:00 to {end}:00", start=f"{hour:02d}", end=f"{hour + 1:02d}")
    for hour in range(24)
)


def when(weekday: int | None, hour: int | None) -> Text:
    """Name some hours of the week; None: every day, or all hours."""
    if weekday is None:
        if hour is None:
            return message("All hours")
        return message("Every day, {hour}", hour=HOURS[hour])
    if hour is None:
        return message("{day}, all hours", day=WEEKDAYS[weekday])
    return message("{day}, {hour}", day=WEEKDAYS[weekday], hour=HOURS[hour])
