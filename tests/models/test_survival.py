"""The curve of second orders against a life table worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from ecom.models.survival import cumulative_incidence


def _times(*rows: tuple[int, bool, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["days", "happened", "people"])


def test_a_life_table_worked_by_hand() -> None:
    # Day 1: 2 of 10. Day 2: 3 leave the watch, so 5 are at risk on day 3, when 1 of 5 happens.
    # Still waiting: 8/10, then 8/10 x 4/5 = 0.64.
    curve = cumulative_incidence(_times((1, True, 2), (2, False, 3), (3, True, 1), (4, False, 4)))
    assert curve.tolist() == pytest.approx([0, 0.2, 0.2, 0.36, 0.36])


def test_without_anyone_still_waiting_it_is_the_plain_share() -> None:
    curve = cumulative_incidence(_times((0, True, 1), (2, True, 3)))
    assert curve.tolist() == pytest.approx([0.25, 0.25, 1.0])


def test_nobody_gives_an_empty_curve() -> None:
    assert cumulative_incidence(_times()).empty
