"""Which source spoke for which shop on which days, and marks where it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.traffic import TrafficReport
from ecom.analysis.traffic_spans import KIND_LABELS, Switch, source_name
from ecom.charts.base import Chart, drawn_once
from ecom.charts.labels import shortened, wrapped
from ecom.charts.palette import ACCENT, BASE, ORANGE, TEAL, VIOLET
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Period, Unit
from ecom.queries.traffic_sources import SourceKind
from ecom.text import message

_COLOURS = {
    SourceKind.EVENTS: ACCENT,
    SourceKind.SHOP: TEAL,
    SourceKind.TOTAL: ORANGE,
    SourceKind.CHANNELS: VIOLET,
}
_SHORT = {
    SourceKind.EVENTS: message("Event log"),
    SourceKind.SHOP: message("Shop totals"),
    SourceKind.TOTAL: message("Whole-shop row"),
    SourceKind.CHANNELS: message("Channels added up"),
}  # in the legend; the hover says it in full
_KIND_OF = {label: kind for kind, label in KIND_LABELS.items()}
_THICK = 0.5  # of a row's height; a switch's mark reaches over it
_ROW, _LINE_OF_NAME = 40, 14  # pixels of a row, and of each line of its name beyond the first
_MILLISECONDS = 24 * 60 * 60 * 1000  # of a day; how wide a bar is on an axis of dates
_LABELS = 5  # marks with their words; more would lie over each other
_LINE = {"color": BASE, "width": 1.5, "dash": "dot"}


@drawn_once
def source_strip(report: TrafficReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """A row a shop and a bar a run of days from one source; days without one are left blank.

    A shop has a second row for its channels where another source tells them than the totals.
    """
    period = report.header.period
    spans = _with_rows(report.source_spans.frame)
    frame = spans[(spans["start"] >= period.start) & (spans["end"] <= period.end)]
    rows = spans.drop_duplicates("row")  # with those that have only days before: they stay blank
    changes = [one for one in _changes(spans) if one[1] >= period.start]
    names = _names(rows, language)
    tall = _ROW + _LINE_OF_NAME * (max(map(len, names), default=1) - 1)
    figure = new_figure(language, unit=Unit.COUNT, height=104 + tall * max(len(rows), 2))
    for kind, label in _SHORT.items():
        runs = frame[[_KIND_OF[source] is kind for source in frame["source"]]]
        if not runs.empty:
            figure.add_trace(_bars(runs, kind, language.say(label), language))
    _mark_rows(figure, changes, language)
    figure.update_layout(barmode="overlay", hovermode="closest", showlegend=True)
    figure.update_xaxes(range=[_edge(period.start), _edge(period.end + timedelta(days=1))])
    figure.update_yaxes(
        tickvals=list(rows["row"]),
        ticktext=["<br>".join(lines) for lines in names],
        range=[len(rows) - 0.5, -0.7],
        showgrid=False,
    )
    return Chart(
        key="sources",
        figure=finish(figure),
        title=language.say(message("Which source counts when?")),
        subtitle=language.say(
            message(
                "Of each shop and day one source counts, never a sum of several: the event log, "
                "else the shop's totals, else the whole-shop row of a channel export, else its "
                "channels added up · {period}",
                period=period,
            )
        ),
        alt=_said(frame, len(changes), language),
    )


def mark_switches(
    figure: go.Figure,
    switches: Sequence[Switch],
    period: Period,
    language: Language,
    *,
    days: int = 1,
) -> None:
    """Draw a dotted line, with the shop's name, where its counts change to another source.

    Parameters
    ----------
    figure : bars over the period.
    days : how many days one bar stands for; it is drawn around its first day.
    """
    shops_of: dict[date, list[str]] = {}
    for one in switches:
        if one.day > period.start:
            shops_of.setdefault(one.day, []).append(one.shop)
    for place, (day, shops) in enumerate(shops_of.items()):
        x = pd.Timestamp(day) - pd.Timedelta(days=days) / 2
        figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line=_LINE)
        if place < _LABELS:
            named = shortened(shops[0]) + (f" +{len(shops) - 1}" if len(shops) > 1 else "")
            figure.add_annotation(
                x=x,
                y=1,
                yref="paper",
                yanchor="bottom",
                text=language.say(message("{shop}: other source", shop=named)),
                font={"size": 11},
                showarrow=False,
            )
    if shops_of:
        figure.update_layout(margin={"t": 28}, legend={"y": 1.09})


def _names(rows: pd.DataFrame, language: Language) -> list[list[str]]:
    """The lines beside each row: the shop and, where it has two, what the row is used for."""
    is_double = rows["shop"].duplicated(keep=False)
    return [
        [*wrapped(shop), *([language.say(use)] if double else ())]
        for shop, use, double in zip(rows["shop"], rows["use"], is_double, strict=True)
    ]


def _with_rows(spans: pd.DataFrame) -> pd.DataFrame:
    """The runs with ``row``, where they are drawn; of channels only what differs from totals."""
    told = ["start", "end", "source", "system"]
    kept: list[pd.DataFrame] = []
    for _, shop in spans.groupby("shop", sort=False):
        uses = [runs for _, runs in shop.groupby("use", sort=False)]
        for place, runs in enumerate(uses):
            if place == 0 or runs[told].values.tolist() != uses[0][told].values.tolist():
                kept.append(runs.assign(row=len(kept)))
    return pd.concat(kept) if kept else spans.assign(row=0)


def _changes(spans: pd.DataFrame) -> list[tuple[int, date]]:
    """The rows and days on which another source begins."""
    told = ["row", "start", "source", "system"]
    changes: list[tuple[int, date]] = []
    last: dict[int, tuple[object, object]] = {}
    for row, start, source, system in spans[told].itertuples(index=False):
        if last.get(row, (source, system)) != (source, system):
            changes.append((row, start))
        last[row] = source, system
    return changes


def _bars(rows: pd.DataFrame, kind: SourceKind, name: str, language: Language) -> go.Bar:
    hover = [
        "<br>".join(
            (
                shop,
                language.say(source_name(kind, system)),
                language.period(Period(start, end)),
            )
        )
        for shop, system, start, end in zip(
            rows["shop"], rows["system"], rows["start"], rows["end"], strict=True
        )
    ]
    return go.Bar(
        x=list(rows["start"]),
        width=[days * _MILLISECONDS for days in rows["days"]],
        offset=-_MILLISECONDS / 2,  # a day stands around its midnight, as in the charts above
        y=[_THICK] * len(rows),
        base=[row - _THICK / 2 for row in rows["row"]],
        name=name,
        marker={"color": _COLOURS[kind]},
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _edge(day: date) -> pd.Timestamp:
    """Where a day begins on the axis."""
    return pd.Timestamp(day) - pd.Timedelta(hours=12)


def _mark_rows(figure: go.Figure, changes: Sequence[tuple[int, date]], language: Language) -> None:
    """A line across a row where its source changes, with the day over it."""
    reach = _THICK / 2 + 0.12
    for place, (row, day) in enumerate(changes):
        x = _edge(day)
        figure.add_shape(type="line", x0=x, x1=x, y0=row - reach, y1=row + reach, line=_LINE)
        if place < _LABELS:
            figure.add_annotation(
                x=x,
                y=row - _THICK / 2,
                yanchor="bottom",
                xanchor="left",
                text=language.day(day, short=True),
                font={"size": 11},
                showarrow=False,
            )


def _said(frame: pd.DataFrame, changes: int, language: Language) -> str:
    runs = tuple(
        message(
            "{shop} {period} {source}",
            shop=shop,
            period=Period(start, end),
            source=source,
        )
        for shop, start, end, source in zip(
            frame["shop"], frame["start"], frame["end"], frame["source"], strict=True
        )
    )
    return language.say(
        message(
            "A strip a shop, coloured by source; {count} switches. {runs}.",
            count=changes,
            runs=runs[:_LABELS],
        )
    )
