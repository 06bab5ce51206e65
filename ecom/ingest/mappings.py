"""Layouts that a store was taught, beside those that ship. Each store knows its own only."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ecom.errors import UnreadableFile
from ecom.ingest.examination import ExaminedTable
from ecom.ingest.examine_table import File, examine_table
from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.checking import check_mapping
from ecom.ingest.recognition.layout import Layout, layouts
from ecom.ingest.recognition.shape import UnusableMapping
from ecom.ingest.recognition.sharing import MOST_CHARACTERS, mapping_from_yaml, mapping_to_yaml
from ecom.ingest.recognition.taught import header_key
from ecom.ingest.whose import chooser
from ecom.store import Store
from ecom.store.mappings import Taught
from ecom.store.staging import Shop
from ecom.text import Text, message

_LOG = logging.getLogger(__name__)


def known_layouts(store: Store) -> tuple[Layout, ...]:
    """Every layout that files of this store are matched with, taught ones first."""
    return (*taught_layouts(store), *layouts())


def taught_layouts(store: Store) -> tuple[Layout, ...]:
    """The layouts that this store was taught; one that no longer fits the tables is left out."""
    found = []
    for one in store.mappings():
        try:
            found.append(check_mapping(one.layout))
        except UnusableMapping as error:
            _LOG.warning("mapping %d is left out: %s", one.mapping_id, error)
    return tuple(found)


def layout_titles(store: Store) -> dict[str, Text | str]:
    """Title of every layout a batch may name, deleted mappings included."""
    return {**{one.layout_id: one.name for one in layouts()}, **store.mapping_titles()}


def teach(store: Store, content: Mapping[str, Any], headers: Sequence[str]) -> Taught:
    """Remember a mapping for a set of headers.

    Parameters
    ----------
    content : the content of a layout file, as ``layout_of`` makes it.
    headers : of the file it was made for.

    Raises
    ------
    UnusableMapping
    """
    check_mapping(content)
    number = store.save_mapping(content, headers=headers, header_key=header_key(headers))
    return next(one for one in store.mappings() if one.mapping_id == number)


def export_mapping(taught: Taught) -> str:
    """A mapping as YAML to share."""
    return mapping_to_yaml(taught.layout, taught.headers)


def import_mapping(store: Store, content: bytes) -> Taught:
    """Remember a mapping that was shared as a file.

    Raises
    ------
    UnusableMapping
        It is no mapping, or not a sound one; nothing is stored.
    """
    try:
        text = content[: 4 * MOST_CHARACTERS + 4].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableMapping(
            message("The file is no text in UTF-8."), message("Export the mapping again.")
        ) from error
    return teach(store, *mapping_from_yaml(text))


def read_mapping_file(path: Path) -> bytes:
    """The bytes of a shared mapping, no more of them than a mapping may have.

    Raises
    ------
    UnreadableFile
    """
    try:
        with path.open("rb") as file:
            return file.read(4 * MOST_CHARACTERS + 4)
    except OSError as error:
        raise UnreadableFile(
            message("The file can't be opened: {reason}.", reason=error.strerror or ""),
            message("Check the path."),
        ) from error


def try_mapping(
    store: Store, raw: RawTable, content: Mapping[str, Any], *, file_name: str, shop: Shop | None
) -> ExaminedTable:
    """How a table would be stored by a mapping that nobody has confirmed yet.

    Raises
    ------
    UnusableMapping
    """
    layout = check_mapping(content)
    with tempfile.NamedTemporaryFile() as now:  # a file without a day in its name is of today
        file = File(
            path=Path(now.name),
            name=file_name,
            sha256="",
            choose=chooser(store, shop),
            settings=store.settings,
            secret=store.secret,
        )
        return examine_table(raw, file, layout)
