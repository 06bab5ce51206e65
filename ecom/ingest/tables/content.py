"""What notes, videos and live rooms reached: the day of the count and a name for each piece."""

from __future__ import annotations

import hashlib
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import optional, put

_ID_LENGTH = 16


def complete_content(table: pa.Table, *, day: date) -> pa.Table:
    """Add the day of the file, and for pieces without an id one made of title and day of issue.

    Counts such as views are totals since the piece came out, so they are as of the file's day.
    """
    count = table.num_rows
    days = pa.array([day] * count, pa.date32())
    table = put(table, "as_of_date", pc.coalesce(optional(table, "as_of_date", days), days))
    titles = optional(table, "title").to_pylist()
    issued = optional(table, "published_date", pa.nulls(count, pa.date32())).to_pylist()
    made = [_name(f"{title}|{on}") for title, on in zip(titles, issued, strict=True)]
    ids = pc.coalesce(optional(table, "content_id"), pa.array(made, pa.string()))
    return put(table, "content_id", ids)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]
