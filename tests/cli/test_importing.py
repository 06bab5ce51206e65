"""``import``, ``batches``, ``undo`` and ``templates``: what is said, stored and returned."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ecom.store import open_store
from tests.cli.conftest import GOOD, HEADER, Run
from tests.conftest import ROOT

HOLDER = """
import sys
from ecom.store import open_store
with open_store(sys.argv[1]):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_an_import_accounts_for_every_row(run: Run, orders_csv: Path) -> None:
    answer = run("import", orders_csv, "--shop", "corner")
    assert answer.status == 0
    assert (
        "orders.csv: 3 rows = 2 new + 0 changed + 0 unchanged + 1 rejected + 0 totals" in answer.out
    )
    assert "The cell that names the row is empty. (1×)" in answer.out


def test_the_json_account_adds_up(run: Run, orders_csv: Path) -> None:
    (outcome,) = run("import", orders_csv, "--shop", "corner", "--json").json
    (account,) = outcome["accounts"]
    parts = [account[name] for name in ("new", "changed", "unchanged", "rejected", "totals")]
    assert (account["read"], parts) == (3, [2, 0, 0, 1, 0])
    assert outcome["batches"][0]["shop_id"] == "corner"
    assert outcome["problem"] is None


def test_the_same_file_again_changes_nothing(run: Run, orders_csv: Path) -> None:
    run("import", orders_csv)
    (outcome,) = run("import", orders_csv, "--json").json
    assert outcome["accounts"][0]["unchanged"] == 2
    assert len(run("batches", "--json").json["rows"]) == 1


def test_a_dry_run_says_the_same_and_stores_nothing(run: Run, orders_csv: Path) -> None:
    planned = run("import", orders_csv, "--dry-run")
    assert planned.status == 0
    assert run("batches").out == "Nothing was loaded yet.\n"
    assert planned.out == run("import", orders_csv).out


def test_unknown_columns_are_a_sentence_and_status_1(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "poem.csv"
    path.write_text("rose,violet\nred,blue\n")
    answer = run("import", path)
    assert answer.status == 1
    assert "poem.csv: No known export has these columns." in answer.out
    assert "templates" in answer.out


def test_one_bad_file_does_not_keep_the_others_out(
    run: Run, tmp_path: Path, orders_csv: Path
) -> None:
    path = tmp_path / "poem.csv"
    path.write_text("rose,violet\nred,blue\n")
    answer = run("import", path, orders_csv, "--json")
    assert answer.status == 1
    assert [outcome["problem"] is None for outcome in answer.json] == [False, True]
    assert len(run("batches", "--json").json["rows"]) == 1


def test_a_missing_file_is_named_and_nothing_is_loaded(run: Run, orders_csv: Path) -> None:
    answer = run("import", orders_csv, "nowhere.csv")
    assert (answer.status, answer.out) == (1, "")
    assert answer.err == "There is no file nowhere.csv. Check the path.\n"
    assert run("batches").out == "Nothing was loaded yet.\n"


def test_a_fault_is_json_too(run: Run) -> None:
    answer = run("import", "nowhere.csv", "--json")
    assert answer.json == {
        "error": "There is no file nowhere.csv.",
        "remedy": "Check the path.",
    }


def test_batches_are_listed_and_undone(run: Run, orders_csv: Path) -> None:
    run("import", orders_csv, "--shop", "corner")
    header, row = run("batches").out.splitlines()
    assert header.split()[:3] == ["batch_id", "loaded_at", "shop_id"]
    assert "corner" in row
    assert "own_orders" in row
    assert run("undo", 1).out == "Batch 1 is undone.\n"
    assert run("batches").out == "Nothing was loaded yet.\n"


def test_an_unknown_batch_is_status_1(run: Run) -> None:
    answer = run("undo", 12)
    assert (answer.status, answer.out) == (1, "")
    assert answer.err == "There is no batch 12. The list of batches shows the numbers.\n"


def test_templates_can_be_imported_as_they_are(run: Run, tmp_path: Path) -> None:
    answer = run("templates", tmp_path / "templates", "--json")
    assert len(answer.json) > 5
    imported = run("import", *answer.json, "--shop", "corner", "--json")
    assert imported.status == 0
    assert {account["read"] for one in imported.json for account in one["accounts"]} == {1}
    assert {account["new"] for one in imported.json for account in one["accounts"]} == {1}


def test_a_folder_that_cannot_be_made_is_a_sentence(run: Run, orders_csv: Path) -> None:
    answer = run("templates", orders_csv)  # a file has that name
    assert answer.status == 1
    assert "orders.csv: " in answer.err


def test_a_database_no_engine_can_open_is_a_sentence(run: Run) -> None:
    answer = run("batches", url="oracle://host/shop")
    assert answer.status == 1
    assert "oracle://host/shop" in answer.err
    assert "duckdb" in answer.err


def test_the_chinese_reader_is_answered_in_chinese(run: Run, orders_csv: Path) -> None:
    wrong = run("import", "nowhere.csv", "--lang", "zh_CN").err
    right = run("import", orders_csv, "--lang", "zh_CN").out
    assert all(re.search("[一-鿿]", said) for said in (wrong, right))


def test_files_are_handed_to_the_process_that_holds_the_store(
    run: Run, database: str, orders_csv: Path, tmp_path: Path
) -> None:
    with open_store(database):
        pass  # the file is there now
    inbox = tmp_path / "inbox"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        try:
            answer = run("import", orders_csv, "--shop", "corner", "--inbox", inbox)
            dry = run("import", orders_csv, "--inbox", inbox, "--dry-run")
            report = run("report", "overview")
        finally:
            holder.communicate("")
    assert answer.status == 0
    assert "was handed 1 file(s)" in answer.out
    assert (inbox / "orders.csv").read_text() == orders_csv.read_text()
    assert (inbox / "orders.csv.shop").read_text() == "corner"
    assert (dry.status, report.status) == (1, 1)  # these need the store itself
    assert dry.err
    assert report.err


@pytest.mark.parametrize(
    ("rows", "status"), [((HEADER, *GOOD), 0), (("rose,violet", "red,blue"), 1)]
)
def test_a_shell_sees_the_status(
    database: str, tmp_path: Path, rows: tuple[str, ...], status: int
) -> None:
    path = tmp_path / "file.csv"
    path.write_text("\n".join(rows) + "\n")
    answer = subprocess.run(
        [sys.executable, "-m", "ecom", "import", str(path), "--database", database],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == status
    assert "Traceback" not in answer.stderr
