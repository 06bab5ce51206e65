"""Pictures of the traffic page: where visits come from, when, and who is new."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.base import Report, Table
from ecom.analysis.hour_words import WEEKDAYS
from ecom.analysis.traffic import TrafficReport
from ecom.analysis.traffic_tables import OTHER
from ecom.charts.base import Chart, drawn_once
from ecom.charts.cells import lay_points
from ecom.charts.labels import shortened, wrapped
from ecom.charts.palette import ACCENT, BASE, SEQUENTIAL, colours_of, good_bad
from ecom.charts.sources import mark_switches
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Grain, Unit
from ecom.text import Text, message

_MOST = 6  # bars in one picture; the rest is Other
_REST = message("Other")
_WHOLE_FROM = 10  # visitors a day; of fewer the fraction says something
_LABELLED = 0.05  # a thinner slice has no room for its name ...
_TWO_LINES = 0.1  # ... and one of less none for two lines of it


@drawn_once
def share(report: TrafficReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Each channel's share of visitors over time, stacked to 100 %; unfinished weeks hatched."""
    weekly = report.grain is Grain.WEEK
    what = (
        message("Share of visitors by channel, by week")
        if weekly
        else message("Share of visitors by channel, by day")
    )
    chart = shares_over_time(
        report,
        report.channels,
        report.channel_series,
        language,
        grain=report.grain,
        title=message("Where do visitors come from?"),
        what=what,
    )
    mark_switches(
        chart.figure,
        report.channel_switches,
        report.header.period,
        language,
        days=7 if weekly else 1,
    )
    return chart


def shares_over_time(
    report: Report,
    parts: Table,
    series: Table,
    language: Language,
    *,
    grain: Grain,
    title: Text,
    what: Text,
) -> Chart:
    """Shares of the parts of something, stacked to 100 %.

    Parameters
    ----------
    parts, series : ``traffic_tables.breakdown`` and ``channel_series`` by the same.
    grain : how wide a point is.
    """
    by, frame = series.columns[1].key, series.frame
    names = list(dict.fromkeys(frame.sort_values("share", ascending=False)[by]))
    names = [name for name in names if name != OTHER] + [OTHER] * (OTHER in names)
    colours = colours_of(by, names)
    wide = frame.pivot_table(index="start", columns=by, values="share", aggfunc="sum").fillna(0.0)
    hatched = ["/" if _is_unfinished(report, grain, start) else "" for start in wide.index]
    figure = new_figure(language, unit=Unit.RATIO, height=380)
    below = 0.0
    for name in names:
        figure.add_trace(
            go.Bar(
                x=list(wide.index),
                y=wide[name],
                name=_part(name, language),
                marker={"color": colours[name], "pattern": {"shape": hatched}},
            )
        )
        last = float(wide[name].iloc[-1])
        if last >= _LABELLED:
            lines = wrapped(_part(name, language)) if last >= _TWO_LINES else None
            label = "<br>".join(lines or [shortened(_part(name, language))])
            _label_slice(figure, label, below + last / 2, colours[name])
        below += last
    figure.update_layout(
        barmode="stack", bargap=0.08, showlegend=False, margin={"r": 104}, yaxis={"range": [0, 1]}
    )
    sums = parts.frame[[by, "share"]].head(3)
    said = tuple(
        f"{language.term(name)} {language.number(float(part), Unit.RATIO)}"
        for name, part in zip(sums[by], sums["share"], strict=True)
    )
    return Chart(
        key="share",
        figure=finish(figure),
        title=language.say(title),
        subtitle=_subtitle(report, what, language),
        alt=language.say(
            message(
                "Stacked bars of each part's share over {period}. Over the whole period: {shares}.",
                period=report.header.period,
                shares=said,
            )
        ),
    )


@drawn_once
def channel_moves(report: TrafficReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """What each channel adds to the change of daily visitors; without a base, its visitors."""
    titles = (
        message("Which channels moved visitors?"),
        message("Which channels bring most visitors?"),
    )
    return moves(
        report,
        report.channels,
        language,
        titles=titles,
        what=message("Daily visitors"),
        good_is_red=good_is_red,
    )


def moves(
    report: Report,
    parts: Table,
    language: Language,
    *,
    titles: tuple[Text, Text],
    what: Text,
    good_is_red: bool = False,
) -> Chart:
    """What each part adds to the change of daily visitors; without a base, its visitors.

    Parameters
    ----------
    parts : ``traffic_tables.breakdown``.
    titles : with and without a base.
    what : what is counted; with a base its difference is drawn.
    """
    frame = parts.frame
    has_base = bool(frame["difference"].notna().any())
    column = "difference" if has_base else "daily_visitors"
    rows = _with_other(frame, parts.columns[0].key, column, language)
    good, bad = good_bad(good_is_red)
    colours = [good if value >= 0 else bad for _, value in rows] if has_base else ACCENT
    title = titles[0] if has_base else titles[1]
    if has_base:
        what = message("{what}, difference from {base}", what=what, base=report.header.base)
    return _bars(
        report, rows, language, key="channel_moves", title=title, what=what, colours=colours
    )


@drawn_once
def devices(report: TrafficReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Share of visitors by device."""
    return _shares(report, report.devices, language, message("Which devices do they use?"))


@drawn_once
def regions(report: TrafficReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Share of visitors by region, the largest and Other."""
    return _shares(report, report.regions, language, message("Which regions are they in?"))


@drawn_once
def hours(report: TrafficReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Mean visits begun in each hour of the week, on the shop's clock."""
    frame = report.hours.frame
    grid = np.zeros((7, 24))
    days, clock = frame["weekday"].astype(int), frame["hour"].astype(int)
    grid[days, clock] = frame["sessions"]
    weekdays = [language.say(day) for day in WEEKDAYS]
    hours = [f"{hour:02d}" for hour in range(24)]
    figure = new_figure(language, unit=Unit.NUMBER)
    figure.add_trace(
        go.Heatmap(
            z=grid,
            x=hours,
            y=weekdays,
            colorscale=SEQUENTIAL,
            showscale=False,
            xgap=1,
            ygap=1,
            hoverinfo="skip",
        )
    )
    lay_points(
        figure,
        columns=hours,
        rows=weekdays,
        text=[language.number(value, Unit.NUMBER) for value in grid.ravel()],
        hover="%{y} %{x}:00 · %{text}",
        size=18,
    )
    figure.update_yaxes(showgrid=False)
    day, hour = np.unravel_index(int(grid.argmax()), grid.shape)
    darkest = message(
        "Mean visits begun in an hour, local time; darkest: {day} {hour}:00, {visits}",
        day=weekdays[day],
        hour=f"{hour:02d}",
        visits=Amount(round(float(grid.max()), 1)),
    )
    return Chart(
        key="hours",
        figure=finish(figure),
        title=language.say(message("When do they come?")),
        subtitle=_subtitle(report, darkest, language),
        alt=language.say(
            message(
                "Heat map of visits by weekday and hour; busiest on {day} from {hour}:00 with "
                "{visits} visits.",
                day=weekdays[day],
                hour=int(hour),
                visits=Amount(float(grid.max()), Unit.NUMBER),
            )
        ),
    )


@drawn_once
def new_and_returning(
    report: TrafficReport, language: Language, *, good_is_red: bool = False
) -> Chart:
    """New and returning visitors of each day, stacked."""
    frame = report.daily.frame
    figure = new_figure(language, unit=Unit.COUNT)
    parts = (
        ("returning_visitors", message("Returning"), BASE),
        ("new_visitor_days", message("New"), ACCENT),
    )
    for column, label, colour in parts:
        figure.add_trace(
            go.Bar(
                x=frame["day"],
                y=frame[column],
                name=language.say(label),
                marker={"color": colour},
            )
        )
    figure.update_layout(barmode="stack", showlegend=True)
    mark_switches(figure, report.switches, report.header.period, language)
    new = float(frame["new_visitor_days"].sum())
    total = new + float(frame["returning_visitors"].sum())
    return Chart(
        key="new_and_returning",
        figure=finish(figure),
        title=language.say(message("New faces or returning ones?")),
        subtitle=_subtitle(report, message("Visitors by day, where it is told"), language),
        alt=language.say(
            message(
                "Stacked bars of new and returning visitors by day; {share} were new.",
                share=Amount(new / total if total else None, Unit.RATIO),
            )
        ),
    )


def _label_slice(figure: go.Figure, text: str, height: float, colour: str) -> None:
    """Write a slice's name beside the last bar, so that nobody needs the legend."""
    figure.add_annotation(
        x=1,
        xref="paper",
        xanchor="left",
        xshift=6,
        y=height,
        text=text,
        font={"color": colour},
        align="left",
        showarrow=False,
    )


def _shares(report: TrafficReport, table: Table, language: Language, title: Text) -> Chart:
    key = table.columns[0].key
    rows = _with_other(table.frame, key, "share", language)
    return _bars(
        report,
        rows,
        language,
        key=key,
        title=title,
        what=message("Share of visitors"),
        colours=ACCENT,
        unit=Unit.RATIO,
    )


def _bars(
    report: Report,
    rows: list[tuple[str, float]],
    language: Language,
    *,
    key: str,
    title: Text,
    what: Text,
    colours: list[str] | str,
    unit: Unit = Unit.COUNT,
) -> Chart:
    largest = max((abs(value) for _, value in rows), default=0.0)
    whole = unit is Unit.COUNT and largest >= _WHOLE_FROM  # a mean of whole things
    unit = Unit.NUMBER if unit is Unit.COUNT and not whole else unit
    said = [language.number(round(value) if whole else value, unit) for _, value in rows]
    figure = new_figure(language, unit=unit)
    figure.add_trace(
        go.Bar(
            x=[value for _, value in rows],
            y=[label for label, _ in rows],
            orientation="h",
            marker={"color": colours},
            text=said,
            textposition="outside",
            cliponaxis=False,
        )
    )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_layout(margin={"r": 56})
    lowest = min((value for _, value in rows), default=0.0)
    if lowest < 0:  # its number would lie over the names
        highest = max(0.0, *(value for _, value in rows))
        figure.update_xaxes(range=[lowest - 0.2 * (highest - lowest), highest])
    named = tuple(f"{label} {words}" for (label, _), words in zip(rows, said, strict=True))
    return Chart(
        key=key,
        figure=finish(figure),
        title=language.say(title),
        subtitle=_subtitle(report, what, language),
        alt=language.say(message("Bars: {rows}.", rows=named)),
    )


def _with_other(
    frame: pd.DataFrame, key: str, column: str, language: Language
) -> list[tuple[str, float]]:
    """The rows that weigh most and the sum of the rest."""
    known = frame[frame[column].notna()]
    is_rest = pd.Series(
        [label in (OTHER, _REST) for label in known[key]], known.index, dtype="bool"
    )
    known, folded = known[~is_rest], known[is_rest]
    ranked = known.loc[known[column].abs().sort_values(ascending=False, kind="stable").index]
    head = ranked if len(ranked) + len(folded) <= _MOST else ranked.head(_MOST - 1)
    rows = [
        (language.term(label), float(value))
        for label, value in zip(head[key], head[column], strict=True)
    ]
    if len(ranked) > len(head) or len(folded):
        rest = float(ranked[column].iloc[len(head) :].sum() + folded[column].sum())
        rows.append((language.say(_REST), rest))
    return rows


def _part(name: str, language: Language) -> str:
    return language.term(name or message("Not told"))


def _is_unfinished(report: Report, grain: Grain, start: object) -> bool:
    """Whether the point's days are still to come, in part."""
    days = 7 if grain is Grain.WEEK else 1
    last = pd.Timestamp(start) + timedelta(days - 1)  # type: ignore[arg-type]
    return last > pd.Timestamp(report.header.period.end)


def _subtitle(report: Report, what: Text, language: Language) -> str:
    return language.say(message("{what} · {period}", what=what, period=report.header.period))
