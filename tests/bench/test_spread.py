"""Percentiles and slopes, against numbers anybody can check."""

from __future__ import annotations

import pytest

from bench.spread import percentile, slope


def test_percentiles_are_values_that_were_measured() -> None:
    values = list(range(100, 0, -1))
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile(values, 0.99) == 99
    assert percentile(values, 1.0) == 100


def test_few_values() -> None:
    assert percentile([3.0], 0.5) == 3.0
    assert percentile([1.0, 2.0], 0.5) == 1.0
    assert percentile([1.0, 2.0], 0.51) == 2.0


def test_a_straight_line_has_its_slope() -> None:
    assert slope([0, 1, 2, 3], [5, 7, 9, 11]) == pytest.approx(2)
    assert slope([0, 1, 2, 3], [4, 4, 4, 4]) == pytest.approx(0)
    assert slope([1.0], [9.0]) == 0
