"""Who is at a step, on the funnel page."""

from __future__ import annotations

from ecom.analysis.funnel import ACTIONS
from ecom.analysis.funnel_names import STEP_LABELS
from ecom.charts import step_segments as charts
from ecom.charts.group_index import has_clear
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """The groups among those who left before a step, or went on to it."""
    side = view.choose(
        "side",
        message("Visits that"),
        {"left": message("Left before it"), "went_on": message("Went on to it")},
        "left",
    )
    step = view.choose(
        "step",
        message("Step"),
        {step: STEP_LABELS[step] for step in ACTIONS},
        "purchase",
        wrap=True,
    )
    report = view.report("step_segments", step=step, side=side)
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    if report.segments.is_empty:
        return
    if has_clear(report.segments):
        blocks.chart(view, charts.index(report, view.language))
    blocks.table(view, report.segments, title=message("By what they are"), key="segments")
    if not report.products.is_empty:
        title = message("By what they viewed")
        blocks.table(view, report.products, title=title, key="step_products")
    blocks.downloads(view, report)
