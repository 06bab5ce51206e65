"""Every registered report and its page, cold and cached, in a process of their own.

*Cold*: modules are loaded and the store is open, since another scope was asked for before, but
nothing of this scope was computed. *Cached* is what the next reader waits.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from streamlit.testing.v1 import AppTest

from bench.child import ROOT
from bench.shop import ninety_days
from ecom.analysis.registry import REPORTS
from ecom.model import Scope
from ecom.ui import cache
from ecom.ui.pages import PAGES
from ecom.ui.workspace import Workspace, team_workspace

_WAIT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Waits:
    """The least seconds of several runs; ``cpu`` is of all threads during the cold report."""

    cold: float
    cpu: float
    cached: float
    page_cold: float
    page_cached: float


def waits(runs: int) -> dict[str, Waits]:
    """Measure every report on the team's store.

    Parameters
    ----------
    runs : of each; every cold one is of a period that ends a day earlier.
    """
    workspace = team_workspace()
    for name in REPORTS:
        _page(name, "30d")
    return {name: _waits(workspace, name, runs) for name in REPORTS}


def _waits(workspace: Workspace, name: str, runs: int) -> Waits:
    store, version = workspace.store, workspace.store.version
    scopes = [Scope(period=ninety_days(earlier=run)) for run in range(runs)]
    cold = [_took(lambda scope=scope: REPORTS[name](store, scope)) for scope in scopes]
    cache.report(workspace, version, name, scopes[0], ())
    cached = [_took(lambda: cache.report(workspace, version, name, scopes[0], ())) for _ in scopes]
    page_cold, page_cached = [], []
    for _ in scopes:
        cache.forget()
        page_cold.append(_page(name, "90d"))
        page_cached.append(_page(name, "90d"))
    return Waits(
        cold=min(seconds for seconds, _ in cold),
        cpu=min(cpu for _, cpu in cold),
        cached=min(seconds for seconds, _ in cached),
        page_cold=min(page_cold),
        page_cached=min(page_cached),
    )


def _page(name: str, period: str) -> float:
    """Seconds of the whole script of the page that shows a report, as a new session runs it."""
    page = next(page for page in PAGES if name in page.reports)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=_WAIT_SECONDS)
    app.query_params["period"] = period
    if name != page.key:
        app.query_params[f"{page.key}_part"] = name
    app.switch_page(f"pages/{page.key}.py")
    seconds, _ = _took(app.run)
    if app.exception:
        raise SystemExit(f"{name}: {app.exception[0].message}")
    return seconds


def _took(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and processor seconds of all threads."""
    started, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - cpu


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ECOM_DATABASE_URL"] = sys.argv[1]
        os.environ["ECOM_INBOX"] = folder
        measured = waits(int(sys.argv[2]))
        print(json.dumps({name: asdict(one) for name, one in measured.items()}))
