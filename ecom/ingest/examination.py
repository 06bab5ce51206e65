"""What a look at a file gives: plain values, nothing stored yet."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from ecom.ingest.checks.places import MARKS
from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.layout import Layout
from ecom.store.staging import Finding, Staged
from ecom.text import Text


@dataclass(frozen=True, eq=False, slots=True)
class Correctable:
    """What a findings workbook holds of a table, so that it can be mended and added again.

    Attributes
    ----------
    headers, preamble : as they stood.
    columns, rows : the cells and their spreadsheet rows. Cells about people are empty where the
        layout has no use for them.
    is_whole : all rows are there; else just those that belong together with a marked one.
    """

    headers: tuple[str, ...]
    preamble: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    rows: np.ndarray
    is_whole: bool


@dataclass(frozen=True, slots=True)
class ExaminedTable:
    """One table of a file.

    Attributes
    ----------
    sheet, header_row : where it stands; the row number as a spreadsheet shows it.
    headers : as written.
    layout, score, confidence : which known export it is, the share of its columns that are
        known (0..1), and "exact", "likely", "chosen" or "none".
    mapping : one row a stored column: ``header, target, rule, sample``.
    preview : the first rows as they would be stored.
    staged : what can be loaded; None together with a ``problem``.
    dropped_columns : personal columns that are not stored.
    raw : the table's first rows as the file has them, for a mapping by hand.
    nearest : without a layout, the one that shares the most columns.
    needs_days : it can be loaded once somebody says which days it speaks of.
    marks : every rejected cell and every cell to be checked; ``checks.places.MARKS``.
    correctable : the rows for a findings workbook; None when nothing is marked.
    must_confirm : what a person has to confirm before the table is loaded.
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
    raw: RawTable | None = None
    nearest: Layout | None = None
    needs_days: bool = False
    headers: tuple[str, ...] = ()
    marks: pa.Table = field(default_factory=MARKS.empty_table, compare=False, repr=False)
    correctable: Correctable | None = field(default=None, compare=False, repr=False)
    must_confirm: tuple[Text, ...] = ()
    member: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """What a file holds."""

    file_name: str
    sha256: str
    tables: tuple[ExaminedTable, ...]

    @property
    def must_confirm(self) -> tuple[Text, ...]:
        """What a person has to confirm before the file is loaded, over all of its tables."""
        return tuple(text for table in self.tables for text in table.must_confirm)

    @property
    def is_correctable(self) -> bool:
        """Whether a findings workbook would hold rows to mend."""
        return any(table.correctable is not None for table in self.tables)
