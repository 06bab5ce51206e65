"""Rows by several numbers, against Python's own sorting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecom.models import runs
from ecom.models.runs import are_in_order, in_order

LARGEST = int(np.iinfo(np.int64).max)
NUMBER = st.sampled_from([0, 1, 2, LARGEST])


@example([(2, 1, 0), (0, 0, 0), (2, 0, 1), (2, 0, 0), (2, 1, 0)])
@given(st.lists(st.tuples(NUMBER, NUMBER, NUMBER), max_size=12))
def test_rows_come_in_the_order_of_all_their_numbers(rows: list[tuple[int, int, int]]) -> None:
    keys = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    order = in_order(*keys)
    assert sorted(order.tolist()) == list(range(len(rows)))
    assert [rows[place] for place in order] == sorted(rows)


@given(st.lists(st.tuples(NUMBER, NUMBER), max_size=9), st.integers(1, 4))
def test_rows_in_order_are_known_as_such(rows: list[tuple[int, int]], at_once: int) -> None:
    keys = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_AT_ONCE", at_once)  # where parts meet, too
        assert are_in_order(*keys) == (rows == sorted(rows))
