"""Scores share ties; tiers follow from three scores above or below the mean."""

from __future__ import annotations

import pandas as pd
import pytest

from ecom.models.rfm import TIERS, segment


def _customers(*rows: tuple[int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["days_since", "orders", "amount"])


def test_scores_are_fifths_of_the_customers() -> None:
    # Five customers, the most recent first; each is better than 4, 3, 2, 1, 0 fifths.
    scored = segment(_customers((1, 9, 50), (2, 7, 40), (3, 5, 30), (4, 3, 20), (5, 1, 10)))
    assert scored["recency"].tolist() == [5, 4, 3, 2, 1]
    assert scored["frequency"].tolist() == [5, 4, 3, 2, 1]
    assert scored["money"].tolist() == [5, 4, 3, 2, 1]


def test_equal_values_share_the_score_of_the_lowest() -> None:
    # Orders 1, 1, 1, 2, 3: nobody is below 1, three of five are below 2, four below 3.
    scored = segment(_customers((1, 1, 1), (1, 1, 1), (1, 1, 1), (1, 2, 1), (1, 3, 1)))
    assert scored["frequency"].tolist() == [1, 1, 1, 4, 5]
    assert scored["recency"].tolist() == [1] * 5


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.key)
def test_each_tier_is_high_and_low_where_it_says(tier: object) -> None:
    # Two customers in each of the eight corners: low is 1 (score 1), high is 2 (8 of 16 are
    # below: score 3); the mean is 2.
    rows = [
        (0 if one.recent else 9, 2 if one.frequent else 1, 2.0 if one.valuable else 1.0)
        for one in TIERS
        for _ in range(2)
    ]
    scored = segment(_customers(*rows))
    mine = scored[scored["tier"] == tier.key]  # type: ignore[attr-defined]
    assert mine.index.tolist() == [2 * TIERS.index(tier), 2 * TIERS.index(tier) + 1]


def test_customers_who_are_all_alike_are_above_nothing() -> None:
    scored = segment(_customers((5, 1, 10), (5, 1, 10)))
    assert scored["tier"].tolist() == ["general_win_back"] * 2


def test_nobody_gives_an_empty_frame_with_all_columns() -> None:
    scored = segment(_customers())
    assert scored.empty
    assert {"recency", "frequency", "money", "tier"} <= set(scored.columns)
