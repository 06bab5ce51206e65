"""Exact money: DECIMAL columns in and out of 64-bit integers, so that sums never drift."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MONEY_SCALE = 4
QUANTITY_SCALE = 3
PRECISION = 18
MONEY = pa.decimal128(PRECISION, MONEY_SCALE)
QUANTITY = pa.decimal128(PRECISION, QUANTITY_SCALE)


def from_units(units: np.ndarray, *, scale: int, valid: np.ndarray | None = None) -> pa.Array:
    """Make a DECIMAL column of whole units of its last place.

    Parameters
    ----------
    units : int64 array
        12.34 at scale 4 is 123,400.
    scale : int
        Digits after the point.
    valid : bool array, optional
        False makes null.
    """
    low = np.ascontiguousarray(units, dtype=np.int64)
    words = np.empty((len(low), 2), dtype=np.int64)  # little endian: low word, then the sign
    words[:, 0] = low
    words[:, 1] = low >> 63
    kind = pa.decimal128(PRECISION, scale)
    array = pa.Array.from_buffers(kind, len(low), [None, pa.py_buffer(words)])
    if valid is None or valid.all():
        return array
    return pc.if_else(pa.array(valid), array, pa.scalar(None, kind))


def to_units(decimals: pa.Array) -> np.ndarray:
    """The reverse of ``from_units``; null gives 0."""
    if decimals.null_count:
        decimals = decimals.fill_null(0)
    words = np.frombuffer(decimals.buffers()[1], dtype=np.int64).reshape(-1, 2)
    return words[decimals.offset : decimals.offset + len(decimals), 0]


def from_floats(values: np.ndarray, *, scale: int) -> pa.Array:
    """Round floats to ``scale`` digits; NaN gives null."""
    valid = np.isfinite(values)
    units = np.rint(np.where(valid, values, 0.0) * 10**scale).astype(np.int64)
    return from_units(units, scale=scale, valid=valid)


def sum_by(units: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    """Group sums of integer units.

    Float weights are exact here: sums stay below 2**53 units, that is 900 billion in money.
    """
    return np.rint(np.bincount(codes, weights=units, minlength=groups)).astype(np.int64)
