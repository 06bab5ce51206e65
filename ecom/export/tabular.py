"""Tables as CSV: UTF-8 with a mark, so that Excel opens Chinese right; full values, no formulas."""

from __future__ import annotations

import io
import zipfile

import pandas as pd

from ecom.analysis.base import Report, Table
from ecom.export.words import cell_words, column_title, harmless, tables_of
from ecom.i18n import Language


def table_csv(table: Table, language: Language, *, currency: str = "") -> bytes:
    """One table as CSV.

    Parameters
    ----------
    currency : ISO code, named in the titles of money columns.
    """
    frame = pd.DataFrame(
        {
            column.key: [
                harmless(cell_words(cell, column, language)) for cell in table.frame[column.key]
            ]
            for column in table.columns
        }
    )
    frame.columns = pd.Index(
        [harmless(column_title(column, language, currency)) for column in table.columns]
    )
    return frame.to_csv(index=False).encode("utf-8-sig")


def report_csvs(report: Report, language: Language) -> bytes:
    """Every table of a report as CSV, in one zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in tables_of(report).items():
            text = table_csv(table, language, currency=report.header.currency)
            archive.writestr(f"{name}.csv", text)
    return target.getvalue()
