"""What PostgreSQL complains of, as sentences."""

from __future__ import annotations

from ecom.errors import StoreError
from ecom.text import Text, message

# Codes (or how they begin), words where there is no code, the sentence, what to do.
_FAULTS: tuple[tuple[tuple[str, ...], tuple[str, ...], Text, Text], ...] = (
    (
        ("28",),
        ("password authentication failed", "no password supplied", 'role "'),
        message("The database refuses the user or the password."),
        message("Correct the user and the password in the URL of the database."),
    ),
    (
        ("3D000",),
        ('database "',),
        message("The server has no such database: {why}"),
        message("Create it, or correct its name in the URL of the database."),
    ),
    (
        ("53300",),
        ("too many clients", "too many connections", "remaining connection slots"),
        message("The database server takes no more connections."),
        message("Try again later, or raise its max_connections."),
    ),
    (
        ("53100",),
        ("No space left",),
        message("The disk is full; nothing was changed."),
        message("Free some space and try again."),
    ),
    (
        ("53200",),
        (),
        message("The database server has too little memory; nothing was changed."),
        message("Give it more memory, or lower work_mem in the URL of the database."),
    ),
    (
        ("42501",),
        ("pg_hba.conf",),
        message("The database user lacks a right: {why}"),
        message("Ask the administrator to make it the owner of the database."),
    ),
    (
        ("25006",),
        (),
        message("The database server takes no changes (it is read-only)."),
        message("Use the URL of the primary server."),
    ),
    (
        ("40", "55P03"),
        (),
        message("Another program got in the way; nothing was changed."),
        message("Try again."),
    ),
    (
        ("57014",),
        (),
        message("The database server gave up, since it took too long; nothing was changed."),
        message("Raise its statement_timeout, or try again at a quieter time."),
    ),
    (
        ("54",),
        (),
        message("The database can't hold this: {why}"),
        message("Shorten the longest names in the file."),
    ),
    (
        ("08", "57P"),
        (
            "connection is lost",
            "server closed the connection",
            "connection is closed",
            "terminating connection",
        ),
        message("The connection to the database was lost."),
        message("Try again; a file that is loaded already is not loaded twice."),
    ),
    (
        (),
        ("connection failed", "failed to resolve", "connection timeout", "timeout expired"),
        message("The database server does not answer: {why}"),
        message("Check that it runs and can be reached from here, and its address in the URL."),
    ),
)


def explained(error: Exception) -> StoreError | None:
    """The sentence for a fault that people can mend; None for others."""
    cause = getattr(error, "orig", error)
    code, words = getattr(cause, "sqlstate", None) or "", str(cause)
    for codes, patterns, problem, remedy in _FAULTS:
        is_known = code.startswith(codes) if code else any(one in words for one in patterns)
        if is_known:
            return StoreError(Text(problem.template, (("why", first_line(cause)),)), remedy)
    return None


def first_line(error: BaseException) -> str:
    """What an error says first; the lines below point into the statement."""
    return str(error).strip().splitlines()[0]
