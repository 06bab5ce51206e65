"""How measured values are spread."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0..1] of all do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """By how much the values grow in one unit of time: the straight line of least squares."""
    return float(np.polyfit(times, values, 1)[0]) if len(times) > 1 else 0.0
