"""What ClickHouse complains of, as sentences."""

from __future__ import annotations

from clickhouse_connect.driver.exceptions import OperationalError

from ecom.errors import StoreError
from ecom.text import Text, message

# ClickHouse's numbers, the sentence, what to do.
_FAULTS: tuple[tuple[tuple[int | None, ...], Text, Text], ...] = (
    (
        (192, 193, 194, 516),
        message("The database refuses the user or the password."),
        message("Correct the user and the password in the URL of the database."),
    ),
    (
        (497,),
        message("The database user lacks a right: {why}"),
        message("Ask the administrator for the rights that docs/databases.md lists."),
    ),
    (
        (241,),
        message("The database server has too little memory; nothing was changed."),
        message("Choose a shorter period, or give the server more memory."),
    ),
    (
        (243,),
        message("The disk is full; nothing was changed."),
        message("Free some space and try again."),
    ),
    (
        (252,),
        message("The database server is still busy with what was loaded before."),
        message("Try again in a minute."),
    ),
    (
        (164, 242),
        message("The database server takes no changes (it is read-only)."),
        message("Use a server and a user that may write."),
    ),
    (
        (159, 160),
        message("The database server gave up, since it took too long; nothing was changed."),
        message("Raise its max_execution_time, or try again at a quieter time."),
    ),
    (
        (60, 81),
        message("Another program got in the way; nothing was changed."),
        message("Try again."),
    ),
    (
        (None,),
        message("The database server does not answer: {why}"),
        message("Check that it runs and can be reached from here, and its address in the URL."),
    ),
)


def explain(error: Exception) -> StoreError | None:
    """The sentence for a fault that people can mend; None for others.

    A fault of the connection is the driver's, and has no number.
    """
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "code", None)
    if code is None and not isinstance(cause, OperationalError):
        return None
    for codes, problem, remedy in _FAULTS:
        if code in codes:
            return StoreError(Text(problem.template, (("why", first_line(cause)),)), remedy)
    return None


def first_line(error: BaseException) -> str:
    """What an error says first."""
    return str(error).strip().splitlines()[0]
