"""Two small jobs that never change, so that figures of different days and machines compare."""

from __future__ import annotations

import time

import duckdb

from bench.child import line

_RUNS = 3
_STEPS = 3_000_000
_ROWS = 20_000_000


def measure() -> None:
    """Print the least seconds of each."""
    line("yardstick: plain Python, s", min(_python() for _ in range(_RUNS)))
    line("yardstick: DuckDB aggregation, s", min(_duckdb() for _ in range(_RUNS)))
    print()


def _python() -> float:
    started, total = time.perf_counter(), 0
    for number in range(_STEPS):
        total += number * number % 7
    return time.perf_counter() - started


def _duckdb() -> float:
    with duckdb.connect() as connection:
        started = time.perf_counter()
        connection.execute(
            "SELECT range % 1000, count(DISTINCT range // 7), sum(range) "
            f"FROM range({_ROWS}) GROUP BY 1"
        ).fetchall()
        return time.perf_counter() - started
