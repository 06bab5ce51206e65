"""Coverage: the calendar of what is loaded, and what to export to fill its gaps."""

from __future__ import annotations

from ecom.charts.coverage import coverage_days, coverage_months, months_of
from ecom.text import message
from ecom.ui import address, blocks, cache
from ecom.ui.frame import View

_ALL = "all"


def show(view: View) -> None:
    """The calendar, its gaps, days loaded twice and the newest day of every source."""
    report = cache.coverage(view.workspace, view.version)
    if not report.lines:
        blocks.table(view, report.sources, title=message("What the data covers"), key="coverage")
        return
    months = {f"{month:%Y-%m}": month for month in months_of(report)}
    chosen = address.select(
        f"{view.page.key}_month",
        view.say(message("Month shown")),
        {_ALL: view.say(message("All months")), **{name: name for name in months}},
        _ALL,
        key=f"{view.page.key}_month.{view.language.code}",
        width=200,
    )
    if chosen == _ALL:
        blocks.chart(view, coverage_months(report, view.language))
    else:
        blocks.chart(view, coverage_days(report, months[chosen], view.language))
    blocks.table(view, report.gaps, title=message("What is missing"), key="gaps")
    blocks.table(view, report.sources, title=message("What the data covers"), key="coverage")
    if not report.overlaps.is_empty:
        blocks.table(view, report.overlaps, title=message("Days loaded twice"), key="overlaps")
