"""Import of the Online Retail workbook against a bare read of the same file, in the same run."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKBOOK = Path(os.environ.get("ECOM_SHARED", ROOT.parent / "shared")) / (
    "data/online_retail/online_retail.xlsx"
)


def measure(*, runs: int) -> None:
    """Print bare read, import, their ratio and the import's peak memory."""
    if not WORKBOOK.exists():
        print("import: skipped, needs the UCI Online Retail workbook (set ECOM_SHARED)")
        return
    pairs = [(_child("bare"), _child("import")) for _ in range(runs)]
    bare = statistics.median(first["seconds"] for first, _ in pairs)
    whole = statistics.median(second["seconds"] for _, second in pairs)
    ratio = statistics.median(second["seconds"] / first["seconds"] for first, second in pairs)
    peak = max(second["peak_mb"] for _, second in pairs)
    print(f"{'Online Retail workbook, 541,909 rows':42} {'seconds':>8}")
    print(f"{'bare fastexcel read':42} {bare:8.2f}")
    print(f"{'import into the store, end to end':42} {whole:8.2f}")
    print(f"{'ratio (to reach: 3.0)':42} {ratio:8.2f}")
    print(f"{'peak memory of the import, MB':42} {peak:8.0f}")


def _child(what: str) -> dict[str, float]:
    """Each figure comes from a process of its own, imports and start-up not counted."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.importing", what],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def _bare() -> None:
    import fastexcel

    fastexcel.read_excel(WORKBOOK).load_sheet(0).to_arrow()


def _import() -> None:
    from ecom.ingest import import_files
    from ecom.store import open_store

    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"duckdb:///{folder}/s.duckdb") as store,
    ):
        (outcome,) = import_files(store, [WORKBOOK])
        if outcome.problem is not None:
            raise SystemExit(str(outcome.problem))


if __name__ == "__main__":
    import fastexcel  # noqa: F401  (loaded before the clock starts, for both)

    import ecom.ingest  # noqa: F401

    started = time.perf_counter()
    {"bare": _bare, "import": _import}[sys.argv[1]]()
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))
