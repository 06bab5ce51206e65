"""A plain pandas page of the same content: frames in memory, recomputed at each filter change."""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pandas as pd

from bench.shop import ninety_days

_COLUMNS = {
    "events": "event_at, event_date, event_name, visitor_id, source, medium",
    "orders": "order_id, customer_key, paid_date, channel, "
    "CAST(paid_amount AS DOUBLE) AS paid_amount",
    "order_items": "order_id, sku, CAST(line_amount AS DOUBLE) AS line_amount",
}
_STEPS = ("view_item", "add_to_cart", "begin_checkout", "purchase")


def export(database: str, folder: Path) -> None:
    """Write what the page needs of the shop, and nothing else, as Parquet."""
    with duckdb.connect(database, read_only=True) as connection:
        for table, columns in _COLUMNS.items():
            connection.execute(
                f"COPY (SELECT {columns} FROM {table}) TO '{folder / table}.parquet' "
                "(FORMAT parquet)"
            )


def answers(
    events: pd.DataFrame, orders: pd.DataFrame, items: pd.DataFrame, start: date, end: date
) -> list[pd.DataFrame | pd.Series]:
    """The eight usual answers, as ``bench.floor`` has them."""
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    seen = events[events["event_date"].between(first, last)]
    paid = orders[orders["paid_date"].between(first, last)]
    seen = seen.assign(is_view=seen["event_name"] == "page_view")
    views = {"visitors": ("visitor_id", "nunique"), "views": ("is_view", "sum")}
    reached = (
        seen[seen["event_name"].isin(_STEPS)]
        .groupby(["visitor_id", "event_name"])["event_at"]
        .min()
        .unstack()
    )
    since = orders.groupby("customer_key")["paid_date"].transform("min")
    month = (orders["paid_date"].dt.year * 12 + orders["paid_date"].dt.month).rename("month")
    cohort = (since.dt.year * 12 + since.dt.month).rename("cohort")
    return [
        seen.groupby("event_date").agg(**views),
        seen.groupby(["source", "medium"]).agg(**views),
        pd.Series(
            [
                reached["view_item"].count(),
                *(
                    (reached[later] >= reached[earlier]).sum()
                    for earlier, later in pairwise(_STEPS)
                ),
            ]
        ),
        paid.groupby("paid_date")["paid_amount"].sum(),
        paid.groupby("channel")["paid_amount"].sum(),
        items.merge(paid[["order_id"]], on="order_id")
        .groupby("sku")["line_amount"]
        .sum()
        .nlargest(10),
        paid.groupby(since.loc[paid.index] >= first).agg(
            customers=("customer_key", "nunique"), paid=("paid_amount", "sum")
        ),
        orders[orders["paid_date"] <= last]
        .groupby([cohort, month - cohort])["customer_key"]
        .nunique(),
    ]


def frames(folder: Path) -> list[pd.DataFrame]:
    """The frames of the page: events, orders, lines."""
    loaded = [pd.read_parquet(folder / f"{table}.parquet") for table in _COLUMNS]
    events, orders, items = loaded
    events["event_date"] = pd.to_datetime(events["event_date"])
    orders["paid_date"] = pd.to_datetime(orders["paid_date"])
    return [events, orders, items]


def _measure(folder: Path, runs: int) -> dict[str, float]:
    started = time.perf_counter()
    loaded = frames(folder)
    load = time.perf_counter() - started
    waits = []
    for run in range(runs):
        period = ninety_days(earlier=run)
        started = time.perf_counter()
        answers(*loaded, period.start, period.end)
        waits.append(time.perf_counter() - started)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"load": load, "seconds": min(waits), "peak_mb": peak_mb}


if __name__ == "__main__":
    if sys.argv[1] == "export":
        export(sys.argv[2], Path(sys.argv[3]))
        print("{}")
    else:
        print(json.dumps(_measure(Path(sys.argv[2]), int(sys.argv[3]))))
