"""The steps of the funnel, as the page opens."""

from __future__ import annotations

from ecom.analysis.funnel import ACTIONS, BREAKDOWNS, FunnelReport
from ecom.charts import funnel as charts
from ecom.charts.funnel_times import times
from ecom.text import message
from ecom.ui import address, blocks
from ecom.ui.frame import View

_FILTERS = ("channel", "device", "region")  # splits that are filters of the page as well


def show(view: View) -> None:
    """Who gets how far, where they leave, who converts, and what back offices count."""
    unit, by = who_and_split(view)
    way = view.choose(
        "way",
        message("Steps"),
        {"all": message("All in turn"), "shortcuts": message("Cart and checkout optional")},
        "all",
    )
    report = view.report(unit=unit, by=by, way=way)
    if blocks.empty(view, report):
        return
    red = view.settings.good_is_red
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if report.events:
        steps = charts.steps(report, view.language, good_is_red=red)
        hint = message("Click a step to see who left before it.")
        click = blocks.Click(lambda place: _who(report.events[place]), hint)
        blocks.chart_to_click(view, steps, click)
        groups = charts.leaks(report, view.language, good_is_red=red)
        hint = (
            message("Click a cell to see who of the group left before the step.")
            if report.by in _FILTERS
            else message("Click a cell to see who left before the step.")
        )
        blocks.side_by_side(
            view,
            groups,
            charts.conversion(report, view.language, good_is_red=red),
            clicks={groups.key: blocks.Click(lambda place: _group(report, place), hint)},
        )
        blocks.chart(view, charts.trend(report, view.language, good_is_red=red))
        if not report.times.is_empty:
            blocks.chart(view, times(report, view.language))
        blocks.table(view, report.steps, title=message("Step by step"), key="steps")
        blocks.table(view, report.breakdown, title=message("Who converts"), key="breakdown")
        blocks.table(view, report.trend, title=message("By day of entry"), key="trend")
        blocks.table(view, report.times, title=message("How long they take"), key="times")
    if not report.stages.is_empty:
        blocks.chart(view, charts.stages(report, view.language, good_is_red=red))
        blocks.table(view, report.stages, title=message("Back-office counts"), key="stages")
    blocks.downloads(view, report)


def _group(report: FunnelReport, place: int) -> None:
    """Open the part for a cell: its step, for the visits of its group where a filter has it."""
    steps = report.events[report.split_from + 1 :]
    row, step = divmod(place, len(steps))
    value = report.breakdown.frame["value"].iloc[row]
    if report.by in _FILTERS and isinstance(value, str):  # not those that are only a name for rest
        address.keep(report.by, (value,))
    _who(steps[step])


def _who(event: str) -> None:
    """Open the part that says who left before a step; everybody makes the first."""
    if event in ACTIONS:
        address.keep("funnel_part", ("step_segments",))
        address.keep("funnel_step", (event,))
        address.touch()


def who_and_split(view: View, *, has_orders: bool = False) -> tuple[str, str]:
    """Ask who counts, and what the funnel is broken down by.

    Parameters
    ----------
    has_orders : whether orders can be counted, too.
    """
    orders = {"order": message("Orders")} if has_orders else {}
    unit = view.choose(
        "unit",
        message("Count"),
        {"person": message("Visitors"), "session": message("Visits"), **orders},
        "person",
    )
    by = view.pick(
        "by",
        message("Split by"),
        {name: label for name, (_, label) in BREAKDOWNS.items()},
        "channel",
    )
    return unit, by
