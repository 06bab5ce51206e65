"""The part "search words" of the traffic page."""

from __future__ import annotations

import streamlit as st

from ecom.analysis.keywords import KeywordsReport
from ecom.analysis.paid_words import NEVER_ADDED
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
    blocks.kpi_row(view, report.own_kpis)
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
    _paid(view, report)
    blocks.downloads(view, report)


def _paid(view: View, report: KeywordsReport) -> None:
    """What ad reports tell of words, apart from the words of back offices."""
    if not report.paid_kpis:
        return
    st.markdown(f"##### {view.say(message('Paid words'))}")
    st.caption(view.say(NEVER_ADDED))
    blocks.kpi_row(view, report.paid_kpis)
    if report.paid.is_empty:
        return
    blocks.chart(view, charts.paid_cost(report, view.language))
    title = message("Paid words beside the same words without ads")
    blocks.table(view, report.paid, title=title, key="keyword_paid")
