"""Groups of rows, by number instead of by name: fast and exact."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.text import mask


def group_codes(column: pa.Array) -> tuple[np.ndarray, int]:
    """Number the distinct values in order of first appearance; null is a value of its own.

    Returns
    -------
    (int32 array of codes, number of groups)
    """
    encoded = column.dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy(zero_copy_only=False), len(encoded.dictionary)


def joint_codes(columns: list[pa.Array]) -> np.ndarray:
    """One int64 code for each distinct combination of values."""
    codes, size = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        more, groups = group_codes(column)
        if size * groups >= 2**62:
            distinct, codes = np.unique(codes, return_inverse=True)
            size = len(distinct)
        codes = codes * groups + more
        size *= groups
    return codes


def occurrence(codes: np.ndarray) -> np.ndarray:
    """For each row how many equal codes stand at or above it, from 1."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(codes) else order
    lengths = np.diff(np.r_[starts, len(codes)])
    counts = np.empty(len(codes), dtype=np.int64)
    counts[order] = np.arange(len(codes)) - np.repeat(starts, lengths) + 1
    return counts


def first_known(column: pa.Array, codes: np.ndarray, groups: int) -> pa.Array:
    """For each group the row of its first value that is not null; null for none."""
    rows = np.full(groups, -1, dtype=np.int64)
    known = (
        np.arange(len(column))
        if not column.null_count
        else np.flatnonzero(mask(pc.is_valid(column)))
    )
    rows[codes[known[::-1]]] = known[::-1]  # of several writes the last stands: the first row
    return pa.array(rows, mask=rows < 0)
