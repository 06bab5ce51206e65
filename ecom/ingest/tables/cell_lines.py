"""Order lines that an export lists in one cell: ``2× Desk lamp, 1× Bulb``."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from ecom.ingest.cells.columns import SOURCE_ROW, column_of, optional
from ecom.ingest.cells.decimals import QUANTITY_SCALE, from_floats

LISTED = "row.products"
_STARTS = re.compile(r"(?:^|,\s*)(\d+)\s*[×x]\s+", re.IGNORECASE)


def listed_lines(rows: pa.Table) -> pa.Table:
    """One line for each product named in ``row.products``; its share of the money is not known.

    A name may hold commas: a new product starts only where a number and ``×`` follow.
    """
    orders = column_of(rows, "orders.order_id").to_pylist()
    numbers = column_of(rows, SOURCE_ROW).to_pylist()
    lines = [
        (order, f"{name}#{place}", name, quantity, number)
        for order, cell, number in zip(
            orders, optional(rows, LISTED).to_pylist(), numbers, strict=True
        )
        for place, (quantity, name) in enumerate(_products(cell or ""), start=1)
    ]
    order_ids, keys, names, quantities, sources = (
        zip(*lines, strict=True) if lines else ((), (), (), (), ())
    )
    return pa.table(
        {
            "order_id": pa.array(order_ids, pa.string()),
            "line_key": pa.array(keys, pa.string()),
            "product_name": pa.array(names, pa.string()),
            "quantity": from_floats(np.array(quantities, dtype=float), scale=QUANTITY_SCALE),
            "is_goods": pa.array([True] * len(lines), pa.bool_()),
            SOURCE_ROW: pa.array(sources, pa.int32()),
        }
    )


def _products(cell: str) -> list[tuple[int, str]]:
    """Quantity and name of each product of a cell."""
    parts = _STARTS.split(cell.strip())  # what precedes, then number and name in turn
    return [
        (int(number), name.strip(" ,"))
        for number, name in zip(parts[1::2], parts[2::2], strict=True)
    ]
