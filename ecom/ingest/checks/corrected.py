"""The findings workbook from both ends: which rows it gets, and how it is read when it comes back.

The workbook itself is written by ``ecom.export.findings``. Whatever it adds starts with ``OURS``,
so that reading can take it off again and the table is recognised as the export it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.clean import clean_regions
from ecom.ingest.cells.privacy import is_personal, looks_personal
from ecom.ingest.cells.text import mask, normalise_header
from ecom.ingest.checks.whole import states_rows
from ecom.ingest.examination import Correctable
from ecom.ingest.files.raw import RawTable, without_blank_rows
from ecom.ingest.recognition.layout import Layout
from ecom.schema import FACTS

OURS = "⚠"  # starts the name of the column and of the sheet that we add
WHOLE_ROWS = 20_000  # a table of so many rows is given whole
_SHEET_ROWS = 1_048_000  # what fits into a sheet below header and preamble
# Rows of one group make one thing, or number each other: they only come together.
_GROUPS = {
    "orders": "orders.order_id",
    "order_items": "order_items.order_id",
    "events": "events.visitor_id",
    "products": "products.sku",
}


def as_exported(tables: Sequence[RawTable]) -> tuple[RawTable, ...]:
    """Tables of a file without what our findings workbook added to them."""
    return tuple(_without_remarks(raw) for raw in tables if not raw.sheet.startswith(OURS))


def _without_remarks(raw: RawTable) -> RawTable:
    kept = [n for n, header in enumerate(raw.headers) if not header.strip().startswith(OURS)]
    if len(kept) == len(raw.headers):
        return raw
    columns, filled = without_blank_rows(tuple(raw.columns[place] for place in kept))
    return replace(
        raw,
        headers=tuple(raw.headers[place] for place in kept),
        columns=columns,
        rows=raw.rows[filled],
    )


def correctable(raw: RawTable, layout: Layout, marks: pa.Table) -> Correctable | None:
    """The rows of a table that have to be mended, with all that belongs to them.

    A batch replaces a whole scope (``ecom.schema``) in tables such as traffic and stock: of these
    all rows are needed. Of large files with one key a row, the groups of the marked rows do.

    Returns
    -------
    Correctable or None
        None when nothing is marked, or when what is needed does not fit into a sheet.
    """
    if not marks.num_rows:
        return None
    chosen = _whole_or_groups(raw, layout, marks)
    is_whole = bool(chosen.all())
    if int(chosen.sum()) > _SHEET_ROWS:
        return None
    columns = raw.columns
    if not is_whole:
        columns = tuple(column.filter(pa.array(chosen)) for column in columns)
    preamble = raw.preamble if is_whole else _without_counts(raw.preamble)
    return Correctable(
        headers=raw.headers,
        preamble=preamble,
        columns=_without_people(raw.headers, columns, layout),
        rows=raw.rows[chosen],
        is_whole=is_whole,
    )


def _whole_or_groups(raw: RawTable, layout: Layout, marks: pa.Table) -> np.ndarray:
    whole = np.ones(len(raw.rows), dtype=bool)
    group = _group_column(raw, layout)
    if len(raw.rows) <= WHOLE_ROWS or group is None:
        return whole
    marked = np.isin(raw.rows, marks["row"].to_numpy())
    encoded = group.dictionary_encode(null_encoding="encode")
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return np.isin(codes, codes[marked])


def _group_column(raw: RawTable, layout: Layout) -> pa.Array | None:
    """The column whose equal cells belong together; None where rows can't be taken apart."""
    table = FACTS[layout.grain]
    is_lines = layout.grain == "order_items"  # its scope is the order, which is the group
    if table.info["scope"] != table.info["key"] and not is_lines:
        return None
    # lines name their order by the order's own column where the export has orders, too
    targets = (layout.group, _GROUPS.get(layout.grain, ""), "orders.order_id" if is_lines else "")
    names = [normalise_header(header) for header in raw.headers]
    headers = [h for rule in layout.rules if rule.target in targets for h in rule.headers]
    place = next((names.index(header) for header in headers if header in names), None)
    if place is None:
        return None
    column = raw.columns[place]
    filled = pc.is_valid(column)
    if pa.types.is_string(column.type):
        filled = pc.and_(filled, pc.greater(pc.binary_length(column), 0))
    return column if mask(filled).all() else None


def _without_counts(preamble: tuple[str, ...]) -> tuple[str, ...]:
    """A part of the rows is not as many as the file says."""
    return tuple("" if states_rows(line) else line for line in preamble)


def _without_people(
    headers: tuple[str, ...], columns: tuple[pa.Array, ...], layout: Layout
) -> tuple[pa.Array, ...]:
    kinds = {header: rule.kind for rule in layout.rules for header in rule.headers}
    cleaned = []
    for header, column in zip(headers, columns, strict=True):
        kind = kinds.get(normalise_header(header), "")
        if kind in ("customer", "user"):  # hashed on the way in, so they have to stand there
            cleaned.append(column)
        elif kind == "region":
            cleaned.append(clean_regions(column).values)
        elif is_personal(header):
            cleaned.append(pa.nulls(len(column), column.type))
        elif kind in ("", "text", "id") and pa.types.is_string(column.type):
            cleaned.append(_without_personal_cells(column, ids=kind == "id"))
        else:
            cleaned.append(column)
    return tuple(cleaned)


def _without_personal_cells(column: pa.Array, *, ids: bool) -> pa.Array:
    encoded = column.dictionary_encode()
    personal = looks_personal(encoded.dictionary, ids=ids)
    if not personal.any():
        return column
    kept = pc.if_else(pa.array(personal), pa.scalar(None, pa.string()), encoded.dictionary)
    return kept.take(encoded.indices)
