"""Customer service on the funnel page."""

from __future__ import annotations

import streamlit as st

from ecom.analysis.service import ASSOCIATION
from ecom.charts import service as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """How soon enquiries are answered, who pays after them, and what waiting goes along with."""
    report = view.report("service")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if not report.buckets.frame["enquiries"].any():
        return
    blocks.chart(view, charts.by_response(report, view.language))
    blocks.table(view, report.buckets, title=message("By waiting time"), key="service_waits")
    if not report.effect.is_empty:
        title = message("What fast answers go along with")
        blocks.table(view, report.effect, title=title, key="service_effect")
        st.caption(view.say(ASSOCIATION))
    blocks.table(view, report.queues, title=message("By service queue"), key="service_queues")
    blocks.table(view, report.agents, title=message("By agent"), key="service_agents")
    blocks.downloads(view, report)
