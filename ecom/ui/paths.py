"""The paths part of the traffic page: what is looked at, the flow, and where people leave."""

from __future__ import annotations

from ecom.analysis.paths_tables import DAYS_LABELS, ENDS
from ecom.charts import paths as charts
from ecom.text import Text, message
from ecom.ui import address, blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """Ask which part of which visits, and show their paths."""
    look = view.choose(
        "look",
        message("Look at"),
        {
            "landing": message("After landing"),
            "between": message("Between two steps"),
            "leaving": message("Before leaving"),
        },
        "landing",
        wrap=True,
    )
    days = view.choose("days", message("Which days"), DAYS_LABELS, "all", wrap=True)
    split = view.pick(
        "split",
        message("Split by"),
        {
            "channel": message("Channel"),
            "device": message("Device"),
            "days": message("Kind of day"),
        },
        "channel",
    )
    ends = _two_steps(view) if look == "between" else {}
    report = view.report("paths", look=look, days=days, split=split, **ends)
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if not report.nodes.is_empty:
        blocks.chart(view, charts.flow(report, view.language))
        blocks.table(view, report.top, title=message("Most common paths"), key="top")
    blocks.table(view, report.groups, title=message("Visits compared"), key="groups")
    blocks.table(view, report.landings, title=message("Landing pages"), key="landings")
    blocks.table(view, report.exits, title=message("Exit pages"), key="exits")
    blocks.table(view, report.returns, title=message("Loops: where people come back"), key="loops")
    blocks.downloads(view, report)


def _two_steps(view: View) -> dict[str, str]:
    """The steps between which to look."""
    return {
        "start": _step(view, "start", message("From step"), "view_item"),
        "end": _step(view, "end", message("To step"), "purchase"),
    }


def _step(view: View, name: str, label: Text, default: str) -> str:
    with view.switches:
        return address.select(
            f"{view.page.key}_{name}",
            view.say(label),
            {step: view.say(text) for step, text in ENDS.items()},
            default,
            key=f"{view.page.key}_{name}.{view.language.code}",
            width=180,
        )
