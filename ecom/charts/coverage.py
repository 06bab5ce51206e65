"""The calendar of what is loaded: all months at a glance, or one month by day."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.coverage import CoverageReport
from ecom.analysis.coverage_states import DAY_COLUMNS, State
from ecom.charts.base import Chart
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Period, Unit
from ecom.text import Text, message

# Opaque and light, so that the dark sign in a cell reads well on a light and on a dark page.
COLOURS: dict[State, str] = {
    State.ROWS: "#8fb3e6",
    State.WHOLE: "#b9a5e6",
    State.QUIET: "#d3e0f4",
    State.BETWEEN: "#e4e7ed",
    State.MISSING: "#ea8a66",
    State.LATE: "#f3c3b0",
}
SIGNS: dict[State, str] = {State.MISSING: "×", State.LATE: "–"}
NAMES: dict[State, Text] = {
    State.ROWS: message("Loaded"),
    State.WHOLE: message("Only in a sum of several days"),
    State.QUIET: message("Nothing happened"),
    State.BETWEEN: message("Between two lists"),
    State.MISSING: message("Missing"),
    State.LATE: message("Not loaded yet"),
}
_ABSENT = (State.MISSING, State.LATE)
_INK = "#1f2733"
_SIGN_SIZE, _LABEL_SIZE = 10, 12  # pixels; on a phone a cell is seven wide
_ROW = 23  # pixels
_LABEL_LETTERS = 24
_TICKS = 4


def coverage_months(report: CoverageReport, language: Language) -> Chart:
    """Every source by month: blue where all days are known, else how many are not."""
    days = report.days.assign(month=report.days["day"].dt.to_period("M").dt.to_timestamp())
    days = days.assign(is_absent=days["state"].isin(_ABSENT))
    cells = days.groupby(["line", "month"])["is_absent"].agg(["sum", "count"]).reset_index()
    months = pd.DatetimeIndex(sorted(cells["month"].unique()))
    figure, rows = _figure(report, language)
    grid = {
        name: cells.pivot(index="line", columns="month", values=name).reindex(columns=months)
        for name in ("sum", "count")
    }
    absent = grid["sum"].to_numpy(dtype="float64")
    share = absent / grid["count"].to_numpy(dtype="float64")
    hover = [
        [
            "" if np.isnan(value) else _month_words(report, language, line, month, int(value))
            for month, value in zip(months, values, strict=True)
        ]
        for line, values in enumerate(absent)
    ]
    signs = [[_sign(value) for value in row] for row in absent]
    figure.add_trace(
        _cells(
            rows,
            [f"{month:%Y-%m}" for month in months],
            (np.where(share > 0, 0.35 + 0.65 * share, share), signs, hover),
            scale=[
                (0.0, COLOURS[State.ROWS]), (0.3, COLOURS[State.ROWS]),
                (0.3, COLOURS[State.LATE]), (1.0, COLOURS[State.MISSING]),
            ],
            top=1.0,
        )
    )  # fmt: skip
    step = max(1, -(-len(months) // _TICKS))
    figure.update_xaxes(type="category", tickvals=[f"{one:%Y-%m}" for one in months[::step]])
    return _chart(
        report, figure, language, "coverage_months",
        message("By month. Blue: every day is known. A number: days missing (×: ten or more)."),
    )  # fmt: skip


def coverage_days(report: CoverageReport, month: date, language: Language) -> Chart:
    """One month of every source, by day.

    Parameters
    ----------
    month : any day of it.
    """
    first = pd.Timestamp(month.year, month.month, 1)
    last = first + pd.offsets.MonthEnd(0)
    days = report.days[report.days["day"].between(first, last)]
    figure, rows = _figure(report, language)
    numbers = list(range(1, last.day + 1))
    order = list(COLOURS)
    shape = (len(rows), len(numbers))
    codes = np.full(shape, np.nan)
    signs, hover = (np.full(shape, "", dtype=object) for _ in range(2))
    for line, day, name, *counts in days[list(DAY_COLUMNS)].itertuples(index=False, name=None):
        place, state = (int(line), day.day - 1), State(name)
        count, batches, batch = map(int, counts)
        codes[place] = order.index(state)
        signs[place] = SIGNS.get(state, str(batches) if batches > 1 else "")
        said = message("{rows} rows, batch {batch}", rows=count, batch=batch)
        hover[place] = _hover(
            report,
            language,
            place[0],
            Period(day.date(), day.date()),
            said if count else NAMES[state],
        )
    steps = len(order)
    scale = [
        (edge / steps, COLOURS[state])
        for place, state in enumerate(order)
        for edge in (place, place + 1)
    ]
    figure.add_trace(_cells(rows, numbers, (codes + 0.5, signs, hover), scale=scale, top=steps))
    for state in dict.fromkeys(State(name) for name in days["state"]):
        figure.add_trace(_key(state, language))
    figure.update_layout(legend={"y": -0.01, "yanchor": "top"})  # the days stand above
    figure.update_xaxes(
        range=[0.5, last.day + 0.5], tickvals=[1, *range(5, last.day + 1, 5)], type="linear"
    )
    span = Period(first.date(), last.date())
    return _chart(
        report, figure, language, "coverage_days",
        message("By day, {period}. A number: so many files have rows of the day.", period=span),
    )  # fmt: skip


def months_of(report: CoverageReport) -> list[date]:
    """First days of the months that have something to show, the newest first."""
    months = report.days["day"].dt.to_period("M").unique()
    return [month.start_time.date() for month in sorted(months, reverse=True)]


def _figure(report: CoverageReport, language: Language) -> tuple[go.Figure, list[int]]:
    """A figure with a row for each source under its shop's name, and the rows' places."""
    ticks: list[str] = []
    order = sorted(range(len(report.lines)), key=lambda line: (report.shops[line] or "￿", line))
    where: dict[int, int] = {}
    shop: object = object()
    for line in order:
        if report.shops[line] != shop:
            shop = report.shops[line]
            ticks.append(f"<b>{_short(str(shop or language.say(message('All shops'))))}</b>")
        where[line] = len(ticks)
        ticks.append(_short(language.say(report.labels[line])))
    figure = new_figure(language, unit=Unit.COUNT, height=90 + _ROW * len(ticks))
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(
        tickvals=list(range(len(ticks))),
        ticktext=ticks,
        range=[len(ticks) - 0.5, -0.5],
        showgrid=False,
        fixedrange=True,
        tickfont={"size": _LABEL_SIZE},
    )
    figure.update_xaxes(side="top", showgrid=False, fixedrange=True, tickangle=0)
    return figure, [where[line] for line in range(len(report.lines))]


def _cells(
    figure_rows: list[int],
    x: list[Any],
    grids: tuple[Any, Any, Any],
    *,
    scale: list[tuple[float, str]],
    top: float,
) -> go.Heatmap:
    """A heat map of the sources' rows; the rows of shop names between them stay empty.

    Parameters
    ----------
    grids : values, signs and hover texts; one row a source.
    """
    height = max(figure_rows, default=-1) + 1
    values = np.full((height, len(x)), np.nan)
    signs, hovers = (np.full((height, len(x)), "", dtype=object) for _ in range(2))
    for whole, part in zip((values, signs, hovers), grids, strict=True):
        if figure_rows:
            whole[figure_rows] = part
    return go.Heatmap(
        x=x,
        y=list(range(height)),
        z=values,
        text=signs,
        texttemplate="%{text}",
        textfont={"color": _INK, "size": _SIGN_SIZE},
        hovertext=hovers,
        hovertemplate="%{hovertext}<extra></extra>",
        hoverongaps=False,
        colorscale=scale,
        zmin=0.0,
        zmax=top,
        showscale=False,
        xgap=1,
        ygap=2,
    )


def _sign(absent: float) -> str:
    """Days missing, in the one letter that a cell has room for on a phone."""
    if not absent > 0:
        return ""
    return f"{absent:.0f}" if absent < 10 else "×"


def _key(state: State, language: Language) -> go.Scatter:
    """An entry of the legend."""
    return go.Scatter(
        x=[None],
        y=[None],
        mode="markers",
        name=language.say(NAMES[state]),
        marker={"color": COLOURS[state], "size": 11, "symbol": "square"},
        hoverinfo="skip",
    )


def _month_words(
    report: CoverageReport, language: Language, line: int, month: pd.Timestamp, absent: int
) -> str:
    last = month + pd.offsets.MonthEnd(0)
    said = (
        message("{count} days missing", count=absent) if absent else message("every day is known")
    )
    return _hover(report, language, line, Period(month.date(), last.date()), said)


def _hover(
    report: CoverageReport, language: Language, line: int, period: Period, said: Text
) -> str:
    shop = report.shops[line] or language.say(message("All shops"))
    head = f"{language.say(report.labels[line])} · {shop}"
    return f"{head}<br>{language.period(period)}: {language.say(said)}"


def _chart(
    report: CoverageReport, figure: go.Figure, language: Language, key: str, subtitle: Text
) -> Chart:
    counts = report.days["state"].value_counts()
    alt = message(
        "Calendar of {sources} sources: {known} days are known, {missing} missing, {late} not "
        "loaded yet.",
        sources=len(report.lines),
        known=int(counts.drop([str(one) for one in _ABSENT], errors="ignore").sum()),
        missing=int(counts.get(State.MISSING, 0)),
        late=int(counts.get(State.LATE, 0)),
    )
    return Chart(
        key=key,
        figure=finish(figure),
        title=language.say(report.headline),
        subtitle=language.say(subtitle),
        alt=language.say(alt),
    )


def _short(label: str) -> str:
    """As much as a phone leaves room for."""
    return label if len(label) <= _LABEL_LETTERS else label[: _LABEL_LETTERS - 1].rstrip() + "…"
