"""What drivers complain of, as sentences that give no secret away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ecom.errors import EcomError, SourceError
from ecom.text import Text, message

_HIDDEN = "•••"
_LONGEST = 200
_URL = re.compile(r"\w+(\+\w+)?://\S+")
_SQL_STATE = re.compile(r"^(?:ERROR|FATAL):\s*")


@dataclass(frozen=True, slots=True)
class _Known:
    """A fault by the words drivers have for it."""

    words: re.Pattern[str]
    problem: Text
    remedy: Text


def _known(words: str, problem: Text, remedy: Text) -> _Known:
    return _Known(re.compile(words, re.IGNORECASE), problem, remedy)


_FAULTS = (
    _known(
        "password authentication|access denied for user|no password supplied|role .* does not exist"
        "|authentication (method|plugin|failed)",
        message("The database refuses the user or the password."),
        message("Correct the secret; the next pull uses it."),
    ),
    _known(
        "statement timeout|maximum statement execution|max_statement_time|interrupted"
        "|read operation timed out|during query .timed out|lock wait timeout|database is locked",
        message("The database took too long to answer."),
        message("Narrow the query, name a cursor column, or pull at a quieter time."),
    ),
    _known(
        "unable to open database file|file is not a database|unknown database"
        '|database ".*" does not exist',
        message("There is no such database."),
        message("Check the name of the database in the secret."),
    ),
    _known(
        "connection refused|can't connect|could not connect|could not translate|name resolution"
        "|name or service not known|nodename|connection timeout|timed out|unreachable"
        "|no such file|server closed the connection|lost connection|gone away|connection failed"
        "|is the server running",
        message("The database does not answer."),
        message("Check that it runs and can be reached from here, and the address in the secret."),
    ),
    _known(
        "permission denied|command denied",
        message("The user of the connection may not read this."),
        message("Ask the database administrator for read access only."),
    ),
    _known(
        "read[- ]?only",
        message("The query would do more than read."),
        message("Sources only read. Write a SELECT without side effects."),
    ),
)
_ABSENT = re.compile(
    r"no such (table|column|view)|(relation|column) .* does not exist|table .* doesn't exist"
    r"|unknown (column|table)",
    re.IGNORECASE,
)


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what SQLAlchemy and drivers raise into a ``SourceError``.

    The cause is cut off on purpose: drivers quote addresses and passwords, and a log would keep
    them.
    """
    try:
        yield
    except EcomError:
        raise
    except DBAPIError as error:
        raise fault(str(error.orig), url) from None
    except SQLAlchemyError as error:
        raise fault(str(error), url) from None
    except (OSError, UnicodeError, ValueError) as error:
        raise fault(str(error), url) from None


def fault(words: str, url: URL) -> SourceError:
    """The sentence for what a driver says."""
    for known in _FAULTS:
        if known.words.search(words):
            return SourceError(known.problem, known.remedy)
    reason = scrubbed(words, url)
    if _ABSENT.search(words):
        return SourceError(
            message("A table or column of the query is not there: {reason}", reason=reason),
            message("It may have been renamed or dropped; correct the source."),
        )
    return SourceError(
        message("The database answers: {reason}", reason=reason),
        message("Correct the query or the connection."),
    )


def scrubbed(words: str, url: URL) -> str:
    """The first line of a driver's words without URLs and without the password."""
    if url.password:
        plain = str(url.password)
        for form in (plain, quote(plain, safe=""), quote_plus(plain)):
            words = words.replace(form, _HIDDEN)
    lines = [line.strip() for line in words.splitlines() if line.strip()] or [""]
    return _SQL_STATE.sub("", _URL.sub(_HIDDEN, lines[0]))[:_LONGEST]
