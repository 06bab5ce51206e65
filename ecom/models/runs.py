"""Runs of equal values in sorted columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


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
