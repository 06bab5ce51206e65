"""Archives: each file inside is taken out, one at a time, into a folder that is removed at once.

Names inside an archive are never used as paths. Passwords are used and forgotten.
"""

from __future__ import annotations

import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyzipper

from ecom.errors import PasswordNeeded, UnreadableFile, WrongPassword
from ecom.ingest.files.limits import MAX_BYTES, MAX_MEMBERS, MEGABYTE, damaged
from ecom.ingest.files.zipped import check_size, entries
from ecom.text import message

_ENCRYPTED = 0x1
_AES = 99  # the way of packing that stands for AES, by APPNOTE
_MAX_OLD_ENCRYPTION = 15 * MEGABYTE  # it is undone in Python, half a megabyte a second
_UTF8_NAME = 0x800
_DRIVE = re.compile(r"^[A-Za-z]:")
_LEFT_BY_SYSTEMS = ("thumbs.db", "desktop.ini")
_BROKEN = (
    zipfile.BadZipFile, pyzipper.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError,
    ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: where it was taken out to, or why it was not.

    ``share`` is how much of the archive came before it, 0..1.
    """

    name: str
    path: Path | None
    share: float
    fault: UnreadableFile | None = None


def members(path: Path, folder: Path, *, password: str | None) -> Iterator[Member]:
    """Take the files out one by one; the one before is gone when the next one comes.

    Parameters
    ----------
    folder : Path
        A private folder.

    Raises
    ------
    PasswordNeeded
        When a file is encrypted and there is no password.
    UnreadableFile
        When the archive as a whole can't be trusted. A fault of one file is said in its ``Member``.
    """
    listed = [entry for entry in entries(path) if not _is_junk(entry)]
    if not listed:
        raise UnreadableFile(
            message("The archive holds no files."), message("Export the file again.")
        )
    if len(listed) > MAX_MEMBERS:
        raise UnreadableFile(
            message(
                "The archive holds {count} files; at most {limit} can be read.",
                count=len(listed),
                limit=MAX_MEMBERS,
            ),
            message("Put fewer files into one archive."),
        )
    check_size(listed)
    if password is None and any(entry.flag_bits & _ENCRYPTED for entry in listed):
        raise PasswordNeeded(
            message("This archive is protected by a password."),
            message("Enter the password; it is not stored."),
        )
    with _opened(path) as archive:
        for number, entry in enumerate(listed):
            target = folder / f"{number}"
            name, share = _name(entry), number / len(listed)
            try:
                _check(entry, name)
                _take_out(archive, entry, target, password)
            except UnreadableFile as fault:
                yield Member(name, None, share, fault)
            else:
                yield Member(name, target, share)
            target.unlink(missing_ok=True)


def _opened(path: Path) -> pyzipper.AESZipFile:
    try:
        return pyzipper.AESZipFile(path)
    except _BROKEN as error:
        raise damaged() from error


def _is_junk(entry: zipfile.ZipInfo) -> bool:
    """Folders, and files that systems leave behind without being asked."""
    parts = entry.filename.replace("\\", "/").split("/")
    hidden = parts[-1].startswith(".") or parts[-1].lower() in _LEFT_BY_SYSTEMS
    return entry.is_dir() or parts[0] == "__MACOSX" or (hidden and parts[-1] != "..")


def _name(entry: zipfile.ZipInfo) -> str:
    """A name as it was meant: without the mark for UTF-8, Chinese Windows writes GB18030."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename.replace("\\", "/")
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return entry.filename.replace("\\", "/")


def _check(entry: zipfile.ZipInfo, name: str) -> None:
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        raise UnreadableFile(
            message("The name “{name}” in the archive leads out of it.", name=name[:200]),
            message("Only use archives from a source you trust; export the file again."),
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnreadableFile(
            message("“{name}” in the archive is a link, not a file.", name=name[:200]),
            message("Put the file itself into the archive."),
        )
    old_encryption = entry.flag_bits & _ENCRYPTED and entry.compress_type != _AES
    if old_encryption and entry.compress_size > _MAX_OLD_ENCRYPTION:
        raise UnreadableFile(
            message(
                "“{name}” has {size} MB in the old encryption of archives; at most {limit} MB can "
                "be opened here.",
                name=name[:200],
                size=round(entry.compress_size / MEGABYTE),
                limit=_MAX_OLD_ENCRYPTION // MEGABYTE,
            ),
            message("Unpack it with the password and add the file inside."),
        )
    if entry.file_size > MAX_BYTES:
        raise UnreadableFile(
            message(
                "The file has {size} MB; at most {limit} MB can be read.",
                size=round(entry.file_size / MEGABYTE),
                limit=round(MAX_BYTES / MEGABYTE),
            ),
            message("Export a shorter period, one file each."),
        )


def _take_out(
    archive: pyzipper.AESZipFile, entry: zipfile.ZipInfo, target: Path, password: str | None
) -> None:
    """Unpack one file; the reader stops at the size that was stated and checked."""
    encrypted = bool(entry.flag_bits & _ENCRYPTED)
    for key in _keys(password) if encrypted else (None,):
        try:
            with archive.open(entry.filename, pwd=key) as packed, target.open("wb") as file:
                shutil.copyfileobj(packed, file, MEGABYTE)
            return
        except RuntimeError:
            continue  # what the reader raises for a wrong password
        except _BROKEN as error:
            if not encrypted:
                raise damaged() from error
            continue  # the check of a password is weak: one in 256 wrong ones passes it
    raise WrongPassword(
        message("The password does not open “{name}”.", name=_name(entry)[:200]),
        message("Enter it again; mind capital letters."),
    )


def _keys(password: str | None) -> Sequence[bytes]:
    """The password in the bytes that packers make of it."""
    given = password or ""
    return tuple(dict.fromkeys((given.encode(), given.encode("gb18030"))))
