"""The costly leaks on the funnel page."""

from __future__ import annotations

import streamlit as st

from ecom.analysis.base import Table
from ecom.charts import leaks as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View
from ecom.ui.words import plain


def show(view: View) -> None:
    """What broke, and which group at which step costs most by going on less than the rest."""
    report = view.report("leaks")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    red = view.settings.good_is_red
    if not report.sudden_leaks.is_empty:
        blocks.chart(view, charts.sudden(report, view.language, good_is_red=red))
        _broke(view, report.sudden_leaks)
    if not report.costly_leaks.is_empty:
        blocks.chart(view, charts.at_stake(report, view.language, good_is_red=red))
        title = message("Lasting gaps, ranked by cost")
        blocks.table(view, report.costly_leaks, title=title, key="costly_leaks")
    if not (report.sudden_leaks.is_empty and report.costly_leaks.is_empty):
        blocks.downloads(view, report)


def _broke(view: View, leaks: Table) -> None:
    """The table, and below it, as no column is wide enough, what each may mean."""
    shown = [column.key for column in leaks.columns if column.key not in ("causes", "checks")]
    blocks.table(view, leaks.only(*shown), title=message("What broke"), key="sudden_leaks")
    for leak in leaks.frame.to_dict("records"):
        named = message("{group} · {step}", group=leak["group"], step=leak["step"])
        said = message(
            "Likely causes: {causes} Check first: {checks}",
            causes=leak["causes"],
            checks=leak["checks"],
        )
        st.markdown(f"**{plain(view.say(named))}**  \n{plain(view.say(said))}")
