"""What became of files and pulls, on the command line."""

from __future__ import annotations

from ecom.cli.output import Output
from ecom.ingest import FileOutcome
from ecom.text import Text, message


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
