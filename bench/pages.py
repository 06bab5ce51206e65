"""Every page beside the floor of hand-written SQL and a plain pandas page, on the same data."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.child import figures, line
from bench.shop import kept_shop
from bench.shop_rows import Size

_COLUMNS = ("cold", "cpu", "cached", "page_cold", "page_cached")


def measure(*, events: int, runs: int, keep: Path | None) -> None:
    """Print one line a page, the floor, the pandas page and their ratios."""
    size = Size(events)
    print(
        f"{events:,} events, {size.orders:,} orders, {size.skus:,} SKUs, {size.visitors:,} "
        f"visitors, {size.days} days; 90 days with comparison; least of {runs} runs, s"
    )
    with kept_shop(size, keep) as url, tempfile.TemporaryDirectory() as folder:
        reports = answers(url, runs)
        show(reports)
        database = url.removeprefix("duckdb:///")
        floor = figures("bench.floor", database, str(runs))
        figures("bench.pandas_page", "export", database, folder)
        pandas = figures("bench.pandas_page", "page", folder, str(runs))
    slowest = max(waits["cold"] for waits in reports.values())
    page = max(waits["page_cold"] for waits in reports.values())
    line("eight answers by hand, raw tables, s", floor["raw"], 3)
    line("eight answers by hand, derived tables, s", floor["derived"], 3)
    line("plain pandas page, a filter change, s", pandas["seconds"], 3)
    line("plain pandas page, loading its frames, s", pandas["load"], 3)
    line("plain pandas page, peak memory, MB", pandas["peak_mb"], 0)
    line("slowest report cold, of the raw floor", slowest / floor["raw"])
    line("slowest report cold, of the derived floor", slowest / floor["derived"])
    line("slowest page cold, of the pandas page", page / pandas["seconds"])


def answers(url: str, runs: int) -> dict[str, dict[str, float]]:
    """Page -> what ``bench.answers.Waits`` holds, measured on a store."""
    return figures("bench.answers", url, str(runs))


def show(reports: dict[str, dict[str, float]]) -> None:
    """Print one line a page."""
    print(f"{'':12}" + "".join(f"{name.replace('_', ' '):>13}" for name in _COLUMNS))
    for page, waits in reports.items():
        print(f"{page:12}" + "".join(f"{waits[name]:13.3f}" for name in _COLUMNS))
