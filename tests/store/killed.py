"""Import a file again and again, each time to die at another point. Run by ``test_kill``.

``python -m tests.store.killed FILE URLS``: every import is a process of its own with a store of its
own. ``URLS`` is JSON: of each name below (``NAMES``), the store that dies there.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.engine.default import DefaultDialect

from ecom.ingest import import_files
from ecom.store import derive, loading, open_store, versions
from ecom.store.engine import engine_support
from tests.ingest.test_streamed import in_blocks

SUPPORT = "the engine's"
# name -> what is called then, the call that is the last one, and whether it is still done
POINTS: dict[str, tuple[Any, str, int, bool]] = {
    "before the first rows": (SUPPORT, "insert", 1, False),
    "after the first rows": (SUPPORT, "insert", 1, True),
    "after the second rows": (SUPPORT, "insert", 2, True),
    "after the third rows": (SUPPORT, "insert", 3, True),
    "before comparing": (versions, "settle", 1, False),
    "after comparing": (versions, "settle", 1, True),
    "before deriving": (derive, "refresh", 1, False),
    "while deriving": (derive, "_fill", 2, True),
    "after deriving": (derive, "refresh", 1, True),
    "after the batch is noted": (loading, "record_batch", 1, True),
    "before the commit": (DefaultDialect, "do_commit", 1, False),
    "after the commit": (DefaultDialect, "do_commit", 1, True),
}
# in the commit, or at any time: after this share of a whole import
IN_COMMIT = {f"{delay * 1000:.0f} ms into the commit": delay for delay in (0.0, 0.002, 0.008)}
AT_TIMES = {f"after {share:.0%} of the time": share for share in (0.2, 0.5, 0.7, 0.9)}
NAMES = [*POINTS, *AT_TIMES, *IN_COMMIT]


def main() -> None:
    file, urls = Path(sys.argv[1]), json.loads(sys.argv[2])
    started = time.monotonic()
    run(urls["after"], file, lambda: None).wait()
    whole = time.monotonic() - started
    for name, point in POINTS.items():
        url = urls[name]
        run(url, file, lambda url=url, point=point: dies_at(url, *point)).wait()
    for name, share in AT_TIMES.items():
        process = run(urls[name], file, lambda: None)
        time.sleep(whole * share)
        process.kill()
    for name, delay in IN_COMMIT.items():
        reading, writing = os.pipe()
        process = run(urls[name], file, lambda writing=writing: tells_at_commit(writing))
        os.close(writing)
        os.read(reading, 1)  # nothing where it died before
        time.sleep(delay)
        process.kill()
        os.close(reading)


class Process:
    """A fork of this one: it has everything imported and nothing opened."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.number = os.fork()
        if not self.number:
            work()
            os._exit(0)

    def wait(self) -> None:
        os.waitpid(self.number, 0)

    def kill(self) -> None:
        os.kill(self.number, signal.SIGKILL)
        self.wait()


def run(url: str, file: Path, prepare: Callable[[], None]) -> Process:
    def work() -> None:
        with open_store(url) as store, in_blocks(2_000, 500):
            prepare()
            import_files(store, [file])

    return Process(work)


def dies_at(url: str, owner: Any, name: str, call: int, is_done: bool) -> None:
    """Let the process die when a function is called for the n-th time, before or after its work."""
    if owner == SUPPORT:
        owner = type(engine_support(url))
    original, calls = getattr(owner, name), itertools.count(1)

    def deadly(*arguments: Any, **options: Any) -> Any:
        is_last = next(calls) == call
        if is_last and not is_done:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **options)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


def tells_at_commit(writing: int) -> None:
    @sqlalchemy.event.listens_for(sqlalchemy.Engine, "commit")
    def tell(_: object) -> None:
        os.write(writing, b".")


if __name__ == "__main__":
    main()
