"""The costly leaks on the funnel page."""

from __future__ import annotations

from ecom.charts import leaks as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """Which group at which step costs most by going on less than the rest."""
    report = view.report("leaks")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    if report.costly_leaks.is_empty:
        return
    blocks.chart(
        view, charts.at_stake(report, view.language, good_is_red=view.settings.good_is_red)
    )
    blocks.table(view, report.costly_leaks, title=message("Ranked by cost"), key="costly_leaks")
    blocks.downloads(view, report)
