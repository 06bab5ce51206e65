"""What a URL may be, and what is never said about it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from ecom.errors import SourceError
from ecom.store.external import opened
from ecom.store.external.faults import fault, scrubbed


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("hunter2", "no database URL"),
        ("oracle://bob:hunter2@db/shop", "“oracle” can't be read"),
        ("duckdb:///data/hunter2.duckdb", "“duckdb” can't be read"),
        ("sqlite://", "no such database"),
        ("sqlite:///:memory:", "no such database"),
        ("sqlite:////nowhere/hunter2.db", "no such database"),
        ("mysql://bob:hunter2@127.0.0.1:1/shop", "does not answer"),
        ("postgres://bob:hunter2@127.0.0.1:1/shop", "does not answer"),
        ("postgresql+asyncpg://bob:hunter2@127.0.0.1:1/shop", "does not answer"),
        ("mysql://bob:hunter2@127.0.0.1:port/shop", "no database URL"),
    ],
)
def test_a_url_that_can_not_be_used_is_explained_without_it(url: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence) as caught, opened(url):
        pass
    assert "hunter2" not in f"{caught.value!r} {caught.value}"


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("dear diary " * 500)
    with pytest.raises(SourceError, match="no such database"), opened(f"sqlite:///{path}") as it:
        it.first("orders", 1)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with (
        pytest.raises(SourceError, match=r"pip install psycopg\[binary\]"),
        opened("postgres://h/d"),
    ):
        pass


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("FATAL:  password authentication failed for user", "refuses the user"),
        ("(2013, 'Lost connection to MySQL server during query (timed out)')", "too long"),
        ("(2006, 'MySQL server has gone away')", "does not answer"),
        ('FATAL:  database "x" does not exist', "no such database"),
        ("ERROR:  permission denied for table orders", "may not read"),
        ("no such column: away", "not there: no such column: away"),
        ("some words nobody knows", "answers: some words nobody knows"),
    ],
)
def test_the_words_of_drivers_become_sentences(words: str, sentence: str) -> None:
    assert sentence in str(fault(words, make_url("mysql://bob:pw@h/d")))


def test_passwords_and_urls_are_scrubbed_in_every_spelling() -> None:
    url = make_url("mysql://bob:a%2Fb%20c@db/shop")
    for words in (
        "bad: a/b c", "bad: a%2Fb%20c", "bad: a%2Fb+c", "bad: mysql+pymysql://bob:x@db/shop",
    ):  # fmt: skip
        assert scrubbed(f"ERROR:  {words} !\nmore: a/b c", url).startswith("bad: •••")
