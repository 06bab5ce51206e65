"""Refund documents: the day on which money went back."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import column_of, constant, optional, put
from ecom.ingest.cells.times import MOMENT, local_days

_DONE = "refunded"


def complete_refunds(table: pa.Table, *, zone: ZoneInfo) -> pa.Table:
    """Add status and day.

    Without a status a document is a refund that was paid. The day is that of the payment back, of
    the request where its time is not known; documents that moved no money have none.
    """
    usual = constant(_DONE, table.num_rows)
    status = pc.coalesce(optional(table, "status", usual), constant("requested", table.num_rows))
    table = put(table, "status", status)
    never = pa.nulls(table.num_rows, MOMENT)
    moment = pc.coalesce(
        optional(table, "refunded_at", never), optional(table, "requested_at", never)
    )
    days = local_days(moment, zone)
    if "refunded_date" in table.column_names:
        days = pc.coalesce(column_of(table, "refunded_date"), days)
    moved = pc.equal(status, _DONE)
    return put(table, "refunded_date", pc.if_else(moved, days, pa.scalar(None, pa.date32())))
