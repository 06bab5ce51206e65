"""From bytes to a kind of file. The name and its ending are never believed."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from zipfile import ZipInfo

import olefile

from ecom.errors import UnreadableFile
from ecom.ingest.files.limits import HEAD, MAX_BYTES, MAX_RATIO, too_large
from ecom.ingest.files.ods import MIMETYPE
from ecom.ingest.files.text_shape import check_width, delimiter_of, encoding_of
from ecom.ingest.files.zipped import SIGNATURES, check_size, chunks, entries
from ecom.text import Text, message

_SAVE_AS = message("Save it as .xlsx or .csv (UTF-8) and add it again.")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SPREADSHEET_XML = "urn:schemas-microsoft-com:office:spreadsheet"
_PAGE = re.compile(r"\s*<(!doctype|html|head|body|meta|table|\?xml)\b", re.IGNORECASE)
_EMPTY = "\ufeff \t\r\n,;|"


class Container(StrEnum):
    """What a table is read from; of workbooks the value is the usual ending."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    HTML = "html"
    SPREADSHEET_XML = "spreadsheet xml"
    ARCHIVE = "archive"
    ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the bytes say: text has an ``encoding`` and a ``delimiter``, markup an ``encoding``.

    An ``ARCHIVE`` holds files and an ``ENCRYPTED`` workbook another workbook; the others are
    tables.
    """

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
        For an empty, too large or foreign file, with one sentence on what to do.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile(message("The file is empty."), message("Export it again."))
    if size > max_bytes:
        raise too_large(size, max_bytes)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(SIGNATURES):
        return Sniffed(_zipped(path))
    if head.startswith(olefile.MAGIC[:4]):
        return Sniffed(_compound(path))
    if problem := _foreign(head):
        raise UnreadableFile(problem, _SAVE_AS)
    return _text(path, head, whole=whole, complete=size <= HEAD)


def _text(path: Path, head: bytes, *, whole: bool, complete: bool) -> Sniffed:
    """Text tables, pages and XML; ``complete`` when the head is all there is."""
    encoding = encoding_of(path, head, whole=whole)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if not text.strip(_EMPTY):
        raise UnreadableFile(message("The file is empty."), message("Export it again."))
    if text.lstrip(_EMPTY).startswith("<"):
        if _SPREADSHEET_XML in text:
            return Sniffed(Container.SPREADSHEET_XML, encoding)
        if "<table" in text.lower():
            return Sniffed(Container.HTML, encoding)
        if _PAGE.match(text.lstrip(_EMPTY)):
            raise UnreadableFile(message("This is a web page or XML without a table."), _SAVE_AS)
    delimiter = delimiter_of(text)
    check_width(text, delimiter, whole=complete)
    return Sniffed(Container.TEXT, encoding, delimiter)


def _foreign(head: bytes) -> Text | None:
    """The sentence for a kind of file that holds no table."""
    if head.startswith(b"%PDF"):
        return message("This is a PDF, not a table.")
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")):
        return message("This is a picture, not a table.")
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return message("This is a packed archive of another kind than zip; unpack it first.")
    if not head.startswith(_UTF16) and b"\x00" in head:
        return message("This is not a text table: it holds binary data.")
    return None


def _zipped(path: Path) -> Container:
    """A workbook, or an archive of files."""
    listed = entries(path)
    names = {entry.filename: entry for entry in listed}
    if "xl/workbook.xml" in names:
        check_size(listed)
        return Container.XLSX
    if "mimetype" in names and _is_spreadsheet(path, names["mimetype"]):
        check_size(listed)
        return Container.ODS
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise UnreadableFile(
            message("This is an Office file, but no .xlsx, .xls or .ods workbook."), _SAVE_AS
        )
    return Container.ARCHIVE


def _is_spreadsheet(path: Path, entry: ZipInfo) -> bool:
    return entry.file_size < MAX_RATIO and b"".join(chunks(path, entry)).startswith(MIMETYPE)


def _compound(path: Path) -> Container:
    """An old workbook, or an encrypted one of either kind."""
    try:
        with olefile.OleFileIO(path) as parts:
            if parts.exists("EncryptedPackage"):
                return Container.ENCRYPTED
            for name in ("Workbook", "Book"):
                if parts.exists(name):
                    with parts.openstream(name) as stream:
                        return (
                            Container.ENCRYPTED
                            if _has_file_pass(stream.read(HEAD))
                            else Container.XLS
                        )
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
        # what olefile raises for a compound file that is cut short
        raise UnreadableFile(
            message("The file is damaged or cut short."), message("Export it again.")
        ) from error
    raise UnreadableFile(
        message("This is an Office file, but no .xlsx, .xls or .ods workbook."), _SAVE_AS
    )


def _has_file_pass(stream: bytes) -> bool:
    """Whether an old workbook goes on encrypted: record 0x2F in its first substream."""
    place = 0
    while place + 4 <= len(stream):
        kind = int.from_bytes(stream[place : place + 2], "little")
        if kind in (0x2F, 0x0A):
            return kind == 0x2F
        place += 4 + int.from_bytes(stream[place + 2 : place + 4], "little")
    return False
