"""The part "what changed" of the traffic page."""

from __future__ import annotations

from ecom.charts import traffic_changes as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """The sources that changed, what it may be, and the one that weighs most as a picture."""
    report = view.report("traffic_changes")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    if not report.changes.is_empty:
        blocks.chart(view, charts.band(report, view.language))
        advice = ("source", "causes", "checks")
        numbers = [one.key for one in report.changes.columns if one.key not in advice[1:]]
        blocks.table(
            view, report.changes.only(*numbers), title=message("What changed"), key="changes"
        )
        blocks.table(
            view,
            report.changes.only(*advice),
            title=message("What it may be, and what to check first"),
            key="advice",
        )
    blocks.downloads(view, report)
