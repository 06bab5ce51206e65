"""Cells of drivers as Arrow: exact, and one kind a column."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
import pytest

from ecom.store.external.cells import joined, to_arrow

DAY = date(2026, 3, 1)
MOMENT = datetime(2026, 3, 1, 10, 30)


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        ([6938400912837465021, None], pa.string(), ["6938400912837465021", None]),
        ([Decimal("12345678901.2345"), Decimal("1E+2")], pa.string(), ["12345678901.2345", "100"]),
        ([Decimal("NaN")], pa.string(), ["NaN"]),
        ([True, None], pa.bool_(), [True, None]),
        ([0.1, 2.0], pa.float64(), [0.1, 2.0]),
        ([DAY, None], pa.date32(), [DAY, None]),
        ([MOMENT], pa.timestamp("us"), [MOMENT]),
        (
            [MOMENT.replace(tzinfo=timezone(timedelta(hours=8)))],
            pa.timestamp("us", "UTC"),
            [datetime(2026, 3, 1, 2, 30, tzinfo=UTC)],
        ),
        (["a", "0000-00-00 00:00:00"], pa.string(), ["a", None]),
        ([b"\xe9\x9e\x8b", b"\xff\x00"], pa.string(), ["鞋", "ff00"]),
        ([{"a": ["鞋"]}, [1]], pa.string(), ['{"a": ["鞋"]}', "[1]"]),
        ([UUID(int=7)], pa.string(), ["00000000-0000-0000-0000-000000000007"]),
        ([1, "x", 2.5, b"y"], pa.string(), ["1", "x", "2.5", "y"]),
        ([DAY, MOMENT], pa.string(), ["2026-03-01", "2026-03-01 10:30:00"]),
        ([MOMENT, MOMENT.replace(tzinfo=UTC)], pa.string(), [
            "2026-03-01 10:30:00", "2026-03-01 10:30:00+00:00",
        ]),
        ([None, None], pa.null(), [None, None]),
    ],
)  # fmt: skip
def test_a_column_has_one_kind_and_loses_nothing(cells, kind, expected) -> None:
    made = to_arrow(cells)
    assert (made.type, made.to_pylist()) == (kind, expected)


def test_portions_of_unlike_kinds_become_text() -> None:
    portions = [to_arrow([None]), to_arrow([0.5]), to_arrow(["x"])]
    assert joined(portions).to_pylist() == [None, "0.5", "x"]
    assert joined([to_arrow([None]), to_arrow([0.5])]).type == pa.float64()
    assert joined([to_arrow([None])]).type == pa.string()
