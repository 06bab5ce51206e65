"""What broke and when; what the costly leaks cost, with how sure it is."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import plotly.graph_objects as go

from ecom.analysis.leaks import LeaksReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, faded, good_bad
from ecom.charts.template import finish, new_figure, whiskers
from ecom.i18n import Language
from ecom.model import Amount, Period, Unit
from ecom.terms import term
from ecom.text import message

_ROW = 40  # pixels a leak


@drawn_once
def sudden(report: LeaksReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """The clearest sudden leak: the group's rate by day beside the others', its days shaded."""
    days, leak = report.sudden_days.frame, report.sudden_leaks.frame.iloc[0]
    inside = days.loc[days["is_leak"], "day"]
    figure = new_figure(language, unit=Unit.RATIO)
    lines = (
        ("others", message("Others"), {"color": BASE, "dash": "dot"}),
        ("rate", leak["group"], {"color": ACCENT}),
    )
    for name, label, line in lines:
        figure.add_trace(
            go.Scatter(x=days["day"], y=days[name], name=language.say(label), line=line)
        )
    half = timedelta(hours=12)
    _, bad = good_bad(good_is_red)
    figure.update_yaxes(rangemode="tozero")
    figure.add_vrect(
        x0=datetime.combine(inside.min(), time()) - half,
        x1=datetime.combine(inside.max(), time()) + half,
        fillcolor=faded(bad, 0.15),
        line_width=0,
    )
    values = {
        "group": leak["group"],
        "step": leak["step"],
        "period": Period(inside.min(), inside.max()),
    }
    return Chart(
        key="sudden_leak",
        figure=finish(figure),
        title=language.say(message("{group} went on to “{step}” less often, {period}", **values)),
        subtitle=language.say(
            message(
                "Share of visits at the step before that go on to “{step}”, by day; others: all "
                "visits but these. Shaded: {period}",
                **values,
            )
        ),
        alt=language.say(
            message(
                "Lines of the share that goes on to “{step}”, {group} beside the others; {period} "
                "it is {rate}, {expected} were expected.",
                rate=Amount(float(leak["rate"]), Unit.RATIO),
                expected=Amount(float(leak["expected"]), Unit.RATIO),
                **values,
            )
        ),
    )


@drawn_once
def at_stake(report: LeaksReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Bars of the revenue at stake, the costliest on top, with their intervals."""
    frame = report.costly_leaks.frame
    currency = report.header.currency
    _, bad = good_bad(good_is_red)
    names = [
        message("{group} · {step}", group=term(segment), step=step)
        for segment, step in zip(frame["segment"], frame["step"], strict=True)
    ]
    figure = new_figure(
        language, unit=Unit.MONEY, currency=currency, height=90 + _ROW * max(len(names), 1)
    )
    figure.add_trace(
        go.Bar(
            y=[language.say(name) for name in names],
            x=frame["at_stake"],
            orientation="h",
            width=0.6,
            marker={"color": faded(bad, 0.45)},
            error_x=whiskers(
                frame["at_stake"], frame["low"], frame["high"], color=bad, thickness=2, width=5
            ),
        )
    )
    figure.update_yaxes(autorange="reversed")
    return Chart(
        key="costly_leaks",
        figure=finish(figure),
        title=language.say(
            message(
                "Largest gap: {group} at “{step}”, about {value}",
                group=term(frame["segment"].iloc[0]),
                step=frame["step"].iloc[0],
                value=Amount(float(frame["at_stake"].iloc[0]), Unit.MONEY, currency),
            )
        ),
        subtitle=language.say(
            message(
                "What would be won if a group went on like the rest: lost people × the rest’s "
                "share to the purchase × average order, {currency}, {period}, with 95 % intervals; "
                "shares are of visitors at the step before. Groups overlap: do not add up",
                currency=currency or "–",
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Bars of revenue at stake. {rows}.",
                rows=tuple(
                    message(
                        "{leak}: {value}",
                        leak=name,
                        value=Amount(float(value), Unit.MONEY, currency),
                    )
                    for name, value in zip(names, frame["at_stake"], strict=True)
                ),
            )
        ),
    )
