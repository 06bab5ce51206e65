"""``mappings``: what was taught about columns, listed, shared, added and deleted."""

from __future__ import annotations

import argparse
from pathlib import Path

from ecom.cli.output import Output
from ecom.ingest.mappings import export_mapping, import_mapping, read_mapping_file
from ecom.store import open_store
from ecom.store.mappings import Taught, mapping_named
from ecom.text import message


def list_(options: argparse.Namespace, output: Output) -> int:
    """List what was taught."""
    with open_store(options.database) as store:
        taught = store.mappings()
    if output.as_json:
        output.json([_summary(one) for one in taught])
    elif not taught:
        output.say(message("No mapping was saved yet."))
    else:
        rows = [[str(value) for value in _summary(one).values()] for one in taught]
        output.rows(list(_summary(taught[0])), rows)
    return 0


def export(options: argparse.Namespace, output: Output) -> int:
    """Write a mapping as a file to share."""
    with open_store(options.database) as store:
        text = export_mapping(mapping_named(store.mappings(), options.number))
    if options.file == "-":
        print(text, end="")
        return 0
    Path(options.file).write_text(text, encoding="utf-8")
    output.say(message("Mapping {number} is in {file}.", number=options.number, file=options.file))
    if output.as_json:
        output.json({"exported": options.number, "file": options.file})
    return 0


def import_(options: argparse.Namespace, output: Output) -> int:
    """Add mappings that were shared as files; the first that is not sound ends it."""
    contents = [read_mapping_file(Path(name)) for name in options.files]
    with open_store(options.database) as store:
        added = [import_mapping(store, content) for content in contents]
    for one in added:
        output.say(
            message("Mapping {number}, {title}, is added.", number=one.mapping_id, title=one.title)
        )
    if output.as_json:
        output.json([_summary(one) for one in added])
    return 0


def delete(options: argparse.Namespace, output: Output) -> int:
    """Forget a mapping."""
    with open_store(options.database) as store:
        store.delete_mapping(options.number)
    output.say(message("Mapping {number} is deleted.", number=options.number))
    if output.as_json:
        output.json({"deleted": options.number})
    return 0


def _summary(one: Taught) -> dict[str, str | int]:
    return {
        "mapping_id": one.mapping_id,
        "title": one.title,
        "grain": str(one.layout["grain"]),
        "columns": len(one.headers),
        "stored": len(one.layout["columns"]),
    }
