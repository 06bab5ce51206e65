"""Files that say above their header how many rows they have: held against what arrived."""

from __future__ import annotations

import re

from ecom.ingest.files.raw import RawTable
from ecom.ingest.findings import finding
from ecom.store.staging import Finding

_STATED = re.compile(
    r"(?i)^[#\s\"]*(?:total |number of )?(?:rows|records|results|行数|记录数|总行数|总条数)"
    r"\s*[:：=,\t]\s*\"?([\d,]+)\D*$"
)


def check_stated_rows(raw: RawTable) -> list[Finding]:
    """A remark when a line such as ``Rows: 120`` above the header names another number of rows.

    Total lines may be counted or not; either is right.
    """
    for line in raw.preamble:
        if found := _STATED.match(line.strip()):
            stated = int(found[1].replace(",", ""))
            if stated not in (raw.rows_read, raw.rows_read - raw.rows_totals):
                value = f"{stated:,} ≠ {raw.rows_read:,}"
                return [finding("STATED_ROWS_DISAGREE", sheet=raw.sheet, value=value)]
    return []
