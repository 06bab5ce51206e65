"""One figure from a process of its own: seconds, and the most memory it ever held."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def figures(module: str, *arguments: str) -> dict[str, Any]:
    """Run ``python -m module arguments`` and take the JSON that it printed last."""
    answer = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if answer.returncode:
        raise SystemExit(answer.stderr)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def tell(work: Callable[[], object]) -> None:
    """Do the work and print what it took; loading of modules stays outside."""
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))


def line(what: str, value: float, digits: int = 2) -> None:
    """One line of the table."""
    print(f"{what:52} {value:12,.{digits}f}")
