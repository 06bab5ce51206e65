"""Print the speed table, or parts of it.

import    files into an empty store: a workbook, a long event log, an inbox of many files
pages     every report and page beside hand-written SQL and a plain pandas page
refresh   a day of events into the large shop
browser   what a reader waits for in headless Chromium, and the start of the app
sessions  many readers at once while the app imports a file
engines   every report on each engine (not run unless named)
funnel    funnels never asked before beside ClickHouse's windowFunnel (not run unless named)
growth    every report at 1, 10 and, with --huge, 100 million events (not run unless named)
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from bench import (
    browser,
    engines,
    free_funnel,
    growth,
    importing,
    inbox,
    pages,
    refresh,
    sessions,
    streaming,
    yardstick,
)

_USUAL = ("import", "pages", "refresh", "browser", "sessions")
_NAMED = ("duckdb", "pandas", "plotly", "streamlit", "sqlalchemy")


def main() -> None:
    parser = _parser()
    options = parser.parse_args()
    unknown = set(options.parts) - set(_PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    versions = ", ".join(f"{name} {version(name)}" for name in _NAMED)
    print(f"Python {platform.python_version()} on {platform.machine()}, {versions}")
    with tempfile.TemporaryDirectory() as folder:
        options.keep = options.keep or Path(folder)  # the parts of this run share a shop
        for part in options.parts or _USUAL:
            print(f"\n--- {part}, {time.strftime('%Y-%m-%d %H:%M')}")
            yardstick.measure()
            _PARTS[part](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(_PARTS)}; the usual without")
    parser.add_argument("--events", type=int, default=10_000_000, help="size of the made-up shop")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each figure")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep made-up shops for later")
    parser.add_argument("--log", type=int, default=10_000_000, help="rows of the event log")
    parser.add_argument("--sessions", type=int, default=50, help="readers at once")
    parser.add_argument("--seconds", type=float, default=300, help="for which they read")
    parser.add_argument(
        "--url", action="append", default=[], help="a further store for engines; filled if empty"
    )
    parser.add_argument("--huge", action="store_true", help="growth goes on to 100,000,000 events")
    parser.add_argument("--draw", action="store_true", help="growth writes docs/growth.png")
    return parser


def _import(options: argparse.Namespace) -> None:
    importing.measure(runs=options.runs)
    print()
    streaming.measure(events=options.log)
    print()
    inbox.measure()


def _pages(options: argparse.Namespace) -> None:
    pages.measure(events=options.events, runs=options.runs, keep=options.keep)


def _refresh(options: argparse.Namespace) -> None:
    refresh.measure(events=options.events, keep=options.keep)


def _browser(options: argparse.Namespace) -> None:
    browser.measure(events=options.events, runs=options.runs, keep=options.keep)


def _sessions(options: argparse.Namespace) -> None:
    sessions.measure(
        events=options.events,
        sessions=options.sessions,
        seconds=options.seconds,
        keep=options.keep,
    )


def _engines(options: argparse.Namespace) -> None:
    engines.measure(events=options.events, runs=options.runs, keep=options.keep, urls=options.url)


def _funnel(options: argparse.Namespace) -> None:
    free_funnel.measure(events=options.events, runs=options.runs, keep=options.keep)


def _growth(options: argparse.Namespace) -> None:
    sizes = [1_000_000, 10_000_000, *([100_000_000] if options.huge else [])]
    growth.measure(sizes=sizes, runs=options.runs, keep=options.keep, draw=options.draw)


_PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "import": _import,
    "pages": _pages,
    "refresh": _refresh,
    "browser": _browser,
    "sessions": _sessions,
    "engines": _engines,
    "funnel": _funnel,
    "growth": _growth,
}

if __name__ == "__main__":
    main()
