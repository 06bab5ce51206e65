"""Print the speed table."""

from __future__ import annotations

import argparse
import platform

from bench import importing, pages


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="size of the made-up shop")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each figure")
    options = parser.parse_args()
    print(f"Python {platform.python_version()} on {platform.machine()}\n")
    importing.measure(runs=options.runs)
    print()
    pages.measure(events=options.events, runs=options.runs)


main()
