"""OpenDocument sheets, measured first: one attribute there can mean a billion cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from ecom.errors import UnreadableFile
from ecom.ingest.files.limits import MAX_CELLS, MAX_COLUMNS, damaged, too_many_cells, too_wide
from ecom.ingest.files.zipped import chunks, pieces
from ecom.text import message

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_TAG = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*)>")
_ROWS = re.compile(rb'number-rows-repeated="(\d{1,12})"')
_COLUMNS = re.compile(rb'number-columns-repeated="(\d{1,12})"')
_BLANKS = re.compile(rb'text:c="\d{5,}"')


def check_extent(path: Path, listed: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a file one of whose sheets spans more than can be held.

    Raises
    ------
    UnreadableFile
    """
    content = next((entry for entry in listed if entry.filename == "content.xml"), None)
    if content is None:
        raise damaged()
    if any(entry.filename == "META-INF/manifest.xml" for entry in listed):
        _check_encryption(path, listed)
    row, repeated, place, rows, columns = 0, 1, 0, 0, 0
    for part in pieces(chunks(path, content), b"table:table-row>"):
        if _BLANKS.search(part):
            raise damaged()
        for tag in _TAG.finditer(part):
            if tag[1] == b"table":
                row, repeated, place, rows, columns = 0, 0, 0, 0, 0
            elif tag[1] == b"table-row":
                row, repeated, place = row + repeated, _number(_ROWS, tag[2]), 0
            else:
                place += _number(_COLUMNS, tag[2])
                if not tag[2].endswith(b"/"):  # cells at the end that hold nothing do not count
                    rows, columns = max(rows, row + repeated), max(columns, place)
            if columns > MAX_COLUMNS:
                raise too_wide(columns)
            if rows * columns > MAX_CELLS:
                raise too_many_cells(rows, columns)


def _check_encryption(path: Path, listed: Sequence[zipfile.ZipInfo]) -> None:
    manifest = next(entry for entry in listed if entry.filename == "META-INF/manifest.xml")
    if any(b"encryption-data" in part for part in pieces(chunks(path, manifest), b"file-entry>")):
        raise UnreadableFile(
            message("This OpenDocument file is protected by a password."),
            message("Save it without the password, or as .xlsx, and add it again."),
        )


def _number(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1
