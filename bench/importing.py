"""Import of the Online Retail workbook against a bare read of the same file, in the same run."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench.child import ROOT, figures, line, tell

WORKBOOK = Path(os.environ.get("ECOM_SHARED", ROOT.parent / "shared")) / (
    "data/online_retail/online_retail.xlsx"
)


def measure(*, runs: int) -> None:
    """Print bare read, import, their ratio and the import's peak memory."""
    if not WORKBOOK.exists():
        print("workbook: skipped, needs the UCI Online Retail workbook (set ECOM_SHARED)")
        return
    pairs = [
        (figures("bench.importing", "bare"), figures("bench.importing", "import"))
        for _ in range(runs)
    ]
    print("Online Retail workbook, 541,909 rows")
    line("bare fastexcel read, s", statistics.median(bare["seconds"] for bare, _ in pairs))
    line("import, end to end, s", statistics.median(whole["seconds"] for _, whole in pairs))
    ratio = statistics.median(whole["seconds"] / bare["seconds"] for bare, whole in pairs)
    line("ratio (to reach: 2.5 at most)", ratio)
    line("peak memory, MB", max(whole["peak_mb"] for _, whole in pairs), 0)


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

    tell({"bare": _bare, "import": _import}[sys.argv[1]])
