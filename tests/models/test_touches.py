"""Events that come in parts: nobody is cut in two, and nobody is lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ecom.models.touches import whole_units


@given(st.lists(st.integers(0, 5), max_size=30), st.lists(st.integers(0, 30), max_size=6))
def test_parts_are_cut_where_a_person_ends(units: list[int], cuts: list[int]) -> None:
    rows = pd.DataFrame({"unit": np.sort(np.array(units, dtype="int64"))})
    rows["row"] = np.arange(len(rows))
    ends = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    frames = [rows.iloc[start:end] for start, end in pairwise(ends)]
    parts = list(whole_units(frames))
    assert [row for part in parts for row in part["row"]] == rows["row"].tolist()
    seen = [unit for part in parts for unit in part["unit"].unique()]
    assert len(seen) == len(set(seen))


def test_no_events_are_one_empty_part() -> None:
    (part,) = whole_units([pd.DataFrame({"unit": np.empty(0, dtype="int64")})])
    assert part.empty
