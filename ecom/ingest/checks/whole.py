"""The table as a whole: did the export stop early?"""

from __future__ import annotations

import re

from ecom.ingest.files.raw import RawTable
from ecom.ingest.findings import finding
from ecom.store.staging import Finding

# The last row of a sheet in today's and in old workbooks.
ROW_LIMITS = (1_048_576, 65_536)
# "Rows: 1,234", "Row count: 12", "总行数：12", "共 12 条记录"
_STATED = re.compile(
    r"(?i)(?:\b(?:row count|rows|records|results)|行数|记录数|总条数)\s*[:：=,\t]\s*\"?(\d[\d,]*)"
    r"|共\s*(\d[\d,]*)\s*(?:条|行)"
)


def check_whole(raw: RawTable) -> list[Finding]:
    """Remarks on a table that ends at a row limit, or has another number of rows than it says.

    Notes
    -----
    Exports stop silently at the limit; some write one row less. A preamble may count the total
    lines or leave them out.
    """
    findings = []
    last = int(raw.rows[-1]) if len(raw.rows) else raw.header_row
    if any(last in (limit, limit - 1) for limit in ROW_LIMITS):
        findings.append(finding("ROW_LIMIT", sheet=raw.sheet, rows=(last,)))
    stated = _STATED.search("\n".join(raw.preamble))
    if stated is not None:
        told = int((stated[1] or stated[2]).replace(",", ""))
        if told not in (raw.rows_read, raw.rows_read - raw.rows_totals):
            words = f"{told:,} ≠ {raw.rows_read:,}"
            findings.append(finding("ROW_COUNT_DISAGREES", sheet=raw.sheet, value=words))
    return findings


def states_rows(line: str) -> bool:
    """Whether a line above the header says how many rows there are."""
    return _STATED.search(line) is not None
