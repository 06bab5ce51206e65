"""Pictures of the retention page: cohorts, second orders, tiers, new and returning money."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from ecom.analysis.retention import WINDOW, RetentionReport
from ecom.analysis.retention_tables import WINDOWS
from ecom.charts.base import Chart, drawn_once
from ecom.charts.cohort_map import cohort_map, grain_word, period_name
from ecom.charts.palette import ACCENT, BASE
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import Text, message

__all__ = ["cohort_map", "revenue", "second_orders", "tiers"]

_KINDS = {
    "returning": (message("Returning customers"), ACCENT),
    "new": (message("New customers"), "#8bb4ec"),
    "unknown": (message("Unknown customers"), BASE),
}


@drawn_once
def second_orders(
    report: RetentionReport, language: Language, *, good_is_red: bool = False
) -> Chart:
    """Share of customers with a second order, by days since the first."""
    frame = report.second_order.frame
    figure = new_figure(language, unit=Unit.RATIO, height=320)
    figure.add_trace(
        go.Scatter(
            x=frame["days"],
            y=frame["share"],
            mode="lines",
            line={"color": ACCENT, "width": 2.5, "shape": "hv"},
            name=language.say(message("With a second order")),
        )
    )
    marks = frame[frame["days"].isin(WINDOWS)]
    figure.add_trace(
        go.Scatter(
            x=marks["days"],
            y=marks["share"],
            mode="markers+text",
            text=[language.number(share, Unit.RATIO) for share in marks["share"]],
            textposition="bottom right",
            marker={"color": ACCENT, "size": 8},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    figure.update_xaxes(title={"text": language.say(message("Days since the first order"))})
    figure.update_yaxes(rangemode="tozero")
    shares = [Amount(float(share), Unit.RATIO) for share in marks["share"]]
    if report.median_days is None or len(shares) < len(WINDOWS):
        title = message("How soon do customers order again?")
    else:
        title = message(
            "{share} order again within {window} days; the typical second order takes {median}",
            share=shares[-1],
            window=WINDOW,
            median=Amount(report.median_days, Unit.DAYS),
        )
    return Chart(
        key="second_orders",
        figure=finish(figure),
        title=language.say(title),
        subtitle=language.say(
            message(
                "Share of customers with a second order, by days since the first; young customers "
                "count for as long as they have been watched. Orders up to {day}.",
                day=report.header.period.end,
            )
        ),
        alt=language.say(
            message(
                "Rising curve of customers with a second order: {shares} after {days} days.",
                shares=tuple(shares),
                days=tuple(int(day) for day in marks["days"]),
            )
        ),
    )


@drawn_once
def tiers(report: RetentionReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Each tier's share of customers beside its share of revenue."""
    frame = report.tiers.frame
    names = [language.say(label) for label in frame["tier"]]
    figure = new_figure(language, unit=Unit.RATIO, height=380)
    bars: list[tuple[str, Text, str]] = [
        ("customer_share", message("Share of customers"), BASE),
        ("revenue_share", message("Share of revenue"), ACCENT),
    ]
    for column, label, colour in bars:
        figure.add_trace(
            go.Bar(
                y=names,
                x=frame[column],
                orientation="h",
                name=language.say(label),
                marker={"color": colour},
                text=[language.number(share, Unit.RATIO) for share in frame[column]],
                textposition="outside",
                cliponaxis=False,
            )
        )
    figure.update_layout(barmode="group", legend={"traceorder": "normal"})
    figure.update_yaxes(autorange="reversed")
    title: Text = message("Which customers bring the revenue?")
    alt: Text = message("No customers to put into tiers.")
    if len(frame):
        best = frame.iloc[int(frame["revenue_share"].fillna(0.0).argmax())]
        numbers = {
            "tier": best["tier"],
            "customers": Amount(float(best["customer_share"]), Unit.RATIO),
            "revenue": Amount(float(best["revenue_share"]), Unit.RATIO),
        }
        title = message("“{tier}”: {customers} of customers, {revenue} of revenue", **numbers)
        alt = message(
            "Bars of eight customer tiers. The largest by revenue is “{tier}” with {customers} of "
            "customers and {revenue} of revenue.",
            **numbers,
        )
    return Chart(
        key="tiers",
        figure=finish(figure),
        title=language.say(title),
        subtitle=language.say(
            message(
                "Tiers by recency, frequency and money, each above or below the mean score. "
                "Orders up to {day}.",
                day=report.header.period.end,
            )
        ),
        alt=language.say(alt),
    )


@drawn_once
def revenue(report: RetentionReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Revenue of new, returning and unknown customers; the running period is hatched."""
    frame = report.revenue.frame
    currency = report.header.currency
    figure = new_figure(language, unit=Unit.MONEY, currency=currency, height=320)
    hatched = ["" if over else "/" for over in frame["is_complete"]]
    for kind, (label, colour) in _KINDS.items():
        if kind == "unknown" and not frame[kind].any():
            continue
        figure.add_trace(
            go.Bar(
                x=[period_name(start, report.grain) for start in frame["period"]],
                y=frame[kind],
                name=language.say(label),
                marker={"color": colour, "pattern": {"shape": hatched}},
            )
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(type="category", tickangle=0, nticks=7)
    total = frame[["new", "returning"]].sum()
    share = total["returning"] / total.sum() if total.sum() else np.nan
    title: Text = message("Do new or returning customers pay?")
    alt: Text = message("No revenue in these periods.")
    if share == share:
        numbers = {"share": Amount(float(share), Unit.RATIO)}
        title = message("Returning customers bring {share} of known revenue", **numbers)
        alt = message(
            "Stacked bars of revenue over {count} periods; returning customers bring {share}, new "
            "ones {rest}.",
            count=len(frame),
            rest=Amount(1 - float(share), Unit.RATIO),
            **numbers,
        )
    return Chart(
        key="revenue",
        figure=finish(figure),
        title=language.say(title),
        subtitle=language.say(
            message(
                "Paid amount, {currency}, by {grain}; an order on the day of the first one is new. "
                "Hatched: not over yet.",
                currency=currency,
                grain=grain_word(report.grain),
            )
        ),
        alt=language.say(alt),
    )
