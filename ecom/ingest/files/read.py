"""From a file to raw tables: cells exactly as they stand, with their spreadsheet row numbers."""

from __future__ import annotations

from pathlib import Path

from ecom.ingest.files.markup import read_html
from ecom.ingest.files.raw import FindHeader, RawTable
from ecom.ingest.files.read_text import read_blocks, read_text, read_utf8
from ecom.ingest.files.sniff import Container, Sniffed
from ecom.ingest.files.spreadsheet_xml import read_spreadsheet_xml
from ecom.ingest.files.workbook import read_workbook


def read_tables(path: Path, sniffed: Sniffed, *, find_header: FindHeader) -> tuple[RawTable, ...]:
    """Read every table of a file.

    Parameters
    ----------
    path : Path
    sniffed : Sniffed
        How to read it.
    find_header : callable
        Index of the header among the first rows (lists of cell texts).

    Returns
    -------
    tuple of RawTable
        One for each visible sheet with cells, each table of a page with rows, or each block of a
        text file.

    Raises
    ------
    UnreadableFile
    """
    match sniffed.container:
        case Container.XLSX | Container.XLS | Container.ODS:
            return read_workbook(path, sniffed.container, find_header)
        case Container.HTML:
            return read_html(path, sniffed.encoding, find_header)
        case Container.SPREADSHEET_XML:
            return read_spreadsheet_xml(path, sniffed.encoding, find_header)
        case Container.TEXT:
            text = read_utf8(path, sniffed.encoding)
            if not text.startswith(b"#"):
                return (read_text(text, sniffed.delimiter, find_header),)
            return read_blocks(text, sniffed.delimiter, find_header)
        case _:
            raise AssertionError(f"{sniffed.container} holds files, no tables")
