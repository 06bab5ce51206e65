"""A file as one or more things to read: itself, what is inside an archive, a decrypted workbook."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ecom.errors import PasswordNeeded, UnreadableFile
from ecom.ingest.files.archive import Member, members
from ecom.ingest.files.encrypted import decrypt
from ecom.ingest.files.limits import MAX_BYTES
from ecom.ingest.files.sniff import Container, Sniffed, sniff
from ecom.text import message


@dataclass(frozen=True, slots=True)
class Part:
    """Something to read tables from, there until the next part is asked for.

    Attributes
    ----------
    path, sniffed : where its bytes are and how to read them; None with a ``fault``.
    member : its name in the archive; empty for a file that is none.
    share : how much of the file came before it, 0..1.
    """

    path: Path | None
    sniffed: Sniffed | None
    member: str = ""
    share: float = 0.0
    fault: UnreadableFile | None = None


def parts_of(
    path: Path, *, password: str | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[Part]:
    """Open a file, whatever it is packed or protected with.

    Parameters
    ----------
    path : Path
    password : str, optional
        Of the archive, and of protected workbooks; kept in memory only.
    max_bytes : int
        Larger files are refused.

    Raises
    ------
    PasswordNeeded
        When something in it is protected and there is no password.
    UnreadableFile
        When the whole can't be read. Of an archive, a file that can't be read is a part with a
        ``fault``, and the others are read.

    Notes
    -----
    What is unpacked or decrypted lies in a folder that only this user can read, and is removed
    before the next part.
    """
    sniffed = sniff(path, max_bytes=max_bytes)
    if sniffed.container not in (Container.ARCHIVE, Container.ENCRYPTED):
        yield Part(path, sniffed)
        return
    with tempfile.TemporaryDirectory(prefix="ecom-") as name:
        folder = Path(name)
        if sniffed.container is Container.ENCRYPTED:
            yield _decrypted(path, folder, password, as_of=path)
            return
        for member in members(path, folder, password=password):
            yield _part(member, folder, password, as_of=path)


def _part(member: Member, folder: Path, password: str | None, *, as_of: Path) -> Part:
    try:
        if member.path is None:
            return Part(None, None, member.name, member.share, member.fault)
        sniffed = sniff(member.path)
        if sniffed.container is Container.ARCHIVE:
            raise UnreadableFile(
                message("This is an archive inside an archive."),
                message("Unpack the outer archive and add the files inside."),
            )
        if sniffed.container is Container.ENCRYPTED:
            plain = _decrypted(member.path, folder, password, as_of=as_of)
            return Part(plain.path, plain.sniffed, member.name, member.share)
    except UnreadableFile as fault:
        if password is None and isinstance(fault, PasswordNeeded):
            raise
        return Part(None, None, member.name, member.share, fault)
    _dated(member.path, as_of)
    return Part(member.path, sniffed, member.name, member.share)


def _decrypted(path: Path, folder: Path, password: str | None, *, as_of: Path) -> Part:
    plain = folder / "decrypted"
    decrypt(path, plain, password=password)
    sniffed = sniff(plain)
    if sniffed.container in (Container.ARCHIVE, Container.ENCRYPTED):
        raise UnreadableFile(
            message("The protected file holds no workbook."), message("Export the file again.")
        )
    _dated(plain, as_of)
    return Part(plain, sniffed)


def _dated(path: Path, as_of: Path) -> None:
    """Files inside are as new as what they came in: the times in archives have no zone."""
    times = as_of.stat()
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
