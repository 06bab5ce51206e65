"""The app as its users start it, on a free port of this machine, and what it tells of itself."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.child import ROOT

_START_SECONDS = 120
_PLAIN = ("--logger.enableRich=false",)  # tracebacks as Python writes them


@dataclass(frozen=True, slots=True)
class App:
    """A running app.

    Attributes
    ----------
    started : ``time.perf_counter`` when its process was started.
    """

    address: str
    process: subprocess.Popen[bytes]
    inbox: Path
    log: Path
    started: float

    def memory_mb(self) -> float:
        """What the process holds in memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def cpu_seconds(self) -> float:
        """What the process has used of the processors."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def computed(self) -> Counter[str]:
        """Each answer that was computed for all sessions, and how often it was."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return Counter(line for line in lines if line.startswith("ecom.ui.cache computing"))

    def asked(self) -> float:
        """How many answers the pages asked their shared cache for, by Streamlit's own count."""
        with urllib.request.urlopen(f"{self.address}/_stcore/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        ours = (line for line in lines if line.startswith("cache_lookups_total"))
        return sum(float(line.rsplit(" ", 1)[1]) for line in ours if "_team_answer" in line)

    def tracebacks(self) -> list[str]:
        """What the process logged as gone wrong, from its first line to the exception."""
        text = self.log.read_text(encoding="utf-8")
        return re.findall(r"^ *Traceback \(most.*?^\S[^\n]*$", text, re.MULTILINE | re.DOTALL)


@contextmanager
def running_app(url: str, *, script: str = "app.py") -> Iterator[App]:
    """Start the app on a store and end it afterwards.

    Parameters
    ----------
    url : of the store.
    script : from the project's root.
    """
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        folder = Path(name)
        inbox, log = folder / "inbox", folder / "app.log"
        inbox.mkdir()
        started = time.perf_counter()
        with log.open("w") as output:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "bench.serve",
                    "run",
                    script,
                    *_PLAIN,
                    f"--server.port={port}",
                ],
                cwd=ROOT,
                env={**os.environ, "ECOM_DATABASE_URL": url, "ECOM_INBOX": str(inbox)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        app = App(f"http://127.0.0.1:{port}", process, inbox, log, started)
        try:
            _until_healthy(app)
            yield app
        finally:
            process.terminate()
            process.wait(20)


def _until_healthy(app: App) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and app.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{app.address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"the app did not start: {app.log.read_text()}")
