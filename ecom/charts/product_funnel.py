"""Products by views and conversion, and one product day by day."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.product_funnel import BASES, ProductFunnelReport
from ecom.analysis.product_rows import EVENTS
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, MUTED, ORANGE, good_bad
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import message

_NAMED = 1  # products: the one that most people view lies apart, names of others would overlap
_LOWER = {
    "anchor": "x",
    "rangemode": "tozero",
    "gridcolor": MUTED,
    "tickformat": ",.6~g",
    "nticks": 4,
}


@drawn_once
def against_category(
    report: ProductFunnelReport, language: Language, *, basis: str = EVENTS, red: bool = False
) -> Chart:
    """Visitors across, conversion less that of the rest of the category up.

    Parameters
    ----------
    basis : the source; rates of an event log and of reports do not compare.
    red : whether good is red.
    """
    frame = report.products.frame
    frame = frame[[label == BASES[basis] for label in frame["basis"]]]
    frame = frame[frame["rest"].notna() & frame["paid_rate"].notna()]
    _, bad = good_bad(red)
    figure = new_figure(language, unit=Unit.NUMBER)
    is_out = frame["days_out"] > 0
    named = set(frame["viewed"].nlargest(_NAMED).index)
    for label, colour, mine in (
        (message("Always in stock, or not listed"), ACCENT, frame[~is_out]),
        (message("Out of stock on some days"), bad, frame[is_out]),
    ):
        figure.add_trace(
            go.Scatter(
                x=mine["viewed"],
                y=(mine["paid_rate"] - mine["rest"]) * 100,
                mode="markers+text",
                name=language.say(label),
                text=[name if place in named else "" for place, name in mine["name"].items()],
                textposition="middle left",
                textfont={"size": 11},
                customdata=mine["name"],
                hovertemplate="%{customdata}: %{y:+,.2f} pp, %{x:,d}<extra></extra>",
                marker={"color": colour, "size": 10, "opacity": 0.8},
            )
        )
    figure.add_hline(y=0, line={"color": BASE, "width": 1})
    figure.update_xaxes(title_text=language.say(message("Visitors who viewed it")), tickformat=",d")
    figure.update_yaxes(tickformat=",.3~g", ticksuffix=" pp")
    figure.update_layout(hovermode="closest", showlegend=True)
    return Chart(
        key=f"products_{basis}",
        figure=finish(figure),
        title=language.say(message("Which products convert unlike their category?")),
        subtitle=language.say(
            message(
                "{basis}: viewed to paid less that of the rest of the category, {period}",
                basis=BASES[basis],
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Points of {count} products; {out} were out of stock on some days.",
                count=len(frame),
                out=int(is_out.sum()),
            )
        ),
    )


@drawn_once
def one_product(
    report: ProductFunnelReport, language: Language, *, place: int = 0, red: bool = False
) -> Chart:
    """Visitors and conversion by day, the days out of stock shaded.

    Parameters
    ----------
    place : which product of ``report.drawn``.
    red : whether good is red.
    """
    product, every = report.drawn[place], report.days.frame
    is_mine = (every["product"] == product.product) & (every["shop"] == product.shop)
    frame = every[is_mine].sort_values("day")
    _, bad = good_bad(red)
    figure = _days_drawn(frame, language, bad=bad)
    out = frame["is_out"] > 0
    return Chart(
        key="one_product",
        figure=finish(figure),
        title=product.name,
        subtitle=language.say(
            message(
                "{basis}, {shop}: paid of those who viewed it on the day, above visitors and "
                "mean paid price ({currency}); shaded: out of stock",
                basis=frame["basis"].iloc[0],
                shop=product.shop,
                currency=report.header.currency or "–",
            )
        ),
        alt=language.say(
            message(
                "Line of conversion by day above bars of {viewed} visitors; {out} days out of "
                "stock.",
                viewed=Amount(float(frame["viewed"].sum())),
                out=int(out.sum()),
            )
        ),
    )


def _days_drawn(frame: pd.DataFrame, language: Language, *, bad: str) -> go.Figure:
    """Conversion above visitors above the price, one axis of days."""
    figure = new_figure(language, unit=Unit.RATIO, height=460)
    figure.add_trace(
        go.Scatter(
            x=frame["day"],
            y=frame["paid_rate"],
            mode="lines+markers",
            name=language.say(message("Viewed to paid")),
            line={"color": ACCENT, "width": 2},
        )
    )
    figure.add_trace(
        go.Bar(
            x=frame["day"],
            y=frame["viewed"],
            name=language.say(message("Viewed")),
            marker={"color": BASE},
            yaxis="y2",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=frame["day"],
            y=frame["price"],
            mode="lines+markers",
            name=language.say(message("Mean paid price")),
            line={"color": ORANGE, "width": 2},
            yaxis="y3",
        )
    )
    out = frame[frame["is_out"] > 0]["day"]
    half = timedelta(hours=12)
    for day in out:
        start = pd.Timestamp(day)
        figure.add_vrect(
            x0=start - half, x1=start + half, fillcolor=bad, opacity=0.15, line_width=0
        )
    figure.update_layout(
        yaxis={"domain": [0.56, 1.0], "rangemode": "tozero"},
        yaxis2={**_LOWER, "domain": [0.28, 0.48]},
        yaxis3={**_LOWER, "domain": [0.0, 0.2]},
        xaxis={"anchor": "y3"},
        showlegend=True,
    )
    return figure
