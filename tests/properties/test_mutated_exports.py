"""2,800 mutated exports: no traceback, rows always add up, numbers equal or reported."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecom.errors import EcomError
from ecom.ingest import Examination, ExaminedTable, examine
from ecom.settings import Settings
from tests.layouts.case import Case, CaseTable, cases
from tests.properties import mutations
from tests.properties.mutations import HARMLESS, TO_COLUMNS, TO_ROWS, WRAPPINGS, Wrapping

CASES = {case.name: case for case in cases()}
NAMES = st.sampled_from(sorted(CASES))
SEEDS = st.integers(0, 2**32)
MANY = settings(
    max_examples=700, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
Row = tuple[tuple[str, Any], ...]
Facts = dict[str, Counter[Row]]


def look(data: bytes, name: str) -> Examination:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        return examine(path, shop=None, settings=Settings(), secret=b"s", file_name=name)


def adds_up(table: ExaminedTable) -> bool:
    staged = table.staged
    assert staged is not None
    known = staged.rows_rejected + staged.rows_totals + staged.rows_repeated
    return staged.rows_read == staged.tables[staged.grain].num_rows + known


def row_of(row: dict[str, Any]) -> Row:
    """One stored row without where it stood; empty cells say nothing."""
    return tuple(
        sorted(
            (name, value)
            for name, value in row.items()
            if value not in (None, "") and name != "source_row"
        )
    )


def facts(examination: Examination) -> Facts:
    """Everything that would be stored."""
    found: Facts = {}
    for table in examination.tables:
        if table.staged is not None:
            for name, rows in table.staged.tables.items():
                found.setdefault(name, Counter()).update(map(row_of, rows.to_pylist()))
    return found


def grain_rows(table: ExaminedTable) -> dict[int, Row]:
    """What each line of the file became."""
    assert table.staged is not None
    rows = table.staged.tables[table.staged.grain].to_pylist()
    return {row["source_row"]: row_of(row) for row in rows}


def own(case: Case) -> Wrapping:
    return Wrapping("its own", case.container, case.encoding)


@cache
def untouched(name: str) -> Examination:
    case = CASES[name]
    return look(own(case).write(case.tables), case.file)


def can_wear(case: Case, wrapping: Wrapping) -> bool:
    """Several sheets need a workbook; typed cells lose their type in text."""
    is_text = case.container in ("csv", "tsv")
    return (is_text and len(case.tables) == 1) or wrapping.container == case.container


@MANY
@given(NAMES, st.sampled_from(WRAPPINGS), st.data(), SEEDS)
def test_harmless_changes_change_no_number(
    name: str, wrapping: Wrapping, data: st.DataObject, seed: int
) -> None:
    case, chance = CASES[name], random.Random(seed)
    changes = data.draw(st.lists(st.sampled_from(HARMLESS), max_size=3, unique=True))
    tables = tuple(changed(table, changes, chance) for table in case.tables)
    examination = look(
        (wrapping if can_wear(case, wrapping) else own(case)).write(tables), case.file
    )
    for table in examination.tables:
        assert table.problem is None, str(table.problem)
        assert adds_up(table)
    assert facts(examination) == facts(untouched(name))


@MANY
@given(NAMES, st.sampled_from(TO_ROWS), SEEDS)
def test_a_broken_row_is_reported_and_spares_the_others(
    name: str, change: mutations.Change, seed: int
) -> None:
    case, chance = CASES[name], random.Random(seed)
    tables = tuple(change(table, chance) for table in case.tables)
    examination = survives(own(case).write(tables), case.file)
    assert examination is not None
    for table, before, made, was in zip(
        examination.tables, untouched(name).tables, tables, case.tables, strict=True
    ):
        if table.staged is None:
            continue  # the broken cell was the only one that said what the table is
        broken = {
            table.header_row + number
            for number, (one, other) in enumerate(zip(made.rows, was.rows, strict=True), start=1)
            if one != other
        }
        now = grain_rows(table)
        for line, row in grain_rows(before).items():
            assert line in broken or now.get(line) == row, (line, broken)


@MANY
@given(NAMES, st.lists(st.sampled_from(TO_COLUMNS), min_size=1, max_size=2, unique=True), SEEDS)
def test_a_lost_column_is_asked_for_or_read_around(
    name: str, changes: list[mutations.Change], seed: int
) -> None:
    case, chance = CASES[name], random.Random(seed)
    tables = tuple(changed(table, changes, chance) for table in case.tables)
    assert survives(own(case).write(tables), case.file) is not None


@MANY
@given(NAMES, st.sampled_from([mutations.truncate, mutations.noise]), SEEDS)
def test_a_damaged_file_is_refused_or_read_as_far_as_it_goes(
    name: str, damage: Callable[[bytes, random.Random], bytes], seed: int
) -> None:
    case = CASES[name]
    survives(damage(own(case).write(case.tables), random.Random(seed)), case.file)


def changed(table: CaseTable, changes: list[mutations.Change], chance: random.Random) -> CaseTable:
    for change in changes:
        table = change(table, chance)
    return table


def survives(data: bytes, name: str) -> Examination | None:
    """Refused with a sentence (None), or every row accounted for and every lost one remarked on."""
    try:
        examination = look(data, name)
    except EcomError:
        return None
    for table in examination.tables:
        if table.staged is None:
            assert table.problem is not None
        else:
            assert adds_up(table)
            if table.staged.rows_rejected:
                assert any(one.severity == "error" for one in table.findings)
    return examination
