"""Rows that are no data, and rows that lack what names them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import column_of
from ecom.ingest.cells.text import mask
from ecom.ingest.files.raw import RawTable
from ecom.ingest.findings import finding_at
from ecom.ingest.recognition.layout import Layout
from ecom.store.staging import Finding

NEEDED = {
    "orders": ("order_id",),
    "order_items": ("order_id",),
    "products": ("sku",),
    "product_costs": ("sku", "valid_from", "unit_cost"),
    "inventory_snapshots": ("sku",),
    "events": ("event_at", "event_name"),
    "budgets": ("month", "metric", "amount"),
    "targets": ("period_start", "period_end", "metric", "value"),
    "calendar_events": ("name", "start_date"),
    "listings": ("seen_date", "product_id"),
    "feedback": ("created_date",),
    "experiment_assignments": ("experiment", "variant", "assigned_at"),
    "experiment_results": ("experiment", "variant", "visitors", "conversions"),
    "traffic_agg": ("period_start",),
    "ad_spend": ("period_start",),
    "search_terms": ("period_start", "keyword"),
    "payments": ("payment_id",),
    "refunds": ("refund_id",),
    "customers": ("customer_key",),
    "crm_campaigns": ("campaign_id",),
    "content_daily": ("title",),
    "private_domain_daily": ("as_of_date", "platform"),
    "service_enquiries": ("enquiry_id", "opened_at"),
    "sku_map": ("platform_sku", "sku"),
    "stock_movements": ("movement_id", "sku", "quantity"),
}

# Of these any one.
ONE_OF = {"experiment_assignments": (("visitor_id", "customer_key"),)}


def left_out(table: pa.Table, layout: Layout) -> np.ndarray:
    """Rows that say a word by which the layout leaves them out, such as test payments."""
    left = np.zeros(table.num_rows, dtype=bool)
    for target, words in layout.leave_out.items():
        if target in table.column_names:
            told = pc.utf8_lower(column_of(table, target))
            left |= mask(pc.is_in(told, pa.array([word.casefold() for word in words])))
    return left


def check_needed(
    table: pa.Table, layout: Layout, raw: RawTable, rejected: np.ndarray
) -> tuple[np.ndarray, list[Finding]]:
    """Reject rows that lack what names them, unless they are rejected or blank already."""
    findings = []
    blank, skipped = blank_rows(table, layout)
    excused = rejected | blank | skipped
    owner = "orders" if "orders.order_id" in table.column_names else layout.grain
    groups = [(column,) for column in NEEDED.get(owner, ())]
    groups = [group for group in groups if f"{owner}.{group[0]}" in table.column_names]
    for group in (*groups, *ONE_OF.get(owner, ())):
        column = group[0]
        empty = _without(table, owner, group) & ~excused
        if empty.any():
            findings.append(
                finding_at("MISSING_ID", empty, raw.rows, sheet=raw.sheet, column=column)
            )
            rejected = rejected | empty
            excused = excused | empty
    return rejected, findings


def _without(table: pa.Table, owner: str, columns: tuple[str, ...]) -> np.ndarray:
    """Rows that have none of these columns."""
    lacking = np.ones(table.num_rows, dtype=bool)
    for target in (f"{owner}.{column}" for column in columns):
        if target in table.column_names:
            lacking &= mask(pc.is_null(column_of(table, target)))
    return lacking


def empty_rows(columns: dict[str, pa.Array], count: int) -> np.ndarray:
    """Rows whose only filled cells are in columns that nobody stores."""
    if not (count and columns and all(column.null_count for column in columns.values())):
        return np.zeros(count, dtype=bool)
    return ~np.logical_or.reduce([mask(pc.is_valid(column)) for column in columns.values()])


def blank_rows(table: pa.Table, layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are totals, and rows that hold nothing, told by one empty cell."""

    def empty(target: str) -> np.ndarray:
        if target not in table.column_names:
            return np.zeros(table.num_rows, dtype=bool)
        return mask(pc.is_null(column_of(table, target)))

    return empty(layout.total_blank), empty(layout.skip_blank)
