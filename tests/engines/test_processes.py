"""Several processes on one server: they take turns, see each other's versions, share an inbox."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ecom.errors import Cancelled
from ecom.inbox import hand_over, look, scan_once
from ecom.store import Store, open_store
from tests.conftest import ROOT, stage
from tests.engines.servers import STARTS, servers

SERVERS = [name for name in STARTS if name == "postgresql"]
HEAD = "order_id,created_at,paid_at,status,paid_amount,currency\n"
WAIT_SECONDS = 120


@pytest.fixture(params=SERVERS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database on a server."""
    made = servers[request.param].empty(is_kept=True)
    yield made
    servers[request.param].drop(made)


def orders(path: Path, *numbers: int, amount: int = 10) -> Path:
    paid = "2026-03-01 10:00:00"
    lines = [f"o{number},{paid},{paid},paid,{amount},CNY\n" for number in numbers]
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


@contextmanager
def app(url: str, *work: object) -> Iterator[subprocess.Popen[str]]:
    """A process that has the store open and waits for a line to begin its work."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.engines.importer", url, *map(str, work)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        if process.poll() is None:
            process.communicate("\n", timeout=WAIT_SECONDS)


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def test_two_importers_at_once_load_all_files_and_none_twice(url: str, tmp_path: Path) -> None:
    mine = [orders(tmp_path / f"mine-{n}.csv", n, n + 1) for n in range(4)]
    yours = [orders(tmp_path / f"yours-{n}.csv", n, n + 9) for n in range(4)]
    both = orders(tmp_path / "both.csv", 100)
    with (
        open_store(url) as store,
        app(url, "import", *mine, both) as one,
        app(url, "import", *yours, both) as other,
    ):
        go(one)
        go(other)
        first, second = told(one), told(other)
        assert first["problems"] == second["problems"] == []
        loaded = sorted(first["new"] + second["new"])
        assert loaded == sorted(path.name for path in (*mine, *yours, both))
        history = store.batches()
        assert sorted(history["batch_id"]) == list(range(1, 10))
        assert sorted(history["store_version"]) == list(range(1, 10))
        assert store.version == 9 == max(first["version"], second["version"])


def test_a_file_in_an_inbox_that_two_apps_watch_is_imported_once(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    files = [orders(tmp_path / f"file-{n}.csv", n, amount=n) for n in range(1, 7)]
    with (
        open_store(url) as store,
        app(url, "watch", folder) as one,
        app(url, "watch", folder) as two,
    ):
        go(one)
        go(two)
        hand_over(files, folder)
        deadline = time.monotonic() + WAIT_SECONDS
        while look(folder).sizes and time.monotonic() < deadline:
            time.sleep(0.1)
        assert sorted(path.name for path in folder.rglob("*")) == sorted(
            ["done", *(path.name for path in files)]
        )
        assert sorted(store.batches()["file_name"]) == [path.name for path in files]


def test_a_file_that_another_process_has_locked_is_left_alone(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    path = hand_over([orders(tmp_path / "orders.csv", 1)], folder)[0]
    code = (
        "import fcntl, sys; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_EX); "
        "print('locked', flush=True); sys.stdin.read()"
    )
    with (
        open_store(url) as store,
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as other,
    ):
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        assert scan_once(store, folder, settle_seconds=0.01) == ()
        other.kill()
        other.wait()
        (outcome,) = scan_once(store, folder, settle_seconds=0.01)
        assert outcome.problem is None


def test_a_writer_waits_for_another_process_and_can_be_called_off(url: str) -> None:
    asked = []

    def is_cancelled() -> bool:
        asked.append(1)
        return len(asked) > 3

    sale = stage("orders", [{"order_id": "1", "status": "paid"}])
    with open_store(url) as store, open_store(url) as elsewhere:
        with elsewhere.transaction():
            with pytest.raises(Cancelled):
                store.load(sale, cancelled=is_cancelled)
            assert reader_sees(store) == 0  # readers wait for nobody
        (batch,) = store.load(sale)
        assert elsewhere.version == batch.store_version == 1


def reader_sees(store: Store) -> int:
    with open_store(store.url) as late:  # opening one doesn't wait either
        return late.version
