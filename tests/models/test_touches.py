"""Events that come in parts: nobody is cut in two, and nobody is lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ecom.models.touches import NEVER, touches_of, whole_units


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


# Some share their last bits, some the bits before, two both.
UNITS = [5, 6, 5 + (1 << 5), 5 + (1 << 40), 6 + (1 << 40), (1 << 62) + 5]


@given(st.lists(st.tuples(st.sampled_from(UNITS), st.booleans()), min_size=1, max_size=20))
def test_who_comes_again_is_strung_together_and_nobody_is_lost(
    visits: list[tuple[int, bool]],
) -> None:
    start = np.datetime64("2026-01-01", "us") + np.arange(len(visits)) * np.timedelta64(1, "h")
    does = np.array([one for _, one in visits])
    rows = pd.DataFrame(
        {
            "unit": np.array([unit for unit, _ in visits], dtype="int64"),
            "at": start,
            "marks": 1,
            "day": 20454,
            "at_2": np.where(does, start + np.timedelta64(1, "m"), np.datetime64("NaT")),
        }
    )[::-1]
    made = touches_of(rows, [2], {})
    assert made.once is not None
    came = rows.groupby("unit")["at"].agg(list)
    alone = {int(one[0].value // 1000) for one in came if len(one) == 1}
    assert set(made.once.at[0].tolist()) <= alone
    starts = [*made.once.at[0].tolist(), *made.at[made.marks == 1].tolist()]
    assert sorted(starts) == start.astype("int64").tolist()
    met = int((made.once.at[1] != NEVER).sum() + (made.marks == 2).sum())
    assert met == does.sum()
    several = int(made.unit.max(initial=-1)) + 1
    assert several + len(made.once.day) == rows["unit"].nunique()
    for unit in range(several):
        here = made.at[made.unit == unit]
        assert here.tolist() == sorted(here.tolist())
