"""A password is asked for or taken from the environment, and printed nowhere."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest
import pyzipper

from tests.cli.conftest import GOOD, HEADER, Run

SECRET = "open-sesame"


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    path = tmp_path / "orders.zip"
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(SECRET.encode())
        archive.writestr("orders.csv", "\n".join((HEADER, *GOOD)) + "\n")
    return path


def test_a_protected_file_says_that_it_needs_a_password(run: Run, locked: Path) -> None:
    answer = run("import", locked)
    assert answer.status == 1
    assert "protected by a password" in answer.out


def test_the_password_is_asked_for(run: Run, locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda: SECRET)
    answer = run("import", locked, "--password")
    assert answer.status == 0
    assert "orders.zip: 2 rows = 2 new" in answer.out
    assert SECRET not in answer.out + answer.err


def test_the_password_of_the_environment_is_taken(
    run: Run, locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECOM_FILE_PASSWORD", "wrong")
    assert "does not open" in run("import", locked).out
    monkeypatch.setenv("ECOM_FILE_PASSWORD", SECRET)
    answer = run("import", locked)
    assert answer.status == 0
    assert SECRET not in answer.out + answer.err
