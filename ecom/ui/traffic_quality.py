"""The part "what they are worth" of the traffic page."""

from __future__ import annotations

import streamlit as st

from ecom.charts import traffic_quality as charts
from ecom.metrics import metric
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """Sources by volume and quality, with advice and the rules behind it."""
    report = view.report("traffic_quality")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    if report.sources.is_empty:
        return
    blocks.kpi_row(view, report.kpis)
    offered = charts.measured(report)
    if offered:
        measure = view.choose(
            "measure",
            message("Quality"),
            {key: metric(key).label for key in offered},
            offered[0],
            wrap=True,
        )
        blocks.chart(
            view,
            charts.quadrants(
                report, view.language, measure=measure, good_is_red=view.settings.good_is_red
            ),
        )
    blocks.table(view, report.advice, title=message("What to do, and why"), key="quality_advice")
    numbers = [one.key for one in report.by_shop.columns if one.key != "why"]
    blocks.table(
        view, report.sources.only(*numbers), title=message("Sources in numbers"), key="quality"
    )
    blocks.table(
        view,
        report.by_shop.only(*numbers),
        title=message("Sources in numbers, shop by shop"),
        key="quality_by_shop",
    )
    with st.expander(view.say(message("The rules behind the advice"))):
        blocks.table(view, report.rules, title=message("Tried from the top"), key="quality_rules")
    blocks.downloads(view, report)
