"""Funnels never asked before, over all events, beside ``windowFunnel`` of ClickHouse."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, literal_column, select

from bench.child import figures, line
from bench.engines import SECRET, clickhouse
from bench.shop import build, kept_shop
from bench.shop_rows import Size
from ecom.analysis.funnel_query import FunnelQuery, Step, funnel
from ecom.schema import events
from ecom.store import Store, open_store
from ecom.store.secret import ENVIRONMENT

WINDOW = timedelta(days=7)
_WAY = ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase")
FUNNELS = {"every event is a step": _WAY, "without the pages seen": _WAY[1:]}


def measure(*, events: int, runs: int, keep: Path | None) -> None:
    """Print both for each funnel, and their ratio."""
    if importlib.util.find_spec("chdb") is None:
        print("skipped, needs chdb")
        return
    os.environ.setdefault(ENVIRONMENT, SECRET)
    size = Size(events)
    print(f"{events:,} events, {size.visitors:,} visitors; least of {runs} runs, s")
    with kept_shop(size, keep) as url:
        ours = figures("bench.free_funnel", "ours", url, str(runs))
    with clickhouse(size, keep) as url:
        build(url, size)
        theirs = figures("bench.free_funnel", "theirs", url, str(runs))
    for name in FUNNELS:
        if ours[name]["people"] != theirs[name]["people"]:
            raise SystemExit(f"{name}: {ours[name]['people']} against {theirs[name]['people']}")
        line(f"{name}, DuckDB, s", ours[name]["seconds"])
        line(f"{name}, windowFunnel of ClickHouse, s", theirs[name]["seconds"])
        ratio = ours[name]["seconds"] / theirs[name]["seconds"]
        line(f"{name}, ratio (to reach: 1)", ratio)


def by_funnel(store: Store, steps: Sequence[str]) -> list[int]:
    """People who reached each step, as the app counts them."""
    query = FunnelQuery(steps=tuple(map(Step, steps)), window=WINDOW)
    return list(map(int, funnel(store, query).steps["people"]))


def by_window_funnel(store: Store, steps: Sequence[str]) -> list[int]:
    """The same by ClickHouse's own function; the names of the steps are this program's."""
    moment = "toUInt64(toUnixTimestamp64Micro(assumeNotNull(event_at)))"
    window = WINDOW // timedelta(microseconds=1)
    conditions = ", ".join(f"event_name = '{step}'" for step in steps)
    level = literal_column(f"windowFunnel({window}, 'strict_once')({moment}, {conditions})")
    people = (
        select(level.label("level"))
        .select_from(events)
        .where(events.c.is_current, events.c.event_name.in_(steps))
        .group_by(events.c.shop_id, events.c.visitor_id)
        .subquery("people")
    )
    answer = store.read(
        select(people.c.level, func.count().label("count")).group_by(people.c.level)
    )
    counts = dict(zip(answer["level"].tolist(), answer["count"].tolist(), strict=True))
    return [
        sum(count for level, count in counts.items() if level > place)
        for place in range(len(steps))
    ]


_WAYS: dict[str, Callable[[Store, Sequence[str]], list[int]]] = {
    "ours": by_funnel,
    "theirs": by_window_funnel,
}


def _measure(way: str, url: str, runs: int) -> dict[str, dict[str, object]]:
    measured: dict[str, dict[str, object]] = {}
    with open_store(url) as store:
        for name, steps in FUNNELS.items():
            waits = []
            for _ in range(runs + 1):  # the first one brings pages into memory
                started = time.perf_counter()
                people = _WAYS[way](store, steps)
                waits.append(time.perf_counter() - started)
            measured[name] = {"seconds": min(waits[1:]), "people": people}
    return measured


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
