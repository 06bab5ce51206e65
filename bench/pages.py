"""Every page's report, cold (nothing cached) and cached, on a made-up shop."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable

from bench.shop import Size, fill, ninety_days
from ecom.analysis.registry import REPORTS
from ecom.model import Period, Scope
from ecom.store import open_store
from ecom.ui import cache


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
            for page, answer in REPORTS.items():
                answer(store, scope)  # the engine's own pages come into memory
                cold = statistics.median(
                    _seconds(lambda: answer(store, scope))
                    for _ in range(runs)  # noqa: B023
                )
                ask = lambda: cache.report(store, page, scope)  # noqa: B023, E731
                ask()
                cached = statistics.median(_seconds(ask) for _ in range(runs))
                print(f"{page:30} {cold:11.3f} {cached:8.3f}")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
