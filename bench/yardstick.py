"""Two small jobs that never change, so that figures of different days and machines compare."""

from __future__ import annotations

import time

import duckdb

from bench.child import line

_RUNS = 3
_STEPS = 3_000_000
_ROWS = 3_000_000


def measure() -> None:
    """Print the least processor seconds of each, which a busy machine disturbs little."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        line("yardstick: plain Python, CPU s", min(_python() for _ in range(_RUNS)))
        line("yardstick: DuckDB, CPU s", min(_duckdb(connection) for _ in range(_RUNS)))
    print()


def _python() -> float:
    started, total = time.process_time(), 0
    for number in range(_STEPS):
        total += number * number % 7
    return time.process_time() - started


def _duckdb(connection: duckdb.DuckDBPyConnection) -> float:
    started = time.process_time()
    connection.execute(
        "SELECT range % 1000, count(DISTINCT range // 7), sum(range) "
        f"FROM range({_ROWS}) GROUP BY 1"
    ).fetchall()
    return time.process_time() - started
