"""Days that an export leaves out but an order's number holds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import SOURCE_ROW, column_of, known, optional, put
from ecom.ingest.cells.text import mask
from ecom.ingest.cells.times import Calendar, clean_days
from ecom.ingest.findings import finding_at
from ecom.ingest.recognition.layout import OrderRules
from ecom.store.staging import Finding


def with_days_of_ids(
    rows: pa.Table, rules: OrderRules, calendar: Calendar
) -> tuple[pa.Table, list[Finding]]:
    """Give orders without any time the day that their number begins with, and say so."""
    if not rules.day_in_id:
        return rows, []
    ids = column_of(rows, "orders.order_id")
    found = pc.extract_regex(ids, rules.day_in_id)
    digits = pc.if_else(pc.is_valid(found), found.field("day"), pa.scalar(None, pa.string()))
    days = clean_days(pc.binary_join_element_wise("20", digits, ""), calendar).values
    timeless = ~(known(rows, "orders.paid_at") | known(rows, "orders.created_at"))
    days = pc.if_else(pa.array(timeless), days, pa.scalar(None, pa.date32()))
    inferred: np.ndarray = mask(pc.is_valid(days))
    if not inferred.any():
        return rows, []
    days = pc.coalesce(optional(rows, "orders.order_date", days), days)
    numbers = column_of(rows, SOURCE_ROW).to_numpy()
    remark = finding_at("DATE_INFERRED", inferred, numbers, column="order_id", cells=ids)
    return put(rows, "orders.order_date", days), [remark]
