"""Accepted rows against sense: quantities, amounts of lines, currencies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import SOURCE_ROW, column_of, money_or_zero
from ecom.ingest.cells.decimals import QUANTITY_SCALE, to_units
from ecom.ingest.cells.text import mask
from ecom.ingest.findings import MARKED_ROWS, SHOWN_ROWS, finding, finding_at
from ecom.ingest.recognition.layout import Layout
from ecom.ingest.tables.mapping import Mapped
from ecom.store.staging import Finding

QUANTITY_LIMIT = 1_000_000  # pieces in one line; the largest we have seen published is 80,995
TOLERANCE = 0.01
_CENTS = 500  # 0.05 in units of 0.0001: what rounding a price to cents may add up to
_EXTRAS = ("orders.shipping_amount", "orders.tax_amount")
_QUANTITY, _PRICE, _AMOUNT = (
    f"order_items.{name}" for name in ("quantity", "unit_price", "line_amount")
)


def checked_rows(mapped: Mapped, layout: Layout, currency: str) -> Mapped:
    """The typed rows that may be stored, with remarks, before they are assembled.

    Parameters
    ----------
    mapped : Mapped
    layout : Layout
        An export with returns has negative quantities.
    currency : str
        The shop's; empty says nothing.
    """
    rows = mapped.table
    findings = _unlike_currencies(rows, (mapped.header_currency, currency))
    impossible = _impossible(rows)
    if impossible is not None and impossible.any():
        findings.append(_at("IMPOSSIBLE_QUANTITY", impossible, rows, _QUANTITY))
        rows = rows.filter(pa.array(~impossible))
    if _QUANTITY in rows.column_names:
        findings += _quantities(rows, layout)
    rejected = 0 if impossible is None else int(impossible.sum())
    return replace(
        mapped,
        table=rows,
        findings=(*mapped.findings, *findings),
        rows_rejected=mapped.rows_rejected + rejected,
    )


def _impossible(rows: pa.Table) -> np.ndarray | None:
    if _QUANTITY not in rows.column_names:
        return None
    units = to_units(column_of(rows, _QUANTITY))
    return np.abs(units) >= QUANTITY_LIMIT * 10**QUANTITY_SCALE


def _quantities(rows: pa.Table, layout: Layout) -> list[Finding]:
    quantity_column = column_of(rows, _QUANTITY)
    quantity = to_units(quantity_column)
    found = {}
    if not layout.orders.returns:
        found["NEGATIVE_QUANTITY"] = (quantity < 0, _QUANTITY)
    if _AMOUNT in rows.column_names:
        amount = to_units(column_of(rows, _AMOUNT))
        nothing = (quantity == 0) & mask(pc.is_valid(quantity_column)) & (amount != 0)
        found["QUANTITY_ZERO_WITH_MONEY"] = (nothing, _QUANTITY)
        if _PRICE in rows.column_names:
            # Less than quantity x price is a discount; more has no reason but postage and taxes,
            # which some exports put into the amount.
            price = to_units(column_of(rows, _PRICE))
            full = np.abs(price * (quantity / 10**QUANTITY_SCALE))
            extra = sum(to_units(money_or_zero(rows, name)) for name in _EXTRAS)
            more = np.abs(amount) > full * (1 + TOLERANCE) + _CENTS + extra
            found["LINE_AMOUNT_DISAGREES"] = (more & (quantity != 0) & (price != 0), _AMOUNT)
    return [
        _at(code, rows_found, rows, column)
        for code, (rows_found, column) in found.items()
        if rows_found.any()
    ]


def _at(code: str, found: np.ndarray, rows: pa.Table, column: str) -> Finding:
    numbers = column_of(rows, SOURCE_ROW).to_numpy()
    return finding_at(code, found, numbers, column=column, cells=column_of(rows, column))


def _unlike_currencies(rows: pa.Table, named: tuple[str, ...]) -> list[Finding]:
    """One remark when rows, header and shop speak of more than one currency; names them all."""
    known = {code for code in named if code}
    for name in rows.column_names:
        if not name.endswith(".currency"):
            continue
        column = column_of(rows, name)
        counts = pc.value_counts(column.drop_null()).to_pylist()
        found = {count["values"] for count in counts}
        if len(found | known) < 2:
            continue
        usual = next(iter(known), "") or max(counts, key=lambda one: one["counts"])["values"]
        other = np.flatnonzero(mask(pc.not_equal(column, usual)))
        numbers = column_of(rows, SOURCE_ROW).to_numpy()[other[:MARKED_ROWS]].astype(np.int32)
        return [
            finding(
                "UNLIKE_CURRENCIES",
                column=name,
                value=", ".join(sorted(found | known)),
                rows=tuple(numbers[:SHOWN_ROWS].tolist()),
                occurrences=max(len(other), 1),
                marked=numbers,
            )
        ]
    if len(known) > 1:
        return [finding("UNLIKE_CURRENCIES", value=", ".join(sorted(known)))]
    return []
