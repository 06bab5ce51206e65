"""Imports in the background show on the data page until they are closed."""

from __future__ import annotations

import threading
from pathlib import Path

from ecom.ingest import FileOutcome
from ecom.ui.workspace import import_jobs, team_workspace
from tests.ui.conftest import open_app, words

ORDERS = (
    "order_id,created_at,paid_at,status,paid_amount,currency\n"
    "o1,2026-03-01 10:00:00,2026-03-01 10:01:00,paid,100.00,CNY\n"
)


def test_a_job_is_shown_while_it_runs_and_after(database: str, tmp_path: Path) -> None:
    app = open_app("data")
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    loaded, go_on = threading.Event(), threading.Event()

    def hold(_: FileOutcome) -> None:
        loaded.set()
        go_on.wait(60)

    workspace = team_workspace()
    number = import_jobs().submit_file(
        workspace.store, path, owner=workspace.key, after=hold, file_name="mine.csv"
    )
    assert loaded.wait(60)
    app.run()
    assert not app.exception
    assert app.button(key=f"job_cancel_{number}").label == "Cancel"
    go_on.set()
    import_jobs().wait(number, seconds=60)
    app.run()
    assert not app.exception
    assert "mine.csv" in words(app)
    app.button(key=f"job_close_{number}").click().run()
    assert not app.exception
    assert f"job_close_{number}" not in {button.key for button in app.button}
