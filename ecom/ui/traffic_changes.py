"""The part "what changed" of the traffic page."""

from __future__ import annotations

import streamlit as st

from ecom.analysis.traffic_changes import TrafficChangesReport
from ecom.charts import traffic_changes as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View

MOST_DRAWN = 6
"""Changes to choose from; those below are in the table."""


def show(view: View) -> None:
    """The sources that changed, and the chosen one as a picture with what it may be."""
    report = view.report("traffic_changes")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    if not report.changes.is_empty:
        _chosen(view, report)
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


def _chosen(view: View, report: TrafficChangesReport) -> None:
    """Ask which change to draw; its band, with the play beside it."""
    names = report.changes.frame["source"].tolist()[:MOST_DRAWN]
    if len(names) > 1:
        options = {
            str(number): message("{number} {source}", number=number, source=name)
            for number, name in enumerate(names, start=1)
        }
        asked = view.choose("change", message("Change to draw"), options, "1", wrap=True)
        report = view.report("traffic_changes", alert=int(asked))
    row = report.changes.frame.iloc[report.alert - 1]
    picture, play = st.columns([5, 2], gap="medium")
    with picture:
        blocks.chart(view, charts.band(report, view.language))
    with play:
        for title, text in (
            (message("Likely causes"), row["causes"]),
            (message("Check first"), row["checks"]),
        ):
            st.markdown(f"**{view.say(title)}**")
            st.markdown(view.say(text))
