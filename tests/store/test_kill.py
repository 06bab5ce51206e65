"""A killed import leaves the store as it was; a locked one says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecom.errors import StoreLocked
from ecom.store import open_store
from tests.conftest import ROOT

LOAD_UNTIL_KILLED = """
    import sys
    from datetime import date
    from ecom.store import open_store, derive
    from tests.conftest import stage

    def row(number):
        return {"order_id": str(number), "kind": "sale", "status": "paid",
                "paid_amount": 1.0, "paid_date": date(2026, 1, 1)}

    store = open_store(sys.argv[1])
    store.load(stage("orders", [row(0)]))
    refresh = derive.refresh
    def slow(*arguments, **options):
        print("inside", flush=True)
        refresh(*arguments, **options)
        import time; time.sleep(60)
    derive.refresh = slow
    store.load(stage("orders", [row(number) for number in range(1, 5000)]))
"""


@pytest.fixture
def importer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(LOAD_UNTIL_KILLED),
            f"duckdb:///{tmp_path}/s.duckdb",
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        yield process
        process.kill()


def test_killing_the_import_in_the_middle_leaves_the_store_as_before(
    importer: subprocess.Popen[str], tmp_path: Path
) -> None:
    time.sleep(0.5)
    importer.send_signal(signal.SIGKILL)
    importer.wait(10)
    with open_store(f"duckdb:///{tmp_path}/s.duckdb") as store:
        assert store.version == 1
        assert store.batches()["rows_new"].tolist() == [1]


def test_a_store_held_by_another_process_says_so(
    importer: subprocess.Popen[str], tmp_path: Path
) -> None:
    with pytest.raises(StoreLocked, match="Another program has the database open"):
        open_store(f"duckdb:///{tmp_path}/s.duckdb")
    assert importer.poll() is None
