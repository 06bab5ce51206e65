"""Print the speed table, or a part of it."""

from __future__ import annotations

import argparse
import platform

from bench import importing, inbox, pages, streaming

PARTS = ("import", "pages")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all without")
    parser.add_argument("--events", type=int, default=1_000_000, help="size of the made-up shop")
    parser.add_argument(
        "--log", type=int, default=10_000_000, metavar="ROWS", help="length of the event log"
    )
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each figure")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    chosen = options.parts or PARTS
    print(f"Python {platform.python_version()} on {platform.machine()}\n")
    if "import" in chosen:
        importing.measure(runs=options.runs)
        print()
        streaming.measure(events=options.log)
        print()
        inbox.measure()
        print()
    if "pages" in chosen:
        pages.measure(events=options.events, runs=options.runs)


main()
