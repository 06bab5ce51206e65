"""Sources of visitors as points: how many come, what they are worth, and what to do."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.traffic_advice import ADVICE
from ecom.analysis.traffic_quality import QualityReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.labels import Dot, places
from ecom.charts.palette import BASE, MUTED, ORANGE, good_bad
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.metrics import metric
from ecom.model import Amount, Unit
from ecom.models.worth import Advice
from ecom.text import Text, message

MEASURES = (
    "conversion",
    "net_revenue_per_visitor",
    "first_order_margin",
    "repeat_in_90_days",
)
"""What may stand on the upright axis."""

_SIZES = (9, 34)  # pixels across
_HEIGHT = 430


def measured(report: QualityReport) -> tuple[str, ...]:
    """The measures that at least one source with visitors has."""
    frame = report.sources.frame
    has_visitors = frame["visitors"] > 0
    return tuple(key for key in MEASURES if frame.loc[has_visitors, key].notna().any())


@drawn_once
def quadrants(
    report: QualityReport,
    language: Language,
    *,
    measure: str = "conversion",
    good_is_red: bool = False,
) -> Chart:
    """Visitors over a measure; lines at the median source's visitors and at all sources together.

    Parameters
    ----------
    measure : one of ``measured(report)``.
    """
    entry, currency = metric(measure), report.header.currency
    frame = report.sources.frame
    shown = frame[frame["visitors"].gt(0) & frame[measure].notna()].reset_index(drop=True)
    figure = new_figure(language, unit=entry.unit, currency=currency, height=_HEIGHT)
    whole = report.whole[measure]
    spans = _spans(shown, measure, whole)
    sizes, names = _sizes(shown), [language.term(source) for source in shown["source"]]
    spots = _places(shown, measure, names, sizes, spans)
    colours = _colours(good_is_red)
    for advice, label in ADVICE.items():
        mine = [place for place, one in enumerate(shown["advice"]) if one == label]
        figure.add_trace(
            go.Scatter(
                x=shown["visitors"].iloc[mine] if mine else [None],
                y=shown[measure].iloc[mine] if mine else [None],
                mode="markers+text",
                name=language.say(label),
                text=[names[place] if spots[place] else "" for place in mine],
                textposition=[spots[place] or "top center" for place in mine] or "top center",
                textfont={"size": 12},
                marker={
                    "size": [sizes[place] for place in mine] or 12,
                    "color": colours[advice],
                    "opacity": 0.85,
                    "line": {"width": 0},
                },
                hovertext=[_said(shown.iloc[place], measure, language, currency) for place in mine],
                hovertemplate="%{hovertext}<extra></extra>",
                cliponaxis=False,
            )
        )
    _lines(figure, report, whole, language)
    _axes(figure, entry.label, spans, language)
    return Chart(
        key="quality",
        figure=finish(figure),
        title=language.say(message("Many visitors, or good ones?")),
        subtitle=language.say(
            message(
                "{measure} over visitors a source, {period}; size is net revenue where known; "
                "lines: median source, all sources together",
                measure=entry.label,
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Points by source. {rows}.",
                rows=tuple(_said(row, measure, language, currency) for _, row in shown.iterrows()),
            )
        ),
    )


def _said(row: pd.Series, measure: str, language: Language, currency: str) -> str:
    entry = metric(measure)
    return language.say(
        message(
            "{source}: {visitors} visitors, {measure} {value}, {advice}",
            source=language.term(row["source"]),
            visitors=Amount(float(row["visitors"])),
            measure=entry.label,
            value=Amount(float(row[measure]), entry.unit, currency),
            advice=row["advice"],
        )
    )


def _colours(good_is_red: bool) -> dict[Advice, str]:
    good, bad = good_bad(good_is_red)
    return {Advice.SCALE: good, Advice.FIX: ORANGE, Advice.CUT: bad, Advice.WATCH: BASE}


def _sizes(shown: pd.DataFrame) -> list[float]:
    """Pixels across; the area is net revenue, the smallest where that is not known."""
    revenue = shown["net_revenue"].fillna(0.0).clip(lower=0.0)
    most = float(revenue.max()) if len(revenue) else 0.0
    least, widest = _SIZES
    if most <= 0:
        return [float(least)] * len(shown)
    return [float(max(least, widest * math.sqrt(value / most))) for value in revenue]


def _spans(
    shown: pd.DataFrame, measure: str, whole: float | None
) -> tuple[tuple[float, float], tuple[float, float]]:
    """From where to where the axes go, with room for labels: log10 of visitors, and the measure."""
    across = np.log10(shown["visitors"].to_numpy("float64")) if len(shown) else np.array([0.0])
    up = np.append(shown[measure].to_numpy("float64"), [0.0, 0.0 if whole is None else whole])
    wide, tall = max(float(np.ptp(across)), 0.3), max(float(np.ptp(up)), 1e-9)
    return (
        (float(across.min()) - 0.22 * wide, float(across.max()) + 0.22 * wide),
        (float(up.min()) - (0.12 if up.min() < 0 else 0.0) * tall, float(up.max()) + 0.14 * tall),
    )


def _places(
    shown: pd.DataFrame,
    measure: str,
    names: list[str],
    sizes: list[float],
    spans: tuple[tuple[float, float], tuple[float, float]],
) -> list[str]:
    """Where each name stands beside its point; "" where there is no room on a phone."""
    (left, right), (low, high) = spans
    dots = [
        Dot(
            (math.log10(visitors) - left) / (right - left),
            (value - low) / (high - low),
            size,
            name,
        )
        for visitors, value, size, name in zip(
            shown["visitors"], shown[measure], sizes, names, strict=True
        )
    ]
    return places(dots, height=_HEIGHT)


def _lines(
    figure: go.Figure, report: QualityReport, whole: float | None, language: Language
) -> None:
    style = {"color": BASE, "dash": "dash", "width": 1.2}
    if whole is not None:
        label = {"text": language.say(message("All")), "font": {"color": BASE, "size": 11}}
        figure.add_hline(y=whole, line=style, annotation=label, annotation_position="top right")
    if report.typical_visitors:
        figure.add_vline(x=report.typical_visitors, line=style)


def _axes(
    figure: go.Figure,
    label: Text,
    spans: tuple[tuple[float, float], tuple[float, float]],
    language: Language,
) -> None:
    (left, right), (low, high) = spans
    ticks = [
        step * 10.0**power
        for power in range(math.floor(left), math.ceil(right) + 1)
        for step in (1, 3)
        if left <= math.log10(step * 10.0**power) <= right
    ]
    figure.update_layout(hovermode="closest", showlegend=True)
    figure.update_xaxes(
        type="log",
        range=[left, right],
        title={"text": language.say(message("Visitors, counted once a day"))},
        tickvals=ticks,
        ticktext=[language.number(tick, Unit.COUNT) for tick in ticks],
        showgrid=True,
        gridcolor=MUTED,
    )
    figure.update_yaxes(range=[low, high], title={"text": language.say(label)})
