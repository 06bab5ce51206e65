"""Large text files in blocks: the same rows as ``read_text`` gives, never all of them at once."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.csv as pa_csv

from ecom.ingest.files import read_text
from ecom.ingest.files.raw import FindHeader, RawTable
from ecom.ingest.files.read_text import (
    Body,
    Head,
    csv_options,
    find_head,
    raw_table,
    split_lines,
    unsplittable,
)
from ecom.ingest.files.sniff import HEAD, Sniffed
from ecom.progress import Watch
from ecom.text import message

PIECE = 1 << 20
_LONGEST_CHARACTER = 4  # bytes


class TextFile:
    """A text file as UTF-8 bytes with plain line ends, read a piece at a time.

    It has what Arrow asks of a file: ``read``, ``closed`` and ``close``.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self.size = path.stat().st_size
        self._file = path.open("rb")
        self._is_utf8 = encoding in ("utf-8", "utf-8-sig")
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._ready = b""
        self._held = b""  # what can't be told before the next piece is read
        self._ended = False
        self._made = 0
        if self._is_utf8 and self._file.read(3) != codecs.BOM_UTF8:
            self._file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """Exactly ``size`` bytes, fewer at the end of the file only."""
        pieces, length = [self._ready], len(self._ready)
        while not self._ended and (size < 0 or length < size):
            piece = self._next()
            pieces.append(piece)
            self._made += len(piece)
            length += len(piece)
        whole = b"".join(pieces)
        if size < 0:
            size = len(whole)
        self._ready = whole[size:]
        return whole[:size]

    def put_back(self, text: bytes) -> None:
        """Give back what was read too far."""
        self._ready = text + self._ready

    def share(self, used: int) -> float:
        """How much of the file so many of the bytes given out are, 0..1.

        Arrow reads some blocks ahead, so what was given out says too much.
        """
        return used / max(1, self._made) * self._file.tell() / max(1, self.size)

    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
        return self._file.closed

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> TextFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _next(self) -> bytes:
        raw = self._file.read(PIECE)
        self._ended = not raw
        if self._is_utf8:
            piece, self._held = self._whole_characters(self._held + raw)
        else:
            piece = self._held + self._decoder.decode(raw, final=False).encode()
            self._held = b""
        if b"\r" in piece:
            if piece.endswith(b"\r") and not self._ended:  # its line feed may follow
                piece, self._held = piece[:-1], b"\r" + self._held
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return piece

    def _whole_characters(self, text: bytes) -> tuple[bytes, bytes]:
        """Cut before a character that has not fully arrived; at the end of the file it is lost."""
        tail = text[-_LONGEST_CHARACTER - 1 :]
        while tail and tail[0] & 0xC0 == 0x80:  # in the middle of a character
            tail = tail[1:]
        cut = len(text) - len(tail) + codecs.utf_8_decode(tail, "ignore", False)[1]
        return text[:cut], text[cut:]


def fingerprint(path: Path, sniffed: Sniffed, watch: Watch) -> str:
    """The SHA-256 of a file, all of which has to be in the encoding that its head is in.

    Raises
    ------
    UnicodeDecodeError
        When a later part is not.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(sniffed.encoding)("strict")
    size, done = path.stat().st_size, 0
    with path.open("rb") as file:
        while chunk := file.read(HEAD):
            digest.update(chunk)
            decoder.decode(chunk)
            done += len(chunk)
            watch.tell(done / size, message("Reading {file}", file=path.name))
    return digest.hexdigest()


def read_in_blocks(
    path: Path,
    sniffed: Sniffed,
    find_header: FindHeader,
    *,
    told: Callable[[float], None] = lambda share: None,
) -> Generator[RawTable]:
    """The one table of a text file, in blocks of some megabytes.

    Parameters
    ----------
    told : called with the share of the file that was read, 0..1.

    Yields
    ------
    RawTable
        At least one. Row numbers, remarks and lines of another width are those of ``read_text``,
        shared out among the blocks.

    Raises
    ------
    UnreadableFile
    """
    with TextFile(path, sniffed.encoding) as file:
        text = file.read(HEAD)
        head = find_head(text, sniffed.delimiter, find_header)
        file.put_back(text[head.start :])
        yield from _blocks(file, head, sniffed.delimiter, told)


def _blocks(
    file: TextFile, head: Head, delimiter: str, told: Callable[[float], None]
) -> Generator[RawTable]:
    """A block is given out once the next one is there: only the file's last line can be cut."""
    width = len(head.headers)
    ragged: list[tuple[int, str]] = []
    before = used = 0
    waiting = [pa.array([], pa.string()) for _ in range(width)]
    for batch in _batches(file, delimiter, width, ragged):
        used += read_text.BLOCK_BYTES
        told(min(1.0, file.share(used)))
        if len(waiting[0]):
            block, before, ragged[:] = _numbered(head, waiting, ragged, before, delimiter)
            yield block
        waiting = batch.columns
    body = Body(tuple(waiting), split_lines(ragged, delimiter))
    yield raw_table(head, body, before=before)


def _batches(
    file: TextFile, delimiter: str, width: int, ragged: list[tuple[int, str]]
) -> Iterator[pa.RecordBatch]:
    def set_aside(row: pa_csv.InvalidRow) -> str:
        ragged.append((row.number or 0, row.text))
        return "skip"

    first = file.read(HEAD)
    while not first.strip() and (more := file.read(HEAD)):
        first += more
    if not first.strip():
        return
    file.put_back(first)
    try:
        # Line numbers are only known to one thread; the second core cleans meanwhile.
        yield from pa_csv.open_csv(
            pa.PythonFile(file, mode="r"),
            **csv_options(delimiter, width, set_aside, threads=False),
        )
    except pa.ArrowInvalid as error:
        raise unsplittable() from error


def _numbered(
    head: Head,
    columns: list[pa.Array],
    ragged: list[tuple[int, str]],
    before: int,
    delimiter: str,
) -> tuple[RawTable, int, list[tuple[int, str]]]:
    """A block with the odd lines among its rows; odd lines below it are left for the next."""
    last = before + len(columns[0])
    mine: list[tuple[int, str]] = []
    for number, line in ragged:
        if number > last:
            break
        mine.append((number, line))
        last += 1
    body = Body(tuple(columns), split_lines(mine, delimiter))
    return raw_table(head, body, before=before, ends=False), last, ragged[len(mine) :]
