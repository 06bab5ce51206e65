"""``python -m ecom sources`` does what it says and never prints a URL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of two orders, its URL in the environment."""
    path = tmp_path / "hidden" / "own.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE orders (order_id, created_at, paid_at, status, paid_amount, currency);"
            "INSERT INTO orders VALUES"
            " ('a', '2026-03-01 10:00:00', '2026-03-01 10:01:00', 'paid', 40, 'EUR'),"
            " ('b', '2026-03-02 10:00:00', '2026-03-02 10:01:00', 'paid', 60, 'EUR');"
        )
    monkeypatch.setenv("SHOP_DB", f"sqlite:///{path}")
    return path


def test_a_source_is_added_tested_pulled_and_deleted(run: Run, secret: Path) -> None:
    assert run("sources", "list").out == "There are no sources.\n"
    made = run("sources", "add", "own", "--secret", "SHOP_DB", "--query", "orders", "--every", 60)
    assert (made.status, made.err) == (0, "")
    tested = run("sources", "test", "own")
    assert "2 rows = 2 new" in tested.out
    assert run("batches").out == "Nothing was loaded yet.\n"
    pulled = run("sources", "pull", "own")
    assert (pulled.status, "2 rows = 2 new" in pulled.out) == (0, True)
    assert "0 new + 0 changed + 2 unchanged" in run("sources", "pull", "own").out
    listed = run("sources", "list", "--json")
    (described,) = listed.json
    assert (described["secret"], described["every_minutes"]) == ("SHOP_DB", 60)
    assert "hidden" not in listed.out + pulled.out + tested.out + run("sources", "list").out
    assert run("sources", "delete", "own").status == 0
    assert run("sources", "list", "--json").json == []
    assert len(run("batches", "--json").json["rows"]) == 1


def test_faults_are_sentences_and_an_exit_status(run: Run, secret: Path) -> None:
    run("sources", "add", "own", "--secret", "SHOP_DB", "--query", "DROP TABLE orders")
    refused = run("sources", "pull", "own")
    assert (refused.status, "more than read" in refused.out) == (1, True)
    assert "more than read" in run("sources", "list").out
    missing = run("sources", "pull", "other")
    assert (missing.status, "no source “other”" in missing.err) == (1, True)
    named = run("sources", "add", "x", "--secret", "mysql://a:hunter2@h/d", "--query", "orders")
    assert named.status == 1
    assert "hunter2" not in named.out + named.err
