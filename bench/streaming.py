"""Import of a large event log into a new store, and of a day's log on top of it."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench.child import figures, line, tell
from bench.event_file import write_events
from ecom.ingest import import_files
from ecom.ingest.files.sniff import sniff
from ecom.ingest.files.stream_text import read_in_blocks
from ecom.ingest.recognition.recognise import header_finder, recognise
from ecom.store import Shop, open_store

_SMALL = 30_000
_SHOP = Shop("bench", "own", "Bench", "CNY", "Asia/Shanghai")


def measure(*, events: int) -> None:
    """Print rows a second, peak memory, the small import after it, and recognition."""
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.csv", Path(folder) / "small.csv"
        write_events(large, events)
        write_events(small, _SMALL, first=events, seed=8)
        url = f"duckdb:///{folder}/s.duckdb"
        print(f"event log, {events:,} rows, {large.stat().st_size / 1e6:,.0f} MB")
        _recognise(small)  # loads the layouts, as a running app has
        started = time.perf_counter()
        _recognise(large)
        line("recognition, s (to reach: 0.2)", time.perf_counter() - started)
        whole = figures("bench.streaming", url, str(large))
        line("read, clean, load and derive, s", whole["seconds"])
        line("rows a second (to reach: 250,000)", events / whole["seconds"], 0)
        line("peak memory, MB (to reach: 2,000)", whole["peak_mb"], 0)
        more = figures("bench.streaming", url, str(small))
        line(f"{_SMALL:,} events more, from file to committed, s", more["seconds"])


def _recognise(path: Path) -> None:
    sniffed = sniff(path, whole=False, max_bytes=path.stat().st_size)
    blocks = read_in_blocks(path, sniffed, header_finder())
    if recognise(next(blocks).headers).layout is None:
        raise SystemExit("the event log was not recognised")
    blocks.close()


def _import(url: str, path: Path) -> None:
    with open_store(url) as store:
        (outcome,) = import_files(store, [path], shop=_SHOP)
    if outcome.problem is not None:
        raise SystemExit(str(outcome.problem))


if __name__ == "__main__":
    tell(lambda: _import(sys.argv[1], Path(sys.argv[2])))
