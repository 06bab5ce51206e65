"""What people taught about sets of headers, one mapping for each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from ecom.errors import EcomError
from ecom.schema import import_mappings
from ecom.text import message

_NOTHING = {"header_key": None, "headers": None, "layout": None}


class UnknownMapping(EcomError, KeyError):
    """No mapping has this number."""

    __str__ = EcomError.__str__


@dataclass(frozen=True, slots=True)
class Taught:
    """One taught mapping.

    Attributes
    ----------
    mapping_id : never given twice; ``layout_id`` of what was loaded with it is ``taught_<id>``.
    header_key : names the set of headers.
    headers : as written in the file it was taught on.
    layout : the content of a layout file.
    """

    mapping_id: int
    title: str
    header_key: str
    headers: tuple[str, ...]
    layout: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


def read_mappings(connection: Connection) -> tuple[Taught, ...]:
    """All mappings in use, by number."""
    table = import_mappings
    rows = connection.execute(
        select(table).where(table.c.layout.is_not(None)).order_by(table.c.mapping_id)
    )
    return tuple(
        Taught(
            mapping_id=row.mapping_id,
            title=row.title,
            header_key=row.header_key,
            headers=tuple(json.loads(row.headers)),
            layout=json.loads(row.layout),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


def read_titles(connection: Connection) -> dict[str, str]:
    """Layout id -> title of every mapping there ever was, so that old batches keep their names."""
    rows = connection.execute(select(import_mappings.c.mapping_id, import_mappings.c.title))
    return {layout_id_of(row.mapping_id): row.title for row in rows}


def layout_id_of(mapping_id: int) -> str:
    """The id of the layout that a mapping makes."""
    return f"taught_{mapping_id}"


def write_mapping(
    connection: Connection, content: Mapping[str, Any], headers: Sequence[str], key: str
) -> int:
    """Store a mapping and return its number.

    A mapping for the same headers that reads cells otherwise is put out of use and the new one gets
    a number of its own: batches keep saying by which rules they were read, and a file that was read
    wrong can be loaded anew. A mere change of the title keeps the number.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    known = next((one for one in read_mappings(connection) if one.header_key == key), None)
    title = str(content["title"])
    if known is not None:
        if _rules(known.layout) == _rules(content):
            rename_mapping(connection, known.mapping_id, title)
            return known.mapping_id
        remove_mapping(connection, known.mapping_id)
    highest = connection.execute(select(func.max(import_mappings.c.mapping_id))).scalar()
    number = 1 + int(highest or 0)
    connection.execute(
        insert(import_mappings).values(
            mapping_id=number,
            title=title,
            header_key=key,
            headers=json.dumps(list(headers), ensure_ascii=False),
            layout=_as_json({**content, "id": layout_id_of(number)}),
            created_at=now if known is None else known.created_at,
            updated_at=now,
        )
    )
    return number


def rename_mapping(connection: Connection, mapping_id: int, title: str) -> None:
    """Give a mapping another title.

    Raises
    ------
    UnknownMapping
    """
    known = mapping_named(read_mappings(connection), mapping_id)
    _change(connection, mapping_id, title=title, layout=_as_json({**known.layout, "title": title}))


def remove_mapping(connection: Connection, mapping_id: int) -> None:
    """Put a mapping out of use; its number and title stay for the batches that name them.

    Raises
    ------
    UnknownMapping
    """
    mapping_named(read_mappings(connection), mapping_id)
    _change(connection, mapping_id, **_NOTHING)


def mapping_named(taught: Sequence[Taught], mapping_id: int) -> Taught:
    """The mapping of that number.

    Raises
    ------
    UnknownMapping
    """
    for one in taught:
        if one.mapping_id == mapping_id:
            return one
    raise UnknownMapping(
        message("There is no mapping {number}.", number=mapping_id),
        message("The list of mappings shows the numbers."),
    )


def _change(connection: Connection, mapping_id: int, **values: Any) -> None:
    connection.execute(
        update(import_mappings)
        .where(import_mappings.c.mapping_id == mapping_id)
        .values(updated_at=datetime.now(UTC).replace(tzinfo=None), **values)
    )


def _rules(content: Mapping[str, Any]) -> str:
    """What a mapping does, whatever it is called."""
    return _as_json({k: v for k, v in content.items() if k not in ("id", "title", "reference")})


def _as_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
