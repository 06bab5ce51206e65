"""What an import would store of a file, in a form that two files can be compared by."""

from __future__ import annotations

import tempfile
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ecom.errors import EcomError
from ecom.ingest import Examination, ExaminedTable, examine
from ecom.settings import Settings
from tests.layouts.case import Case, cases

CASES = {case.name: case for case in cases()}
Row = tuple[tuple[str, Any], ...]
Facts = dict[str, Counter[Row]]


def look(data: bytes, case: Case) -> Examination:
    """Examine bytes under the name and the shop of a case."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        return examine(path, shop=case.shop, settings=Settings(), secret=b"s", file_name=case.file)


@cache
def untouched(name: str) -> Examination:
    """The case as it is."""
    return look(CASES[name].content(CASES[name].tables), CASES[name])


def survives(data: bytes, case: Case) -> Examination | None:
    """Refused with a sentence (None), or every row accounted for and every lost one remarked on."""
    try:
        examination = look(data, case)
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


def adds_up(table: ExaminedTable) -> bool:
    """Whether each row of the file was stored, rejected, a total or a repeat of another."""
    staged = table.staged
    assert staged is not None
    known = staged.rows_rejected + staged.rows_totals + staged.rows_repeated
    return staged.rows_read == staged.tables[staged.grain].num_rows + known


def facts(examination: Examination) -> Facts:
    """Everything that would be stored."""
    found: Facts = {}
    for table in examination.tables:
        if table.staged is not None:
            for name, rows in table.staged.tables.items():
                found.setdefault(name, Counter()).update(map(row_of, rows.to_pylist()))
    return found


def numbers(examination: Examination) -> set[tuple[str, Decimal]]:
    """Every amount and quantity that would be stored, by its column."""
    return {
        (name, value)
        for rows in facts(examination).values()
        for row in rows
        for name, value in row
        if isinstance(value, Decimal) and value
    }


def total(examination: Examination, column: str) -> Decimal:
    """The sum of a column over all tables."""
    return sum(
        (
            value * count
            for rows in facts(examination).values()
            for row, count in rows.items()
            for name, value in row
            if name == column and isinstance(value, Decimal)
        ),
        Decimal(0),
    )


def row_of(row: dict[str, Any], *, without: tuple[str, ...] = ()) -> Row:
    """One stored row without where it stood; empty cells say nothing."""
    return tuple(
        sorted(
            (name, value)
            for name, value in row.items()
            if value not in (None, "") and name != "source_row" and name not in without
        )
    )


def grain_rows(table: ExaminedTable) -> dict[int, Row]:
    """What each line of the file became; how often an equal one stood above is left out."""
    assert table.staged is not None
    rows = table.staged.tables[table.staged.grain].to_pylist()
    return {row["source_row"]: row_of(row, without=("line_key", "event_id")) for row in rows}
