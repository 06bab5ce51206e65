"""Lost buyers against figures worked out by hand and Wilson's formula written out."""

from __future__ import annotations

from math import sqrt

import pytest

from ecom.models.lost_sales import lost_buyers


def test_lost_is_visitors_times_the_rate_in_stock_with_wilsons_interval() -> None:
    lost = lost_buyers(10, 40, visitors_without=12, buyers_without=1)
    assert lost is not None
    z, n, p = 1.959964, 40, 0.25
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    assert lost.buyers == pytest.approx(12 * 0.25 - 1)
    assert lost.low == pytest.approx(12 * (middle - half) - 1, abs=1e-5)
    assert lost.high == pytest.approx(12 * (middle + half) - 1, abs=1e-5)


def test_more_buyers_than_expected_are_no_loss() -> None:
    lost = lost_buyers(10, 40, visitors_without=4, buyers_without=3)
    assert lost is not None
    assert (lost.buyers, lost.low, lost.high) == (0, 0, 0)


@pytest.mark.parametrize(("buyers", "visitors"), [(0, 0), (4, 400), (5, 29)])
def test_too_few_days_in_stock_say_nothing(buyers: int, visitors: int) -> None:
    assert lost_buyers(buyers, visitors, visitors_without=50) is None
