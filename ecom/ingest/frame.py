"""A canonical table from a notebook: checked, typed and loaded like any export."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from ecom.errors import InvalidParameter
from ecom.ingest.cells.times import Calendar
from ecom.ingest.dates_of_file import FileDates
from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.layout import Layout, layout_from
from ecom.ingest.tables.assemble import Surroundings, assemble
from ecom.ingest.tables.mapping import Reading, map_columns
from ecom.ingest.tables.row_kinds import NEEDED
from ecom.schema import FACTS, content_columns
from ecom.store import Store
from ecom.store.staging import Batch, Shop, Staged
from ecom.text import message

CUSTOMER_ID = "customer_id"  # hashed to customer_key on the way in
_NAMES = NEEDED | {"inventory_snapshots": ("snapshot_date", "sku")}


def load_frame(
    store: Store, table: str, frame: pd.DataFrame, *, shop: Shop, name: str = "frame"
) -> Batch:
    """Load a DataFrame into one canonical table.

    Parameters
    ----------
    store : Store
    table : str
        A fact table of ``ecom.schema``.
    frame : DataFrame
        Columns of that table, each with its canonical meaning: ``*_at`` is UTC, money is in the
        shop's currency. ``customer_id`` is hashed to ``customer_key``. Absent columns are null;
        ``shop_id``, days and keys that follow from other columns are made.
    shop : Shop
    name : str
        Stands for the file name in the list of batches.

    Returns
    -------
    Batch
        With the row account; rows that can't be typed are rejected and remarked on.

    Raises
    ------
    InvalidParameter
        For an unknown table or column, or a missing key column.
    """
    if table not in FACTS:
        raise InvalidParameter.not_one_of("table", table, FACTS)
    layout = _layout(table, frame)
    zone = ZoneInfo(shop.timezone) if shop.timezone else store.settings.zone
    raw = RawTable(
        sheet="",
        headers=tuple(map(str, frame.columns)),
        columns=tuple(_arrow(frame[column]) for column in frame.columns),
        rows=np.arange(1, len(frame) + 1, dtype=np.int32),
        header_row=0,
    )
    reading = Reading(
        Calendar(ZoneInfo("UTC"), future=True), shop.platform or shop.shop_id, store.secret
    )
    mapped = map_columns(raw, layout, reading)
    now = datetime.now(UTC).replace(tzinfo=None)
    around = Surroundings(shop.shop_id, shop.currency, zone, FileDates(None, now))
    made = assemble(mapped.table, layout, around)
    staged = Staged(
        layout_id=layout.layout_id,
        shop=shop,
        file_name=name,
        file_sha256=_fingerprint(frame),
        tables=made.tables,
        grain=table,
        rows_read=raw.rows_read,
        source_updated_at=now,
        rows_rejected=mapped.rows_rejected + made.rows_rejected,
        rows_totals=mapped.rows_totals,
        rows_repeated=made.rows_repeated,
        findings=(*mapped.findings, *made.findings),
    )
    return store.load(staged)[0]


def _layout(table: str, frame: pd.DataFrame) -> Layout:
    """A layout whose headers are the canonical names."""
    allowed = content_columns(FACTS[table])
    has_customer = "customer_key" in allowed
    given = [str(column) for column in frame.columns]
    for column in given:
        if column not in allowed and not (has_customer and column == CUSTOMER_ID):
            raise InvalidParameter.not_one_of("column", column, allowed)
    for column in _NAMES.get(table, ()):
        if column not in given:
            raise InvalidParameter(
                message("The frame for {table} has no column {name}.", table=table, name=column),
                message("Needed: {columns}.", columns=", ".join(_NAMES[table])),
            )
    columns = {f"{table}.{column}": [column] for column in given if column != CUSTOMER_ID}
    kinds = {f"{table}.customer_key": "text"}
    if CUSTOMER_ID in given:
        columns[f"{table}.customer_key"] = [CUSTOMER_ID]
        kinds[f"{table}.customer_key"] = "customer"
    data = {
        "id": "frame", "platform": "", "title": "frame", "language": "en", "grain": table,
        "evidence": "own", "columns": columns, "kinds": kinds, "orders": {"rows": "given"},
    }  # fmt: skip
    return layout_from(data, name="frame")


def _arrow(column: pd.Series) -> pa.Array:
    """A column as Arrow; values of mixed or unusual kinds as text."""
    try:
        array = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        array = pa.array([None if pd.isna(cell) else str(cell) for cell in column], pa.string())
    kind = array.type
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind) or pa.types.is_decimal(kind):
        return array.cast(pa.string())
    return array


def _fingerprint(frame: pd.DataFrame) -> str:
    rows = pd.util.hash_pandas_object(frame.astype("str"), index=False).to_numpy()
    return hashlib.sha256(",".join(map(str, frame.columns)).encode() + rows.tobytes()).hexdigest()
