"""Whom a step has more of, and whom less."""

from __future__ import annotations

from ecom.analysis.funnel_tables import step_label
from ecom.analysis.step_segments import StepSegmentsReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.group_index import index_bars
from ecom.i18n import Language
from ecom.text import message


@drawn_once
def index(report: StepSegmentsReport, language: Language) -> Chart:
    """The groups that leave before the step, or go on to it, more and less than others."""
    values = {"step": step_label(report.step), "period": report.header.period}
    return index_bars(
        report.segments,
        language,
        key="step_segments",
        title=message("Who leaves before “{step}” more than others?", **values)
        if report.side == "left"
        else message("Who goes on to “{step}” more than others?", **values),
        subtitle=message(
            "Share of these visits ÷ share of all visits at the step before; 1 is as many as "
            "elsewhere; only differences beyond chance are drawn · {period}",
            **values,
        ),
    )
