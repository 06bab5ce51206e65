"""Who pays after an enquiry, by how long the first response took."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.service import ServiceReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.labels import wrapped
from ecom.charts.palette import ACCENT, faded
from ecom.charts.template import finish, new_figure, whiskers
from ecom.i18n import Language
from ecom.metrics.service import PAID_WITHIN_DAYS
from ecom.model import Amount, Unit
from ecom.text import message

_NARROW = 7  # letters under a bar on a phone


@drawn_once
def by_response(report: ServiceReport, language: Language) -> Chart:
    """Paid rate by waiting time with 95 % intervals; times that nobody waited are left out."""
    frame = report.buckets.frame.query("enquiries > 0")
    rate = frame["enquiry_paid_rate"]
    figure = new_figure(language, unit=Unit.RATIO, height=280)
    figure.add_trace(
        go.Bar(
            x=["<br>".join(wrapped(language.say(wait), longest=_NARROW)) for wait in frame["wait"]],
            y=rate,
            width=0.55,
            marker={"color": faded(ACCENT, 0.45)},
            error_y=whiskers(rate, frame["low"], frame["high"], color=ACCENT, thickness=2, width=5),
        )
    )
    figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(tickangle=0)
    period = report.header.period
    return Chart(
        key="service_response",
        figure=finish(figure),
        title=language.say(message("Do people who wait longer pay less often?")),
        subtitle=language.say(
            message(
                "Paid enquiries ÷ all enquiries, by time to the first response; lines are 95 % "
                "intervals (Wilson). Of the paid ones {told} are told by the file, {matched} "
                "matched with an order that the same customer paid within {days} days · {period}",
                told=Amount(report.told),
                matched=Amount(report.matched),
                days=PAID_WITHIN_DAYS,
                period=period,
            )
        ),
        alt=language.say(
            message(
                "Bars of the enquiry-to-paid rate. {rows}.",
                rows=tuple(
                    message(
                        "{wait}: {rate} of {count} enquiries",
                        wait=row["wait"],
                        rate=Amount(float(row["enquiry_paid_rate"]), Unit.RATIO),
                        count=Amount(int(row["enquiries"])),
                    )
                    for row in frame.to_dict("records")
                ),
            )
        ),
    )
