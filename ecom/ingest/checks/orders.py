"""Orders against their own lines."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import column_of, known, money_or_zero
from ecom.ingest.cells.decimals import QUANTITY_SCALE, sum_by, to_units
from ecom.ingest.cells.groups import group_codes
from ecom.ingest.checks.rows import TOLERANCE
from ecom.ingest.findings import finding_at
from ecom.ingest.tables.mapping import SOURCE_ROW
from ecom.store.staging import Finding

_CENTS = 500  # 0.05 in units of 0.0001


def incomplete_orders(tables: Mapping[str, pa.Table]) -> list[Finding]:
    """A remark on orders whose lines add up to less than the goods that they state.

    A line counts with its amount, or with quantity x price where that is more; goods may be stated
    before or after discounts, so the least that the order's own amounts allow is taken. Nothing is
    said where the file has orders or lines only.
    """
    orders, lines = tables.get("orders"), tables.get("order_items")
    if orders is None or lines is None or "goods_amount" not in orders.column_names:
        return []
    stated = _least_goods(orders)
    summed = _in_lines(column_of(orders, "order_id"), lines)
    short = (summed >= 0) & falls_short(summed, stated)
    if not short.any():
        return []
    numbers = column_of(orders, SOURCE_ROW).to_numpy()
    ids = column_of(orders, "order_id")
    return [
        finding_at("ORDER_LINES_INCOMPLETE", short, numbers, column="orders.order_id", cells=ids)
    ]


def _least_goods(orders: pa.Table) -> np.ndarray:
    """The least that an order's goods can be, in units of 0.0001; nothing if it was not paid."""

    def units(name: str) -> np.ndarray:
        return to_units(money_or_zero(orders, name))

    goods = units("goods_amount")
    paid = units("paid_amount")
    of_payment = paid - units("shipping_amount") - units("tax_amount")
    after_discount = goods - units("discount_amount")
    told = known(orders, "paid_amount")
    return np.minimum(after_discount, np.where(paid > 0, of_payment, np.where(told, 0, goods)))


def falls_short(summed: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """Where a sum (units of 0.0001) lies below what is stated by more than rounding explains."""
    return summed < stated * (1 - TOLERANCE) - _CENTS


def worth(lines: pa.Table) -> np.ndarray:
    """What each line is worth before discounts, in units of 0.0001."""
    amount = to_units(money_or_zero(lines, "line_amount"))
    if not {"quantity", "unit_price"} <= set(lines.column_names):
        return amount
    price = to_units(column_of(lines, "unit_price"))
    quantity = to_units(column_of(lines, "quantity"))
    full = np.rint(price * (quantity / 10**QUANTITY_SCALE)).astype(np.int64)
    return np.maximum(amount, full)


def _in_lines(ids: pa.Array, lines: pa.Table) -> np.ndarray:
    """What the lines of each order add up to; -1 where it has none."""
    if not lines.num_rows:
        return np.full(len(ids), -1)
    of_lines = column_of(lines, "order_id")
    codes, groups = group_codes(of_lines)
    sums = sum_by(worth(lines), codes, groups)
    place = pc.index_in(
        ids, value_set=of_lines.dictionary_encode(null_encoding="encode").dictionary
    )
    found = place.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.where(found >= 0, sums[found], -1)
