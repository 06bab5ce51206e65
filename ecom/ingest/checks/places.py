"""Where remarks stand: headers and cells as a spreadsheet names them, and every affected cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from ecom.store.staging import Finding

WHOLE_ROW = -1

# One row an affected cell: its spreadsheet row, the place of its column (0 is A) or ``WHOLE_ROW``,
# and the code of the remark. Only what is rejected or to be checked; notes are not marked.
MARKS = pa.schema([("row", pa.int32()), ("place", pa.int16()), ("code", pa.string())])


def located(
    findings: Sequence[Finding], headers: Sequence[str], targets: Mapping[str, str], *, sheet: str
) -> tuple[tuple[Finding, ...], pa.Table]:
    """Name the cells of remarks, and take the rows they mark out of them.

    Parameters
    ----------
    headers : of the file's table, as written.
    targets : answer of ``targets_of``; remarks made after mapping know the stored name only.
    sheet : where the table stands.

    Returns
    -------
    (findings, marks)
        ``marks`` has the schema ``MARKS``, at most ``findings.MARKED_ROWS`` rows a remark.
    """
    named, parts = [], []
    for one in findings:
        header = one.column if one.column in headers else targets.get(one.column, one.column)
        place = headers.index(header) if header in headers else WHOLE_ROW
        first = one.rows[0] if one.rows else None
        named.append(
            replace(
                one,
                sheet=one.sheet or sheet,
                column=header,
                cell="" if first is None else one.cell or cell_name(place, first),
                marked=None,
            )
        )
        if one.severity != "info" and one.marked is not None:
            parts.append(_marks(one.marked, place, one.code))
    return tuple(named), pa.concat_tables(parts) if parts else MARKS.empty_table()


def targets_of(mapping: pd.DataFrame) -> dict[str, str]:
    """The header that each stored column was read from, by ``table.column`` and by ``column``.

    Parameters
    ----------
    mapping : ``ExaminedTable.mapping``; of several headers of a column the first counts.
    """
    targets: dict[str, str] = {}
    for header, target in zip(mapping["header"], mapping["target"], strict=True):
        targets.setdefault(target, header)
        targets.setdefault(target.partition(".")[2], header)
    return targets


def cell_name(place: int, row: int) -> str:
    """C14 for column 2, row 14; the row's number alone for a whole row."""
    letters = ""
    number = place + 1
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _marks(rows: np.ndarray, place: int, code: str) -> pa.Table:
    count = len(rows)
    return pa.table(
        [
            pa.array(rows, pa.int32()),
            pa.array(np.full(count, place, dtype=np.int16)),
            pa.array([code] * count, pa.string()),
        ],
        schema=MARKS,
    )
