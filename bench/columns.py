"""Whole columns of made-up values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def word(words: list[str], codes: np.ndarray) -> pa.Array:
    """The word of each code."""
    return pa.array(words).take(pa.array(codes))


def numbered(prefix: str, numbers: np.ndarray) -> pa.Array:
    """A name with each number at its end."""
    return pc.binary_join_element_wise(prefix, pa.array(numbers).cast(pa.string()), "")


def constant(value: str, count: int) -> pa.Array:
    """One value on every row."""
    return pa.repeat(value, count)


def days_before(last: object, days: np.ndarray) -> pa.Array:
    """Dates so many days before the last one."""
    return pa.array(np.datetime64(last, "D") - days.astype("timedelta64[D]"))
