"""The cohort heat map: who came back, by periods since the first order."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.retention import RetentionReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import CELL_INK, CELL_UNKNOWN, CELLS
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Grain, Period, Unit
from ecom.text import Text, message

_LETTERS = 11  # pixels; on a phone a cell of twelve months is 22 wide
_UNFINISHED = ((0.0, CELL_UNKNOWN), (1.0, CELL_UNKNOWN))  # heat map cells can't be hatched
_ROW = 30  # pixels


@drawn_once
def cohort_map(report: RetentionReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Cohorts by periods since the first order; unfinished cells grey and with an asterisk."""
    unit = _unit(report)
    figure = new_figure(
        language, unit=unit, currency=report.header.currency, height=_height(report)
    )
    rows = [period_name(start, report.grain) for start in report.cohorts.frame["cohort"]]
    rows.append(_mean_name(language))
    cells = _returns(report, language)
    largest = cells["value"].max()
    for is_complete in (True, False):
        part = cells[cells["is_complete"] == is_complete]
        figure.add_trace(
            _heat(part, rows, report, language).update(
                colorscale=CELLS if is_complete else _UNFINISHED,
                zmin=0.0,
                zmax=float(largest) if largest > 0 else 1.0,
            )
        )
    figure.update_xaxes(side="top", dtick=1, showgrid=False, fixedrange=True)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=rows,
        autorange="reversed",
        showgrid=False,
        fixedrange=True,
        tickvals=rows,
        ticktext=[*_row_labels(report, language), f"<b>{_mean_name(language)}</b>"],
    )
    figure.update_layout(hovermode="closest", margin={"t": 44})  # the tool bar above the axis
    title, alt = _cohort_words(report)
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


def _returns(report: RetentionReport, language: Language) -> pd.DataFrame:
    """The cells after offset 0 and the mean's, with the name of their ``row``."""
    cells = report.cells.frame
    named = cells.assign(row=[period_name(start, report.grain) for start in cells["cohort"]])
    mean = report.mean.frame.assign(row=_mean_name(language), is_complete=True)
    both = pd.concat([named, mean], ignore_index=True)
    return both[both["offset"] > 0]


def _heat(
    part: pd.DataFrame, rows: list[str], report: RetentionReport, language: Language
) -> go.Heatmap:
    """``part`` as a grid of all rows; plotly needs each of an axis's categories in every trace."""
    unit, currency = _unit(report), report.header.currency
    mark = "" if part["is_complete"].all() else "*"
    words = part.assign(
        text=[_cell(value, unit) + mark for value in part["value"]],
        hover=[
            language.say(
                message(
                    "{value}, {people} customers",
                    value=language.number(value, unit, currency=currency, compact=False) + mark,
                    people=language.number(people, compact=False),
                )
            )
            for value, people in zip(part["value"], part["customers"], strict=True)
        ],
    )

    def grid(column: str) -> pd.DataFrame:
        return words.pivot(index="row", columns="offset", values=column).reindex(rows)

    values = grid("value")
    return go.Heatmap(
        x=list(values.columns),
        y=rows,
        z=values.to_numpy(dtype="float64"),
        text=grid("text").fillna("").to_numpy(dtype=object),
        texttemplate="%{text}",
        textfont={"color": CELL_INK, "size": _LETTERS},
        hovertext=grid("hover").fillna("").to_numpy(dtype=object),
        hovertemplate="%{y} +%{x}: %{hovertext}<extra></extra>",
        hoverongaps=False,
        showscale=False,
        xgap=2,
        ygap=2,
    )


def _cell(value: float, unit: Unit) -> str:
    """As short as can be; the subtitle says the unit, the hover the full value."""
    if value != value:
        return ""
    number = value * 100 if unit is Unit.RATIO else value
    return f"{number:.1f}" if abs(number) < 99.95 else f"{number:,.0f}"


def _cohort_words(report: RetentionReport) -> tuple[Text, Text]:
    """Title and alt text."""
    mean = report.mean.frame.set_index("offset")["value"]
    if 1 not in mean.index:
        return (
            message("Do new customers come back?"),
            message("Heat map of cohorts without a finished period yet."),
        )
    currency = report.header.currency
    next_one = Amount(float(mean[1]), _unit(report), currency)
    last = Amount(float(mean.iloc[-1]), _unit(report), currency)
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
            "Share of a cohort that bought, in %, by {grain} since the first order; {days}. "
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


def _unit(report: RetentionReport) -> Unit:
    return Unit.RATIO if report.measure == "customers" else Unit.MONEY


def _height(report: RetentionReport) -> int:
    return 90 + _ROW * (len(report.cohorts.frame) + 1)
