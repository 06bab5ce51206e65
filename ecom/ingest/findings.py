"""Remarks about a file: one place for their words, one function to make them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from ecom.store.staging import Finding
from ecom.text import Text, message

SHOWN_ROWS = 5
_RE_EXPORT = message("Export the file again and add it without opening it in Excel.")
_CORRECT = message("Correct the cell and add the file again; rows already loaded are not doubled.")


@dataclass(frozen=True, slots=True)
class Remark:
    """The severity and the words of one code."""

    severity: str
    text: Text
    remedy: Text | None = None


REMARKS: Mapping[str, Remark] = {
    "BAD_NUMBER": Remark("error", message("This is not a number."), _CORRECT),
    "BAD_DATE": Remark("error", message("This is not a date that can be read."), _CORRECT),
    "AMBIGUOUS_DATE": Remark(
        "warning",
        message("Day and month can be told apart in no row of this column."),
        message("Check one date in the preview; export dates as 2026-01-31 to be sure."),
    ),
    "OUT_OF_RANGE_DATE": Remark("error", message("The date lies before the year 2000."), _CORRECT),
    "FUTURE_DATE": Remark("error", message("The date lies in the future."), _CORRECT),
    "ID_PRECISION_LOST": Remark(
        "error", message("Excel has rounded this number, its last digits are lost."), _RE_EXPORT
    ),
    "MISSING_ID": Remark("error", message("The cell that names the row is empty."), _CORRECT),
    "DUPLICATE_KEY": Remark(
        "error",
        message("A later row of the same file says something else about the same thing."),
        message("Keep one of the two rows, or add the column that tells them apart."),
    ),
    "TRUNCATED_FILE": Remark(
        "error",
        message("The last line is cut off; the export was not complete."),
        message("Export the file again; the rows before are loaded."),
    ),
    "UNCLOSED_QUOTE": Remark(
        "error",
        message("A quotation mark is never closed; all lines after it were taken for one cell."),
        message("Close or remove the quotation mark in this line and add the file again."),
    ),
    "RAGGED_ROW": Remark(
        "error",
        message("The line has another number of cells than the header."),
        message("Look for an unquoted delimiter or line break in this line."),
    ),
    "ROW_LIMIT": Remark(
        "warning",
        message("The file ends exactly at Excel's row limit; later rows may be missing."),
        message("Export a shorter period."),
    ),
    "UNKNOWN_STATUS": Remark(
        "warning",
        message("This order status is not known; such orders are counted and shown as “unknown”."),
    ),
    "ORDER_MONEY_DISAGREES": Remark(
        "warning",
        message("Rows of one order show different order amounts; the first one is used."),
    ),
    "TOTAL_DISAGREES": Remark(
        "warning",
        message("The total line of the file differs from the sum of its rows."),
        message("Rows may be missing from the export; export it again or check rejected rows."),
    ),
    "TOTAL_ROWS": Remark("info", message("Total lines were recognised and not loaded.")),
    "ROWS_SKIPPED": Remark("info", message("Lines without data of their own were skipped.")),
    "ROWS_MERGED": Remark(
        "info", message("Lines that differ in no stored column were added up into one.")
    ),
    "DUPLICATE_HEADER": Remark(
        "warning", message("Two columns have the same name; the first one is used.")
    ),
    "AMBIGUOUS_LAYOUT": Remark(
        "warning",
        message("The columns fit two known exports equally well."),
        message("Check the preview; choose the other layout if it is wrong."),
    ),
    "DATE_FROM_FILE": Remark(
        "warning",
        message("The table holds no date; the date of the file is used."),
        message("Put the date into the file name, such as stock_2026-01-31.csv."),
    ),
    "NOT_DAILY": Remark(
        "warning",
        message("The rows cover several days; they are kept whole and shown only as a total."),
        message("Export by day to see a curve."),
    ),
}


def finding(
    code: str,
    *,
    sheet: str = "",
    column: str = "",
    value: str = "",
    rows: tuple[int, ...] = (),
    occurrences: int = 1,
) -> Finding:
    """One remark with the words of its code."""
    remark = REMARKS[code]
    return Finding(
        remark.severity, code, remark.text, remark.remedy, sheet, column, value, rows, occurrences
    )


def added_up(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Remarks about parts of a table as remarks about all of it, in order of first appearance."""
    found: dict[tuple[str, str, str], Finding] = {}
    for one in findings:
        key = (one.code, one.sheet, one.column)
        known = found.get(key)
        found[key] = (
            one
            if known is None
            else replace(
                known,
                rows=(*known.rows, *one.rows)[:SHOWN_ROWS],
                occurrences=known.occurrences + one.occurrences,
            )
        )
    return tuple(found.values())


def finding_at(
    code: str,
    mask: np.ndarray,
    row_numbers: np.ndarray,
    *,
    sheet: str = "",
    column: str = "",
    cells: pa.Array | None = None,
) -> Finding:
    """One remark about all rows where ``mask`` is true, with the first rows and the first value.

    Parameters
    ----------
    mask : bool array, one per row, at least one true
    row_numbers : int array, spreadsheet rows
    cells : the raw cells, or None when they are personal and must not be shown
    """
    where = np.flatnonzero(mask)
    value = "" if cells is None else str(cells[int(where[0])].as_py() or "")[:80]
    return finding(
        code,
        sheet=sheet,
        column=column,
        value=value,
        rows=tuple(int(row) for row in row_numbers[where[:SHOWN_ROWS]]),
        occurrences=len(where),
    )
