"""ClickHouse's faults in words."""

from __future__ import annotations

from ecom.errors import StoreError
from ecom.text import Text, message


def explain(error: Exception) -> StoreError | None:
    """The sentence for a fault that people can mend, by ClickHouse's number for it."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "code", None)
    for codes, sentence, remedy in _sentences():
        if code in codes:
            return StoreError(sentence, remedy)
    if code is None and type(cause).__name__ == "OperationalError":
        return StoreError(
            message("The database server can't be reached."),
            message("Check host and port of the URL, and that the server runs."),
        )
    return None


def _sentences() -> tuple[tuple[tuple[int, ...], Text, Text], ...]:
    return (
        (
            (516, 194, 192, 193),
            message("The database server refused the user or the password."),
            message("Check both in the URL."),
        ),
        (
            (497,),
            message("The database user lacks a right that is needed."),
            message("Give it the rights that docs/databases.md lists."),
        ),
        (
            (241,),
            message("The database server has not enough memory for this; nothing was changed."),
            message("Choose a shorter period, or give the server more memory."),
        ),
        (
            (243, 1001),
            message("The disk is full; nothing was changed."),
            message("Free some space and try again."),
        ),
        (
            (252,),
            message("The database server is still busy with what was loaded before."),
            message("Wait a minute and try again."),
        ),
        (
            (164, 242),
            message("The database can only be read; nothing was changed."),
            message("Use a server and a user that may write."),
        ),
        (
            (81, 60),
            message("Another program took over while this was at work; nothing was changed."),
            message("Try again."),
        ),
    )
