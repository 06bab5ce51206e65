"""The part "search words" of the traffic page."""

from __future__ import annotations

from ecom.charts import keywords as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """What people searched for, which words moved, and which to push or to mend."""
    report = view.report("keywords")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if not report.words.is_empty:
        blocks.chart(view, charts.conversion(report, view.language))
    tables = (
        (report.advice, message("Push, fix or exclude"), "keyword_advice"),
        (report.moves, message("Words that moved"), "keyword_moves"),
        (report.groups, message("Brand words against others"), "keyword_groups"),
        (report.words, message("Search words"), "keyword_words"),
    )
    for table, title, key in tables:
        if not table.is_empty:
            blocks.table(view, table, title=title, key=key)
    blocks.downloads(view, report)
