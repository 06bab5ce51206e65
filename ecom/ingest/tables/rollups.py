"""Subtotals among the rows of a channel tree: known by a word, kept apart, used as a check."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import SOURCE_ROW, column_of, put
from ecom.ingest.cells.groups import joint_codes
from ecom.ingest.cells.text import mask
from ecom.ingest.findings import finding_at
from ecom.store.staging import Finding

LEVELS = ("channel_l1", "channel_l2", "channel_l3", "channel_l4")
_CHECKED = ("uv", "paid_buyers", "paid_amount")
_TOLERANCE = 1.001
_ABOVE = ("period_start", "period_end", "hour", "carrier", "device")


def mark_rollups(table: pa.Table, word: str) -> pa.Table:
    """Add ``is_rollup``: true for rows that sum up their siblings.

    The word stands where another row above the same has a name. A channel without parts prints the
    word too, but on its only row; that row is no subtotal.
    """
    rollup = np.zeros(table.num_rows, dtype=bool)
    present = [name for name in LEVELS if name in table.column_names]
    for depth, name in enumerate(present if word else ()):
        level = column_of(table, name)
        says = mask(pc.equal(level, word))
        if says.any():
            parents = joint_codes(_above(table, present[:depth]))
            rollup |= says & np.isin(parents, parents[~says & mask(pc.is_valid(level))])
    return put(table, "is_rollup", pa.array(rollup))


def check_rollups(table: pa.Table, word: str) -> list[Finding]:
    """A remark on subtotals that are larger than their parts together: some part is missing.

    People may come by several channels, so parts may add up to more than their subtotal, never to
    less.
    """
    rollup = mask(column_of(table, "is_rollup"))
    present = [name for name in LEVELS if name in table.column_names]
    if not rollup.any():
        return []
    findings = []
    for measure in _CHECKED:
        if measure not in table.column_names:
            continue
        amounts = pc.fill_null(column_of(table, measure).cast(pa.float64()), 0).to_numpy()
        too_large = np.zeros(table.num_rows, dtype=bool)
        for depth in range(len(present)):
            of_this_depth = rollup & _first_word_at(table, present, depth, word)
            if not of_this_depth.any():
                continue
            codes = joint_codes(_above(table, present[:depth]))
            _, codes = np.unique(codes, return_inverse=True)
            parts = np.bincount(codes, weights=np.where(rollup, 0, amounts))
            too_large |= of_this_depth & (amounts > parts[codes] * _TOLERANCE)
        if too_large.any():
            numbers = column_of(table, SOURCE_ROW).to_numpy()
            cells = column_of(table, measure)
            findings.append(
                finding_at("ROLLUP_DISAGREES", too_large, numbers, column=measure, cells=cells)
            )
    return findings


def _above(table: pa.Table, levels: list[str]) -> list[pa.Array]:
    names = [name for name in _ABOVE if name in table.column_names]
    return [column_of(table, name) for name in (*names, *levels)]


def _first_word_at(table: pa.Table, levels: list[str], depth: int, word: str) -> np.ndarray:
    """Rows whose first level that is the word is this one."""
    says = [mask(pc.equal(column_of(table, name), word)) for name in levels[: depth + 1]]
    first = says[-1].copy()
    for earlier in says[:-1]:
        first &= ~earlier
    return first
