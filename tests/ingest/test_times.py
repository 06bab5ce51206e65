"""Days and moments of every spelling, in the shop's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
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


@pytest.mark.parametrize(
    "cell",
    [
        "12 Mar 2026 22:11", "12-Mar-2026 22:11:00", "12 March 2026, 22:11", "12-MAR-26 10:11 PM",
        "Mar 12, 2026 10:11 PM", "Mar 12, 2026, 10:11:00 PM", "March 12, 2026 at 10:11 pm",
        "Mar 12 2026 10:11PM", "Thu, 12 Mar 2026 14:11:00 GMT", "Thu Mar 12 2026 22:11:00",
        "12th March 2026 22:11", "2026-Mar-12 22:11", "Mar. 12, 2026 22:11", "2026/3/12 22:11",
        "12.03.26 22:11", "12.03.2026 22:11", "12.3.26 10:11 PM", "12 Mar 2026 15:11 +0100",
    ],
)  # fmt: skip
def test_more_spellings_of_one_moment(cell: str) -> None:
    cleaned = clean_times(pa.array([cell, "13.03.2026"]), SHANGHAI)
    assert cleaned.values[0].as_py() == datetime(2026, 3, 12, 14, 11)
    assert not cleaned.problems["BAD_DATE"].any()


def test_every_month_has_its_names() -> None:
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    cells = [f"{name} 05, 2025" for name in names]
    found = clean_days(pa.array([*cells, "5 September 2025", "Sept 5, 2025"]), SHANGHAI)
    months = [day.month for day in found.values.to_pylist()]
    assert months == [*range(1, 13), 9, 9]


@pytest.mark.parametrize(
    "cell",
    ["12 Foo 2026", "31 Feb 2026", "Mar 2026 12", "12/03/26", "26/03/12", "Mon 12", "Item 12 26"],
)
def test_what_could_be_several_dates_or_none_is_refused(cell: str) -> None:
    cleaned = clean_days(pa.array([cell, "2026-01-01"]), SHANGHAI)
    assert cleaned.values.to_pylist() == [None, date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("cells", "days", "is_open"),
    [
        # Two days apart with the day first, years apart with the year first.
        (["12.03.26", "14.03.26"], [date(2026, 3, 12), date(2026, 3, 14)], False),
        # 2031 is still to come, so 31 is a day.
        (["31.03.26"], [date(2026, 3, 31)], False),
        # One day alone: as people write with points, and said.
        (["12.03.26"], [date(2026, 3, 12)], True),
        # A day apart with the year first, a year apart with the day first: not read at all.
        (["24.03.12", "24.03.13"], [None, None], True),
    ],
)
def test_two_digits_after_points_are_a_year(
    cells: list[str], days: list[date | None], is_open: bool
) -> None:
    cleaned = clean_days(pa.array(cells), SHANGHAI)
    assert cleaned.values.to_pylist() == days
    assert cleaned.problems.get("AMBIGUOUS_DATE", np.zeros(1)).any() == is_open


@pytest.mark.parametrize(
    ("order", "day"),
    [("dmy", date(2025, 3, 2)), ("mdy", date(2025, 2, 3)), ("ymd", date(2002, 3, 25))],
)
def test_where_a_person_told_the_order_nothing_is_open(order: str, day: date) -> None:
    told = Calendar(ZoneInfo("UTC"), order, is_told=True)
    cleaned = clean_days(pa.array(["02/03/25"]), told)
    assert cleaned.values.to_pylist() == [day]
    assert not cleaned.problems.get("AMBIGUOUS_DATE", np.zeros(1)).any()


def test_points_put_the_day_first() -> None:
    cleaned = clean_days(pa.array(["01.02.2026", "03.04.2026"]), SHANGHAI)
    assert cleaned.values.to_pylist() == [date(2026, 2, 1), date(2026, 4, 3)]
    assert not cleaned.problems.get("AMBIGUOUS_DATE", np.zeros(2)).any()


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
