"""Who comes when: which hours buy, and whom the hours asked for have more of."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.hour_visits import HourVisitsReport
from ecom.analysis.hour_words import WEEKDAYS, when
from ecom.charts.base import Chart, drawn_once
from ecom.charts.group_index import index_bars
from ecom.charts.palette import ACCENT, BASE, faded
from ecom.charts.template import finish, new_figure, whiskers
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import Text, message


@drawn_once
def buying(report: HourVisitsReport, language: Language) -> Chart:
    """The share of visits that bought by hour of the day; the hour asked for stands out."""
    frame = report.hours.frame
    rate = frame["visit_conversion"]
    figure = new_figure(language, unit=Unit.RATIO, height=280)
    colours = [
        faded(ACCENT if report.hour in (None, hour) else BASE, 0.6) for hour in range(len(frame))
    ]
    figure.add_trace(
        go.Bar(
            x=[f"{hour:02d}" for hour in range(len(frame))],
            y=rate,
            width=0.7,
            marker={"color": colours},
            error_y=whiskers(rate, frame["low"], frame["high"], color=BASE, thickness=1.5, width=3),
        )
    )
    figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(type="category", tickangle=0)
    return Chart(
        key="hour_buying",
        figure=finish(figure),
        title=language.say(message("At which hours do visits buy?")),
        subtitle=language.say(
            message(
                "Visits with a purchase ÷ visits begun in the hour, {days}; lines are 95 % "
                "intervals (Wilson) · {period}",
                days=_days(report.weekday),
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Bars of the share of visits that bought. {rows}.",
                rows=tuple(
                    message(
                        "{hour}: {rate} of {count} visits",
                        hour=row["hour"],
                        rate=Amount(float(row["visit_conversion"]), Unit.RATIO),
                        count=Amount(int(row["sessions"])),
                    )
                    for row in frame.dropna(subset="visit_conversion").to_dict("records")
                ),
            )
        ),
    )


@drawn_once
def index(report: HourVisitsReport, language: Language) -> Chart:
    """The groups that come in these hours more and less than in the others."""
    values = {"when": when(report.weekday, report.hour), "period": report.header.period}
    return index_bars(
        report.segments,
        language,
        key="hour_index",
        title=message("Who comes then more than at other hours? {when}", **values),
        subtitle=message(
            "Share of these visits ÷ share of the visits of all other hours; 1 is as many as "
            "elsewhere; only differences beyond chance are drawn · {period}",
            **values,
        ),
    )


def _days(weekday: int | None) -> Text:
    return message("every day") if weekday is None else WEEKDAYS[weekday]
