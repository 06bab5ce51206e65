"""How long people take from step to step."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.funnel import FunnelReport
from ecom.analysis.funnel_tables import TIME_LABELS
from ecom.charts.base import Chart, drawn_once
from ecom.charts.labels import wrapped
from ecom.charts.palette import CELL_INK, CELLS
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import message

_ROW = 40  # pixels a step
_NARROW = 6  # letters over a column on a phone


@drawn_once
def times(report: FunnelReport, language: Language) -> Chart:
    """For each step, the shares of those who did it by the time since the step before."""
    frame = report.times.frame
    classes = ["<br>".join(wrapped(language.say(one), longest=_NARROW)) for one in TIME_LABELS]
    names = [language.say(step) for step in dict.fromkeys(frame["step"])]
    shares = frame["share"].to_numpy(dtype="float64").reshape(len(names), len(classes))
    figure = new_figure(language, unit=Unit.RATIO, height=104 + _ROW * max(len(names), 1))
    figure.add_trace(
        go.Heatmap(
            z=shares,
            x=classes,
            y=names,
            text=[[f"{100 * share:.0f}" if share else "" for share in row] for row in shares],
            texttemplate="%{text}",
            customdata=frame["people"].to_numpy().reshape(shares.shape),
            hovertemplate="%{y} · %{x}: %{z:.1%} (%{customdata})<extra></extra>",
            textfont={"color": CELL_INK},
            colorscale=CELLS,
            zmin=0.0,
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(side="top", tickangle=0)
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(type="category", showgrid=False, fixedrange=True, ticks="", ticklabelstandoff=6)
    figure.update_layout(hovermode="closest", margin={"t": 58})  # the tool bar above the axis
    last = report.steps.frame.iloc[-1]
    title = message("How long do they take?")
    if last["people"]:
        quick = float(shares[-1, :3].sum())  # the whole way, under half an hour
        title = message(
            "{share} of those who got to “{last}” did so within half an hour of the start",
            share=Amount(quick, Unit.RATIO),
            last=last["step"],
        )
    return Chart(
        key="times",
        figure=finish(figure),
        title=language.say(title),
        subtitle=language.say(
            message(
                "Percent of those who did the step, by the time since the step before that can’t "
                "be skipped, {period}",
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Table of times: {rows}.",
                rows=tuple(
                    message(
                        "{step}, {within}: {share}",
                        step=row["step"],
                        within=row["within"],
                        share=Amount(float(row["share"]), Unit.RATIO),
                    )
                    for row in frame.to_dict("records")
                    if row["share"] >= 0.2
                ),
            )
        ),
    )
