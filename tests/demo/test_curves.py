from __future__ import annotations

import numpy as np
import pytest

from ecom.demo.ads import adstock, response, split
from ecom.demo.shops import AdPlan

PLAN = AdPlan("any", 0, max_orders=20, half_saturation=100, decay=0.5, slope=1.0, overcount=1)


def test_steady_spend_is_its_own_adstock():
    assert adstock(np.full(5, 80.0), 0.5).tolist() == [80.0] * 5


def test_adstock_halves_with_each_day_without_spend():
    assert adstock(np.array([80.0, 0.0, 0.0]), 0.5).tolist() == [80.0, 40.0, 20.0]


def test_spend_at_half_saturation_brings_half_of_the_most():
    assert response(np.full(3, 100.0), PLAN).tolist() == [10.0] * 3


def test_a_shop_half_the_size_needs_half_the_spend_for_half_the_orders():
    assert response(np.full(3, 50.0), PLAN, scale=0.5).tolist() == [5.0] * 3


def test_parts_of_the_spend_add_up_to_the_fen():
    total = np.array([0.01, 0.0, 1234.57])
    parts = split(total, [0.5, 0.3, 0.2], np.random.default_rng(1))
    assert (parts * 100).round().sum(axis=1).tolist() == [1, 0, 123457]
    assert parts.min() == pytest.approx(0, abs=1)
