"""How a text file is written: its characters and what separates its cells."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ecom.errors import UnreadableFile
from ecom.ingest.files.limits import HEAD, MAX_COLUMNS, too_wide
from ecom.text import message

_DELIMITERS = (",", "\t", ";", "|")
_LOOKED_AT = 60  # lines


def encoding_of(path: Path, head: bytes) -> str:
    """BOM first, then strict UTF-8, then GB18030. Never a lenient reading.

    Raises
    ------
    UnreadableFile
        For a text in another encoding or in several, and for binary data further down.
    """
    candidates: tuple[str, ...] = ("utf-8", "gb18030")
    if head.startswith(codecs.BOM_UTF8):
        candidates = ("utf-8-sig",)
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ("utf-16",)
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise UnreadableFile(
        message("The characters are not in one encoding: neither UTF-8 nor GB18030 fits."),
        message("Save the file as “CSV UTF-8” and add it again."),
    )


def _decodes(path: Path, encoding: str) -> bool:
    """Whether a file is wholly in an encoding; a character cut off at the very end is forgiven."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        try:
            while chunk := file.read(HEAD):
                if "\x00" in decoder.decode(chunk):
                    raise UnreadableFile(
                        message("This is not a text table: it holds binary data."),
                        message("Save it as .xlsx or .csv (UTF-8) and add it again."),
                    )
        except UnicodeDecodeError:
            return False
    return True


def delimiter_of(text: str) -> str:
    """The mark that splits the most of the first lines into the same number of cells.

    Lines above the header, marks inside quotation marks and decimal commas split irregularly, a
    table's own mark does not. Of marks that agree on as many lines the one with more cells wins.
    """
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if not line.startswith("#")]

    def agreement(mark: str) -> tuple[int, int]:
        widths = Counter(_widths([line for line in lines if line.strip(f" {mark}")], mark))
        return max(((count, cells) for cells, count in widths.items()), default=(0, 0))

    return max(_DELIMITERS, key=agreement)


def _widths(lines: list[str], mark: str) -> Iterator[int]:
    """How many cells each line has; lines of a single cell say nothing."""
    try:
        for cells in csv.reader((line + "\n" for line in lines), delimiter=mark):
            if len(cells) > 1:
                yield len(cells)
    except csv.Error:
        return  # a cell longer than any; the lines before it decide


def check_width(text: str, delimiter: str, *, whole: bool) -> None:
    """Refuse a text whose first lines are no table's.

    Parameters
    ----------
    text : the head of the file
    whole : whether that is all of it
    """
    lines = text.split("\n", 60)
    if len(lines) == 1 and not whole:
        raise UnreadableFile(
            message("The first line alone is longer than {size} MB.", size=1),
            message("Check that this is a table export with line breaks."),
        )
    widest = max(line.count(delimiter) for line in lines[:30]) + 1
    if widest > MAX_COLUMNS:
        raise too_wide(widest)
