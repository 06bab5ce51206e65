"""Rows of an order export to orders and their lines, by the layout's ``OrderRules``."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import (
    SOURCE_ROW,
    column_of,
    constant,
    money,
    money_or_zero,
    optional,
    put,
)
from ecom.ingest.cells.decimals import MONEY_SCALE, QUANTITY_SCALE, from_units, sum_by, to_units
from ecom.ingest.cells.groups import first_known, group_codes
from ecom.ingest.cells.text import mask
from ecom.ingest.cells.times import MOMENT, Calendar, local_days
from ecom.ingest.findings import finding_at
from ecom.ingest.recognition.layout import OrderRules
from ecom.ingest.tables.cell_lines import listed_lines
from ecom.ingest.tables.inferred import with_days_of_ids
from ecom.ingest.tables.lines import each_line_once, make_lines, with_line_amounts
from ecom.ingest.tables.settle import (
    PAID,
    STATUSES,
    Settled,
    after_refund,
    owed,
    owed_or_zero,
    settle,
    status_text,
    unknown_statuses,
)
from ecom.store.staging import Finding

_ORDER_MONEY = (
    "goods_amount discount_amount shipping_amount tax_amount total_amount paid_amount "
    "refunded_amount"
).split()


@dataclass(frozen=True, slots=True)
class OrderTables:
    """``orders`` and ``items`` (either may be None) as Arrow tables, and remarks."""

    orders: pa.Table | None
    items: pa.Table | None
    findings: tuple[Finding, ...] = ()


def assemble_orders(rows: pa.Table, rules: OrderRules, *, zone: ZoneInfo) -> OrderTables:
    """Make the order tables of one file.

    Parameters
    ----------
    rows : Table
        Accepted rows with typed columns ``orders.*``, ``order_items.*``, ``row.*``.
    rules : OrderRules
    zone : ZoneInfo
        The shop's, for ``order_date`` and ``paid_date``.

    Notes
    -----
    A line's key is the platform's line id, else ``sku|variant|unit price|#k`` with k counting
    equal lines of one order: two equal lines are two lines.
    """
    if rules.rows == "given" and "orders.order_id" in rows.column_names:
        return OrderTables(_with_days(_given(rows), zone), None)
    findings: list[Finding] = []
    rows = with_line_amounts(rows)
    items = _lines(rows, rules)
    if "orders.order_id" not in rows.column_names:
        return OrderTables(None, items)
    findings += unknown_statuses(rows, rules)
    rows, remarks = with_days_of_ids(rows, rules, Calendar(zone))
    findings += remarks
    all_rows, rows = rows, each_line_once(rows)
    if rules.negative_is_refund:
        rows = _sales_first(rows)
    if rules.rows == "order":
        codes, groups = np.arange(rows.num_rows), rows.num_rows
    else:
        codes, groups = group_codes(column_of(rows, "orders.order_id"))
    if rules.money == "per_line":
        told = rules.rows == "listed" or "order_items.refunded_amount" in rows.column_names
        if items is not None and not told:
            items = items.append_column("refunded_amount", money(settle(all_rows, rules).refunded))
        firsts = _first_rows(rows, codes, groups)
        orders = _summed(rows, rules, firsts, codes, groups, settle(rows, rules))
    else:
        if rules.money == "repeated":
            findings += _disagreements(rows, codes, groups)
        orders = _settled_orders(_first_rows(rows, codes, groups), rules)
    if items is not None and "order_items.quantity" in rows.column_names:
        quantity = to_units(column_of(rows, "order_items.quantity"))
        total = from_units(sum_by(quantity, codes, groups), scale=QUANTITY_SCALE)
        orders = put(orders, "items_quantity", total)
    orders = _with_kinds(orders, rules)
    return OrderTables(_with_days(orders, zone), items, tuple(findings))


def _sales_first(rows: pa.Table) -> pa.Table:
    """Rows of money or goods that went back after the others: an order is what was sold."""
    negative = mask(pc.less(owed_or_zero(rows), 0))
    if "orders.items_quantity" in rows.column_names:
        negative |= mask(pc.less(column_of(rows, "orders.items_quantity"), 0))
    return rows.take(pa.array(np.argsort(negative, kind="stable")))


def _lines(rows: pa.Table, rules: OrderRules) -> pa.Table | None:
    match rules.rows:
        case "order":
            return None
        case "listed":
            return listed_lines(rows)
        case _:
            return make_lines(rows, rules)


def _given(rows: pa.Table) -> pa.Table:
    """Orders in canonical columns; what is not said is an ordinary paid sale."""
    orders = _order_columns(rows)
    for name, usual in (("kind", "sale"), ("status", "paid")):
        usual_column = constant(usual, orders.num_rows)
        given = optional(orders, name, usual_column)
        orders = put(orders, name, pc.coalesce(given, usual_column))
    return orders


def _first_rows(rows: pa.Table, codes: np.ndarray, groups: int) -> pa.Table:
    """One row an order: the first known value of every order column."""
    columns = {}
    for name in rows.column_names:
        if name.startswith(("orders.", "row.")):
            column = column_of(rows, name)
            columns[name] = column.take(first_known(column, codes, groups))
    source = column_of(rows, SOURCE_ROW)
    columns[SOURCE_ROW] = source.take(first_known(source, codes, groups))
    return pa.table(columns)


def _settled_orders(firsts: pa.Table, rules: OrderRules) -> pa.Table:
    settled = settle(firsts, rules)
    orders = _order_columns(firsts)
    orders = put(orders, "status", status_text(settled.status))
    orders = put(orders, "paid_amount", _known_money(firsts, settled))
    return put(orders, "refunded_amount", money(settled.refunded))


def _known_money(firsts: pa.Table, settled: Settled) -> pa.Array:
    """What was paid; null where the export names no amount, so that payments or lines may tell."""
    paid = money(settled.paid)
    named = owed(firsts)
    if named is None:
        return pa.nulls(len(paid), paid.type)
    silent = mask(pc.is_null(named)) & (settled.paid == 0) & np.isin(settled.status, PAID)
    return pc.if_else(pa.array(silent), pa.scalar(None, paid.type), paid)


def _summed(
    rows: pa.Table,
    rules: OrderRules,
    firsts: pa.Table,
    codes: np.ndarray,
    groups: int,
    settled: Settled,
) -> pa.Table:
    """Order money as the sum of its rows; the status follows from what was paid and refunded."""
    orders = _order_columns(firsts)
    for name in _ORDER_MONEY:
        if f"orders.{name}" in rows.column_names:
            units = sum_by(to_units(column_of(rows, f"orders.{name}")), codes, groups)
            orders = put(orders, name, money(units))
    if "orders.goods_amount" not in rows.column_names:
        amounts = money_or_zero(rows, "order_items.line_amount")
        orders = put(orders, "goods_amount", money(sum_by(to_units(amounts), codes, groups)))
    if "orders.total_amount" not in rows.column_names:
        total = sum_by(to_units(owed_or_zero(rows)), codes, groups)
        orders = put(orders, "total_amount", money(total))
    paid = sum_by(settled.paid, codes, groups)
    refunded = sum_by(settled.refunded, codes, groups)
    if rules.negative_is_refund:  # an order marked refunded has its refund as a row of its own too
        refunded = np.minimum(refunded, paid)
    # an order is as far as its first row that was paid; with none, as its first row
    counts = np.isin(settled.status, PAID)
    status = settled.status[_first_true(counts, codes, groups)]
    status = after_refund(status, paid, refunded)
    orders = put(orders, "status", status_text(status))
    orders = put(orders, "paid_amount", money(paid))
    return put(orders, "refunded_amount", money(refunded))


def _first_true(condition: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    """For each group its first row where the condition holds, else its first row."""
    rows = np.zeros(groups, dtype=np.int64)
    backwards = np.arange(len(codes))[::-1]
    rows[codes[backwards]] = backwards
    true = np.flatnonzero(condition)[::-1]
    rows[codes[true]] = true
    return rows


def _disagreements(rows: pa.Table, codes: np.ndarray, groups: int) -> list[Finding]:
    """Rows whose order money differs from the first row of their order."""
    numbers = column_of(rows, SOURCE_ROW).to_numpy()
    findings = []
    for name in _ORDER_MONEY:
        if f"orders.{name}" not in rows.column_names:
            continue
        column = column_of(rows, f"orders.{name}")
        first = column.take(first_known(column, codes, groups)).take(pa.array(codes))
        differs = mask(pc.not_equal(column, first))
        if differs.any():
            findings.append(
                finding_at("ORDER_MONEY_DISAGREES", differs, numbers, column=name, cells=column)
            )
    return findings


def _with_kinds(orders: pa.Table, rules: OrderRules) -> pa.Table:
    """Sales, returns (credit notes) and adjustments; each has its money in its own column."""
    count = orders.num_rows
    if not (rules.returns or rules.adjustments or rules.zero_is_adjustment):
        zero = from_units(np.zeros(count, dtype=np.int64), scale=MONEY_SCALE)
        return put(put(orders, "kind", constant("sale", count)), "adjustment_amount", zero)
    ids = orders["order_id"].combine_chunks()
    amount = to_units(orders["total_amount"].combine_chunks())
    returned = _matches(ids, rules.returns)
    adjusted = _matches(ids, rules.adjustments)
    if rules.zero_is_adjustment:
        adjusted |= (amount == 0) & ~returned
    sold = ~(returned | adjusted)
    kind = np.select([returned, adjusted], ["return", "adjustment"], "sale")
    orders = put(orders, "kind", pa.array(kind.tolist(), pa.string()))
    orders = put(orders, "paid_amount", money(np.where(sold, amount, 0)))
    orders = put(orders, "refunded_amount", money(np.where(returned, -amount, 0)))
    return put(orders, "adjustment_amount", money(np.where(adjusted, amount, 0)))


def _matches(ids: pa.Array, pattern: str) -> np.ndarray:
    if not pattern:
        return np.zeros(len(ids), dtype=bool)
    return mask(pc.match_substring_regex(ids, pattern))


def _with_days(orders: pa.Table, zone: ZoneInfo) -> pa.Table:
    """Local days: of creation, and of payment (of creation where the payment has no time)."""
    empty = pa.nulls(orders.num_rows, MOMENT)
    created = optional(orders, "created_at", empty)
    paid_at = optional(orders, "paid_at", empty)
    created = pc.coalesce(created, paid_at)
    statuses = pa.array([STATUSES[code] for code in PAID])
    counted = pc.is_in(orders["status"].combine_chunks(), statuses)
    moment = pc.if_else(counted, pc.coalesce(paid_at, created), pa.scalar(None, MOMENT))
    orders = put(orders, "created_at", created)
    for name, moments in (("order_date", created), ("paid_date", moment)):
        days = local_days(moments, zone)
        orders = put(orders, name, pc.coalesce(optional(orders, name, days), days))
    # an order that has no time at all may still have a day
    day = pc.if_else(counted, column_of(orders, "order_date"), pa.scalar(None, pa.date32()))
    return put(orders, "paid_date", pc.coalesce(column_of(orders, "paid_date"), day))


def _order_columns(firsts: pa.Table) -> pa.Table:
    kept = [name for name in firsts.column_names if name.startswith("orders.")]
    table = firsts.select([*kept, SOURCE_ROW])
    return table.rename_columns([*(name.removeprefix("orders.") for name in kept), SOURCE_ROW])
