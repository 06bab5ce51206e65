"""What a look at a file gives: plain values, nothing stored yet."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.layout import Layout
from ecom.store.staging import Finding, Staged
from ecom.text import Text


@dataclass(frozen=True, slots=True)
class ExaminedTable:
    """One table of a file.

    Attributes
    ----------
    sheet, header_row : where it stands; the row number as a spreadsheet shows it.
    layout, score, confidence : which known export it is, the share of its columns that are
        known (0..1), and "exact", "likely", "chosen" or "none".
    mapping : one row a stored column: ``header, target, rule, sample``.
    preview : the first rows as they would be stored.
    staged : what can be loaded; None together with a ``problem``.
    dropped_columns : personal columns that are not stored.
    raw : the table's first rows as the file has them, for a mapping by hand.
    nearest : without a layout, the one that shares the most columns.
    needs_days : it can be loaded once somebody says which days it speaks of.
    """

    sheet: str
    header_row: int
    layout: Layout | None
    confidence: str
    score: float
    mapping: pd.DataFrame
    preview: pd.DataFrame
    staged: Staged | None
    findings: tuple[Finding, ...] = ()
    dropped_columns: tuple[str, ...] = ()
    problem: Text | None = None
    remedy: Text | None = None
    raw: RawTable | None = None
    nearest: Layout | None = None
    needs_days: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """What a file holds."""

    file_name: str
    sha256: str
    tables: tuple[ExaminedTable, ...]
