"""The house style of every figure: one template, formatted values on hover, calm axes.

A figure starts with ``new_figure`` and ends with ``finish``. In between a chart adds traces with
plain numbers; ``finish`` writes them for people, because what the axis says (124K, 12.4万) depends
on how large the values turned out and on the reader's language.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecom.charts.palette import BASE, CATEGORICAL, MUTED
from ecom.i18n import Language
from ecom.model import Unit

_FONT = "Source Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
_TICKS = 5
_DAY = 86_400_000  # milliseconds, as axes of dates count
_COMPACT_FROM = 10_000  # as Language.number does

_TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": _FONT, "size": 13, "color": "#6b7482"},
        "colorway": list(CATEGORICAL),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"font": {"size": 13, "family": _FONT}, "align": "left"},
        "legend": {
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "title": {"text": ""},
        },
        "xaxis": {"showgrid": False, "zeroline": False, "automargin": True, "linecolor": MUTED},
        "yaxis": {"gridcolor": MUTED, "gridwidth": 1, "zeroline": False, "automargin": True},
        "bargap": 0.28,
    }
)

_DAYS = {"en": "%-d %b\n%Y", "zh_CN": "%-m月%-d日\n%Y年"}
_DAY_ON_HOVER = {"en": "%a %-d %b %Y", "zh_CN": "%Y年%-m月%-d日"}
_PLAIN = {
    Unit.RATIO: {"tickformat": ",.0%"},
    Unit.MULTIPLE: {"tickformat": ",.3~g", "ticksuffix": "×"},
    Unit.NUMBER: {"tickformat": ",.3~g"},
}
_WRITTEN_OUT = (Unit.SECONDS, Unit.POINTS)  # Plotly has no format for them


def new_figure(
    language: Language, *, unit: Unit, currency: str | None = None, height: int = 340
) -> go.Figure:
    """An empty figure in the house style.

    Parameters
    ----------
    unit, currency : of the value axis (y; x where all bars lie down) and of the hover.
    height : pixels.
    """
    # All at once, because each update of a figure takes as long as this.
    return go.Figure(
        layout={
            "template": _TEMPLATE,
            "height": height,
            "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
            "hovermode": "x unified",
            "meta": {"language": language.code, "unit": unit.value, "currency": currency},
            "dragmode": False,  # on a phone a finger on a chart scrolls the page
            "xaxis": {"showgrid": False},
            "yaxis": {"gridcolor": MUTED},
        }
    )


def finish(figure: go.Figure) -> go.Figure:
    """Write axis and hover for people, in the figure's unit and language; returns the figure.

    A trace that brings its own ``hovertemplate`` keeps it; so does an axis with its own ticks.
    """
    layout, meta = figure.layout, figure.layout.meta
    language, unit = Language(meta["language"]), Unit(meta["unit"])
    lying = _is_lying(figure)
    values = "x" if lying else "y"
    for trace in figure.data:
        if trace.type in ("scatter", "bar") and not _on_second_axis(trace):
            _hover(trace, values, language, unit, meta["currency"])
    # Written at once in the end, because each update of a figure takes a millisecond.
    changed: dict[str, Any] = {}
    x: dict[str, Any] = {}
    y: dict[str, Any] = {}
    if lying:
        changed["hovermode"] = "closest"
        # Bars that carry their values need no scale, and its lines would cross the labels.
        if all(trace.text is not None for trace in figure.data if trace.type == "bar"):
            x["visible"] = False
        x.update(showgrid=True, gridcolor=MUTED)
        y["showgrid"] = False
    axis = layout.xaxis if lying else layout.yaxis
    if axis.tickvals is None and axis.tickformat is None:
        (x if lying else y).update(_value_axis(figure, values, language, unit))
    if not lying and any(_has_days(trace.x) for trace in figure.data if "x" in trace):
        x.update(tickformat=_DAYS[language.code], hoverformat=_DAY_ON_HOVER[language.code])
        x["tickangle"] = 0
        if _spans_few_days(figure):
            x["dtick"] = _DAY  # else a day is written at several hours of it
    named = [trace for trace in figure.data if trace.name and trace.showlegend is not False]
    if layout.showlegend is None and len(named) < 2:
        changed["showlegend"] = False
    figure.update_layout(changed, xaxis=x, yaxis=y)
    return figure


def scale(figure: go.Figure, *axes: str) -> None:
    """Write an axis that is not the value axis in the figure's unit, too.

    Parameters
    ----------
    axes : "x" or "y".
    """
    language, unit = Language(figure.layout.meta["language"]), Unit(figure.layout.meta["unit"])
    for axis in axes:
        figure.layout[f"{axis}axis"].update(_value_axis(figure, axis, language, unit))


def label_end(figure: go.Figure, trace: go.Scatter, text: str) -> None:
    """Write a line's name at its last point, so that nobody needs the legend."""
    points = [
        (x, y) for x, y in zip(_plain(trace.x), _plain(trace.y), strict=True) if _is_number(y)
    ]
    if points:
        x, y = points[-1]
        colour = trace.line.color or BASE
        figure.add_annotation(
            x=x, y=y, text=text, showarrow=False, xanchor="left", xshift=6, font={"color": colour}
        )


def whiskers(
    middle: pd.Series, low: pd.Series, high: pd.Series, **style: object
) -> dict[str, object]:
    """The lines of intervals around bars or points, for ``error_x`` or ``error_y``.

    Parameters
    ----------
    style : colour, thickness and width of the lines.
    """
    return {"type": "data", "array": high - middle, "arrayminus": middle - low, **style}


def _is_lying(figure: go.Figure) -> bool:
    bars = [trace for trace in figure.data if trace.type == "bar"]
    return bool(bars) and all(trace.orientation == "h" for trace in bars)


def _on_second_axis(trace: Any) -> bool:
    return (trace.yaxis or "y") != "y"


def _hover(trace: Any, values: str, language: Language, unit: Unit, currency: str | None) -> None:
    numbers = trace[values]
    if trace.hovertemplate or trace.hoverinfo == "skip" or trace.hovertext is not None:
        return
    if numbers is None or not all(_is_number(v) or _is_missing(v) for v in _plain(numbers)):
        return
    trace.hovertext = [
        language.number(
            None if _is_missing(value) else float(value), unit, currency=currency, compact=False
        )
        for value in _plain(numbers)
    ]
    trace.hovertemplate = "%{y}: %{hovertext}" if values == "x" else "%{hovertext}"


def _value_axis(figure: go.Figure, values: str, language: Language, unit: Unit) -> dict[str, Any]:
    if unit in _PLAIN:
        return dict(_PLAIN[unit])
    low, high = _extent(figure, values)
    if unit not in _WRITTEN_OUT and max(abs(low), abs(high)) < _COMPACT_FROM:
        return {"tickformat": ",.6~g"}
    ticks = list(_nice_ticks(low, high, step_of=60 if unit is Unit.SECONDS and high > 120 else 1))
    unit_shown = Unit.COUNT if unit is Unit.MONEY else unit  # the currency stands in the subtitle
    return {
        "tickvals": ticks,
        "ticktext": [language.number(tick, unit_shown) for tick in ticks],
        "fixedrange": True,
    }


def _extent(figure: go.Figure, values: str) -> tuple[float, float]:
    """Lowest and highest value drawn on the first axis, stacks added up; zero is included."""
    low = high = 0.0
    places = "y" if values == "x" else "x"
    stacked: dict[tuple[str, Any, bool], float] = {}
    for trace in figure.data:
        if values not in trace or trace[values] is None or _on_second_axis(trace):
            continue
        bars = trace.type == "bar" and figure.layout.barmode in ("stack", "relative")
        group = "bars" if bars else (trace.stackgroup if trace.type == "scatter" else None)
        spots = _plain(trace[places]) if trace[places] is not None else range(len(trace[values]))
        for spot, value in zip(spots, _plain(trace[values]), strict=False):
            if not _is_number(value) or _is_missing(value):
                continue
            number = float(value)
            if group:
                key = (group, spot, number < 0)
                number = stacked[key] = stacked.get(key, 0.0) + number
            low, high = min(low, number), max(high, number)
    return low, high


def _nice_ticks(low: float, high: float, *, step_of: int = 1) -> Iterator[float]:
    span = (high - low) / step_of or 1.0
    rough = span / _TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= rough) * step_of
    for number in range(math.floor(low / step), math.ceil(high / step) + 1):
        yield number * step


def _has_days(values: Any) -> bool:
    first = next((value for value in _plain(values) if value is not None), None)
    return isinstance(first, date | np.datetime64 | pd.Timestamp)


def _spans_few_days(figure: go.Figure) -> bool:
    days = [
        pd.Timestamp(day)
        for trace in figure.data
        if "x" in trace and _has_days(trace.x)
        for day in _plain(trace.x)
        if not pd.isna(day)
    ]
    # A bar may begin on the first day and reach over all of them.
    days += [pd.Timestamp(day) for day in figure.layout.xaxis.range or ()]
    return max(days) - min(days) < pd.Timedelta(days=_TICKS)


def _plain(values: Any) -> Iterable[Any]:
    return () if values is None else values


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value
