"""Pictures of the conversion page: the steps, the trend, the back-office chain."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.funnel import FunnelReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.funnel_split import conversion, leaks, listed, pair_of_bars, subtitle
from ecom.charts.palette import ACCENT, BASE, MUTED, faded
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import Text, message

__all__ = ["conversion", "leaks", "stages", "steps", "trend"]

_ROW = 60  # pixels a step
_WHOLE_PERCENT = 0.05  # below this, whole percentages on the axis would repeat themselves


@drawn_once
def steps(report: FunnelReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """How many people get to each step, the comparison period lighter."""
    frame = report.steps.frame
    names = [language.say(step) for step in frame["step"]]
    shares = zip(frame["people"], frame["from_first"], strict=True)
    labels = [
        _share_words(people, share, language) if place else _bold(people, language)
        for place, (people, share) in enumerate(shares)
    ]
    went_on = [
        name if place == 0 else f"{name}<br>{_went_on(share, math.isnan(lost), language)}"
        for place, (name, share, lost) in enumerate(
            zip(names, frame["from_previous"], frame["lost"], strict=True)
        )
    ]
    figure = new_figure(language, unit=Unit.COUNT, height=70 + _ROW * max(len(names), 1))
    pair_of_bars(
        figure, names, frame["people"], frame["base_people"], labels=labels, language=language
    )
    figure.update_yaxes(tickvals=names, ticktext=went_on)
    return Chart(
        key="steps",
        figure=finish(figure),
        title=language.say(_steps_title(report)),
        subtitle=language.say(subtitle(report)),
        alt=language.say(
            message(
                "Bars of the funnel’s steps: {steps}.",
                steps=listed(frame["step"], frame["people"]),
            )
        ),
    )


@drawn_once
def stages(report: FunnelReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """The chain of back-office exports, visitors counted once a day."""
    frame = report.stages.frame
    names = [language.say(stage) for stage in frame["stage"]]
    labels = [
        _stage_words(people, share, language) if place else _bold(people, language)
        for place, (people, share) in enumerate(
            zip(frame["people"], frame["from_first"], strict=True)
        )
    ]
    figure = new_figure(language, unit=Unit.COUNT, height=70 + _ROW * max(len(names), 1))
    pair_of_bars(
        figure, names, frame["people"], frame["base_people"], labels=labels, language=language
    )
    return Chart(
        key="stages",
        figure=finish(figure),
        title=language.say(message("What the back offices count")),
        subtitle=language.say(
            message(
                "Visits as the back office counts them, {period}: who buys in a later visit is "
                "lost in the first.",
                period=report.header.period,
            )
            if report.stage_unit == "session"
            else message(
                "Visitors counted once a day, summed over {period}: not the same people from bar "
                "to bar.",
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Bars of daily counts: {stages}.", stages=listed(frame["stage"], frame["people"])
            )
        ),
    )


@drawn_once
def trend(report: FunnelReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Conversion by day of entry; days whose window is still open are dotted."""
    frame = report.trend.frame
    figure = new_figure(language, unit=Unit.RATIO, height=300)
    rate = frame["rate"].astype("float64")
    done = frame["is_complete"].astype("bool")
    # The open part starts at the last finished day, so that the line has no hole.
    still_open = ~done | ~done.shift(-1, fill_value=True)
    for part, dash, colour, name in (
        (done, "solid", ACCENT, message("Conversion")),
        (still_open, "dot", faded(ACCENT, 0.7), message("Not finished")),
    ):
        figure.add_trace(
            go.Scatter(
                x=frame["day"],
                y=rate.where(part),
                mode="lines+markers",  # a day between days without visits is a dot
                marker={"size": 4},
                line={"color": colour, "width": 2.5, "dash": dash},
                name=language.say(name),
                hoverinfo=None if dash == "solid" else "skip",
                showlegend=False,
            )
        )
    if (~done).any():
        first = frame.loc[~done, "day"].iloc[0]
        figure.add_vrect(
            x0=first, x1=frame["day"].iloc[-1], fillcolor=MUTED, opacity=0.4, line_width=0
        )
        figure.add_annotation(
            x=frame["day"].iloc[-1],
            y=1,
            yref="paper",
            text=language.say(message("can still convert")),
            showarrow=False,
            xanchor="right",
            yanchor="bottom",
            font={"size": 11, "color": BASE},
        )
    digits = 0 if rate.max() >= _WHOLE_PERCENT else 2
    figure.update_yaxes(rangemode="tozero", tickformat=f",.{digits}%")
    figure.update_layout(margin={"t": 24})  # the words above the band
    title, alt = _trend_words(rate[done & rate.notna()])
    return Chart(
        key="trend",
        figure=finish(figure),
        title=language.say(title),
        subtitle=language.say(subtitle(report, has_base=False)),
        alt=language.say(alt),
    )


def _trend_words(finished: pd.Series) -> tuple[Text, Text]:
    """Title and alt text, from the conversion of the finished days."""
    if finished.empty:
        return (
            message("Conversion by day of entry, not finished yet"),
            message("Line of conversion by day of entry; no day is finished yet."),
        )
    ends = {
        "low": Amount(float(finished.min()), Unit.RATIO),
        "high": Amount(float(finished.max()), Unit.RATIO),
    }
    return (
        message("Conversion by day of entry: {low} to {high}", **ends),
        message(
            "Line of conversion by day of entry, from {low} to {high} on finished days.", **ends
        ),
    )


def _share_words(people: float, share: float, language: Language) -> str:
    of_all = message("{share} of all", share=Amount(share, Unit.RATIO))
    return f"{_bold(people, language)} · {language.say(of_all)}"


def _went_on(share: float, is_optional: bool, language: Language) -> str:
    part = Amount(share, Unit.RATIO)
    if is_optional:
        return language.say(message("{share} took it", share=part))
    return language.say(message("{share} went on", share=part))


def _stage_words(people: float, share: float, language: Language) -> str:
    of_visitors = message("{share} of the visitors", share=Amount(share, Unit.RATIO))
    return f"{_bold(people, language)} · {language.say(of_visitors)}"


def _bold(number: float, language: Language) -> str:
    return f"<b>{language.number(float(number))}</b>"


def _steps_title(report: FunnelReport) -> Text:
    frame = report.steps.frame
    if len(frame) < 2:
        return message("How far do visitors get?")
    leak = int(np.nanargmax(frame["lost"].to_numpy(dtype="float64")))
    return message(
        "{lost} leave before “{step}”, {share} of those who got that far",
        lost=Amount(float(frame["lost"].iloc[leak])),
        step=frame["step"].iloc[leak],
        share=Amount(1 - float(frame["from_previous"].iloc[leak]), Unit.RATIO),
    )
