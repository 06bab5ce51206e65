"""Faults that people can mend are told in sentences; others are left alone."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from ecom.store import Store
from ecom.store.duckdb import support
from tests.conftest import stage


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ('IO Error: Could not write file "x.wal": No space left on device', "The disk is full"),
        (
            "Out of Memory Error: could not allocate block (953.4 MiB/953.6 MiB used)",
            "ran out of its memory",
        ),
        ("IO Error: Could not set lock on file: Conflicting lock is held", "Another program"),
        ("IO Error: The file exists, but it is not a valid DuckDB database file!", "not a DuckDB"),
        ('IO Error: Cannot open file "/x": Permission denied', "can't be opened"),
    ],
)
def test_an_engine_fault_becomes_a_sentence_with_a_remedy(words: str, sentence: str) -> None:
    explained = support.explain(RuntimeError(words))
    assert explained is not None
    assert sentence in str(explained.problem)
    assert explained.remedy is not None


def test_a_fault_of_ours_is_not_explained_away() -> None:
    assert support.explain(RuntimeError("Binder Error: no such column")) is None


@pytest.mark.only_on("duckdb", why="the setting is DuckDB's")
def test_a_failed_load_leaves_the_engine_all_its_threads(store: Store) -> None:
    def threads() -> int:
        with store._engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT current_setting('threads')").scalar_one())

    before = threads()
    wrong = stage("order_items", [{"order_id": "1", "line_key": "a", "quantity": "many"}])
    with pytest.raises(DBAPIError, match="many"):
        store.load(wrong)
    assert threads() == before
