"""Zip files, checked before anything is unpacked: archives of exports, .xlsx and .ods alike."""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ecom.errors import UnreadableFile
from ecom.ingest.files.limits import (
    HEAD,
    MAX_PIECE,
    MAX_RATIO,
    MAX_RECORDS,
    MAX_UNPACKED,
    MEGABYTE,
    damaged,
    too_long,
)
from ecom.text import message

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_RECORD = re.compile(rb"PK\x01\x02")
_RECORD_LENGTHS = struct.Struct("<HHH")  # name, extra field and comment, at byte 28 of a record
_DIRECTORY = 8 * MEGABYTE
_LOCAL = struct.Struct("<26xHH")
_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, struct.error)


def entries(path: Path) -> tuple[zipfile.ZipInfo, ...]:
    """The directory of a zip file whose size is within bounds.

    Raises
    ------
    UnreadableFile
        For a damaged file, and for one whose directory alone would fill the memory.
    """
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            listed = tuple(archive.infolist())
    except _BROKEN as error:
        raise damaged() from error
    if len({entry.filename.casefold() for entry in listed}) < len(listed):
        raise damaged()  # which of two equal names is read depends on the reader
    return listed


def _check_directory(path: Path) -> None:
    """Count the records without making objects of them: a 200 MB file has room for millions."""
    count = size = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for found in _RECORD.finditer(content):
            count += 1
            place = found.start() + 28
            if place + _RECORD_LENGTHS.size <= len(content):
                size += sum(_RECORD_LENGTHS.unpack_from(content, place))
            if count > MAX_RECORDS or size > _DIRECTORY:
                raise UnreadableFile(
                    message("The archive lists more than {limit} files.", limit=MAX_RECORDS),
                    message("Put only the exports into the archive."),
                )


def check_size(listed: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what would unpack to far more than it is."""
    unpacked = sum(entry.file_size for entry in listed)
    packed = max(1, sum(entry.compress_size for entry in listed))
    if unpacked > MAX_UNPACKED or (unpacked > MEGABYTE and unpacked / packed > MAX_RATIO):
        raise UnreadableFile(
            message(
                "The file would unpack to {size} MB, {ratio} times its size.",
                size=round(unpacked / MEGABYTE),
                ratio=round(unpacked / packed),
            ),
            message("Export a shorter period."),
        )


def head_of(path: Path, entry: zipfile.ZipInfo) -> bytes:
    """The first ``HEAD`` bytes of an entry, or somewhat more."""
    head = b""
    for chunk in chunks(path, entry):
        head += chunk
        if len(head) >= HEAD:
            break
    return head


def chunks(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What an entry that is not encrypted unpacks to, in pieces of about a megabyte.

    Python's own reader stops at the size that the directory states; other readers go on. Here a
    stream that holds more than it states is refused.
    """
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged()
    seen = 0
    with path.open("rb") as file:
        if entry.header_offset < 0:  # what a damaged directory may say
            raise damaged()
        file.seek(entry.header_offset)
        header = file.read(30)
        if len(header) < 30:
            raise damaged()
        name, extra = _LOCAL.unpack(header)
        file.seek(name + extra, 1)
        for piece in _inflated(file, entry):
            seen += len(piece)
            if seen > entry.file_size:
                raise damaged()
            yield piece
    if seen < entry.file_size:
        raise damaged()


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    left = entry.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0:
        packed = file.read(min(_CHUNK, left))
        if not packed:
            raise damaged()
        left -= len(packed)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield packed
            continue
        try:
            while packed and not inflate.eof:
                yield inflate.decompress(packed, _CHUNK)
                packed = inflate.unconsumed_tail
        except zlib.error as error:
            raise damaged() from error
        if inflate.eof:
            return


def pieces(stream: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    """Cut a stream after the last ``end`` tag that each piece holds; the rest goes to the next.

    Raises
    ------
    UnreadableFile
        When ``MAX_PIECE`` bytes hold no such tag: one cell or row without measure.
    """
    kept = b""
    for chunk in stream:
        text = kept + chunk
        place = max(text.rfind(b"/" + end), text.rfind(b":" + end))
        cut = 0 if place < 0 else place + 1 + len(end)
        if cut:
            yield text[:cut]
        kept = text[cut:]
        if len(kept) > MAX_PIECE:
            raise too_long()
    if kept:
        yield kept
