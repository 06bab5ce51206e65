"""Abandoned carts on the funnel page."""

from __future__ import annotations

import streamlit as st

from ecom.charts import carts as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """What was left in carts, what came back, and the list to recall the rest by."""
    report = view.report("carts")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if report.people.is_empty and report.products.is_empty:
        return
    blocks.chart(
        view, charts.outcomes(report, view.language, good_is_red=view.settings.good_is_red)
    )
    blocks.table(view, report.outcomes, title=message("Left behind, by stage"), key="carts")
    blocks.table(view, report.ages, title=message("Not bought so far, by age"), key="cart_ages")
    blocks.table(view, report.products, title=message("What lies in them"), key="cart_products")
    blocks.table(view, report.people, title=message("Whom to recall"), key="cart_people")
    hint = message(
        "Visitors are known by the ids of the event log, customers by keyed hashes: match the list "
        "where these were made."
    )
    st.caption(view.say(hint))
    blocks.downloads(view, report)
