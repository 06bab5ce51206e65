"""Pictures of the inventory page: what is urgent, how long it lasts, where the money lies."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.inventory import InventoryReport
from ecom.analysis.inventory_tables import LEVEL_LABELS
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, MUTED, OLIVE, ORANGE, good_bad
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.models.inventory import Level
from ecom.text import Text, message

_MOST = 15  # A items in one picture


@drawn_once
def levels(report: InventoryReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """SKUs by warning level, with the value that lies in each."""
    frame, currency = report.levels.frame, report.header.currency
    labels = [language.say(label) for label in frame["level"]]
    values = [
        language.number(_known(value), Unit.MONEY, currency=currency)
        for value in frame["stock_value"]
    ]
    skus = [language.number(float(count)) for count in frame["skus"]]
    colours = _level_colours(good_is_red)
    by_label = {LEVEL_LABELS[level]: colour for level, colour in colours.items()}
    figure = new_figure(language, unit=Unit.COUNT)
    figure.add_trace(
        go.Bar(
            x=frame["skus"],
            y=labels,
            orientation="h",
            marker={"color": [by_label[label] for label in frame["level"]]},
            text=[f"{count} · {value}" for count, value in zip(skus, values, strict=True)],
            textposition="outside",
            cliponaxis=False,
        )
    )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_layout(margin={"r": 110})
    said = tuple(
        f"{label} {count} ({value})"
        for label, count, value in zip(labels, skus, values, strict=True)
    )
    return Chart(
        key="levels",
        figure=finish(figure),
        title=language.say(message("What is urgent?")),
        subtitle=_subtitle(report, message("SKUs and stock value at cost by level"), language),
        alt=language.say(message("Bars of SKUs by level: {levels}.", levels=said)),
    )


@drawn_once
def cover(report: InventoryReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Days of cover of the A items, worst first, each with its lead time."""
    items = report.stock.frame
    items = items[(items["abc"] == "A") & items["days_of_cover"].notna()]
    items = items.sort_values(["days_of_cover", "sku"]).head(_MOST)
    colours = _level_colours(good_is_red)
    by_label = {LEVEL_LABELS[level]: colour for level, colour in colours.items()}
    days = [float(value) for value in items["days_of_cover"]]
    labels = list(items["sku"])
    # Beside the names: at the bars' ends the numbers would lie under the marks of the lead time.
    names = [
        f"{sku}  ·  {language.number(value, Unit.DAYS)}"
        for sku, value in zip(labels, days, strict=True)
    ]
    figure = new_figure(language, unit=Unit.DAYS, height=max(220, 60 + 26 * len(items)))
    figure.add_trace(
        go.Bar(
            x=days,
            y=labels,
            orientation="h",
            name=language.say(message("Stock cover")),
            marker={"color": [by_label[label] for label in items["level"]]},
            showlegend=False,
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[float(value) for value in items["lead_days"]],
            y=labels,
            mode="markers",
            marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": BASE}},
            name=language.say(message("Lead time")),
            showlegend=True,
        )
    )
    figure.update_yaxes(autorange="reversed", type="category", tickvals=labels, ticktext=names)
    figure.update_layout(showlegend=True)
    short = int((items["days_of_cover"] < items["lead_days"]).sum())
    return Chart(
        key="cover",
        figure=finish(figure),
        title=language.say(message("How long do the A items last?")),
        subtitle=_subtitle(report, message("Days of cover, least first; | lead time"), language),
        alt=language.say(
            message(
                "Bars of days of cover of {items} A items, least first; {short} last shorter than "
                "their lead time.",
                items=len(items),
                short=short,
            )
        ),
    )


@drawn_once
def stock_and_sales(
    report: InventoryReport, language: Language, *, good_is_red: bool = False
) -> Chart:
    """Stock over time above the units sold by day, each on its own scale."""
    frame = report.history.frame
    listed = frame[frame["stock_units"].notna()]
    figure = new_figure(language, unit=Unit.COUNT, height=380)
    figure.add_trace(
        go.Scatter(
            x=listed["day"],
            y=listed["stock_units"],
            mode="lines+markers" if len(listed) < 20 else "lines",
            line={"color": ACCENT, "width": 2},
            name=language.say(message("Stock")),
        )
    )
    figure.add_trace(
        go.Bar(
            x=frame["day"],
            y=frame["units_sold"],
            marker={"color": BASE},
            name=language.say(message("Units sold")),
            yaxis="y2",
        )
    )
    figure.update_layout(
        yaxis={"domain": [0.42, 1.0], "rangemode": "tozero"},
        yaxis2={
            "domain": [0.0, 0.3],
            "anchor": "x",
            "rangemode": "tozero",
            "gridcolor": MUTED,
            "tickformat": ",.6~g",
            "nticks": 4,
        },
        xaxis={"anchor": "y2"},
        showlegend=True,
    )
    first, last = (
        (float(listed["stock_units"].iloc[place]) for place in (0, -1))
        if len(listed)
        else (None, None)
    )
    return Chart(
        key="stock_and_sales",
        figure=finish(figure),
        title=language.say(message("Does stock follow sales?")),
        subtitle=_subtitle(report, message("Units on hand and units sold by day"), language),
        alt=language.say(
            message(
                "Line of stock from {first} to {last} units above bars of units sold by day, "
                "{sold} in all.",
                first=Amount(first),
                last=Amount(last),
                sold=Amount(float(frame["units_sold"].sum())),
            )
        ),
    )


@drawn_once
def pareto(report: InventoryReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Share of revenue that the best-selling SKUs make together, with the ABC lines."""
    frame = report.pareto.frame
    figure = new_figure(language, unit=Unit.RATIO)
    shades = {"A": ACCENT, "B": OLIVE, "C": BASE}
    for name, colour in shades.items():
        part = frame[frame["abc"] == name]
        figure.add_trace(
            go.Bar(
                x=part["place"],
                y=part["cumulated"],
                marker={"color": colour},
                name=name,
                customdata=part["sku"],
                hovertemplate="%{customdata} · %{y:.1%}<extra></extra>",
            )
        )
    figure.update_layout(bargap=0, showlegend=True, hovermode="closest")
    figure.update_yaxes(range=[0, 1.02])
    figure.update_xaxes(title={"text": language.say(message("SKUs, best seller first"))})
    counts = frame["abc"].value_counts()
    said = tuple(f"{name} {int(counts[name])}" for name in shades if name in counts)
    best = frame[frame["abc"] == "A"]
    return Chart(
        key="pareto",
        figure=finish(figure),
        title=language.say(
            message(
                "{skus} SKUs make {share} of revenue",
                skus=len(best),
                share=Amount(float(best["cumulated"].max()) if len(best) else None, Unit.RATIO),
            )
        ),
        subtitle=_subtitle(report, message("Cumulated share of revenue of 90 days"), language),
        alt=language.say(message("Cumulated revenue by SKU; classes: {classes}.", classes=said)),
    )


def _level_colours(good_is_red: bool) -> dict[Level, str]:
    _, bad = good_bad(good_is_red)
    return {
        Level.OUT: bad,
        Level.WARNING: bad,
        Level.SAFETY: ORANGE,
        Level.OK: ACCENT,
        Level.OVERSTOCK: OLIVE,
        Level.IDLE: BASE,
        Level.UNKNOWN: BASE,
    }


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _subtitle(report: InventoryReport, what: Text, language: Language) -> str:
    return language.say(message("{what} · {day}", what=what, day=report.on))
