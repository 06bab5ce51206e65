"""Every page's report, cold (nothing cached) and cached, on a made-up shop."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial

from bench.shop import Size, fill, ninety_days
from ecom.analysis.registry import REPORTS
from ecom.model import Period, Scope
from ecom.store import open_store
from ecom.ui import cache
from ecom.ui.workspace import Workspace


def measure(*, events: int, runs: int) -> None:
    """Print one line a page."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"duckdb:///{folder}/bench.duckdb"
        with open_store(url) as store:
            size = Size(events)
            filled = _seconds(lambda: fill(store, size))
            print(f"{events:,} events, {size.orders:,} orders, 90 days with comparison")
            print(f"{'load and derive':42} {filled:8.2f}")
            scope = Scope(period=Period(*ninety_days()))
            print(f"{'report':30} {'cold':>11} {'cached':>8}")
            workspace = Workspace("bench", store)
            for page, answer in REPORTS.items():
                cold = partial(answer, store, scope)
                cached = partial(cache.report, workspace, store.version, page, scope, ())
                cold()  # brings the store's own pages into memory
                cached()
                print(f"{page:30} {_median(cold, runs):11.3f} {_median(cached, runs):8.3f}")


def _median(work: Callable[[], object], runs: int) -> float:
    return statistics.median(_seconds(work) for _ in range(runs))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
