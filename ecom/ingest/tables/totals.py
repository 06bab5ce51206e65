"""Total lines: recognised, kept out of the data, and used to check it."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.clean import clean_numbers, told_comma
from ecom.ingest.cells.decimals import MONEY, to_units
from ecom.ingest.cells.text import TRIMMED, mask
from ecom.ingest.files.raw import TOTAL_PATTERN, RawTable
from ecom.ingest.findings import finding, finding_at
from ecom.store.staging import Finding

_SEARCHED_COLUMNS = 3
_ADDITIVE = frozenset(
    "spend impressions clicks attributed_revenue attributed_orders paid_amount order_amount "
    "refunded_amount pv sessions on_hand total_amount goods_amount".split()
)
_TOLERANCE = 0.0005
_FORMULA = re.compile(r"^[^\d\W]+(\s*[-+*/]\s*[^\d\W]+)+$")


def total_rows(raw: RawTable, *, subtotals: Collection[int] = ()) -> np.ndarray:
    """Which rows are totals, repeat the header or explain it.

    A total says so in its first filled cell, among the first three columns. In the columns named by
    ``subtotals`` the same words mark rows that are kept.
    """
    totals = np.zeros(len(raw.rows), dtype=bool)
    undecided = np.ones(len(raw.rows), dtype=bool)
    repeated = np.ones(len(raw.rows), dtype=bool)
    looked = range(min(_SEARCHED_COLUMNS, len(raw.columns)))
    for place in looked:
        column = raw.columns[place]
        if not pa.types.is_string(column.type):
            repeated[:] = False
            undecided &= mask(pc.is_null(column))
            continue
        if not (undecided.any() or repeated.any()):
            break
        if not _may_say_more(column, raw.headers[place]):
            undecided[:] = repeated[:] = False
            break
        encoded = column.dictionary_encode()
        words = pc.utf8_trim(encoded.dictionary, characters=TRIMMED + "\"'*-")
        says = _say_total(words)
        filled = mask(pc.not_equal(words, ""))
        heads = mask(pc.equal(words, raw.headers[place].strip(TRIMMED + "\"'*-")))
        if place not in subtotals:
            totals |= undecided & _spread(says, encoded.indices)
        undecided &= ~_spread(filled, encoded.indices)
        repeated &= _spread(heads, encoded.indices)
    if _explains_header(raw):
        totals[0] = True
    return totals | repeated if len(looked) > 1 else totals


def _explains_header(raw: RawTable) -> bool:
    """Whether the first row says how columns are made, such as ``, , ,income+expense``."""
    if not len(raw.rows) or not all(pa.types.is_string(column.type) for column in raw.columns):
        return False
    cells = [(column[0].as_py() or "").strip(TRIMMED) for column in raw.columns]
    told = [cell for cell in cells if cell]
    return not cells[0] and bool(told) and all(_FORMULA.search(cell) for cell in told)


def _may_say_more(column: pa.Array, header: str) -> bool:
    """False where every cell starts with a digit and the header does not: times, most numbers.

    Such a column is told by its first bytes, without looking for its distinct cells.
    """
    if not len(column) or header.strip(TRIMMED + "\"'*-")[:1].isdigit():
        return True
    starts = np.frombuffer(column.buffers()[1], dtype=np.int32)
    starts = starts[column.offset : column.offset + len(column) + 1]
    if column.null_count or (starts[1:] == starts[:-1]).any():
        return True
    first = np.frombuffer(column.buffers()[2], dtype=np.uint8)[starts[:-1]]
    return not bool(((first >= ord("0")) & (first <= ord("9"))).all())


def _say_total(words: pa.Array) -> np.ndarray:
    """Which words mean a total; those that start with a digit need no closer look."""
    says = np.zeros(len(words), dtype=bool)
    likely = np.flatnonzero(mask(pc.greater(words, ":")))
    says[likely] = mask(pc.match_substring_regex(words.take(pa.array(likely)), TOTAL_PATTERN))
    return says


def _spread(distinct: np.ndarray, indices: pa.Array) -> np.ndarray:
    if not distinct.any():
        return np.zeros(len(indices), dtype=bool)
    return mask(pa.array(distinct).take(indices))


def check_totals(
    raw: RawTable,
    totals: np.ndarray,
    accepted: pa.Table,
    places: dict[str, tuple[int, ...]],
    *,
    decimal_comma: bool | None,
    whole: str = "",
) -> list[Finding]:
    """Compare the totals of each additive column with the sum of the accepted rows.

    One of them is the whole, or they add up to it: a total for each of two periods. Where the file
    does not say which mark is the decimal one (None), the column of a total does. Where others are
    of more than the rows, ``whole`` is how the one begins that is not.
    """
    if not totals.any():
        return []
    findings = [finding_at("TOTAL_ROWS", totals, raw.rows, sheet=raw.sheet)]
    if whole:
        totals = totals & _begins(raw, whole)
    selection = pa.array(totals)
    for target, found in places.items():
        if target.partition(".")[2] not in _ADDITIVE or target not in accepted.column_names:
            continue
        column = raw.columns[found[0]]
        comma = told_comma(column) if decimal_comma is None else decimal_comma
        cells = clean_numbers(column.filter(selection), kind="money", decimal_comma=comma)
        stated = to_units(cells.values)
        stated = stated[stated != 0]
        if not len(stated):
            continue
        told = stated[np.argmax(np.abs(stated))] / 10**MONEY.scale
        together = stated.sum() / 10**MONEY.scale
        summed = pc.sum(accepted[target]).as_py()
        actual = float(summed) if summed is not None else 0.0
        if not any(
            abs(one - actual) <= max(0.01, _TOLERANCE * abs(one)) for one in (told, together)
        ):
            findings.append(
                finding(
                    "TOTAL_DISAGREES",
                    sheet=raw.sheet,
                    column=raw.headers[found[0]],
                    value=f"{told:,.2f} ≠ {actual:,.2f}",
                )
            )
    return findings


def _begins(raw: RawTable, words: str) -> np.ndarray:
    """Rows of which one of the first cells begins with these words."""
    found = np.zeros(len(raw.rows), dtype=bool)
    for column in raw.columns[:_SEARCHED_COLUMNS]:
        if pa.types.is_string(column.type):
            found |= mask(pc.starts_with(column, words, ignore_case=True))
    return found
