"""What a thousand views or messages bring, and how many members there are."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.content import ContentReport
from ecom.analysis.content_tables import of_pieces
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, faded, good_bad
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import message

_ROW = 44  # pixels a kind


@drawn_once
def per_thousand(report: ContentReport, language: Language) -> Chart:
    """Revenue per thousand by kind, beside the period compared with."""
    currency = report.header.currency
    frame = of_pieces(report.kinds)
    names = [
        language.say(
            message("{kind}, per 1,000 {base}", kind=language.term(row["kind"]), base=row["per"])
        )
        for row in frame.to_dict("records")
    ]
    figure = new_figure(
        language, unit=Unit.MONEY, currency=currency, height=110 + _ROW * max(len(frame), 1)
    )
    base = report.header.base
    if base is not None and frame["gpm_before"].notna().any():
        before = language.say(message("Before: {base}", base=base))
        figure.add_trace(_bars(names, frame["gpm_before"], before, faded(BASE, 0.6)))
    shown = language.say(message("{period}", period=report.header.period))
    figure.add_trace(_bars(names, frame["gpm"], shown, ACCENT))
    # The reader meets the period first in the legend, and on top in the picture.
    figure.data = figure.data[::-1]
    figure.update_layout(barmode="group", legend={"traceorder": "normal"})
    figure.update_yaxes(autorange="reversed")
    return Chart(
        key="per_thousand",
        figure=finish(figure),
        title=language.say(message("What does a thousand of each bring?")),
        subtitle=language.say(
            message(
                "Revenue per thousand views or delivered messages, {currency}, {period}; as the "
                "platforms attribute it",
                currency=currency or "–",
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Bars of revenue per thousand. {rows}.",
                rows=tuple(
                    message(
                        "{name}: {value}",
                        name=name,
                        value=Amount(float(value), Unit.MONEY, currency),
                    )
                    for name, value in zip(names, frame["gpm"], strict=True)
                ),
            )
        ),
    )


@drawn_once
def members(report: ContentReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Who joined and who left by day; the title says how many there are."""
    frame = report.members.frame
    good, bad = good_bad(good_is_red)
    figure = new_figure(language, unit=Unit.COUNT, height=280)
    for key, sign, name, colour in (
        ("joined", 1, message("Joined"), good),
        ("left", -1, message("Members lost"), bad),
    ):
        figure.add_trace(
            go.Bar(
                x=frame["day"],
                y=sign * frame[key],
                name=language.say(name),
                marker={"color": colour},
            )
        )
    figure.update_layout(barmode="relative")
    told = frame["members"].dropna()
    ends = {
        "first": Amount(float(told.iloc[0])),
        "last": Amount(float(told.iloc[-1])),
        "joined": Amount(float(frame["joined"].sum())),
        "left": Amount(float(frame["left"].sum())),
        "period": report.header.period,
    }
    return Chart(
        key="members",
        figure=finish(figure),
        title=language.say(message("Members: from {first} to {last}", **ends)),
        subtitle=language.say(
            message("Joined (up) and left (down) by day, all groups and accounts, {period}", **ends)
        ),
        alt=language.say(
            message(
                "Bars by day: {joined} joined and {left} left; members went from {first} to "
                "{last}.",
                **ends,
            )
        ),
    )


def _bars(names: list[str], values: object, name: str, colour: str) -> go.Bar:
    return go.Bar(y=names, x=values, orientation="h", name=name, marker={"color": colour})
