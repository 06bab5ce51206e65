"""Pictures of experiments: the difference with its intervals, and what each day could have said."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.experiments import Experiment
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, CATEGORICAL, faded
from ecom.charts.template import finish, new_figure, scale
from ecom.i18n import Language
from ecom.model import Amount, Period, Unit
from ecom.text import Text, message

_ROW = 60  # pixels a variant
_ZERO = {"line_width": 1.5, "line_color": BASE, "line_dash": "dot"}


@drawn_once
def effects(experiment: Experiment, language: Language) -> Chart:
    """Each variant's difference to the control: the ordinary interval on the one for any look."""
    rows = experiment.variants.frame.iloc[1:]
    names = rows["variant"].tolist()
    figure = new_figure(language, unit=Unit.POINTS, height=110 + _ROW * max(len(names), 1))
    parts = (
        ("early_low", "early_high", 4, faded(ACCENT, 0.35), message("At any look")),
        ("low", "high", 10, ACCENT, message("At the planned end")),
    )
    for low, high, width, colour, label in parts:
        known = rows[rows[low].notna()]
        figure.add_trace(
            go.Scatter(
                x=_broken(known[low], known[high]),
                y=[name for name in known["variant"] for _ in range(3)],
                mode="lines",
                line={"width": width, "color": colour},
                name=language.say(label),
                hoverinfo="skip",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=rows["difference"],
            y=names,
            mode="markers",
            marker={"size": 13, "color": "#ffffff", "line": {"color": ACCENT, "width": 3}},
            showlegend=False,
            hovertext=[_hover(row, language) for _, row in rows.iterrows()],
            hovertemplate="%{y}: %{hovertext}<extra></extra>",
        )
    )
    figure.add_vline(x=0, **_ZERO)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(
        type="category", tickvals=names, categoryorder="array", categoryarray=names[::-1]
    )
    scale(figure, "x")
    return Chart(
        key="effects",
        figure=finish(figure),
        title=language.say(_effects_title(rows, experiment.control)),
        subtitle=language.say(_subtitle(experiment)),
        alt=language.say(
            message(
                "Differences to “{control}” with their intervals: {variants}.",
                control=experiment.control,
                variants=tuple(_told(row) for _, row in rows.iterrows()),
            )
        ),
    )


@drawn_once
def looks(experiment: Experiment, language: Language) -> Chart:
    """The difference by day with the interval that may be looked at every day."""
    frame = experiment.looks.frame
    figure = new_figure(language, unit=Unit.POINTS, height=300)
    for colour, (variant, rows) in zip(CATEGORICAL, frame.groupby("variant"), strict=False):
        days = rows["day"].tolist()
        figure.add_trace(
            go.Scatter(
                x=[*days, *days[::-1]],
                y=[*rows["high"], *rows["low"][::-1]],
                fill="toself",
                fillcolor=faded(colour, 0.18),
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            )
        )
        figure.add_trace(
            go.Scatter(
                x=days,
                y=rows["difference"],
                mode="lines+markers",
                marker={"size": 4},
                line={"color": colour, "width": 2.5},
                name=str(variant),
            )
        )
    figure.add_hline(y=0, **_ZERO)
    return Chart(
        key="looks",
        figure=finish(figure),
        title=language.say(_looks_title(frame)),
        subtitle=language.say(
            message(
                "Difference in conversion to “{control}” so far; once the band leaves zero, it is "
                "more than chance, however often you looked (mSPRT).",
                control=experiment.control,
            )
        ),
        alt=language.say(_looks_alt(experiment)),
    )


def _effects_title(variants: pd.DataFrame, control: str) -> Text:
    best = variants.iloc[int(variants["difference"].to_numpy(dtype="float64").argmax())]
    return message(
        "“{variant}”: {difference} in conversion against “{control}”",
        variant=str(best["variant"]),
        difference=Amount(float(best["difference"]), Unit.POINTS),
        control=control,
    )


def _looks_title(looks: pd.DataFrame) -> Text:
    """Which variant's band left zero first, of those whose band is off it on the last day."""
    off = looks.assign(is_off=(looks["low"] > 0) | (looks["high"] < 0))
    proven = off.groupby("variant")["is_off"].transform("last")
    first = off[proven & off["is_off"]].sort_values("day", kind="stable").head(1)
    if first.empty:
        return message("No band has left zero: nothing is proven yet")
    return message(
        "“{variant}” has been off zero by more than chance since {day}",
        variant=str(first["variant"].iloc[0]),
        day=first["day"].iloc[0],
    )


def _looks_alt(experiment: Experiment) -> Text:
    last = experiment.looks.frame.groupby("variant").tail(1)
    return message(
        "Lines of the difference by day with their bands; on the last day: {variants}.",
        variants=tuple(_told(row) for _, row in last.iterrows()),
    )


def _told(row: pd.Series) -> Text:
    return message(
        "{variant} {difference} ({low} to {high})",
        variant=str(row["variant"]),
        **{name: Amount(float(row[name]), Unit.POINTS) for name in ("difference", "low", "high")},
    )


def _hover(row: pd.Series, language: Language) -> str:
    return language.say(
        message(
            "{share} buy, {low} to {high} against the control",
            share=Amount(float(row["conversion"]), Unit.RATIO),
            low=Amount(float(row["low"]), Unit.POINTS),
            high=Amount(float(row["high"]), Unit.POINTS),
        )
    )


def _subtitle(experiment: Experiment) -> Text:
    if experiment.first_day is None or experiment.last_day is None:
        return message("Difference in conversion, with 95 % intervals; thin: valid at any look")
    return message(
        "Difference in conversion, {period}, with 95 % intervals; thin: valid at any look",
        period=Period(experiment.first_day, experiment.last_day),
    )


def _broken(low: pd.Series, high: pd.Series) -> list[float | None]:
    """Ends of separate lines: a gap follows each pair."""
    return [end for pair in zip(low, high, strict=True) for end in (*pair, None)]
