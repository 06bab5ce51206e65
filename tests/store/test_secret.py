"""The key that customers are hashed with."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecom.store import open_store


def test_a_key_file_that_a_crash_left_empty_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ECOM_SECRET", raising=False)
    (tmp_path / "s.key").touch()
    with open_store(f"duckdb:///{tmp_path}/s.duckdb") as store:
        secret = store.secret
    assert len(secret) == 32
    with open_store(f"duckdb:///{tmp_path}/s.duckdb") as store:
        assert store.secret == secret
