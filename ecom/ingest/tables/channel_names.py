"""Channel names as a platform calls them today."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import column_of, put
from ecom.ingest.cells.text import by_value
from ecom.ingest.tables.rollups import LEVELS

_FORMERLY = r"\s*[（(]原[^）)]*[）)]$"


def with_present_names(table: pa.Table) -> pa.Table:
    """Channel levels without ``(formerly …)``, which back offices print for a while."""
    for name in LEVELS:
        if name in table.column_names:
            table = put(table, name, by_value(column_of(table, name), _present))
    return table


def _present(names: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(names, _FORMERLY, "")
