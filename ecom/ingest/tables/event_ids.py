"""Ids for events that come without one: a hash of what happened, with a counter for repeats."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import column_of, optional
from ecom.ingest.cells.groups import occurrence
from ecom.ingest.cells.text import mask
from ecom.ingest.tables.seen import SeenHashes

_NAMED = ("visitor_id", "event_name", "product_id", "page")
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, the usual mixing constant
_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def event_ids(events: pa.Table, seen: SeenHashes | None = None) -> pa.Array:
    """One id a row from visitor, time, name, product and page; equal rows are told apart by #k.

    Parameters
    ----------
    events : Table
        With ``event_at``; absent text columns count as empty.
    seen : SeenHashes, optional
        The events of the file's earlier blocks, which counting goes on from; takes these in.

    Returns
    -------
    string array
        16 hexadecimal digits. The same file gives the same ids.
    """
    mixed = column_of(events, "event_at").cast(pa.int64()).fill_null(0).to_numpy().astype(np.uint64)
    mixed = _mix(mixed)
    for name in _NAMED:
        mixed = _mix(mixed ^ _hashed(optional(events, name)))
    counter = occurrence(mixed.view(np.int64)).astype(np.uint64)
    if seen is not None:
        moments = column_of(events, "event_at").cast(pa.int64()).fill_null(0).to_numpy()
        counter += seen.count(mixed, moments).astype(np.uint64)
    return _hexadecimal(_mix(mixed + counter * _ODD))


def content_hashes(rows: pa.Table) -> np.ndarray:
    """A 64-bit hash of each row from all its columns; null and empty text differ."""
    mixed = np.zeros(rows.num_rows, dtype=np.uint64)
    for name in sorted(rows.column_names):
        column = column_of(rows, name)
        valid = mask(pc.is_valid(column)).astype(np.uint64)
        text = column if pa.types.is_string(column.type) else column.cast(pa.string())
        mixed = _mix(mixed ^ _hashed(text) + valid)
    return mixed


def _hashed(column: pa.Array) -> np.ndarray:
    """A 64-bit hash of each text, computed once for each distinct one."""
    encoded = column.fill_null("").dictionary_encode()
    words = encoded.dictionary.to_numpy(zero_copy_only=False)
    hashes = pd.util.hash_array(words.astype(object), categorize=False)
    return hashes[encoded.indices.to_numpy(zero_copy_only=False)]


def _mix(values: np.ndarray) -> np.ndarray:
    """Spread every bit over the word (the finaliser of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _hexadecimal(values: np.ndarray) -> pa.Array:
    octets = values.astype(">u8").view(np.uint8).reshape(-1, 8)
    digits = np.empty((len(values), 16), dtype=np.uint8)
    digits[:, 0::2] = _DIGITS[octets >> 4]
    digits[:, 1::2] = _DIGITS[octets & 15]
    offsets = np.arange(0, 16 * (len(values) + 1), 16, dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(values), pa.py_buffer(offsets), pa.py_buffer(digits.tobytes())
    )
