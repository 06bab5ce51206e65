"""Columns made of other columns: money told once, sums, joined keys, our words for theirs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import column_of, optional, put
from ecom.ingest.cells.decimals import from_units, to_units
from ecom.ingest.cells.groups import first_known, group_codes
from ecom.ingest.cells.text import mask
from ecom.ingest.findings import finding, finding_at
from ecom.ingest.recognition.layout import Layout
from ecom.ingest.tables.words import with_our_words
from ecom.store.staging import Finding

_COSTS = ("orders.paid_amount", "orders.total_amount")


def combine(rows: pa.Table, layout: Layout) -> tuple[pa.Table, list[Finding]]:
    """Apply what the layout says of columns that are made of others, in this order: ``words``,
    ``once``, ``sums``, ``joined``.

    Parameters
    ----------
    rows : Table
        Accepted rows: columns ``table.column`` and ``source_row``.

    Returns
    -------
    (Table, list of Finding)
        Remarks on words that are not known and on rows of one order that disagree.
    """
    rows, findings = with_our_words(rows, layout)
    for target in layout.once:
        if target in rows.column_names:
            rows, differing = _told_once(rows, target)
            findings += differing
    findings += _missing_parts(rows, layout)
    for target, parts in layout.sums.items():
        rows = _summed(rows, target, parts)
    for target, parts in layout.joined.items():
        columns = [pc.fill_null(optional(rows, part), "") for part in parts]
        rows = put(rows, target, pc.binary_join_element_wise(*columns, "|"))
    return rows, findings


def _missing_parts(rows: pa.Table, layout: Layout) -> list[Finding]:
    """A remark on each column without which a sum is another one, and on orders without the one
    that says what they cost: goods or lines stand for it."""
    headers = {rule.target: rule.headers[0] for rule in layout.rules}
    parts = {part.removeprefix("-") for parts in layout.sums.values() for part in parts}
    absent = sorted((parts & headers.keys()) - set(rows.column_names))
    costs = [target for target in _COSTS if target in headers]
    if costs and not set(rows.column_names) & set(_COSTS):
        absent += costs[:1]
    return [finding("PART_MISSING", column=headers[part]) for part in absent]


def _told_once(rows: pa.Table, target: str) -> tuple[pa.Table, list[Finding]]:
    """The order's first known amount stays on that row; the other rows of the order lose it."""
    codes, groups = group_codes(column_of(rows, "orders.order_id"))
    column = column_of(rows, target)
    first = first_known(column, codes, groups)
    told = to_units(column)
    stands = np.zeros(rows.num_rows, dtype=bool)
    stands[first.drop_null().to_numpy()] = True
    same = to_units(column.take(first).take(pa.array(codes)))
    differs = (told != 0) & (told != same)
    findings = []
    if differs.any():
        numbers = column_of(rows, "source_row").to_numpy()
        name = target.partition(".")[2]
        findings = [
            finding_at("ORDER_MONEY_DISAGREES", differs, numbers, column=name, cells=column)
        ]
    kept = pc.if_else(pa.array(stands), column, pa.scalar(None, column.type))
    return put(rows, target, kept), findings


def _summed(rows: pa.Table, target: str, parts: tuple[str, ...]) -> pa.Table:
    """Null counts as nothing; a row where no part is known has no sum."""
    total = np.zeros(rows.num_rows, dtype=np.int64)
    known = np.zeros(rows.num_rows, dtype=bool)
    kind: pa.DataType | None = None
    for part in parts:
        name = part.lstrip("-")
        if name in rows.column_names:
            column = column_of(rows, name)
            kind = kind or column.type
            units = to_units(column) if pa.types.is_decimal(kind) else _whole(column)
            total = total - units if part.startswith("-") else total + units
            known |= mask(pc.is_valid(column))
    if kind is None:
        return rows
    if pa.types.is_decimal(kind):
        return put(rows, target, from_units(total, scale=kind.scale, valid=known))
    return put(rows, target, pa.array(total, mask=~known))


def _whole(column: pa.Array) -> np.ndarray:
    return pc.fill_null(column, 0).to_numpy(zero_copy_only=False)


def inherited(rows: pa.Table, layout: Layout) -> pa.Table:
    """The table with what the layout's ``inherit`` columns have from the row above."""
    for target in layout.inherit:
        rows = _inherited(rows, target, layout.parent)
    return rows


def _inherited(rows: pa.Table, target: str, parent: str) -> pa.Table:
    """A row's own value, else that of the row its parent cell names (``SKU`` or ``id:`` and id)."""
    if target not in rows.column_names or parent not in rows.column_names:
        return rows
    values = column_of(rows, target).to_pylist()
    skus = optional(rows, "products.sku").to_pylist()
    ids = optional(rows, "products.product_id").to_pylist()
    above = {sku: value for sku, value in zip(skus, values, strict=True) if sku}
    above |= {f"id:{one}": value for one, value in zip(ids, values, strict=True) if one}
    named = column_of(rows, parent).to_pylist()
    filled = [
        above.get(up) if value is None and up else value
        for value, up in zip(values, named, strict=True)
    ]
    return put(rows, target, pa.array(filled, rows.schema.field(target).type))
