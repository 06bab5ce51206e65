"""Cells that name a span of days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from ecom.ingest.cells.periods import clean_micros, clean_nth_days, clean_periods
from ecom.ingest.cells.times import Calendar, clean_days

CALENDAR = Calendar(ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("header", "cell", "first", "last"),
    [
        ("Day", "2026-02-03", date(2026, 2, 3), date(2026, 2, 3)),
        ("日期", "2026-02-01 ~ 2026-02-07", date(2026, 2, 1), date(2026, 2, 7)),
        ("Week", "2026-02-02", date(2026, 2, 2), date(2026, 2, 8)),
        ("Month", "2024-02-01", date(2024, 2, 1), date(2024, 2, 29)),
        ("Date", "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("Month", "August 2026", date(2026, 8, 1), date(2026, 8, 31)),
        ("日期", "2026年1月", date(2026, 1, 1), date(2026, 1, 31)),
        ("Date range", "Sep 1, 2026 - Sep 30, 2026", date(2026, 9, 1), date(2026, 9, 30)),
    ],
)
def test_first_and_last_day(header: str, cell: str, first: date, last: date) -> None:
    ahead = Calendar(ZoneInfo("UTC"), future=True)
    start, end = clean_periods(pa.array([cell]), ahead, header=header)
    assert (start.values.to_pylist(), end.values.to_pylist()) == ([first], [last])


def test_nth_days_need_a_first_one() -> None:
    column = pa.array(["0000", "0031", "x"])
    counted = clean_nth_days(column, first_day=date(2026, 1, 1))
    assert counted.values.to_pylist() == [date(2026, 1, 1), date(2026, 2, 1), None]
    assert counted.problems["BAD_DATE"].tolist() == [False, False, True]
    assert clean_nth_days(column, first_day=None).problems["BAD_DATE"].all()


def test_microseconds_are_utc_and_rounded_ones_are_refused() -> None:
    cleaned = clean_micros(pa.array(["1612069510766593", "1.61207E+15", "16120695107", None]))
    moment = datetime(2021, 1, 31, 5, 5, 10, 766593, tzinfo=UTC).replace(tzinfo=None)
    assert cleaned.values.to_pylist() == [moment, None, None, None]
    assert cleaned.problems["ID_PRECISION_LOST"].tolist() == [False, True, False, False]
    assert cleaned.problems["BAD_DATE"].tolist() == [False, False, True, False]


def test_years_of_two_digits_only_where_the_export_writes_them() -> None:
    column = pa.array(["08/14/25", "08/15/25"])
    american = clean_days(column, Calendar(ZoneInfo("UTC"), "mdy"))
    assert american.values.to_pylist() == [date(2025, 8, 14), date(2025, 8, 15)]
    assert clean_days(column, CALENDAR).problems["BAD_DATE"].all()
