"""One function a command: take the parsed options, do it, print, return the exit status."""

from __future__ import annotations

import argparse
import getpass
import os
from pathlib import Path

from ecom import inbox
from ecom.analysis import registry
from ecom.analysis.coverage import coverage as coverage_of
from ecom.analysis.reconcile import reconcile as reconcile_of
from ecom.cli.options import options_of
from ecom.cli.output import Output
from ecom.cli.scope import check_names, period_of, scope_of
from ecom.demo.load import load_demo
from ecom.errors import InvalidParameter, StoreLocked
from ecom.ingest import FileOutcome, import_files, write_templates
from ecom.store import Shop, open_store
from ecom.text import Text, message


def demo(options: argparse.Namespace, output: Output) -> int:
    """Make the demo shop and load it."""
    with open_store(options.database) as store:
        if options.if_empty and len(store.batches()):
            output.say(message("There is data already; the demo shop was not made."))
            return 0
        outcomes = load_demo(
            store, Path(options.folder), scale=options.scale, progress=output.progress
        )
    return tell_outcomes(outcomes, output)


def import_(options: argparse.Namespace, output: Output) -> int:
    """Load exports into the store, or hand them to the app that holds it."""
    paths = [Path(name) for name in options.files]
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise InvalidParameter(
            message("There is no file {names}.", names=tuple(missing)),
            message("Check the path."),
        )
    password = os.environ.get("ECOM_FILE_PASSWORD")
    if options.password:
        password = getpass.getpass()
    try:
        store = open_store(options.database)
    except StoreLocked:
        if options.dry_run or password is not None:
            raise  # a password is never handed over: the inbox is a folder
        inbox.hand_over(paths, Path(options.inbox), shop_id=options.shop)
        handed = message(
            "The running app has the database open, so it was handed {count} file(s) through its "
            "inbox ({folder}); it imports them within seconds.",
            count=len(paths),
            folder=options.inbox,
        )
        output.say(handed)
        if output.as_json:
            output.json({"handed_over": [str(path) for path in paths], "inbox": options.inbox})
        return 0
    with store:
        outcomes = import_files(
            store,
            paths,
            shop=Shop(options.shop) if options.shop else None,
            dry_run=options.dry_run,
            confirmed=options.confirm,
            password=password,
            progress=output.progress,
        )
    return tell_outcomes(outcomes, output)


def batches(options: argparse.Namespace, output: Output) -> int:
    """List what was loaded."""
    with open_store(options.database) as store:
        frame = store.batches()
    if output.as_json:
        output.json(frame)
        return 0
    if frame.empty:
        output.say(message("Nothing was loaded yet."))
        return 0
    names = ["batch_id", "loaded_at", "shop_id", "layout_id", "file_name", "sheet_name"]
    counts = ["rows_new", "rows_changed", "rows_unchanged", "rows_rejected", "rows_totals"]
    shown = frame[[*names, *counts]].astype({"loaded_at": "str"}).astype("str")
    output.rows(list(shown.columns), shown.to_numpy().tolist())
    return 0


def undo(options: argparse.Namespace, output: Output) -> int:
    """Take a batch away again."""
    with open_store(options.database) as store:
        store.undo(options.batch)
    output.say(message("Batch {number} is undone.", number=options.batch))
    if output.as_json:
        output.json({"undone": options.batch})
    return 0


def report(options: argparse.Namespace, output: Output) -> int:
    """Print the report a page shows."""
    scope = scope_of(options)
    with open_store(options.database) as store:
        check_names(store, scope)
        asked = options_of(options.page, options.option)
        answer = registry.report(store, options.page, scope, **asked)
    if output.as_json:
        output.json(answer)
    else:
        output.report(answer)
    return 0


def coverage(options: argparse.Namespace, output: Output) -> int:
    """List which days each source covers."""
    with open_store(options.database) as store:
        answer = coverage_of(store)
    if output.as_json:
        output.json(answer)
    else:
        output.say(answer.headline)
        output.tables(answer)
    return 0


def reconcile(options: argparse.Namespace, output: Output) -> int:
    """Hold sums against their details."""
    with open_store(options.database) as store:
        answer = reconcile_of(store, period_of(options.start, options.end))
    if output.as_json:
        output.json(answer)
    else:
        output.say(answer.headline)
        output.tables(answer)
    return 0


def templates(options: argparse.Namespace, output: Output) -> int:
    """Write our own import templates."""
    written = write_templates(Path(options.folder))
    for path in written:
        output.say(str(path))
    if output.as_json:
        output.json([str(path) for path in written])
    return 0


def tell_outcomes(outcomes: tuple[FileOutcome, ...], output: Output) -> int:
    """Print the outcomes; 1 when one of them has a problem."""
    if output.as_json:
        output.json(outcomes)
    else:
        for outcome in outcomes:
            for line in _outcome_lines(outcome):
                output.say(line)
    return 1 if any(outcome.problem for outcome in outcomes) else 0


def _outcome_lines(outcome: FileOutcome) -> list[Text]:
    if outcome.problem is not None:
        failed = [message("{file}: {problem}", file=outcome.file_name, problem=outcome.problem)]
        return failed if outcome.remedy is None else [*failed, outcome.remedy]
    lines = [
        message(
            "{file}: {read} rows = {new} new + {changed} changed + {unchanged} unchanged + "
            "{rejected} rejected + {totals} totals",
            file=outcome.file_name,
            read=account.read,
            new=account.new,
            changed=account.changed,
            unchanged=account.unchanged,
            rejected=account.rejected,
            totals=account.totals,
        )
        for account in outcome.accounts
    ]
    lines += [
        message("  {text} ({count}×)", text=finding.text, count=finding.occurrences)
        for finding in outcome.findings
        if finding.severity != "info"
    ]
    return lines
