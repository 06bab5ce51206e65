"""Whom a step has more of, and whom less."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.funnel_tables import step_label
from ecom.analysis.step_segments import StepSegmentsReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import message

_ROW = 30  # pixels a group
_MOST = 14


@drawn_once
def index(report: StepSegmentsReport, language: Language) -> Chart:
    """Bars of the index of the groups that stand out by more than chance, the largest on top."""
    known = report.segments.frame.query("is_clear").dropna(subset="index")
    far = (known["index"] - 1).abs().nlargest(_MOST).index
    shown = known.loc[far].sort_values("index", ascending=False)
    names = [
        message("{split}: {value}", split=split, value=value)
        for split, value in zip(shown["split"], shown["value"], strict=True)
    ]
    figure = new_figure(language, unit=Unit.NUMBER, height=90 + _ROW * max(len(names), 1))
    figure.add_trace(
        go.Bar(
            y=[language.say(name) for name in names],
            x=shown["index"] - 1,
            base=1,
            orientation="h",
            width=0.6,
            marker={"color": [ACCENT if value >= 1 else BASE for value in shown["index"]]},
        )
    )
    figure.update_yaxes(autorange="reversed")
    values = {"step": step_label(report.step), "period": report.header.period}
    return Chart(
        key="step_segments",
        figure=finish(figure),
        title=language.say(
            message("Who leaves before “{step}” more than others?", **values)
            if report.side == "left"
            else message("Who goes on to “{step}” more than others?", **values)
        ),
        subtitle=language.say(
            message(
                "Share of these visits ÷ share of all visits at the step before; 1 is as many as "
                "elsewhere; only differences beyond chance are drawn · {period}",
                **values,
            )
        ),
        alt=language.say(
            message(
                "Bars of the index. {rows}.",
                rows=tuple(
                    message("{group}: {value}", group=name, value=Amount(float(one), Unit.NUMBER))
                    for name, one in zip(names, shown["index"], strict=True)
                ),
            )
        ),
    )
