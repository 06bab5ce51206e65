"""The command line: the same answers without a screen."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from ecom.cli import commands, sources
from ecom.cli import mappings as commands_mappings
from ecom.cli.output import Output
from ecom.errors import EcomError
from ecom.i18n import LANGUAGES, Language
from ecom.model import Comparison
from ecom.text import message


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 when it did what was asked; 1 when something was wrong with the input or the data;
        2 (argparse) when the command itself was.
    """
    options = command_parser().parse_args(arguments)
    code = options.lang or Language.best(os.environ.get("LC_ALL") or os.environ.get("LANG")).code
    output = Output(language=Language(code), as_json=options.json)
    run: Callable[[argparse.Namespace, Output], int] = options.run
    try:
        return run(options, output)
    except EcomError as error:
        output.fault(error)
        return 1
    except BrokenPipeError:
        # The reader (head, less) has seen enough; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        output.fault(
            EcomError(
                message(
                    "{path}: {reason}.", path=error.filename or "", reason=error.strerror or ""
                ),
                message("Check that the path exists and may be written."),
            )
        )
        return 1
    except KeyboardInterrupt:
        return 130


def command_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--database", metavar="URL", help="default: ECOM_DATABASE_URL or data/")
    shared.add_argument("--json", action="store_true", help="print JSON")
    shared.add_argument("--lang", choices=sorted(LANGUAGES), help="language of messages")

    parser = argparse.ArgumentParser(prog="python -m ecom", description=__doc__)
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace, Output], int], summary: str
    ) -> argparse.ArgumentParser:
        added = parsers.add_parser(name, parents=[shared], help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    demo = command("demo", commands.demo, "Make the demo shop and load it.")
    demo.add_argument("--if-empty", action="store_true", help="do nothing when there is data")
    demo.add_argument("--scale", type=float, default=1.0, help="share of the usual volume")
    demo.add_argument("--folder", default="data/demo", help="where the exports are written")

    load = command("import", commands.import_, "Load exports into the store.")
    load.add_argument("files", nargs="+", metavar="FILE")
    load.add_argument("--shop", help="shop id, where the file does not say")
    load.add_argument("--dry-run", action="store_true", help="only say what would happen")
    load.add_argument(
        "--confirm", action="store_true", help="load files that seem to belong to another shop, too"
    )
    load.add_argument(
        "--password", action="store_true", help="ask for a password (or set ECOM_FILE_PASSWORD)"
    )
    load.add_argument("--inbox", default="data/inbox", help="where the running app looks")

    command("batches", commands.batches, "List what was loaded.")
    undo = command("undo", commands.undo, "Take a batch away again.")
    undo.add_argument("batch", type=int)

    summary = "List, share, add or delete taught mappings of columns."
    taught = parsers.add_parser("mappings", help=summary, description=summary)
    _mapping_commands(taught, shared)

    report = command("report", commands.report, "Print the report a page shows.")
    report.add_argument("page")
    report.add_argument("--from", dest="start", metavar="YYYY-MM-DD")
    report.add_argument("--to", dest="end", metavar="YYYY-MM-DD")
    report.add_argument(
        "--compare", choices=[kind.value for kind in Comparison], default=Comparison.PREVIOUS.value
    )
    for name in ("shop", "channel", "category", "device", "region"):
        report.add_argument(f"--{name}", action="append", default=[], help="may be repeated")
    report.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE",
        help="of this report, such as by=device; may be repeated",
    )  # fmt: skip

    command("coverage", commands.coverage, "List which days each source covers, and its gaps.")
    checks = command("reconcile", commands.reconcile, "Hold sums against their details.")
    checks.add_argument("--from", dest="start", metavar="YYYY-MM-DD")
    checks.add_argument("--to", dest="end", metavar="YYYY-MM-DD")

    templates = command("templates", commands.templates, "Write our own import templates.")
    templates.add_argument("folder", metavar="DIR")

    summary = "Databases that are read like files."
    sources.add_commands(parsers.add_parser("sources", help=summary, description=summary), shared)
    return parser


def _mapping_commands(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """What can be done with taught mappings."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(
        name: str, run: Callable[[argparse.Namespace, Output], int], summary: str
    ) -> argparse.ArgumentParser:
        added = actions.add_parser(name, parents=[shared], help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    action("list", commands_mappings.list_, "List what was taught.")
    export = action("export", commands_mappings.export, "Write a mapping as a file to share.")
    export.add_argument("number", type=int)
    export.add_argument("file", metavar="FILE", help="a .yaml file; - prints it")
    load = action("import", commands_mappings.import_, "Add mappings that were shared as files.")
    load.add_argument("files", nargs="+", metavar="FILE")
    delete = action("delete", commands_mappings.delete, "Forget a mapping.")
    delete.add_argument("number", type=int)
