"""Local days that follow from moments, for tables that hold both."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import column_of, optional, put
from ecom.ingest.cells.times import local_days

_DAY_OF = {
    "payments": ("payment_date", "created_at"),
    "refunds": ("refunded_date", "refunded_at"),
    "crm_campaigns": ("sent_date", "sent_at"),
    "service_enquiries": ("opened_date", "opened_at"),
    "stock_movements": ("moved_date", "moved_at"),
    "experiment_assignments": ("assigned_date", "assigned_at"),
}
DATED = frozenset(_DAY_OF)


def with_day(table: pa.Table, name: str, zone: ZoneInfo) -> pa.Table:
    """The table with the shop's local day of its moment, where the day is not given."""
    day, moment = _DAY_OF[name]
    if moment not in table.column_names:
        return table
    made = local_days(column_of(table, moment), zone)
    return put(table, day, pc.coalesce(optional(table, day, made), made))
