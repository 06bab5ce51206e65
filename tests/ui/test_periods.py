"""Presets count from the last day of data."""

from __future__ import annotations

from datetime import date

import pytest

from ecom.model import Period
from ecom.ui.periods import PRESETS, preset_period

LAST = date(2026, 3, 31)  # a Tuesday


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("7d", date(2026, 3, 25), LAST),
        ("30d", date(2026, 3, 2), LAST),
        ("90d", date(2026, 1, 1), LAST),
        ("week", date(2026, 3, 30), date(2026, 4, 5)),
        ("month", date(2026, 3, 1), LAST),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_preset_means_these_days(preset: str, start: date, end: date) -> None:
    assert preset_period(preset, last_day=LAST) == Period(start, end)


def test_a_week_may_start_on_sunday() -> None:
    assert preset_period("week", last_day=LAST, week_start="sunday").start == date(2026, 3, 29)
    sunday = date(2026, 3, 29)
    assert preset_period("week", last_day=sunday, week_start="sunday").start == sunday


def test_december_ends_with_the_year() -> None:
    period = preset_period("month", last_day=date(2026, 12, 5))
    assert period == Period(date(2026, 12, 1), date(2026, 12, 31))


def test_every_preset_gives_a_period() -> None:
    assert all(preset_period(preset, last_day=LAST).days > 0 for preset in PRESETS)
