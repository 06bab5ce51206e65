"""Whom a step has more of, and whom less."""

from __future__ import annotations

from ecom.analysis.funnel_names import step_label
from ecom.analysis.step_segments import StepSegmentsReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.group_index import furthest, index_bars
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.terms import term
from ecom.text import message


@drawn_once
def index(report: StepSegmentsReport, language: Language) -> Chart:
    """The groups that leave before the step, or go on to it, more and less than others."""
    top = furthest(report.segments)
    values = {
        "step": step_label(report.step),
        "period": report.header.period,
        "group": term(top["value"]),
        "times": Amount(float(top["index"]), Unit.MULTIPLE),
    }
    return index_bars(
        report.segments,
        language,
        key="step_segments",
        title=message(
            "{group}: {times} as common among visits that left before “{step}” as among all",
            **values,
        )
        if report.side == "left"
        else message(
            "{group}: {times} as common among visits that went on to “{step}” as among all",
            **values,
        ),
        subtitle=message(
            "Share of these visits ÷ share of all visits at the step before; 1 is as many as "
            "elsewhere; only differences beyond chance are drawn · {period}",
            **values,
        ),
    )
