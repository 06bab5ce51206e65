"""``python -m ecom sources``: databases that are read like files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ecom import sources
from ecom.cli.commands import tell_outcomes
from ecom.cli.output import Output
from ecom.ingest.pull import try_source
from ecom.store import open_store
from ecom.store.sources import (
    DEFAULT_OVERLAP,
    Source,
    delete_source,
    find_source,
    list_sources,
    save_source,
)
from ecom.text import message


def add_commands(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """The commands of ``sources`` with their options."""
    parsers = parser.add_subparsers(required=True, metavar="ACTION")

    def command(
        name: str, run: Callable[[argparse.Namespace, Output], int], summary: str
    ) -> argparse.ArgumentParser:
        added = parsers.add_parser(name, parents=[shared], help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    command("list", list_, "List the sources and how their last pull went.")
    made = command("add", add, "Save a source.")
    made.add_argument("name")
    made.add_argument(
        "--secret", required=True, metavar="NAME", help="environment variable with the URL"
    )
    made.add_argument("--query", required=True, metavar="SQL", help="a table's name or one SELECT")
    made.add_argument("--cursor", default="", metavar="COLUMN", help="grows with every new row")
    made.add_argument(
        "--overlap", type=int, default=DEFAULT_OVERLAP, help="minutes, or units of a number"
    )
    made.add_argument("--shop", default="", help="shop id, where the layout does not say")
    made.add_argument("--layout", default="", help="layout id; default: by the columns")
    made.add_argument("--timezone", default="", help="of times without an offset")
    made.add_argument("--every", type=int, default=0, metavar="MINUTES", help="0: on demand")
    for name, run, summary in (
        ("test", test, "Read the first rows and say what they are; store nothing."),
        ("pull", pull, "Load what is new."),
        ("delete", delete, "Forget a source; what it brought stays."),
    ):
        command(name, run, summary).add_argument("name")


def list_(options: argparse.Namespace, output: Output) -> int:
    """List the sources and how their last pull went."""
    with open_store(options.database) as store:
        found = list_sources(store)
    if output.as_json:
        output.json([_described(source, output) for source in found])
        return 0
    if not found:
        output.say(message("There are no sources."))
        return 0
    rows = [_described(source, output) for source in found]
    shown = ["name", "secret", "query", "cursor", "every_minutes", "last_pulled_at", "problem"]
    output.rows(
        shown, [[" ".join(str(row[name] or "").split())[:60] for name in shown] for row in rows]
    )
    return 0


def add(options: argparse.Namespace, output: Output) -> int:
    """Save a source."""
    made = Source(
        name=options.name,
        url_name=options.secret,
        query=options.query,
        cursor_column=options.cursor,
        overlap=options.overlap,
        shop_id=options.shop,
        layout=options.layout,
        timezone=options.timezone,
        every_minutes=options.every,
    )
    with open_store(options.database) as store:
        saved = save_source(store, made)
    output.say(message("The source “{name}” is saved.", name=saved.name))
    if output.as_json:
        output.json(_described(saved, output))
    return 0


def test(options: argparse.Namespace, output: Output) -> int:
    """Read the first rows and say what they are; store nothing."""
    with open_store(options.database) as store:
        source = find_source(store, options.name)
        trial = try_source(store, source, resolve=sources.environment_url)
    (table,) = trial.examination.tables
    if table.layout is not None:
        output.say(
            message("{file}: recognised as {title}", file=source.name, title=table.layout.name)
        )
    return tell_outcomes((trial.plan,), output)


def pull(options: argparse.Namespace, output: Output) -> int:
    """Load what is new."""
    with open_store(options.database) as store:
        source = find_source(store, options.name)
        outcome = sources.pull_now(store, source, resolve=sources.environment_url)
    return tell_outcomes((outcome,), output)


def delete(options: argparse.Namespace, output: Output) -> int:
    """Forget a source; what it brought stays."""
    with open_store(options.database) as store:
        delete_source(store, find_source(store, options.name).source_id)
    output.say(message("The source “{name}” is deleted; what it brought stays.", name=options.name))
    if output.as_json:
        output.json({"deleted": options.name})
    return 0


def _described(source: Source, output: Output) -> dict[str, Any]:
    """A source as programs read it; the secret by its name only."""
    return {
        "name": source.name,
        "secret": source.url_name,
        "query": source.query,
        "cursor": source.cursor_column,
        "overlap": source.overlap,
        "shop": source.shop_id,
        "layout": source.layout,
        "timezone": source.timezone,
        "every_minutes": source.every_minutes,
        "paused": source.is_paused,
        "last_pulled_at": source.last_pulled_at,
        "problem": " ".join(output.language.say(text) for text in source.problem),
    }
