"""Runs of equal values in sorted columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
_AT_ONCE = 250_000  # rows


def changes(values: NDArray[Any]) -> BoolArray:
    """True where a value differs from the one before; the first is True."""
    changed = np.ones(len(values), dtype=bool)
    changed[1:] = values[1:] != values[:-1]
    return changed


def numbered(values: NDArray[Any]) -> IntArray:
    """The number of its run, from 0, beside each value."""
    return np.cumsum(changes(values)) - 1


def sizes(opens: IntArray, length: int) -> IntArray:
    """How many rows each group has, of groups that begin at ``opens``."""
    return np.diff(np.append(opens, length))


def in_order(*keys: IntArray) -> IntArray:
    """The order of rows by several numbers, the first of them first.

    Rows that are in order already are looked at once. Else most are told apart by the first number,
    and only the others are looked at again, which is far less than ``numpy.lexsort`` does.
    """
    if are_in_order(*keys):
        return np.arange(len(keys[0]))
    order = np.argsort(keys[0])
    same = ~changes(keys[0][order])  # as the row before, by all keys so far
    for key in keys[1:]:
        several = np.flatnonzero(same | np.append(same[1:], False))
        chosen, group = order[several], np.cumsum(~same[several])
        rising = np.argsort(key[chosen])
        rising = rising[np.argsort(group[rising] * len(rising) + np.arange(len(rising)))]
        order[several] = chosen[rising]
        same[several] &= ~changes(key[order[several]])
    return order


def are_in_order(*keys: IntArray) -> bool:
    """Whether rows are in the order of several numbers already, the first of them first."""
    # Some rows at a time: what is compared stays near the processor.
    return all(
        _rise([key[start : start + _AT_ONCE + 1] for key in keys])
        for start in range(0, len(keys[0]), _AT_ONCE)
    )


def _rise(keys: Sequence[IntArray]) -> bool:
    same = np.ones(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in keys:
        if (same & (key[1:] < key[:-1])).any():
            return False
        same &= key[1:] == key[:-1]
    return True
