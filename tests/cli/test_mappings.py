"""``mappings``: list, export, import, delete."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecom.cli import main
from ecom.ingest.mappings import teach
from ecom.store import open_store
from tests.cli.conftest import Run

CONTENT = {
    "id": "taught_0",
    "title": "Corner shop",
    "platform": "own",
    "language": "en",
    "grain": "orders",
    "evidence": "taught",
    "reference": ["No", "When", "Paid"],
    "required": ["No", "When", "Paid"],
    "columns": {
        "orders.order_id": ["No"],
        "orders.created_at": ["When"],
        "orders.paid_amount": ["Paid"],
    },
    "orders": {"status": "completed"},
}


@pytest.fixture
def taught(database: str) -> str:
    with open_store(database) as store:
        teach(store, CONTENT, ("No", "When", "Paid"))
    return database


def test_nothing_was_taught_yet(run: Run) -> None:
    assert run("mappings", "list").out == "No mapping was saved yet.\n"


def test_the_list_shows_what_was_taught(run: Run, taught: str) -> None:
    (one,) = run("mappings", "list", "--json").json
    assert one == {
        "mapping_id": 1, "title": "Corner shop", "grain": "orders", "columns": 3, "stored": 3,
    }  # fmt: skip
    assert "Corner shop" in run("mappings", "list").out


def test_a_mapping_travels_as_a_file(run: Run, taught: str, tmp_path: Path) -> None:
    path = tmp_path / "corner.yaml"
    assert run("mappings", "export", 1, path).status == 0
    other = f"duckdb:///{tmp_path}/other.duckdb"
    assert "Mapping 1, Corner shop, is added." in run("mappings", "import", path, url=other).out
    export = tmp_path / "orders.csv"
    export.write_text("No,When,Paid\nA1,2026-03-01,40.00\n")
    assert "1 rows = 1 new" in run("import", export, url=other).out


def test_a_deleted_mapping_is_gone(run: Run, taught: str) -> None:
    assert run("mappings", "delete", 1).status == 0
    answer = run("mappings", "delete", 1)
    assert answer.status == 1
    assert "There is no mapping 1." in answer.err


def test_an_unsound_file_is_a_sentence_and_status_1(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("- not a mapping\n")
    answer = run("mappings", "import", path)
    assert answer.status == 1
    assert "The file holds no mapping." in answer.err
    assert run("mappings", "import", tmp_path / "none.yaml").status == 1


def test_an_action_must_be_named() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["mappings"])
    assert ended.value.code == 2
