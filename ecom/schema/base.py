"""What the tables are made with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, Numeric, Table
from sqlalchemy.types import TypeEngine

SCHEMA_VERSION = 6

metadata = MetaData()

MONEY = Numeric(18, 4)
QUANTITY = Numeric(18, 3)


def columns(kind: type[TypeEngine[Any]] | TypeEngine[Any], names: str) -> list[Column[Any]]:
    """One column of a kind for each name; names stand in one string with blanks between."""
    return [Column(name, kind) for name in names.split()]


def fact(name: str, *columns: Column[Any], key: Sequence[str], scope: Sequence[str] = ()) -> Table:
    """A table whose rows come in batches; see ``ecom.schema`` for ``key`` and ``scope``."""
    provenance: list[Column[Any]] = [
        Column("batch_id", Integer, nullable=False),
        Column("source_row", Integer),
        Column("precedence", BigInteger, nullable=False),
        Column("is_current", Boolean, nullable=False),
    ]
    return Table(
        name,
        metadata,
        *columns,
        *provenance,
        info={"key": tuple(key), "scope": tuple(scope or key)},
    )


PROVENANCE = ("batch_id", "source_row", "precedence", "is_current")
