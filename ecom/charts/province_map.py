"""The map of China as a grid of equal squares, one a province; nothing is fetched to draw it.

Outlines would say how much land a province has. Here each counts alike and has room for its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.traffic import TrafficReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import CELL_INK, CELL_UNKNOWN, CELLS, cells_around_zero
from ecom.charts.province_words import CHANGE, COLOURED, SHARE, finding, said, subtitle
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Unit
from ecom.provinces import BY_CODE, Province
from ecom.text import Text, message

# Neighbours on land are neighbours here, as far as squares allow; north is up.
_GRID = """
    .  .  .  .  .  .  HL
    .  .  .  .  .  .  JL
    .  .  .  .  NM BJ LN
    XJ GS NX SX HE TJ .
    XZ QH SN HA SD .  .
    .  SC CQ HB AH JS SH
    .  YN GZ HN JX ZJ .
    .  .  GX GD FJ .  TW
    .  .  HI MO HK .  .
"""
_HEIGHT = 452  # pixels; squares of 48
_LETTERS = 11  # pixels; three Chinese letters in a square on a phone
_MOST_CHANGE = 1.0  # of more the colour is the same, or one small province would pale all others


@dataclass(frozen=True, slots=True)
class Square:
    """A province's place: row and column from the upper left."""

    province: Province
    row: int
    column: int


def _squares() -> Iterator[Square]:
    for row, line in enumerate(_GRID.strip().splitlines()):
        for column, code in enumerate(line.split()):
            if code in BY_CODE:
                yield Square(BY_CODE[code], row, column)


SQUARES = tuple(_squares())
"""In the order in which the map's points are clicked."""


def coloured_by(report: TrafficReport) -> dict[str, Text]:
    """What the map can be coloured by here, of ``COLOURED``."""
    known = _on_map(report)[list(COLOURED)].notna().any()
    return {key: label for key, label in COLOURED.items() if known[key]}


@drawn_once
def province_map(
    report: TrafficReport,
    language: Language,
    *,
    by: str = SHARE,
    is_filtered: bool = False,
    good_is_red: bool = False,
) -> Chart:
    """Provinces coloured by their share of visitors, conversion or change.

    Parameters
    ----------
    by : of ``coloured_by``.
    is_filtered : whether only some regions were asked for; of the others nothing is known.
    """
    rows = _on_map(report).reindex([square.province.code for square in SQUARES])
    if not is_filtered:  # a log tells of every region: from one that it does not name nobody came
        rows = rows.fillna({"visitors": 0.0, "share": 0.0})
    figure = new_figure(language, unit=Unit.RATIO, height=_HEIGHT)
    is_known = rows[by].notna().to_numpy()
    figure.add_trace(_cells(rows[by], by, language, good_is_red=good_is_red))
    if not is_known.all():
        unknown = (0.0, CELL_UNKNOWN), (1.0, CELL_UNKNOWN)
        blank = pd.Series(np.where(is_known, np.nan, 0.0))
        figure.add_trace(_tiles(blank, colorscale=unknown, showscale=False))
    figure.add_trace(_labels(rows, by, language))
    axis = {"visible": False, "fixedrange": True, "constrain": "domain"}
    figure.update_yaxes(range=[max(square.row for square in SQUARES) + 0.5, -0.5], **axis)
    figure.update_xaxes(range=[-0.5, max(square.column for square in SQUARES) + 0.5], **axis)
    figure.update_xaxes(scaleanchor="y")  # squares, whatever the screen
    figure.update_layout(hovermode="closest", showlegend=False)
    title, alt = finding(rows, by, language)
    return Chart(
        key="provinces",
        figure=finish(figure),
        title=language.say(title),
        subtitle=subtitle(report, by, language),
        alt=language.say(alt),
    )


def _on_map(report: TrafficReport) -> pd.DataFrame:
    """The report's provinces by their codes."""
    frame = report.provinces.frame
    return frame[frame["code"] != ""].set_index("code")


def _cells(values: pd.Series, by: str, language: Language, *, good_is_red: bool) -> go.Heatmap:
    """The coloured squares, with the scale in the empty north-west."""
    reach = float(values.abs().max()) or 1.0
    capped = min(reach, _MOST_CHANGE) if by == CHANGE else reach
    low = -capped if by == CHANGE else 0.0
    ends = [said(low, by, language) if low else "0%", said(capped, by, language)]
    if capped < reach:
        ends[1] = f"≥ {ends[1]}"
    return _tiles(
        values,
        colorscale=cells_around_zero(good_is_red) if by == CHANGE else CELLS,
        zmin=low,
        zmax=capped,
        colorbar={
            "orientation": "h",
            "x": 0.02,
            "xanchor": "left",
            "y": 0.99,
            "yanchor": "top",
            "len": 170,
            "lenmode": "pixels",
            "thickness": 10,
            "outlinewidth": 0,
            "tickvals": [low, capped],
            "ticktext": ends,
            "title": {"text": language.say(COLOURED[by]), "side": "top", "font": {"size": 12}},
        },
    )


def _tiles(values: pd.Series, **style: object) -> go.Heatmap:
    """A value a square, in the order of ``SQUARES``; without one a square is not drawn."""
    return go.Heatmap(
        x=[square.column for square in SQUARES],
        y=[square.row for square in SQUARES],
        z=list(values),
        xgap=3,
        ygap=3,
        hoverinfo="skip",
        **style,
    )


def _labels(rows: pd.DataFrame, by: str, language: Language) -> go.Scatter:
    """Names and numbers; a heat map can't be clicked, these points can."""
    unseen = {"marker": {"opacity": 0}, "textfont": {"color": CELL_INK}}
    names = [_label(square.province, language) for square in SQUARES]
    return go.Scatter(
        x=[square.column for square in SQUARES],
        y=[square.row for square in SQUARES],
        mode="markers+text",
        marker={"size": 34, "symbol": "square", "opacity": 0},
        selected=unseen,
        unselected=unseen,
        text=[
            f"{name}<br>{_short(value, by)}" for name, value in zip(names, rows[by], strict=True)
        ],
        textposition="middle center",
        textfont={"color": CELL_INK, "size": _LETTERS},
        hovertext=[
            _hover(square.province, row, language)
            for square, (_, row) in zip(SQUARES, rows.iterrows(), strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _label(province: Province, language: Language) -> str:
    """What fits into a square: the Chinese name, or the code."""
    return province.short if language.code == "zh_CN" else province.code


def _short(value: float, by: str) -> str:
    """As short as can be; the scale says the unit, the hover the full value."""
    if value != value:
        return "–"
    if value == 0:
        return "0"
    return f"{value * 100:+.0f}" if by == CHANGE else f"{value * 100:.1f}"


def _hover(province: Province, row: pd.Series, language: Language) -> str:
    visitors = language.number(row["visitors"], compact=False)
    counted = message("Visitors, counted once a day: {visitors}", visitors=visitors)
    told = [f"<b>{language.say(province.name)}</b>", language.say(counted)]
    for key, label in COLOURED.items():
        told.append(f"{language.say(label)}: {said(row[key], key, language)}")
    return "<br>".join(told)
