"""The cohort heat map: who came back, by periods since the first order."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.retention import RetentionReport
from ecom.charts.base import Chart
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Grain, Period, Unit
from ecom.text import Text, message

# Opaque, so that the contrast of the number in a cell is the same on a light and a dark page.
_CELLS = ((0.0, "#d6e2f3"), (0.5, "#86a9dd"), (1.0, "#2a5fb4"))
_FADED = 0.55  # unfinished cells
_ROW = 30  # pixels


def cohort_map(report: RetentionReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Cohorts by periods since the first order; unfinished cells paler and with an asterisk."""
    cells, mean = report.cells.frame, report.mean.frame
    unit = Unit.RATIO if report.measure == "customers" else Unit.MONEY
    figure = new_figure(
        language, unit=unit, currency=report.header.currency, height=_height(report)
    )
    returns = cells[cells["offset"] > 0]
    scale = {"zmin": 0.0, "zmax": float(returns["value"].max()) if len(returns) else 1.0}
    for is_complete in (True, False):
        part = returns[returns["is_complete"] == is_complete]
        figure.add_trace(
            _heat(part, report, language, opacity=1.0 if is_complete else _FADED, **scale)
        )
    if len(mean) > 1:
        row = mean[mean["offset"] > 0].assign(cohort=None, is_complete=True)
        figure.add_trace(_heat(row, report, language, opacity=1.0, **scale))
    rows = [period_name(start, report.grain) for start in report.cohorts.frame["cohort"]]
    figure.update_xaxes(side="top", dtick=1, showgrid=False, fixedrange=True)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=[*rows, _mean_name(language)],
        autorange="reversed",
        showgrid=False,
        fixedrange=True,
        tickvals=[*rows, _mean_name(language)],
        ticktext=[*_row_labels(report, language), f"<b>{_mean_name(language)}</b>"],
    )
    figure.update_layout(hovermode="closest")
    title, alt = _cohort_words(report, unit)
    return Chart(
        key="cohorts",
        figure=finish(figure),
        title=language.say(title),
        subtitle=language.say(_cohort_subtitle(report)),
        alt=language.say(alt),
    )


def period_name(start: date, grain: Grain) -> str:
    """How an axis names a period: 2026-03 for a month, the first day for a week."""
    return f"{start:%Y-%m-%d}" if grain is Grain.WEEK else f"{start:%Y-%m}"


def grain_word(grain: Grain) -> Text:
    """The word for a period of this width."""
    return message("week") if grain is Grain.WEEK else message("month")


def _heat(
    part: pd.DataFrame,
    report: RetentionReport,
    language: Language,
    *,
    opacity: float,
    zmin: float,
    zmax: float,
) -> go.Heatmap:
    unit = Unit.RATIO if report.measure == "customers" else Unit.MONEY
    currency = report.header.currency
    mark = "" if part["is_complete"].all() else "*"
    values = [language.number(value, unit, currency=None) for value in part["value"]]
    full = [language.number(v, unit, currency=currency, compact=False) for v in part["value"]]
    rows = [
        _mean_name(language) if start is None else period_name(start, report.grain)
        for start in part["cohort"]
    ]
    people = [language.number(number, compact=False) for number in part["customers"]]
    word = language.say(message("customers"))
    return go.Heatmap(
        x=part["offset"],
        y=rows,
        z=part["value"],
        text=[value + mark for value in values],
        texttemplate="%{text}",
        hovertext=[f"{value}{mark} ({n} {word})" for value, n in zip(full, people, strict=True)],
        hovertemplate="%{y} +%{x}: %{hovertext}<extra></extra>",
        colorscale=_CELLS,
        zmin=zmin,
        zmax=zmax or 1.0,
        opacity=opacity,
        showscale=False,
        xgap=2,
        ygap=2,
    )


def _cohort_words(report: RetentionReport, unit: Unit) -> tuple[Text, Text]:
    """Title and alt text."""
    mean = report.mean.frame.set_index("offset")["value"]
    if 1 not in mean.index:
        return (
            message("Do new customers come back?"),
            message("Heat map of cohorts without a finished period yet."),
        )
    currency = report.header.currency
    next_one = Amount(float(mean[1]), unit, currency)
    last = Amount(float(mean.iloc[-1]), unit, currency)
    period = grain_word(report.grain)
    if report.measure == "customers":
        title = message(
            "{share} of new customers buy again in the next {grain}", share=next_one, grain=period
        )
    else:
        title = message(
            "A new customer pays {amount} in the next {grain}", amount=next_one, grain=period
        )
    cohorts = report.cohorts.frame["cohort"]
    alt = message(
        "Heat map of {count} cohorts from {first} to {last}: on average {next} after one {grain}, "
        "{end} after {offset}.",
        count=len(cohorts),
        first=cohorts.iloc[0],
        last=cohorts.iloc[-1],
        next=next_one,
        grain=period,
        end=last,
        offset=int(mean.index[-1]),
    )
    return title, alt


def _cohort_subtitle(report: RetentionReport) -> Text:
    if report.cohorts.is_empty:
        return message("By {grain} of the first order", grain=grain_word(report.grain))
    days = Period(report.cohorts.frame["cohort"].iloc[0], report.header.period.end)
    if report.measure == "customers":
        return message(
            "Share of a cohort that bought, by {grain} since the first order; {days}. "
            "* not over yet, left out of the mean.",
            grain=grain_word(report.grain),
            days=days,
        )
    return message(
        "Paid per customer of a cohort, {currency}, by {grain} since the first order; {days}. "
        "* not over yet, left out of the mean.",
        currency=report.header.currency,
        grain=grain_word(report.grain),
        days=days,
    )


def _row_labels(report: RetentionReport, language: Language) -> list[str]:
    return [
        f"{period_name(start, report.grain)}  ·  {language.number(size)}"
        for start, size in zip(
            report.cohorts.frame["cohort"], report.cohorts.frame["size"], strict=True
        )
    ]


def _mean_name(language: Language) -> str:
    return language.say(message("Mean"))


def _height(report: RetentionReport) -> int:
    return 90 + _ROW * (len(report.cohorts.frame) + 1)
