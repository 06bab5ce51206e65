"""Splitting a change: published figures, exactness, symmetry."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecom.errors import InvalidParameter
from ecom.models.drivers import split_change

factors = st.floats(0, 1e4, allow_nan=False)
pairs = st.lists(st.tuples(factors, factors), min_size=1, max_size=4)


def test_the_published_gmv_example_is_reached(shared_dir: Path) -> None:
    case = json.loads((shared_dir / "cases" / "published.json").read_text())["decomposition"]["gmv"]
    assert split_change(case["before"], case["after"]) == pytest.approx(case["shapley"], abs=0.5)


def test_a_split_worked_out_by_hand() -> None:
    # 2 × 3 = 6 becomes 4 × 5 = 20. First factor first: 2·3 then 4·2 = 6, 8; last: 2·5, 2·2 = 10, 4.
    assert split_change((2, 3), (4, 5)) == pytest.approx((8.0, 6.0))


def test_the_textbook_example_of_three_factors() -> None:
    # 1500 × .2 × .5 = 150 becomes 2000 × .15 × .6 = 180 (figures of the model notes, 2 decimals).
    assert split_change((1500, 0.2, 0.5), (2000, 0.15, 0.6)) == pytest.approx(
        (47.92, -48.33, 30.42), abs=0.005
    )


@given(pairs)
def test_the_parts_add_up_to_the_change(values: list[tuple[float, float]]) -> None:
    before, after = zip(*values, strict=True)
    change = math.prod(after) - math.prod(before)
    size = math.prod(max(pair) for pair in values)
    assert sum(split_change(before, after)) == pytest.approx(change, abs=1e-9 * max(1.0, size))


@given(pairs)
def test_the_order_of_the_factors_does_not_matter(values: list[tuple[float, float]]) -> None:
    before, after = zip(*values, strict=True)
    turned = split_change(before[::-1], after[::-1])[::-1]
    size = math.prod(max(pair) for pair in values)
    assert split_change(before, after) == pytest.approx(turned, abs=1e-9 * max(1.0, size))


def test_a_factor_that_stays_accounts_for_nothing() -> None:
    assert split_change((2, 3, 0), (2, 5, 7))[0] == 0


def test_unequal_lists_are_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidParameter, match="2 factors before and 1 after"):
        split_change((1, 2), (1,))
