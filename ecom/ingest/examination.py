"""What a look at a file gives: plain values, nothing stored yet."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

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
    member : the file in the archive that it stands in; empty for a file that is no archive.
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
    member: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """What a file holds."""

    file_name: str
    sha256: str
    tables: tuple[ExaminedTable, ...]
