"""Days and moments of every spelling, in the shop's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from ecom.ingest.cells.times import (
    Calendar,
    clean_days,
    clean_months,
    clean_times,
    local_days,
    split_period,
)

SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))
LONDON = Calendar(ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-24 08:20:58", "2026/3/24 8:20:58", "2026-03-24T08:20:58", "20260324082058",
        "2026-03-24 00:20:58 UTC", "2026-03-24T00:20:58Z", "2026-03-24 09:20:58 +0900",
        "2026年3月24日 08:20:58", "3/24/2026 8:20:58 AM",
    ],
)  # fmt: skip
def test_a_moment_is_stored_in_utc(cell: str) -> None:
    cleaned = clean_times(pa.array([cell, None]), SHANGHAI)
    assert cleaned.values.to_pylist() == [datetime(2026, 3, 24, 0, 20, 58), None]
    assert not cleaned.problems["BAD_DATE"].any()


def test_a_serial_number_is_a_date() -> None:
    cleaned = clean_times(pa.array([45384.34789351852]), Calendar(ZoneInfo("UTC")))
    assert cleaned.values.to_pylist() == [datetime(2024, 4, 2, 8, 20, 58)]


def test_offsets_that_change_with_summer_time_are_honoured_cell_by_cell() -> None:
    cells = ["2025-07-01 09:50:26 +0200", "2025-12-01 09:50:26 +0100"]
    cleaned = clean_times(pa.array(cells), LONDON)
    assert cleaned.values.to_pylist() == [
        datetime(2025, 7, 1, 7, 50, 26),
        datetime(2025, 12, 1, 8, 50, 26),
    ]


def test_day_or_month_first_is_decided_by_the_whole_column() -> None:
    day_first = clean_days(pa.array(["01/02/2026", "13/02/2026"]), SHANGHAI)
    assert day_first.values.to_pylist() == [date(2026, 2, 1), date(2026, 2, 13)]
    month_first = clean_days(pa.array(["01/02/2026", "02/13/2026"]), SHANGHAI)
    assert month_first.values.to_pylist() == [date(2026, 1, 2), date(2026, 2, 13)]
    assert "AMBIGUOUS_DATE" not in month_first.problems


def test_an_undecided_column_is_read_by_the_layouts_order_and_said() -> None:
    cleaned = clean_days(pa.array(["01/02/2026", "03/04/2026"]), SHANGHAI)
    assert cleaned.values.to_pylist() == [date(2026, 2, 1), date(2026, 4, 3)]
    assert cleaned.problems["AMBIGUOUS_DATE"].all()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-02-30", "BAD_DATE"), ("soon", "BAD_DATE"), ("1970-01-01", "OUT_OF_RANGE_DATE"),
        ("2199-01-01", "FUTURE_DATE"),
    ],
)  # fmt: skip
def test_impossible_dates_are_problems(cell: str, code: str) -> None:
    cleaned = clean_days(pa.array([cell, "2026-01-01"]), SHANGHAI)
    assert cleaned.values.to_pylist() == [None, date(2026, 1, 1)]
    assert cleaned.problems[code].tolist() == [True, False]


def test_targets_may_lie_in_the_future() -> None:
    calendar = Calendar(ZoneInfo("UTC"), future=True)
    assert clean_months(pa.array(["2199-01", "2199年2月"]), calendar).values.to_pylist() == [
        date(2199, 1, 1),
        date(2199, 2, 1),
    ]


def test_the_local_day_turns_at_the_shops_midnight() -> None:
    utc = pa.array([datetime(2026, 1, 1, 15, 59), datetime(2026, 1, 1, 16, 0)], pa.timestamp("us"))
    assert local_days(utc, ZoneInfo("Asia/Shanghai")).to_pylist() == [
        date(2026, 1, 1),
        date(2026, 1, 2),
    ]


def test_a_range_is_a_period() -> None:
    first, last = split_period(pa.array(["2024-01-01 ~ 2024-01-31", "2024-02-01"]))
    assert first.to_pylist() == ["2024-01-01", "2024-02-01"]
    assert last.to_pylist() == ["2024-01-31", "2024-02-01"]
