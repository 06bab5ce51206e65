"""Sheets of one export that show the same rows in another split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ecom.ingest.examination import ExaminedTable
from ecom.text import message


def leave_out_repeats(tables: Sequence[ExaminedTable]) -> tuple[ExaminedTable, ...]:
    """Of the sheets that a layout says overlap, keep the best; the others are not loaded."""
    best: dict[str, ExaminedTable] = {}
    for table in tables:
        if _rank(table) is not None:
            assert table.layout is not None
            known = best.get(table.layout.layout_id)
            if known is None or (_rank(table) or 0) < (_rank(known) or 0):
                best[table.layout.layout_id] = table
    return tuple(_left_out(table, best) for table in tables)


def _rank(table: ExaminedTable) -> int | None:
    """Place among the layout's overlapping sheets; None for a table that is none of them."""
    if table.layout is None or table.staged is None or table.sheet not in table.layout.sheets:
        return None
    return table.layout.sheets.index(table.sheet)


def _left_out(table: ExaminedTable, best: dict[str, ExaminedTable]) -> ExaminedTable:
    if _rank(table) is None or table.layout is None:
        return table
    kept = best[table.layout.layout_id]
    if kept is table:
        return table
    return replace(
        table,
        staged=None,
        problem=message(
            "This sheet shows the same visitors as “{sheet}” in another split.", sheet=kept.sheet
        ),
        remedy=message("Nothing is lost: “{sheet}” is loaded.", sheet=kept.sheet),
    )
