"""Look at the head of a large event log; the rest is read when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace

from ecom.errors import UnreadableFile
from ecom.ingest.examination import Examination
from ecom.ingest.examine_table import File, examine_table
from ecom.ingest.files.raw import RawTable
from ecom.ingest.files.sniff import Container, Sniffed, sniff
from ecom.ingest.files.stream_text import TextFile, fingerprint, read_in_blocks
from ecom.ingest.recognition.layout import Layout
from ecom.ingest.recognition.recognise import header_finder
from ecom.progress import Watch


def examine_head(
    file: File, chosen: Layout | None, watch: Watch, *, max_bytes: int
) -> Examination | None:
    """Recognise a large file by its head and make it ready to be read in blocks.

    Returns
    -------
    Examination or None
        None where the file has to be read as a whole: a workbook, several tables in one file, an
        export whose rows depend on each other, or cells whose spelling the head does not tell.
        The preview and the mapping are the head's; accounts and remarks come with the loading.

    Raises
    ------
    UnreadableFile
    Cancelled
    """
    sniffed = sniff(file.path, max_bytes=max_bytes, whole=False)
    if sniffed.container is not Container.TEXT or _is_stacked(file, sniffed):
        return None
    try:
        if not _can_be_streamed(file, sniffed, chosen):
            return None
        digest = fingerprint(file.path, sniffed, watch)
    except (UnreadableFile, UnicodeDecodeError):
        # The first megabyte was plain ASCII; what follows tells another encoding, or none at all.
        sniffed = sniff(file.path, max_bytes=max_bytes)
        if not _can_be_streamed(file, sniffed, chosen):
            return None
        digest = fingerprint(file.path, sniffed, watch)
    raw, whole = _head_of(replace(file, sha256=digest), sniffed)
    return Examination(file.name, digest, (examine_table(raw, whole, chosen),))


def _can_be_streamed(file: File, sniffed: Sniffed, chosen: Layout | None) -> bool:
    staged = examine_table(*_head_of(file, sniffed), chosen).staged
    return staged is not None and staged.parts is not None


def _is_stacked(file: File, sniffed: Sniffed) -> bool:
    with TextFile(file.path, sniffed.encoding) as text:
        return text.read(1) == b"#"


def _head_of(file: File, sniffed: Sniffed) -> tuple[RawTable, File]:
    """The first block, and the file that remembers how to read them all."""
    find_header = header_finder()

    def blocks(told: Callable[[float], None]) -> Generator[RawTable]:
        return read_in_blocks(file.path, sniffed, find_header, told=told)

    with closing(read_in_blocks(file.path, sniffed, find_header)) as all_blocks:
        first = next(all_blocks)
    return first, replace(file, blocks=blocks)
