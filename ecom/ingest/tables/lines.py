"""The lines of orders: amounts, keys, and which of them are goods."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import SOURCE_ROW, column_of, optional
from ecom.ingest.cells.decimals import MONEY, MONEY_SCALE, QUANTITY_SCALE, from_units, to_units
from ecom.ingest.cells.groups import joint_codes, occurrence
from ecom.ingest.cells.text import by_value, mask
from ecom.ingest.recognition.layout import OrderRules
from ecom.ingest.tables.settle import line_cancelled, refund_done


def with_line_amounts(rows: pa.Table) -> pa.Table:
    """Line amount = quantity x unit price - line discount, where the export does not say it."""
    needed = ("order_items.quantity", "order_items.unit_price")
    if "order_items.line_amount" in rows.column_names or not set(needed) <= set(rows.column_names):
        return rows
    quantity, price = (column_of(rows, name) for name in needed)
    units = np.rint(to_units(price) * (to_units(quantity) / 10**QUANTITY_SCALE)).astype(np.int64)
    if "row.line_discount" in rows.column_names:
        units = units - to_units(column_of(rows, "row.line_discount"))
    valid = mask(pc.and_(pc.is_valid(quantity), pc.is_valid(price)))
    amounts = from_units(units, scale=MONEY_SCALE, valid=valid)
    return rows.append_column("order_items.line_amount", amounts)


def each_line_once(rows: pa.Table) -> pa.Table:
    """Rows without repeats of a line that the platform numbers; of repeats the last stands."""
    key = "order_items.line_key"
    if key not in rows.column_names:
        return rows
    codes = joint_codes([column_of(rows, "orders.order_id"), column_of(rows, key)])
    last = len(codes) - 1 - np.unique(codes[::-1], return_index=True)[1]
    stands = mask(pc.is_null(column_of(rows, key)))
    stands[last] = True
    return rows if stands.all() else rows.filter(pa.array(stands))


def make_lines(rows: pa.Table, rules: OrderRules) -> pa.Table:
    """The ``order_items`` columns of each row, with keys, real refunds and ``is_goods``."""
    prefix = "order_items."
    columns = {
        name.removeprefix(prefix): column_of(rows, name)
        for name in rows.column_names
        if name.startswith(prefix)
    }
    columns.setdefault("order_id", optional(rows, "orders.order_id"))
    given = columns.get("line_key")
    if given is None or given.null_count:
        made = _line_keys(columns)
        columns["line_key"] = made if given is None else pc.coalesce(given, made)
    if "refunded_amount" in columns and "row.refund_status" in rows.column_names:
        done = refund_done(rows, rules)
        columns["refunded_amount"] = pc.if_else(
            pa.array(done), columns["refunded_amount"], pa.scalar(0, MONEY)
        )
    if rules.line_cancelled:
        columns = _without_cancelled(columns, line_cancelled(rows, rules))
    columns["is_goods"] = _is_goods(columns.get("sku"), rules, rows.num_rows)
    columns[SOURCE_ROW] = column_of(rows, SOURCE_ROW)
    return pa.table(columns)


def _without_cancelled(columns: dict[str, pa.Array], cancelled: np.ndarray) -> dict[str, pa.Array]:
    """Nothing was sold on these lines, whatever the row still says."""
    stays = pa.array(~cancelled)
    return columns | {
        name: pc.if_else(stays, columns[name], pa.scalar(0, columns[name].type))
        for name in ("quantity", "line_amount")
        if name in columns
    }


def _line_keys(columns: Mapping[str, pa.Array]) -> pa.Array:
    empty = pa.nulls(len(columns["order_id"]), pa.string())
    parts = [
        _blank_for_null(
            columns.get(name, columns.get("product_id", empty) if name == "sku" else empty)
        )
        for name in ("sku", "variant")
    ]
    price = columns.get("unit_price")
    written = empty if price is None else by_value(price, _price_text)
    parts.append(_blank_for_null(written))
    count = occurrence(joint_codes([columns["order_id"], *parts]))
    number = by_value(pa.array(count), lambda values: values.cast(pa.string()))
    return pc.binary_join_element_wise(*parts, pc.binary_join_element_wise("#", number, ""), "|")


def _price_text(values: pa.Array) -> pa.Array:
    return pc.utf8_rtrim(pc.utf8_rtrim(values.cast(pa.string()), characters="0"), characters=".")


def _blank_for_null(column: pa.Array) -> pa.Array:
    return pc.fill_null(column, "") if column.null_count else column


def _is_goods(sku: pa.Array | None, rules: OrderRules, length: int) -> pa.Array:
    if sku is None or not rules.not_goods:
        return pa.array(np.ones(length, dtype=bool))
    exact = [code.casefold() for code in rules.not_goods if not code.endswith("*")]
    starts = [re.escape(code[:-1].casefold()) for code in rules.not_goods if code.endswith("*")]

    def goods(values: pa.Array) -> pa.Array:
        folded = pc.utf8_lower(values)
        fee = pc.is_in(folded, pa.array(exact, pa.string()))
        if starts:
            fee = pc.or_(fee, pc.match_substring_regex(folded, f"^({'|'.join(starts)})"))
        return pc.fill_null(pc.invert(fee), True)

    return by_value(sku, goods)
