"""How much of a file is read. One place for every bound, so that memory and time stay small."""

from __future__ import annotations

from ecom.errors import UnreadableFile
from ecom.text import message

MEGABYTE = 1_000_000
MAX_BYTES = 200 * MEGABYTE  # of a file as it was dropped, which is read as a whole
STREAMED_BYTES = 64 * MEGABYTE  # larger event logs are read in blocks, where the file stays
MAX_STREAMED_BYTES = 20_000 * MEGABYTE  # of an event log that is read in blocks
MAX_UNPACKED = 500 * MEGABYTE  # of a workbook or an archive, by what its entries unpack to
MAX_RATIO = 200  # unpacked to packed; tables reach 5 to 60
MAX_RECORDS = 20_000  # entries of a zip directory, whatever they are
MAX_MEMBERS = 500  # files with data in an archive
MAX_COLUMNS = 512
MAX_CELLS = 12_000_000  # of a sheet's used rectangle: readers fill it, blank or not, at 32 bytes
MAX_MARKUP = 50 * MEGABYTE  # of a table in HTML or XML, which is held whole
MAX_PIECE = 16 * MEGABYTE  # of one row of a sheet, or of one text
HEAD = 1 << 20  # bytes that decide what a file is
SCANNED_PACKED = 8 * MEGABYTE  # sheets packed smaller are looked through from end to end


def too_large(size: int, max_bytes: int) -> UnreadableFile:
    """The refusal of a file for its size."""
    return UnreadableFile(
        message(
            "The file has {size} MB; at most {limit} MB can be read.",
            size=round(size / MEGABYTE),
            limit=round(max_bytes / MEGABYTE),
        ),
        message("Export a shorter period, one file each."),
    )


def too_wide(columns: int) -> UnreadableFile:
    """The fault of a table with more columns than any export has."""
    return UnreadableFile(
        message(
            "The table has {columns} columns or more; at most {limit} can be read.",
            columns=columns,
            limit=MAX_COLUMNS,
        ),
        message("Export fewer columns, or check that the right file was chosen."),
    )


def too_many_cells(rows: int, columns: int) -> UnreadableFile:
    """The fault of a sheet whose used rectangle is larger than can be held."""
    return UnreadableFile(
        message(
            "A sheet spans {rows} rows and {columns} columns; at most {limit} million cells can "
            "be read.",
            rows=rows,
            columns=columns,
            limit=MAX_CELLS // 1_000_000,
        ),
        message("Delete cells far away from the table, or export a shorter period."),
    )


def too_long() -> UnreadableFile:
    """The fault of a workbook with a row or a text that no table has."""
    return UnreadableFile(
        message(
            "One row or cell of the workbook is longer than {size} MB.",
            size=MAX_PIECE // MEGABYTE,
        ),
        message("Check that the right file was chosen."),
    )


def damaged() -> UnreadableFile:
    """The fault of a workbook or an archive that does not hold what it announces."""
    return UnreadableFile(message("The file is damaged or cut short."), message("Export it again."))
