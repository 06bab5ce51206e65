"""Files of systems nobody wrote a layout for, against what a person says of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecom.ingest import import_files
from ecom.ingest.mappings import teach
from ecom.ingest.recognition.guess import guess
from ecom.ingest.recognition.recognise import recognise
from ecom.ingest.recognition.taught import layout_of
from ecom.store import Store
from tests.ingest.recognition.conftest import UNKNOWN, from_text

FILES = pytest.mark.parametrize("file", UNKNOWN, ids=lambda file: file["name"])


@FILES
def test_the_columns_are_told(file: dict[str, Any]) -> None:
    raw = from_text(file["text"])
    found = guess(raw)
    assert found.grain == file["grain"]
    got = {column.header: column.target for column in found.columns if column.target}
    wanted = file["columns"]
    by_target = {target: header for header, target in wanted.items()}
    for target in file["key"]:
        assert got.get(by_target[target]) == target
    assert got == wanted, {h: str(c.reason) for c in found.columns for h in [c.header]}


@FILES
def test_only_what_the_file_does_not_say_is_asked(file: dict[str, Any]) -> None:
    found = guess(from_text(file["text"]))
    assert {one.key for one in found.questions} == set(file["asks"])
    for name, value in file.get("told", {}).items():
        assert getattr(found.told, name) == value


@FILES
def test_personal_columns_are_neither_shown_nor_stored(file: dict[str, Any]) -> None:
    personal = ("姓名", "电话", "手机", "mail", "Mail", "customerName")
    for column in guess(from_text(file["text"])).columns:
        # How many mails were sent is nobody's mail address.
        if any(word in column.header for word in personal) and column.header != "Emails Sent":
            assert column.target == ""
            assert set("".join(column.samples)) <= {"•"}


@FILES
def test_once_taught_the_file_is_known_and_loads(
    file: dict[str, Any], store: Store, tmp_path: Path
) -> None:
    raw = from_text(file["text"])
    found = guess(raw)
    if recognise(raw.headers).layout is None:
        path = tmp_path / "before_2026-03-31.csv"
        path.write_text(file["text"], "utf-8")
        assert import_files(store, [path])[0].problem is not None
    taught = teach(store, layout_of(found, title=file["name"]), raw.headers)
    path = tmp_path / "export_2026-03-31.csv"
    path.write_text(file["text"], "utf-8")
    (outcome,) = import_files(store, [path])
    assert outcome.problem is None, str(outcome.problem)
    assert {batch.layout_id for batch in outcome.batches} == {f"taught_{taught.mapping_id}"}
    read = len(file["text"].splitlines()) - 1
    (account,) = outcome.accounts
    assert (account.read, account.new) == (read, read), outcome.findings
