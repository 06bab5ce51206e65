"""Every known export goes through the real import and comes out with hand-added figures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from sqlalchemy import func, select

from ecom.ingest import import_files, layouts
from ecom.schema import FACTS
from ecom.store import Store
from tests.layouts.case import Case, cases

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_figures_come_out(case: Case, store: Store, tmp_path: Path) -> None:
    (outcome,) = import_files(store, [case.write(tmp_path)], shop=case.shop)
    assert outcome.problem is None, str(outcome.problem)
    expect = case.expect
    assert {batch.layout_id for batch in outcome.batches} == {case.layout}
    assert all(account.adds_up for account in outcome.accounts)
    for part in ("read", "new", "changed", "unchanged", "rejected", "totals"):
        told = sum(getattr(account, part) for account in outcome.accounts)
        assert told == expect["account"].get(part, 0), part
    serious = {one.code for one in outcome.findings if one.severity != "info"}
    assert serious == set(expect.get("findings", []))
    for name, figure in expect.get("sums", {}).items():
        assert _sum(store, name) == Decimal(str(figure)), name
    for name, count in expect.get("distinct", {}).items():
        assert _distinct(store, name) == count, name
    for table, wanted in expect.get("rows", {}).items():
        current = store.read(select(FACTS[table]).where(FACTS[table].c.is_current))
        for row in wanted:
            assert _matching(current, row) == 1, (row, current[list(row)].to_dict("records"))


def test_every_layout_has_a_case() -> None:
    assert {layout.layout_id for layout in layouts()} - {case.layout for case in CASES} == set()


def test_every_published_export_has_a_layout(shared_dir: Path) -> None:
    known = yaml.safe_load((shared_dir / "exports" / "exports.yaml").read_text("utf-8"))
    assert {entry["id"] for entry in known} - {layout.layout_id for layout in layouts()} == set()


def _sum(store: Store, name: str) -> Decimal:
    table_name, _, column = name.partition(".")
    table = FACTS[table_name]
    what = func.sum(table.c[column]) if column else func.count()
    (figure,) = store.read(select(what.label("figure")).where(table.c.is_current))["figure"]
    return Decimal(str(figure)).quantize(Decimal("0.0001")).normalize()


def _distinct(store: Store, name: str) -> int:
    table_name, _, column = name.partition(".")
    table = FACTS[table_name]
    found = store.read(select(table.c[column]).where(table.c.is_current))[column]
    return int(found.replace("", None).nunique())


def _matching(frame: pd.DataFrame, row: dict[str, Any]) -> int:
    return sum(
        all(_same(found, value) for found, value in zip(cells, row.values(), strict=True))
        for cells in frame[list(row)].itertuples(index=False)
    )


def _same(found: Any, value: Any) -> bool:
    if value is None:
        return bool(pd.isna(found)) or found in ("", -1)
    if pd.isna(found):
        return False
    if isinstance(value, (bool, str)):
        return bool(found == value)
    if isinstance(value, (int, float)):
        return abs(float(found) - value) < 1e-9
    return pd.Timestamp(found) == pd.Timestamp(value)  # a day or a moment in UTC
