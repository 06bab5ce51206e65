"""How a text file is written: its characters and what separates its cells."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path

from ecom.errors import UnreadableFile
from ecom.ingest.files.limits import HEAD, MAX_COLUMNS, too_wide
from ecom.text import message

_DELIMITERS = ("\t", ";", "|", ",")  # the less a mark is used in texts, the earlier
_LOOKED_AT = 60  # lines
_LOOKED_INTO = 1 << 17  # characters
_LINE_END = re.compile(r"\r\n?|\n")
_QUOTED = re.compile(r'"[^"]*"')


def encoding_of(path: Path, head: bytes, *, whole: bool = True) -> str:
    """BOM first, then strict UTF-8, then GB18030. Never a lenient reading.

    Parameters
    ----------
    whole : look through the whole file; else its head decides.

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
        if _decodes(path, encoding, whole=whole):
            return encoding
    raise UnreadableFile(
        message("The characters are not in one encoding: neither UTF-8 nor GB18030 fits."),
        message("Save the file as “CSV UTF-8” and add it again."),
    )


def _decodes(path: Path, encoding: str, *, whole: bool) -> bool:
    """Whether a file is in an encoding; a character cut off at the very end is forgiven."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        try:
            while chunk := file.read(HEAD):
                if "\x00" in decoder.decode(chunk):
                    raise UnreadableFile(
                        message("This is not a text table: it holds binary data."),
                        message("Save it as .xlsx or .csv (UTF-8) and add it again."),
                    )
                if not whole:
                    break
        except UnicodeDecodeError:
            return False
    return True


def delimiter_of(text: str) -> str:
    """The mark that splits the first lines into the most cells, in the way a line of names is.

    Lines above the header and decimal commas split irregularly; a table's own mark splits its
    header and its rows into equally many cells. What stands in quotation marks says nothing.
    """
    lines = _QUOTED.sub("", text[:_LOOKED_INTO]).splitlines()[:_LOOKED_AT]
    lines = [line for line in lines if not line.startswith("#")]

    def agreement(mark: str) -> tuple[int, int]:
        rows = [line.split(mark) for line in lines if line.strip(f" {mark}")]
        cells = {width: count * (width - 1) for width, count in Counter(map(len, rows)).items()}
        named = {len(row) for row in rows if not any(cell[:1].isdigit() for cell in row)}
        return max((cells[width] for width in named), default=0), max(cells.values(), default=0)

    best = max(_DELIMITERS, key=agreement)
    return best if any(agreement(best)) else ","


def check_width(text: str, delimiter: str, *, whole: bool) -> None:
    """Refuse a text whose first lines are no table's.

    Parameters
    ----------
    text : the head of the file
    whole : whether that is all of it
    """
    lines = _LINE_END.split(text, 60)
    if len(lines) == 1 and not whole:
        raise UnreadableFile(
            message("The first line alone is longer than {size} MB.", size=1),
            message("Check that this is a table export with line breaks."),
        )
    widest = max(line.count(delimiter) for line in lines[:30]) + 1
    if widest > MAX_COLUMNS:
        raise too_wide(widest)
