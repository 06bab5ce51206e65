"""Remarks about a file: one place for their words, one function to make them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa

from ecom.ingest.cells.privacy import looks_personal
from ecom.store.staging import Finding
from ecom.text import Text, message

SHOWN_ROWS = 5
MARKED_ROWS = 100_000  # of one remark; more can't be mended by hand
HIDDEN = "…"  # stands for a value that is not to be shown
_RE_EXPORT = message("Export the file again and add it without opening it in Excel.")
_EXPORT_AGAIN = message("Export the file again.")
_CORRECT = message("Correct the cell and add the file again; rows already loaded are not doubled.")
_LOOK = message("Check these cells; they are loaded as they are.")
_A_DAY = message("A day from 2000-01-01 to tomorrow, such as 2026-01-31.")
_WHOLE_FILE = message("All lines of the export, the last one complete.")
_SAME_WIDTH = message("As many cells in each line as the header has.")


@dataclass(frozen=True, slots=True)
class Remark:
    """The severity and the words of one code; ``allowed`` says what may stand there instead."""

    severity: str
    text: Text
    remedy: Text | None = None
    allowed: Text | None = None


REMARKS: Mapping[str, Remark] = {
    # --- cells that can't be read -----------------------------------------------------------
    "BAD_NUMBER": Remark(
        "error",
        message("This is not a number."),
        _CORRECT,
        message("A number such as 1234.50 or 1,234.50; counts are whole; an empty cell."),
    ),
    "BAD_DATE": Remark("error", message("This is not a date that can be read."), _CORRECT, _A_DAY),
    "AMBIGUOUS_DATE": Remark(
        "warning",
        message("Day and month can be told apart in no row of this column."),
        message("Check one date in the preview; export dates as 2026-01-31 to be sure."),
        _A_DAY,
    ),
    "OUT_OF_RANGE_DATE": Remark(
        "error", message("The date lies before the year 2000."), _CORRECT, _A_DAY
    ),
    "FUTURE_DATE": Remark("error", message("The date lies in the future."), _CORRECT, _A_DAY),
    "ID_PRECISION_LOST": Remark(
        "error",
        message("Excel has rounded this number, its last digits are lost."),
        _RE_EXPORT,
        message("The id with all its digits, as text."),
    ),
    "MISSING_ID": Remark(
        "error",
        message("The cell that names the row is empty."),
        _CORRECT,
        message("A value in every row."),
    ),
    "PERSONAL_DROPPED": Remark(
        "info",
        message("These cells hold something about a person; they are left empty and not stored."),
        message("Nothing needs to be done; another column may serve better."),
        message("Text without names, phone numbers, addresses, e-mails or identity numbers."),
    ),
    # --- quantities and money ---------------------------------------------------------------
    "IMPOSSIBLE_QUANTITY": Remark(
        "error",
        message("No order line has so many pieces; an id or a price may stand in this column."),
        _CORRECT,
        message("A quantity below 1,000,000."),
    ),
    "NEGATIVE_QUANTITY": Remark(
        "warning",
        message("The quantity is negative, but this export has no returns."),
        _LOOK,
        message("A quantity of 0 or more; refunds belong into the refund column."),
    ),
    "QUANTITY_ZERO_WITH_MONEY": Remark(
        "warning",
        message("There is an amount for a quantity of 0."),
        _LOOK,
        message("A quantity of 1 or more where there is an amount."),
    ),
    "LINE_AMOUNT_DISAGREES": Remark(
        "warning",
        message("The amount of the line is more than quantity × unit price."),
        _LOOK,
        message("At most quantity × unit price, give or take 1 %."),
    ),
    "UNLIKE_CURRENCIES": Remark(
        "warning",
        message("There is more than one currency; unlike currencies are never added."),
        message("Add each currency's rows as a file and a shop of its own."),
        message("One currency in a file, that of the shop."),
    ),
    # --- rows and the whole table -----------------------------------------------------------
    "DUPLICATE_KEY": Remark(
        "error",
        message("A later row of the same file says something else about the same thing."),
        message("Keep one of the two rows, or add the column that tells them apart."),
        message("One row for each id."),
    ),
    "REPEATED_ROWS": Remark(
        "info",
        message("Rows that repeat another row exactly count once."),
        allowed=message("Each row once."),
    ),
    "TRUNCATED_FILE": Remark(
        "error",
        message("The last line is cut off; the export was not complete."),
        message("Export the file again; the rows before are loaded."),
        _WHOLE_FILE,
    ),
    "UNCLOSED_QUOTE": Remark(
        "error",
        message("A quotation mark is never closed; all lines after it were taken for one cell."),
        message("Close or remove the quotation mark in this line and add the file again."),
        message("Quotation marks in pairs."),
    ),
    "RAGGED_ROW": Remark(
        "error",
        message("The line has another number of cells than the header."),
        message("Look for an unquoted delimiter or line break in this line."),
        _SAME_WIDTH,
    ),
    "ROW_LIMIT": Remark(
        "warning",
        message("The file ends exactly at Excel's row limit; later rows may be missing."),
        message("Export a shorter period."),
        message("Fewer than 1,048,575 rows, in old workbooks fewer than 65,535."),
    ),
    "ROW_COUNT_DISAGREES": Remark(
        "warning",
        message("The lines above the header name another number of rows than there are."),
        message("Rows may be missing from the export; export it again."),
        message("As many rows as the file says."),
    ),
    "FORMULA_NO_VALUE": Remark(
        "warning",
        message("The cell holds a formula whose value was never saved; formulas are not computed."),
        message("Open the file in Excel, save it, and add it again."),
        message("A value, or a formula whose value was saved."),
    ),
    "ERROR_CELL": Remark(
        "error",
        message("The cell holds a spreadsheet error instead of a value."),
        _CORRECT,
        message("A value, or an empty cell."),
    ),
    "HIDDEN_SHEETS": Remark(
        "info",
        message("Hidden sheets were left out."),
        allowed=message("Visible sheets; show a hidden one to have it read."),
    ),
    "HIDDEN_ROWS": Remark(
        "info",
        message("Hidden rows are included."),
        allowed=message("Hidden rows may stay; delete those that must not count."),
    ),
    "UNKNOWN_STATUS": Remark(
        "warning",
        message("This order status is not known; such orders are counted and shown as “unknown”."),
        message("Nothing needs to be done; tell us the word, so that it is known."),
        message("The words that the platform's export uses."),
    ),
    "ORDER_MONEY_DISAGREES": Remark(
        "warning",
        message("Rows of one order show different order amounts; the first one is used."),
        _LOOK,
        message("The same order amount in all rows of an order."),
    ),
    "ORDER_LINES_INCOMPLETE": Remark(
        "warning",
        message("The lines of the order add up to less than its goods; lines may be missing."),
        message("Export orders with all their lines, without a filter on products."),
        message("Lines that add up to the amount of goods, give or take 1 %."),
    ),
    "TOTAL_DISAGREES": Remark(
        "warning",
        message("The total line of the file differs from the sum of its rows."),
        message("Rows may be missing from the export; export it again or check rejected rows."),
        message("A total that equals the sum of the rows."),
    ),
    "TOTAL_ROWS": Remark(
        "info",
        message("Total lines were recognised and not loaded."),
        allowed=message("Total lines may stay; they check the sum."),
    ),
    "ROWS_SKIPPED": Remark(
        "info",
        message("Lines without data of their own were skipped."),
        allowed=message("Such lines may stay."),
    ),
    "ROWS_LEFT_OUT": Remark(
        "info",
        message("Rows that must not count, such as test payments, were left out."),
        allowed=message("Such rows may stay."),
    ),
    "ROWS_MERGED": Remark(
        "info",
        message("Lines that differ in no stored column were added up into one."),
        allowed=message("Such lines may stay."),
    ),
    "DUPLICATE_HEADER": Remark(
        "warning",
        message("Two columns have the same name; the first one is used."),
        message("Rename or delete one of them."),
        message("Column names without repeats."),
    ),
    "AMBIGUOUS_LAYOUT": Remark(
        "warning",
        message("The columns fit two known exports equally well."),
        message("Check the preview; choose the other layout if it is wrong."),
        message("The columns of one known export."),
    ),
    "DATE_FROM_FILE": Remark(
        "warning",
        message("The table holds no date; the date of the file is used."),
        message("Put the date into the file name, such as stock_2026-01-31.csv."),
        message("A date column, or a date in the file name."),
    ),
    "ROW_CAP": Remark(
        "warning",
        message("The file has as many rows as this platform exports at most; more may be missing."),
        message("Export a shorter period."),
        message("Fewer rows than the platform exports at most."),
    ),
    "UNKNOWN_WORD": Remark(
        "warning",
        message("This word of the platform is not known; such rows are shown as “unknown”."),
        message("Nothing needs to be done; tell us the word, so that it is known."),
        message("A word that the platform uses."),
    ),
    "DATE_INFERRED": Remark(
        "warning",
        message("The order has no time; its day is taken from the order number."),
        message("Tick the column with the time of payment when exporting."),
        message("A time in the column of payment or of the order."),
    ),
    "SPLIT_ROW_UNRESOLVED": Remark(
        "error",
        message("The row holds several lines of an order and does not say how many of each."),
        message("Export the orders with one row for each line."),
        message("One line of an order in each row, or as many quantities as lines."),
    ),
    "SPLIT_ROWS": Remark(
        "warning",
        message(
            "Rows that hold several lines of an order were split; their amounts are shared out "
            "equally."
        ),
        message("Export the orders with one row for each line to have the true amounts."),
        message("One line of an order in each row."),
    ),
    "ROLLUP_DISAGREES": Remark(
        "warning",
        message("A subtotal is larger than the sum of its parts."),
        message("Rows may be missing from the export; export it again or check rejected rows."),
        message("A subtotal no larger than the sum of its parts."),
    ),
    "NOT_DAILY": Remark(
        "warning",
        message("The rows cover several days; they are kept whole and shown only as a total."),
        message("Export by day to see a curve."),
        message("One row for each day, or rows of several days."),
    ),
    # --- against what the store knows -------------------------------------------------------
    "FOREIGN_SHOP_SUSPECTED": Remark(
        "warning",
        message("Hardly any id of this file is known for the shop, but another shop knows them."),
        message("Choose the right shop, or confirm that the file belongs to this one."),
        message("A file of the shop it is loaded for."),
    ),
    "LINES_WOULD_VANISH": Remark(
        "warning",
        message(
            "The file has fewer lines of these orders than are loaded; loading it drops the others."
        ),
        message("Export the orders with all their lines, without a filter on products."),
        message("All lines of each order in the file."),
    ),
    "STOCK_DAY_REPEATED": Remark(
        "warning",
        message("A stock list of this day and warehouse is loaded; the newer file counts."),
        message("Nothing needs to be done when this file is a correction."),
        message("One list for each day and warehouse."),
    ),
    "TOTALS_UNTOLD": Remark(
        "info",
        message("The column that tells totals from rows is missing; a total would count as a row."),
        message("Export it, too, or check that no line is a total."),
        message("All columns of the export."),
    ),
    "PART_MISSING": Remark(
        "warning",
        message("A column that amounts are made of is missing; they are made without it."),
        message("Export it, too, unless it holds nothing."),
        message("All columns of the export."),
    ),
    "STOCK_SHRANK": Remark(
        "warning",
        message("The list has less than half as many items as the one before; some are missing."),
        message("Check that the export had no filter."),
        message("Every item of the warehouse."),
    ),
}  # fmt: skip


def finding(
    code: str,
    *,
    sheet: str = "",
    column: str = "",
    value: str = "",
    rows: tuple[int, ...] = (),
    occurrences: int = 1,
    marked: np.ndarray | None = None,
) -> Finding:
    """One remark with the words of its code."""
    remark = REMARKS[code]
    return Finding(
        severity=remark.severity,
        code=code,
        text=remark.text,
        remedy=remark.remedy,
        allowed=remark.allowed,
        sheet=sheet,
        column=column,
        value=value,
        rows=rows,
        occurrences=occurrences,
        marked=marked,
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
    marked = row_numbers[where[:MARKED_ROWS]].astype(np.int32)
    return finding(
        code,
        sheet=sheet,
        column=column,
        value="" if cells is None else shown_value(cells[int(where[0])].as_py()),
        rows=tuple(marked[:SHOWN_ROWS].tolist()),
        occurrences=len(where),
        marked=marked,
    )


def shown_value(cell: object) -> str:
    """A cell as a remark shows it: short, and never something about a person."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, Decimal) and "." in text:
        text = text.rstrip("0").rstrip(".")
    return HIDDEN if looks_personal(pa.array([text])).any() else text[:80]
