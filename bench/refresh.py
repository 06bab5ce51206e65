"""A day of 30,000 events into a large shop: the import, and of it what is derived anew."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.child import figures, line
from bench.shop import SHOP, copied_shop, write_day
from bench.shop_rows import Size
from ecom.ingest import import_files
from ecom.store import derive, open_store

_DAY_EVENTS = 30_000


def measure(*, events: int, keep: Path | None) -> None:
    """Print seconds and processor seconds."""
    size = Size(events)
    with copied_shop(size, keep) as url, tempfile.TemporaryDirectory() as folder:
        day = Path(folder) / "day.csv"
        write_day(day, size, _DAY_EVENTS)
        took = figures("bench.refresh", url, str(day))
    print(f"a day of {_DAY_EVENTS:,} events into {events:,}")
    line("derived tables brought up to date, s (to reach: 2)", took["derived"])
    line("the same, CPU s", took["derived_cpu"])
    line("the import from file to committed, s", took["whole"])
    line("the same, CPU s", took["whole_cpu"])


def _import(url: str, day: Path) -> dict[str, float]:
    """Import the day; the part of it that derives is timed where the store calls it."""
    took: dict[str, float] = {}
    refresh = derive.refresh

    def timed(*arguments: Any, **options: Any) -> None:
        started, cpu = time.perf_counter(), time.process_time()
        refresh(*arguments, **options)
        took["derived"] = time.perf_counter() - started
        took["derived_cpu"] = time.process_time() - cpu

    derive.refresh = timed
    with open_store(url) as store:
        started, cpu = time.perf_counter(), time.process_time()
        (outcome,) = import_files(store, [day], shop=SHOP)
        took["whole"] = time.perf_counter() - started
        took["whole_cpu"] = time.process_time() - cpu
    if outcome.problem is not None:
        raise SystemExit(str(outcome.problem))
    return took


if __name__ == "__main__":
    print(json.dumps(_import(sys.argv[1], Path(sys.argv[2]))))
