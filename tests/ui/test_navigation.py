"""The navigation trap of a folder called ``pages``; its story opens ``ecom/ui/frame.py``."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecom.ui.pages import PAGES
from tests.conftest import ROOT
from tests.ui.conftest import open_app


def test_the_sidebar_stays_when_the_app_runs_again(database: str) -> None:
    app = open_app()
    app.run()
    app.run()
    assert not app.exception
    assert "period.en" in {box.key for box in app.selectbox}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_each_page_runs_without_the_entry(database: str, page) -> None:
    app = AppTest.from_file(str(page.path), default_timeout=30).run()
    assert not app.exception
    assert [title.value for title in app.title] == [str(page.title)]


def test_a_deep_link_into_a_cold_process_gets_the_frame(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "ECOM_DATABASE_URL": "duckdb:///:memory:",
        "ECOM_INBOX": str(tmp_path / "inbox"),
    }
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", "app.py"),
            *("--server.port", str(port), "--server.enableAgentApi", "true"),
        ],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        answer = _ask(
            f"http://127.0.0.1:{port}", {"page": "settings", "query_params": {"lang": ["en"]}}
        )
    finally:
        server.terminate()
        server.wait(10)
    assert "Reporting currency" in answer
    assert "Overview" in answer  # the menu
    assert "Traceback" not in answer


def _ask(base: str, body: dict[str, object]) -> str:
    _wait(base)
    request = urllib.request.Request(
        f"{base}/_stcore/agent/interact",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        return reply.read().decode()


def _wait(base: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{base}/_stcore/health", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not start within 30 seconds")
