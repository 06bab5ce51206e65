"""An app of its own for ``test_processes``: opens a store, says so, does one thing when told.

``python -m tests.engines.importer URL import FILE...`` or ``... URL watch FOLDER``.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from ecom.inbox import watch
from ecom.ingest import import_files
from ecom.store import Shop, Store, open_store


def main() -> None:
    url, what, *given = sys.argv[1:]
    with open_store(url) as store:
        say("open")
        sys.stdin.readline()
        if what == "import":
            say(json.dumps(imported(store, [Path(name) for name in given])))
        else:
            watch_until_told(store, Path(given[0]))


def imported(store: Store, paths: list[Path]) -> dict[str, Any]:
    outcomes = import_files(store, paths, shop=Shop("shop"))
    batches = [batch for outcome in outcomes for batch in outcome.batches]
    return {
        "problems": [str(one.problem) for one in outcomes if one.problem],
        "new": [batch.file_name for batch in batches if not batch.already_loaded],
        "version": store.version,
    }


def watch_until_told(store: Store, folder: Path) -> None:
    stop = threading.Event()
    options = {"poll_seconds": 0.1, "stop": stop}
    watcher = threading.Thread(target=watch, args=(store, folder), kwargs=options)
    watcher.start()
    sys.stdin.readline()
    stop.set()
    watcher.join()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
