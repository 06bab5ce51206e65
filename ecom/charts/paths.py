"""The picture of paths: what follows what, in columns."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.paths import PathsReport
from ecom.analysis.paths_tables import DAYS_LABELS
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import BASE, colours_of, faded
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.models.paths import COLUMNS, EDGE, MORE, OTHER
from ecom.text import Text, message

_HEIGHT = 460
_FONT_SIZE = 12
_PAD = 14  # pixels between nodes
_LINE, _WIDE_LINE = 10, 6  # letters a line of a label; columns stand close on a phone
_PATH_LINE = 11  # small letters are narrow
_RIGHT = 72  # pixels for the labels of the last column
_LABELLED = 0.03  # of the visits; a thinner node has no room for its name
_EDGE_OF_PICTURE = 0.001  # Plotly takes 0 and 1 for "not told"


@drawn_once
def flow(report: PathsReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Which steps follow which, the width is the number of visits."""
    nodes = report.nodes.frame
    named = [language.say(step) for step in nodes["step"]]
    figure = new_figure(language, unit=Unit.COUNT, height=_HEIGHT)
    figure.add_trace(
        go.Sankey(
            arrangement="fixed",
            textfont={"shadow": "none", "size": _FONT_SIZE},
            node=_nodes(nodes, named, report.shown, language),
            link=_links(report, named, language),
        )
    )
    _label_last_column(figure, nodes)
    figure.update_layout(hovermode="closest", margin={"r": _RIGHT})
    return Chart(
        key="flow",
        figure=finish(figure),
        title=language.say(_title(report)),
        subtitle=language.say(_subtitle(report)),
        alt=language.say(_alt(report)),
    )


def _nodes(nodes: pd.DataFrame, named: list[str], shown: int, language: Language) -> dict[str, Any]:
    shares = nodes["sessions"] / (shown or 1)
    said = [language.number(float(share), Unit.RATIO) for share in shares]
    column = nodes.groupby("column")
    total = column["sessions"].sum().max()
    gap = _PAD / _HEIGHT
    scale = (1 - gap * (column.size().max() - 1)) / total
    height = nodes["sessions"] * scale
    above = column["sessions"].cumsum() * scale - height + column.cumcount() * gap
    colours = _colours(nodes)
    return {
        "x": _inside((nodes["column"] - 1) / (COLUMNS - 1)),
        "y": _inside(above + height / 2),
        "label": [
            _label(name) if share >= _LABELLED else ""
            for name, share in zip(named, shares, strict=True)
        ],
        "color": colours,
        "customdata": [
            f"<b>{name}</b><br>{language.number(float(visits))} · {share}"
            for name, visits, share in zip(named, nodes["sessions"], said, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
        "pad": _PAD,
        "thickness": 12,
        "line": {"width": 0},
    }


def _links(report: PathsReport, named: list[str], language: Language) -> dict[str, Any]:
    nodes, links = report.nodes.frame, report.links.frame
    places = zip(nodes["column"], nodes["letter"], strict=True)
    place = {key: number for number, key in enumerate(places)}
    sources = [place[key] for key in zip(links["column"], links["letter"], strict=True)]
    targets = [place[key] for key in zip(links["to_column"], links["to_letter"], strict=True)]
    colours = _colours(nodes)
    went_on = [
        visits / nodes["sessions"].iloc[source]
        for visits, source in zip(links["sessions"], sources, strict=True)
    ]
    return {
        "source": sources,
        "target": targets,
        "value": links["sessions"].tolist(),
        "color": [faded(colours[source], 0.3) for source in sources],
        "customdata": [
            f"{named[source]} → {named[target]}<br><b>{language.number(float(visits))}</b> · "
            + language.say(message("{share} of the step before", share=Amount(share, Unit.RATIO)))
            for source, target, visits, share in zip(
                sources, targets, links["sessions"], went_on, strict=True
            )
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _colours(nodes: pd.DataFrame) -> list[str]:
    """The same colour for a step in every column and language; grey for what is no single step."""
    names = [str(step) for step in nodes["step"]]
    colours = colours_of("step", dict.fromkeys(names))
    return [
        BASE if letter in (EDGE, MORE, OTHER) else colours[name]
        for letter, name in zip(nodes["letter"], names, strict=True)
    ]


def _inside(places: pd.Series) -> list[float]:
    return places.clip(_EDGE_OF_PICTURE, 1 - _EDGE_OF_PICTURE).tolist()


def _label(name: str) -> str:
    """The name in at most two lines."""
    folder, slash, page = name.rstrip("/").rpartition("/")
    if name.startswith("/") and folder:  # of an address the last part says most
        lines = (folder + slash, page)
        return "<br>".join(
            one if len(one) <= _PATH_LINE else f"{one[: _PATH_LINE - 1]}…" for one in lines
        )
    width = _LINE if name.isascii() else _WIDE_LINE
    return "<br>".join(wrap(name, width, max_lines=2, placeholder="…"))


def _label_last_column(figure: go.Figure, nodes: pd.DataFrame) -> None:
    """Write its names beside it: Plotly would write them over those of the column before."""
    drawn = figure.data[0].node
    labels = list(drawn.label)
    for number in np.flatnonzero(nodes["column"] == COLUMNS):
        figure.add_annotation(
            x=1,
            y=1 - drawn.y[number],
            text=labels[number],
            xanchor="left",
            yanchor="middle",
            xshift=4,
            align="left",
            showarrow=False,
            font={"size": _FONT_SIZE},
        )
        labels[number] = ""
    figure.data[0].node.label = labels


def _title(report: PathsReport) -> Text:
    match report.look:
        case "landing":
            return message("What do people do after landing?")
        case "leaving":
            return message("What do people do before they leave?")
        case _:
            return message("How do they get from “{start}” to “{end}”?", **_ends(report))


def _subtitle(report: PathsReport) -> Text:
    values = {
        "shown": Amount(report.shown),
        "days": DAYS_LABELS[report.days],
        "period": report.header.period,
    }
    match report.look:
        case "landing":
            return message(
                "The first five steps of {shown} visits; shares are of these · {days} · {period}",
                **values,
            )
        case "leaving":
            return message(
                "The last five steps of {shown} visits; shares are of these · {days} · {period}",
                **values,
            )
        case _:
            return message(
                "{shown} visits did both, of {started} with “{start}”; shares are of the "
                "{shown} · {days} · {period}",
                started=Amount(report.started),
                **_ends(report),
                **values,
            )


def _ends(report: PathsReport) -> dict[str, Text | str]:
    return {"start": report.start, "end": report.end}


def _alt(report: PathsReport) -> Text:
    top = report.top.frame.head(3)
    return message(
        "Flow of {shown} visits in columns of steps. Most common: {paths}.",
        shown=Amount(report.shown),
        paths=tuple(
            message("{path} ({share})", path=path, share=Amount(share, Unit.RATIO))
            for path, share in zip(top["path"], top["share"], strict=True)
        ),
    )
