"""What ingest hands to the store, and what the store answers: plain values."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from ecom.progress import Watch
from ecom.text import Text


@dataclass(frozen=True, slots=True)
class Shop:
    """One seller account. ``shop_id`` is the key in every fact table."""

    shop_id: str
    platform: str = ""
    shop_name: str = ""
    currency: str = ""
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a file; equal remarks about several cells are one finding.

    Attributes
    ----------
    severity : "error" (the row is rejected), "warning" or "info".
    text, allowed, remedy : what is wrong, what may stand there instead, and what to do.
    column, cell, value : the header, the first cell as a spreadsheet names it ("C14", "14" for a
        whole row, "" for the whole table) and what stands in it.
    rows : 1-based row numbers as a spreadsheet shows them, the first few only; ``occurrences``
        counts all.
    marked : while a file is examined, the row numbers of all affected cells, as far as they are
        kept; None once ``ecom.ingest.checks.places`` has taken them.
    """

    severity: str
    code: str
    text: Text
    remedy: Text | None = None
    sheet: str = ""
    column: str = ""
    value: str = ""
    rows: tuple[int, ...] = ()
    occurrences: int = 1
    cell: str = ""
    allowed: Text | None = None
    marked: np.ndarray | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Staged:
    """One table of one file, cleaned and typed, ready to be loaded.

    Attributes
    ----------
    tables : canonical table name -> Arrow table
        Columns are content columns of ``ecom.schema`` (missing ones load as NULL) plus
        ``source_row``. Every natural key occurs once.
    grain : the table in which one accepted source row is one row; the row account is taken there.
    rows_read : data rows in the file, header and preamble excluded.
    rows_rejected, rows_totals : of these, refused and recognised as totals.
    rows_repeated : of these, exact repeats of a row whose key may occur once; counted unchanged.
    source_updated_at : UTC; when the platform wrote the file. The newest wins over older facts.
    source_id, cursor_value : of rows that were pulled from a database, which source and how far
        (``ecom.store.cursor``).
    parts : reads the rows, where they are too many to be held; everything else then speaks of the
        first of them only.
    replaced_rows : ``source_row`` of rows of the grain that a later part has replaced.
    """

    layout_id: str
    shop: Shop
    file_name: str
    file_sha256: str
    tables: Mapping[str, pa.Table]
    grain: str
    rows_read: int
    source_updated_at: datetime
    sheet_name: str = ""
    rows_rejected: int = 0
    rows_totals: int = 0
    rows_repeated: int = 0
    findings: tuple[Finding, ...] = ()
    period_start: date | None = None
    period_end: date | None = None
    source_id: int | None = None
    cursor_value: str | None = None
    parts: Parts | None = None
    replaced_rows: pa.Array | None = None


Parts = Callable[[Watch], Generator[Mapping[str, pa.Table], None, Staged]]
"""Reads a table that does not fit into memory: yields its rows part by part, in the columns of
``tables``, and returns what is known after the last of them, with empty ``tables``."""


@dataclass(frozen=True, slots=True)
class RowAccount:
    """Where every row of a file went. ``read`` always equals the sum of the others."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    totals: int = 0

    @property
    def loaded(self) -> int:
        """Rows that brought something: new or changed."""
        return self.new + self.changed

    @property
    def adds_up(self) -> bool:
        """The rule that every import keeps."""
        return self.read == self.loaded + self.unchanged + self.rejected + self.totals


@dataclass(frozen=True, slots=True)
class Batch:
    """One table of one file as the store holds it. ``already_loaded``: nothing was stored now."""

    batch_id: int
    layout_id: str
    shop_id: str
    file_name: str
    sheet_name: str
    loaded_at: datetime
    account: RowAccount
    tables: tuple[str, ...] = ()
    store_version: int = 0
    findings: tuple[Finding, ...] = field(default=(), compare=False)
    already_loaded: bool = field(default=False, compare=False)
