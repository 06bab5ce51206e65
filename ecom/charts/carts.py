"""What was left in carts, and what became of it."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.carts import BACK, GONE, OPEN, OUTCOMES, CartsReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, faded, good_bad
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import Text, message


@drawn_once
def outcomes(report: CartsReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Value left by stage, told apart by whether its visitors bought after all."""
    frame = report.outcomes.frame
    currency = report.header.currency
    good, _ = good_bad(good_is_red)
    figure = new_figure(language, unit=Unit.MONEY, currency=currency, height=220)
    for outcome, colour in ((BACK, good), (OPEN, faded(ACCENT, 0.6)), (GONE, BASE)):
        mine = frame[[label == OUTCOMES[outcome] for label in frame["outcome"]]]
        figure.add_trace(
            go.Bar(
                y=[language.say(stage) for stage in mine["stage"]],
                x=mine["value"],
                orientation="h",
                width=0.6,
                name=language.say(OUTCOMES[outcome]),
                marker={"color": colour},
            )
        )
    figure.update_layout(barmode="stack", legend={"traceorder": "normal"})
    figure.update_yaxes(autorange="reversed")
    return Chart(
        key="carts",
        figure=finish(figure),
        title=language.say(_title(report)),
        subtitle=language.say(
            message(
                "Value in carts of visits without a purchase, {currency}, {period}; back: bought "
                "within {days} days after the visit",
                currency=currency or "–",
                period=report.header.period,
                days=report.window_days,
            )
        ),
        alt=language.say(
            message(
                "Bars of value left behind. {rows}.",
                rows=tuple(
                    message(
                        "{stage}, {outcome}: {value} of {visits} visits",
                        stage=row["stage"],
                        outcome=row["outcome"],
                        value=Amount(float(row["value"]), Unit.MONEY, currency),
                        visits=Amount(int(row["visits"])),
                    )
                    for row in frame.to_dict("records")
                ),
            )
        ),
    )


def _title(report: CartsReport) -> Text:
    """What became of most of the value."""
    told = report.outcomes.frame.groupby("outcome", sort=False)["value"].sum()
    if not told.sum() > 0:
        return message("What becomes of it?")
    return message(
        "{outcome}: {value}, {share} of what was left",
        outcome=told.idxmax(),
        value=Amount(float(told.max()), Unit.MONEY, report.header.currency),
        share=Amount(float(told.max() / told.sum()), Unit.RATIO),
    )
