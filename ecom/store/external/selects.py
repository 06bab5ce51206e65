"""What may be asked of a foreign database: a table by its name, or one SELECT."""

from __future__ import annotations

import re

import sqlglot
from sqlalchemy import Connection, inspect, table
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ecom.errors import InvalidParameter, SourceError
from ecom.text import message

_GRAMMAR = {"sqlite": "sqlite", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}
_BEYOND_READING = (exp.DML, exp.DDL, exp.Delete, exp.Into, exp.Lock, exp.Command)
# MySQL runs what stands in such a comment, so a parser that skips comments must not see one.
_EXECUTED_COMMENT = re.compile(r"/\*M?!")
_ONE_SELECT = message(
    "Write the name of a table, or one statement that starts with SELECT or WITH."
)


def statement(query: str, connection: Connection) -> str:
    """The SELECT that a source's query stands for.

    Parameters
    ----------
    query : the name of a table or view (``orders``, ``shop.orders``), or one SELECT.
    connection : an open transaction on the database; its inspector knows the tables.

    Raises
    ------
    InvalidParameter
        It is neither, or it could do more than read.
    SourceError
        There is no table of this name.
    """
    asked = query.strip().rstrip(";").strip()
    if re.search(r"\s", asked):
        check_select(asked, connection.dialect.name)
        return asked
    return f"SELECT * FROM {_table_name(asked, connection)}"  # noqa: S608  (quoted by the dialect)


def check_select(query: str, dialect: str) -> None:
    """Refuse everything but one statement that only reads.

    The whole statement is parsed, so that a deletion inside WITH, a lock or SELECT INTO is found
    wherever it stands. The read-only transaction is the second wall behind this one.
    """
    try:
        found = sqlglot.parse(query, dialect=_GRAMMAR[dialect])
    except (SqlglotError, RecursionError):
        raise InvalidParameter(
            message("The query is not one SELECT statement that can be read."), _ONE_SELECT
        ) from None
    if len(found) > 1:
        raise InvalidParameter(
            message("The query holds {count} statements.", count=len(found)), _ONE_SELECT
        )
    only = found[0]
    reads = isinstance(only, exp.Select | exp.SetOperation | exp.Subquery)
    if only is None or not reads or only.find(*_BEYOND_READING) or _EXECUTED_COMMENT.search(query):
        raise InvalidParameter(message("The query would do more than read."), _ONE_SELECT)


def _table_name(name: str, connection: Connection) -> str:
    """A table or view that is there, quoted as the database wants it."""
    inspector = inspect(connection)
    places: list[tuple[str | None, str]] = [(None, name)]
    if "." in name:
        before, _, rest = name.partition(".")
        places.append((before, rest))
    quoted = connection.dialect.identifier_preparer
    for schema, name_there in places:
        if name_there and inspector.has_table(name_there, schema=schema):
            return quoted.format_table(table(name_there, schema=schema))
    raise SourceError(
        message("The database has no table “{given}”.", given=name),
        message("Check the spelling, and that the user of the connection may read it."),
    )
