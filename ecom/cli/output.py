"""What the command line prints: sentences and aligned tables for people, or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from ecom.analysis.base import Column, Report, Table
from ecom.errors import EcomError
from ecom.export.jsonable import to_jsonable
from ecom.export.words import cell_words, width_of
from ecom.i18n import MISSING, Language
from ecom.text import Text, message


@dataclass(frozen=True, slots=True)
class Output:
    """Prints answers to standard output, progress and faults to standard error."""

    language: Language
    as_json: bool

    def say(self, text: Text | str) -> None:
        """One line for people; nothing in JSON mode."""
        if not self.as_json:
            print(self.language.say(text))

    def json(self, value: Any) -> None:
        """The answer for programs."""
        print(json.dumps(to_jsonable(value), ensure_ascii=False, indent=2))

    def progress(self, share: float, text: Text) -> None:
        """Where a long command stands."""
        print(f"{share:4.0%} {self.language.say(text)}", file=sys.stderr, flush=True)

    def fault(self, error: EcomError) -> None:
        """What was wrong and what to do."""
        remedy = None if error.remedy is None else self.language.say(error.remedy)
        problem = self.language.say(error.problem)
        if self.as_json:
            print(json.dumps({"error": problem, "remedy": remedy}, ensure_ascii=False))
        print(" ".join(part for part in (problem, remedy) if part), file=sys.stderr)

    def rows(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """An aligned table; wide (Chinese) characters count double."""
        widths = [max(map(width_of, column)) for column in zip(header, *rows, strict=True)]
        for line in (header, *rows):
            padded = (
                cell + " " * (width - width_of(cell))
                for cell, width in zip(line, widths, strict=True)
            )
            print("  ".join(padded).rstrip())

    def report(self, report: Report) -> None:
        """A report as text: headline, key figures, tables."""
        say, head = self.language.say, report.header
        print(say(report.headline))
        if head.base is None:
            self.say(message("{period}", period=head.period))
        else:
            self.say(message("{period}, compared with {base}", period=head.period, base=head.base))
        if report.kpis:
            print()
            self._figures(report)
        self.tables(report, currency=head.currency)
        for notice in report.notices:
            print(f"\n{say(notice.text)}")
        for gap in report.gaps:
            self.say(
                message(
                    "No data: {what}. Filled by: {layouts}.", what=gap.what, layouts=gap.layouts
                )
            )

    def _figures(self, report: Report) -> None:
        say, currency = self.language.say, report.header.currency
        self.rows(
            [
                say(message("Metric")),
                say(message("Value")),
                say(message("Before")),
                say(message("Change")),
            ],
            [
                [
                    say(kpi.definition.label),
                    self.language.number(kpi.delta.value, kpi.definition.unit, currency=currency),
                    self.language.number(kpi.delta.base, kpi.definition.unit, currency=currency),
                    self.language.change(kpi.delta, kpi.definition.unit),
                ]
                for kpi in report.kpis
            ],
        )

    def tables(self, report: Any, *, currency: str = "") -> None:
        """The tables among a dataclass's fields that have rows, each under its name."""
        for field in fields(report):
            table = getattr(report, field.name)
            if isinstance(table, Table) and not table.is_empty:
                print(f"\n{field.name}")
                self._table(table, currency)

    def _table(self, table: Table, currency: str) -> None:
        def written(cell: Any, column: Column) -> str:
            value = cell_words(cell, column, self.language)
            if value is None or value != value:
                return MISSING
            if isinstance(value, datetime):
                return self.language.moment(value)
            if isinstance(value, date):
                return self.language.day(value)
            if column.unit is None or isinstance(value, str):
                return str(value)
            return self.language.number(float(value), column.unit, currency=currency, compact=False)

        self.rows(
            [self.language.say(column.label) for column in table.columns],
            [
                [written(cell, column) for cell, column in zip(row, table.columns, strict=True)]
                for row in table.frame.itertuples(index=False)
            ],
        )
