"""The picture of what changed: a source against its expected band."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.traffic_changes import MEASURE_LABELS, TrafficChangesReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, faded
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Period, Unit
from ecom.text import message

_MEASURES = {**MEASURE_LABELS, "conversion": message("Conversion (buyers ÷ visitors of the day)")}


@drawn_once
def band(report: TrafficChangesReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """The source that is asked for: its days, what was expected, and the band."""
    frame = report.band.frame
    drawn = frame[frame["expected"].notna()]
    days = drawn["day"].tolist()
    unit = report.band.columns[1].unit or Unit.COUNT
    figure = new_figure(language, unit=unit)
    figure.add_trace(
        go.Scatter(
            x=[*days, *days[::-1]],
            y=[*drawn["high"], *drawn["low"][::-1]],
            fill="toself",
            fillcolor=faded(BASE, 0.25),
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    expected, came = language.say(message("Expected")), language.say(message("Actual"))
    figure.add_trace(
        go.Scatter(x=days, y=drawn["expected"], name=expected, line={"color": BASE, "dash": "dot"})
    )
    figure.add_trace(
        go.Scatter(x=frame["day"], y=frame["value"], name=came, line={"color": ACCENT})
    )
    first, last = frame["day"].min(), frame["day"].max()
    outside = int(((drawn["value"] < drawn["low"]) | (drawn["value"] > drawn["high"])).sum())
    return Chart(
        key="band",
        figure=finish(figure),
        title=language.say(message("When did {source} change?", source=report.source)),
        subtitle=language.say(
            message(
                "{measure} with the band of a single day; many days on one side of what was "
                "expected are a change, too · {period}",
                measure=_MEASURES[report.measure],
                period=Period(first, last) if len(frame) else report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Line of {source} by day over its expected band; {outside} of {days} days lie "
                "outside.",
                source=report.source,
                outside=Amount(outside),
                days=Amount(len(drawn)),
            )
        ),
    )
