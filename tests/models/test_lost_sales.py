"""Buyers lost while something could not be bought."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecom.models.lost_sales import lost_buyers


def test_the_usual_share_of_the_visitors_less_those_who_bought() -> None:
    lost = lost_buyers(50, 500, 3, 100)
    assert lost is not None
    assert lost.expected == pytest.approx(7)


@pytest.mark.parametrize("sums", [(5, 29, 0, 100), (5, 100, 0, 0)])
def test_too_few_say_nothing(sums: tuple[int, int, int, int]) -> None:
    assert lost_buyers(*sums) is None


@given(st.integers(30, 10_000), st.integers(0, 10_000), st.integers(1, 5_000), st.integers(0, 50))
def test_the_interval_holds_the_estimate(usual: int, bought: int, visitors: int, now: int) -> None:
    lost = lost_buyers(min(bought, usual), usual, now, visitors)
    assert lost is not None
    assert 0 <= lost.low <= lost.expected + 1e-9
    assert lost.expected <= lost.high + 1e-9
    assert lost.high <= visitors + 1e-9
