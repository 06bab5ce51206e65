"""The app's funnel and ClickHouse's own function count the same people."""

from __future__ import annotations

import pytest

from bench.free_funnel import FUNNELS, by_funnel, by_window_funnel
from bench.shop import fill
from bench.shop_rows import Size
from ecom.store import Store


@pytest.mark.every_engine
@pytest.mark.only_on("clickhouse", why="windowFunnel is ClickHouse's")
def test_window_funnel_counts_as_we_do(store: Store) -> None:
    fill(store, Size(events=20_000))
    for steps in FUNNELS.values():
        people = by_funnel(store, steps)
        assert people == by_window_funnel(store, steps)
        assert len(set(people)) == len(people)
