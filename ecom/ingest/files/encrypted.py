"""Workbooks that are protected by a password, .xlsx and .xls."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from ecom.errors import PasswordNeeded, UnreadableFile, WrongPassword
from ecom.ingest.files.limits import damaged
from ecom.text import message

_OPENS_WITHOUT_ASKING = "VelvetSweatshop"  # Excel's own password for workbooks that are only locked
_SPIN = re.compile(rb'spinCount="(\d+)"')
_MOST_SPINS = 500_000  # Excel takes 100,000 rounds of hashing
_BROKEN = (
    FileFormatError, ParseError, DecryptionError, OSError, ValueError, KeyError, IndexError,
    TypeError, AttributeError, NotImplementedError, struct.error,
)  # fmt: skip


def decrypt(path: Path, target: Path, *, password: str | None) -> None:
    """Write the workbook without its protection.

    Parameters
    ----------
    target : Path
        In a private folder that the caller removes.
    password : str, optional
        Never logged or kept.

    Raises
    ------
    PasswordNeeded, WrongPassword, UnreadableFile
    """
    _check_spins(path)
    with path.open("rb") as file:
        for key in (_OPENS_WITHOUT_ASKING, password):
            if key is not None and _decrypted(file, target, key):
                return
    if password is None:
        raise PasswordNeeded(
            message("This workbook is protected by a password."),
            message("Enter the password; it is not stored."),
        )
    raise WrongPassword(
        message("The password does not open this workbook."),
        message("Enter it again; mind capital letters."),
    )


def _decrypted(file: object, target: Path, key: str) -> bool:
    try:
        office = msoffcrypto.OfficeFile(file)
        office.load_key(password=key, verify_password=True)
        with target.open("wb") as plain:
            office.decrypt(plain)
    except InvalidKeyError:
        return False
    except _BROKEN as error:
        raise damaged() from error
    return True


def _check_spins(path: Path) -> None:
    """Refuse a workbook that asks for more hashing than a password needs: it would never end."""
    with olefile.OleFileIO(path) as parts:
        if not parts.exists("EncryptionInfo"):
            return
        with parts.openstream("EncryptionInfo") as stream:
            spins = [int(found[:12]) for found in _SPIN.findall(stream.read())]
    if any(spin > _MOST_SPINS for spin in spins):
        raise UnreadableFile(
            message("The protection of this workbook can't be read in reasonable time."),
            message("Save it without the password and add it again."),
        )
