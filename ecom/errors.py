"""The one error family. Bottom layer: this module imports nothing from the package but ``text``.

Every error a person can meet says three things: what was wrong (their value quoted), what is
allowed, and what to do next. The screen and the command line show ``EcomError`` as it is;
anything else is a fault of ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from ecom.text import Text, message


class EcomError(Exception):
    """Something a person can put right.

    Parameters
    ----------
    problem : Text
        What was wrong, with the offending value in it.
    remedy : Text, optional
        What is allowed and what to do next.
    """

    def __init__(self, problem: Text, remedy: Text | None = None) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(" ".join(str(part) for part in (problem, remedy) if part is not None))


class InvalidParameter(EcomError, ValueError):
    """An argument has a value that is not allowed."""

    @classmethod
    def not_one_of(cls, name: str, given: object, allowed: Iterable[object]) -> InvalidParameter:
        """Say which values an argument may take."""
        choices = ", ".join(str(value) for value in allowed)
        return cls(
            message("{name} can't be “{given}”.", name=name, given=str(given)),
            message("Allowed: {choices}.", choices=choices),
        )


class StoreError(EcomError):
    """The store can't be opened, read or written."""


class StoreLocked(StoreError):
    """Another process holds the embedded database."""


class Cancelled(EcomError):
    """Somebody called the work off; it left nothing behind."""


class UnreadableFile(EcomError):
    """A file can't be read as a table."""


class PasswordNeeded(UnreadableFile):
    """A file, or one inside it, is protected by a password, and none was given."""


class WrongPassword(PasswordNeeded):
    """A password was given, and does not open the file."""


class UnknownLayout(EcomError):
    """A table was read, but no known export has these columns."""


class UnknownBatch(EcomError, KeyError):
    """No batch has this number."""

    __str__ = EcomError.__str__


class SourceError(EcomError):
    """A database that is read like a file can't be reached or read."""


class UnknownSource(EcomError, KeyError):
    """No source has this name or number."""

    __str__ = EcomError.__str__
