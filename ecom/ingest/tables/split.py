"""Rows that hold several lines of one order, joined by a mark, become one row a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.clean import clean_numbers
from ecom.ingest.cells.text import as_text, mask, trim
from ecom.ingest.files.raw import RawTable
from ecom.ingest.findings import finding_at
from ecom.ingest.recognition.layout import Layout
from ecom.ingest.tables.mapping import places_of
from ecom.store.staging import Finding

_KEY, _QUANTITY = "order_items.line_key", "order_items.quantity"
_CENTS = 100


def split_joined(raw: RawTable, layout: Layout) -> RawTable:
    """One row for each line of an order.

    A row is joined when its cell of line ids is. Its names and codes are taken apart where they
    have as many parts. Quantities are told apart only when they have as many parts too, or when
    the one quantity is the number of lines; other rows are rejected. An amount that is one number
    is shared out equally, to the cent, so that the order keeps its sum.
    """
    places = {target: found[0] for target, found in places_of(raw, layout).items()}
    if not layout.orders.joined_by or _KEY not in places:
        return raw
    joined = mask(pc.match_substring(as_text(raw.columns[places[_KEY]]), layout.orders.joined_by))
    if not joined.any():
        return raw
    cells = _Cells(raw, layout.orders.joined_by, np.flatnonzero(joined))
    counts = [len(parts) for parts in cells.parts(places[_KEY])]
    quantities = _quantities(cells, places.get(_QUANTITY), counts)
    lost = np.zeros(len(raw.rows), dtype=bool)
    lost[cells.rows[[parts is None for parts in quantities]]] = True
    lines_of = np.ones(len(raw.rows), dtype=np.int64)
    lines_of[cells.rows] = counts
    lines_of[lost] = 0
    lines = pa.array(np.repeat(np.arange(len(raw.rows)), lines_of))
    columns = [column.take(lines) for column in raw.columns]
    is_split = pa.array(np.repeat(joined & ~lost, lines_of))
    for rule in layout.rules:
        if rule.target not in places:
            continue
        place = places[rule.target]
        is_quantity = rule.target == _QUANTITY
        parts = quantities if is_quantity else _shares(cells, place, rule.kind, counts)
        kept = (part or [] for part, row in zip(parts, cells.rows, strict=True) if not lost[row])
        texts = pa.array([one for part in kept for one in part], pa.string())
        columns[place] = pc.replace_with_mask(as_text(columns[place]), is_split, texts)
    return replace(
        raw,
        columns=tuple(columns),
        rows=np.repeat(raw.rows, lines_of),
        findings=(*raw.findings, *_remarks(raw, places[_KEY], joined, lost)),
        rows_rejected=raw.rows_rejected + int(lost.sum()),
    )


def _remarks(raw: RawTable, place: int, joined: np.ndarray, lost: np.ndarray) -> list[Finding]:
    column, cells = raw.headers[place], raw.columns[place]
    found = (("SPLIT_ROW_UNRESOLVED", lost), ("SPLIT_ROWS", joined & ~lost))
    return [
        finding_at(code, where, raw.rows, sheet=raw.sheet, column=column, cells=cells)
        for code, where in found
        if where.any()
    ]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The joined rows of a table and the mark between their parts."""

    raw: RawTable
    mark: str
    rows: np.ndarray

    def texts(self, place: int) -> list[str]:
        column = as_text(self.raw.columns[place]).take(pa.array(self.rows))
        return [cell or "" for cell in trim(column).to_pylist()]

    def parts(self, place: int) -> list[list[str]]:
        return [[part.strip() for part in cell.split(self.mark)] for cell in self.texts(place)]


def _quantities(cells: _Cells, place: int | None, counts: Sequence[int]) -> list[list[str] | None]:
    """The quantity of each line; None where it can't be told."""
    if place is None:
        return [["1"] * count for count in counts]
    told: list[list[str] | None] = []
    for parts, count in zip(cells.parts(place), counts, strict=True):
        if len(parts) == count:
            told.append(parts)
        else:
            number = clean_numbers(pa.array(parts[:1]), kind="count").values[0].as_py()
            told.append(["1"] * count if len(parts) == 1 and number == count else None)
    return told


def _shares(cells: _Cells, place: int, kind: str, counts: Sequence[int]) -> list[list[str]]:
    """The cell of each line: its own part, its share of an amount, or the whole cell."""
    shares = []
    for text, parts, count in zip(cells.texts(place), cells.parts(place), counts, strict=True):
        if len(parts) == count:
            shares.append(parts)
        elif kind == "money":
            shares.append(_equal_parts(text, count))
        else:
            shares.append([text] * count)
    return shares


def _equal_parts(text: str, count: int) -> list[str]:
    """An amount in equal parts of whole cents, the rest on the first; no number stays as it is."""
    amount = clean_numbers(pa.array([text]), kind="money").values[0].as_py()
    if amount is None:
        return [text] * count
    cents = round(amount * _CENTS)
    each = cents // count
    first = cents - each * (count - 1)
    return [str(part / _CENTS) for part in (first, *[each] * (count - 1))]
