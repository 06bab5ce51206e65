"""From bytes to a kind of file. The name and its ending are never believed."""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ecom.errors import UnreadableFile
from ecom.text import Text, message

MEGABYTE = 1_000_000
MAX_BYTES = 200 * MEGABYTE  # read as a whole
MAX_STREAMED_BYTES = 20_000 * MEGABYTE  # event logs, read in blocks
STREAMED_BYTES = 64 * MEGABYTE  # event logs above are read in blocks
MAX_UNPACKED = 1_000 * MEGABYTE
MAX_RATIO = 200
MAX_COLUMNS = 512
HEAD = 1 << 20
_DELIMITERS = (",", "\t", ";", "|")
_SAVE_AS = message("Save it as .xlsx or .csv (UTF-8) and add it again.")


class Container(StrEnum):
    """The two shapes a table is read from."""

    TEXT = "text"
    WORKBOOK = "workbook"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the bytes say. ``encoding`` and ``delimiter`` are empty for a workbook."""

    container: Container
    encoding: str = ""
    delimiter: str = ""


def sniff(path: Path, *, max_bytes: int = MAX_BYTES, whole: bool = True) -> Sniffed:
    """Tell how to read a file, from its content alone.

    Parameters
    ----------
    path : Path
        The file; at most ``max_bytes`` long.
    max_bytes : int
        Larger files are refused before they are read.
    whole : bool
        Whether all of a text has to fit its encoding, or just its first megabyte.

    Raises
    ------
    UnreadableFile
        For an empty, too large, encrypted or foreign file, with one sentence on what to do.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile(message("The file is empty."), message("Export it again."))
    if size > max_bytes:
        raise too_large(size, max_bytes)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        _check_workbook(path)
        return Sniffed(Container.WORKBOOK)
    if problem := _foreign(head):
        raise UnreadableFile(problem, _SAVE_AS)
    encoding = _encoding(path, head, whole=whole)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if not text.strip("\ufeff \t\r\n,;|"):
        raise UnreadableFile(message("The file is empty."), message("Export it again."))
    delimiter = _delimiter(text)
    _check_width(text, delimiter, whole=size <= HEAD)
    return Sniffed(Container.TEXT, encoding, delimiter)


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


def _foreign(head: bytes) -> Text | None:
    """The sentence for a kind of file that is no csv and no xlsx."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in head:
            return message("This workbook is protected by a password.")
        return message("This is an old Excel workbook (.xls).")
    if head.startswith(b"%PDF"):
        return message("This is a PDF, not a table.")
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")):
        return message("This is a picture, not a table.")
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return message("This is a packed archive; unpack it first.")
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|table|\?xml)", head[:200], re.IGNORECASE):
        return message("This is a web page or XML saved under another name.")
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\x00" in head:
        return message("This is not a text table: it holds binary data.")
    return None


def _check_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            first_sheet = _first_sheet_head(archive)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise UnreadableFile(
            message("The workbook is damaged or cut short."), message("Export it again.")
        ) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile(
            message("This archive is protected by a password."),
            message("Unpack it with the password and add the file inside."),
        )
    names = {entry.filename for entry in entries}
    if "mimetype" in names:
        raise UnreadableFile(message("This is an OpenDocument file (.ods)."), _SAVE_AS)
    if "xl/workbook.xml" not in names:
        raise UnreadableFile(
            message("This is a zip archive, not a workbook."),
            message("Unpack it and add the files inside."),
        )
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > MAX_UNPACKED or (unpacked > MEGABYTE and unpacked / packed > MAX_RATIO):
        raise UnreadableFile(
            message(
                "The workbook would unpack to {size} MB, {ratio} times its size.",
                size=round(unpacked / MEGABYTE),
                ratio=round(unpacked / packed),
            ),
            message("Export a shorter period."),
        )
    columns = set(re.findall(rb'<c r="([A-Z]{1,3})1"', first_sheet))
    if len(columns) > MAX_COLUMNS:
        raise _too_wide(len(columns))


def _first_sheet_head(archive: zipfile.ZipFile) -> bytes:
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    if not sheets or archive.getinfo(sheets[0]).flag_bits & 1:
        return b""
    with archive.open(sheets[0]) as sheet:
        return sheet.read(HEAD)


def _encoding(path: Path, head: bytes, *, whole: bool) -> str:
    """BOM first, then strict UTF-8, then GB18030. Never a lenient reading."""
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
                decoder.decode(chunk)
                if not whole:
                    break
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(text: str) -> str:
    """The mark that splits the most of the first lines into the same number of cells."""
    lines = [line for line in text.splitlines()[:60] if line.strip() and not line.startswith("#")]

    def score(mark: str) -> int:
        return max((line.count(mark) for line in lines), default=0)

    return max(_DELIMITERS, key=score)


def _check_width(text: str, delimiter: str, *, whole: bool) -> None:
    lines = text.split("\n", 60)
    if len(lines) == 1 and not whole:
        raise UnreadableFile(
            message("The first line alone is longer than {size} MB.", size=1),
            message("Check that this is a table export with line breaks."),
        )
    widest = max(line.count(delimiter) for line in lines[:30]) + 1
    if widest > MAX_COLUMNS:
        raise _too_wide(widest)


def _too_wide(columns: int) -> UnreadableFile:
    return UnreadableFile(
        message(
            "The table has {columns} columns or more; at most {limit} can be read.",
            columns=columns,
            limit=MAX_COLUMNS,
        ),
        message("Export fewer columns, or check that the right file was chosen."),
    )
