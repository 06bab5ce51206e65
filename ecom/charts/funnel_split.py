"""Who loses where: the conversion page's pictures by channel, device, or new and returning."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.funnel import FunnelReport
from ecom.analysis.funnel_tables import VERDICTS
from ecom.analysis.funnel_words import length_words
from ecom.charts.base import Chart, drawn_once
from ecom.charts.cells import lay_points
from ecom.charts.palette import ACCENT, BASE, faded, good_bad
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.models.proportions import Verdict
from ecom.terms import term
from ecom.text import Text, message

_ROW = 40  # pixels a value
_LINES_WIDTH, _SHORTEST_LINE, _MOST_LINES = 56, 10, 3  # letters of all steps' names side by side
# Cells are opaque, so that the number in them reads the same on a light and a dark page.
_PLAIN, _INK = "#e3e7ed", "#1f2733"
_MARKS = {1.0: "▲ ", -1.0: "▼ ", 0.0: ""}
_SIDE = {VERDICTS[Verdict.HIGHER]: 1.0, VERDICTS[Verdict.LOWER]: -1.0}


@drawn_once
def leaks(report: FunnelReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """For each value of the breakdown, the share that goes on to each step, against the rest."""
    cells = report.contrasts.frame
    steps = [language.say(step) for step in dict.fromkeys(cells["step"])]
    names = [language.term(value) for value in report.breakdown.frame["value"]]
    shape = (len(names), len(steps)) if len(cells) else (0, 0)
    shares = cells["share"].to_numpy(dtype="float64").reshape(shape)
    sides = np.array([_SIDE.get(verdict, 0.0) for verdict in cells["verdict"]]).reshape(shape)
    texts = [
        [_MARKS[side] + language.number(share, Unit.RATIO) for share, side in pairs]
        for pairs in (zip(*row, strict=True) for row in zip(shares, sides, strict=True))
    ]
    good, bad = good_bad(good_is_red)
    figure = new_figure(language, unit=Unit.RATIO)
    figure.add_trace(
        go.Heatmap(
            z=sides,
            x=steps,
            y=names,
            text=texts,
            texttemplate="%{text}",
            hoverinfo="skip",
            textfont={"color": _INK},
            colorscale=[(0.0, _tint(bad)), (0.5, _PLAIN), (1.0, _tint(good))],
            zmin=-1.0,
            zmax=1.0,
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    top = _head(figure, steps)
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(showgrid=False, fixedrange=True, ticks="", ticklabelstandoff=6)
    lay_points(
        figure,
        columns=steps,
        rows=names,
        text=[text for row in texts for text in row],
        hover="%{y} · %{x}: %{text}",
        size=_ROW - 8,
    )
    # A cell is far wider than high: what lies nearest to a click counts.
    height = 46 + top + _ROW * max(len(names), 1)
    figure.update_layout(hoverdistance=2 * _ROW, margin={"t": top}, height=height)
    finding = _weakest(cells)
    return Chart(
        key="leaks",
        figure=finish(figure),
        title=language.say(finding or message("Who goes on, and who leaves?")),
        subtitle=language.say(
            message(
                "Share of the step before that goes on, in order. ▲▼: differs from the rest by "
                "more than chance."
            )
        ),
        alt=language.say(
            message(
                "Table of the share that goes on to each step, by {values}. {finding}",
                values=tuple(map(term, report.breakdown.frame["value"])),
                finding=finding or message("No group differs from the rest by more than chance."),
            )
        ),
    )


def _head(figure: go.Figure, steps: Sequence[str]) -> int:
    """Name the steps above their columns, long names in lines; the height that takes."""
    width = max(_SHORTEST_LINE, _LINES_WIDTH // max(len(steps), 1))
    heads = [_lines(step, width) for step in steps]
    names = ["<br>".join(lines) for lines in heads]
    figure.update_xaxes(side="top", tickvals=list(steps), ticktext=names)
    return 28 + 16 * max(map(len, heads), default=1)  # the tool bar above the axis


def _lines(name: str, width: int) -> list[str]:
    """A name in lines; Chinese letters are wide, and have no spaces to break at."""
    if not name.isascii():
        name, width = name.replace("（", " （"), width * 2 // 3
    return wrap(name, width, max_lines=_MOST_LINES, placeholder="…")


@drawn_once
def conversion(report: FunnelReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """The whole way's conversion of each value of the breakdown, the comparison lighter."""
    frame = report.breakdown.frame
    rates = frame["conversion"].to_numpy(dtype="float64")
    figure = new_figure(language, unit=Unit.RATIO, height=90 + _ROW * max(len(frame), 1))
    pair_of_bars(
        figure,
        [language.term(value) for value in frame["value"]],
        frame["conversion"],
        frame["base_conversion"],
        labels=[f"<b>{language.number(rate, Unit.RATIO)}</b>" for rate in rates],
        language=language,
    )
    title = message("Conversion of the whole way")
    if len(frame):
        title = message(
            "“{value}” converts best: {share}",
            value=term(frame["value"].iloc[int(np.nanargmax(rates))]),
            share=Amount(float(np.nanmax(rates)), Unit.RATIO),
        )
    return Chart(
        key="conversion",
        figure=finish(figure),
        title=language.say(title),
        subtitle=language.say(
            message(
                "Of those who did “{step}”, the share that made all further steps, {period}",
                step=report.steps.frame["step"].iloc[report.split_from],
                period=report.header.period,
            )
            if report.split_from
            else subtitle(report)
        ),
        alt=language.say(
            message(
                "Bars of conversion: {shares}.",
                shares=listed(frame["value"], frame["conversion"], Unit.RATIO),
            )
        ),
    )


def pair_of_bars(
    figure: go.Figure,
    names: Sequence[str],
    now: pd.Series,
    before: pd.Series,
    *,
    labels: Sequence[str],
    language: Language,
) -> None:
    """Lying bars with their labels; the comparison thinner and lighter below each."""
    figure.add_trace(
        go.Bar(
            y=names,
            x=now.astype("float64"),
            orientation="h",
            name=language.say(message("Now")),
            marker={"color": ACCENT},
            text=labels,
            textposition="auto",
            insidetextanchor="start",
            cliponaxis=False,
            width=0.56,
            offset=-0.38,
        )
    )
    if before.notna().any():
        figure.add_trace(
            go.Bar(
                y=names,
                x=before.astype("float64"),
                orientation="h",
                name=language.say(message("Before")),
                marker={"color": faded(BASE, 0.6)},
                width=0.16,
                offset=0.2,
            )
        )
    longest = max(now.astype("float64").max(), before.astype("float64").max(), 0.0)
    figure.update_layout(barmode="overlay", showlegend=False)
    figure.update_yaxes(autorange="reversed", type="category", fixedrange=True, ticklabelstandoff=6)
    figure.update_xaxes(visible=False, range=[0, longest * 1.1 if longest > 0 else 1.0])


_OTHER_ORDERS = {
    "strict": message("Who made the steps one after another, with nothing in between"),
    "unordered": message("Who made one, two … of the steps, in whatever order"),
}


def subtitle(report: FunnelReport, *, has_base: bool = True) -> Text:
    """What was counted, when, and what it is held against.

    Parameters
    ----------
    has_base : whether the picture shows the comparison period where it is known.
    """
    values: dict[str, Any] = {"window": length_words(report.window), "period": report.header.period}
    base = report.header.base
    is_known = base is not None and bool(report.steps.frame["base_people"].notna().any())
    if report.unit == "order":
        return message(
            "Orders whose events made the steps, each within {window} of its first, {period}",
            **values,
        )
    if report.order in _OTHER_ORDERS:
        return message(
            "{how}; within {window} of a visit, {period}",
            how=_OTHER_ORDERS[report.order],
            **values,
        )
    if report.unit == "session":
        if has_base and is_known:
            return message(
                "Visits that made the steps in order, {period}; lighter: {base}",
                **values,
                base=base,
            )
        return message("Visits that made the steps in order, {period}", **values)
    if has_base and is_known:
        return message(
            "Visitors who made the steps in order within {window} of a visit, {period}; "
            "lighter: {base}",
            **values,
            base=base,
        )
    return message(
        "Visitors who made the steps in order within {window} of a visit, {period}", **values
    )


def listed(names: pd.Series, numbers: pd.Series, unit: Unit = Unit.COUNT) -> tuple[Text, ...]:
    """Names with their numbers, for a sentence."""
    return tuple(
        message("{name} {number}", name=term(name), number=Amount(float(number), unit))
        for name, number in zip(names, numbers, strict=True)
    )


def _tint(colour: str) -> str:
    """A colour mixed with white, half and half; ``colour`` is #rrggbb."""
    mixed = ((int(colour[place : place + 2], 16) + 255) // 2 for place in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _weakest(cells: pd.DataFrame) -> Text | None:
    """The cell furthest below the rest, of those that are so by more than chance."""
    low = cells[[verdict == VERDICTS[Verdict.LOWER] for verdict in cells["verdict"]]]
    if low.empty:
        return None
    ratio = (low["share"] / low["rest"]).to_numpy(dtype="float64")
    cell = low.iloc[int(np.argmin(ratio))]
    return message(
        "“{value}” is weak at “{step}”: {share} go on, against {rest} of the rest",
        value=term(cell["value"]),
        step=cell["step"],
        share=Amount(float(cell["share"]), Unit.RATIO),
        rest=Amount(float(cell["rest"]), Unit.RATIO),
    )
