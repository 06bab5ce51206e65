"""The parts of the benchmark as its help and docs/performance.md name them."""

from __future__ import annotations

import pytest

from bench import __main__ as bench
from tests.conftest import ROOT


@pytest.mark.parametrize("part", bench._PARTS)
def test_every_part_is_described(part: str) -> None:
    assert f"\n{part} " in (bench.__doc__ or "")
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert f"python -m bench {part}" in page


def test_what_runs_without_a_name_is_a_part() -> None:
    assert set(bench._USUAL) <= set(bench._PARTS)
