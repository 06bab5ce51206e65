"""Pictures of the overview: sales by day, who moved them, and what drove them."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.base import Table
from ecom.analysis.overview import OverviewReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, MUTED, good_bad
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import Text, message

MOST = 6
"""Bars in one picture; what is left becomes Other."""


@drawn_once
def sales_by_day(report: OverviewReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """GMV of each day beside the same day of the base; unfinished days hatched."""
    frame, header = report.days.frame, report.header
    figure = new_figure(language, unit=Unit.MONEY, currency=header.currency, height=290)
    figure.add_trace(
        go.Bar(
            x=frame["day"],
            y=frame["gmv"],
            name=language.say(message("GMV")),
            marker={
                "color": ACCENT,
                "pattern": {
                    "shape": ["/" if flag else "" for flag in frame["is_unfinished"]],
                    "fgcolor": ACCENT,
                    "bgcolor": "rgba(0,0,0,0)",
                },
            },
        )
    )
    if header.base is not None and frame["gmv_base"].notna().any():
        figure.add_trace(
            go.Scatter(
                x=frame["day"],
                y=frame["gmv_base"],
                mode="lines",
                line={"color": BASE, "width": 2},
                name=language.say(message("Before: {base}", base=header.base)),
            )
        )
    _campaign_bands(figure, report.campaigns, language)
    figure.update_layout(showlegend=header.base is not None)
    best = frame.iloc[int(frame["gmv"].fillna(-1.0).to_numpy().argmax())]
    total = Amount(float(frame["gmv"].sum()), Unit.MONEY, header.currency)
    alt = message(
        "Bars of GMV by day, {total} in all over {period}.", total=total, period=header.period
    )
    if pd.notna(best["gmv"]):
        alt = message(
            "Bars of GMV by day, {total} in all over {period}; highest on {day} with {most}.",
            total=total,
            period=header.period,
            day=best["day"],
            most=Amount(float(best["gmv"]), Unit.MONEY, header.currency),
        )
    return Chart(
        key="sales_by_day",
        figure=finish(figure),
        title=language.say(message("How do sales run from day to day?")),
        subtitle=_subtitle(report, language, has_unfinished=bool(frame["is_unfinished"].any())),
        alt=language.say(alt),
    )


@drawn_once
def shop_contributions(
    report: OverviewReport, language: Language, *, good_is_red: bool = False
) -> Chart:
    """What each shop adds to the change of GMV."""
    return _contributions(
        report,
        report.by_shop,
        language,
        key="shops",
        title=message("Which shops moved GMV?"),
        good_is_red=good_is_red,
    )


@drawn_once
def channel_contributions(
    report: OverviewReport, language: Language, *, good_is_red: bool = False
) -> Chart:
    """What each channel adds to the change of GMV."""
    return _contributions(
        report,
        report.by_channel,
        language,
        key="channels",
        title=message("Which channels moved GMV?"),
        good_is_red=good_is_red,
    )


@drawn_once
def drivers(report: OverviewReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """The change of GMV by visitors, conversion and spend per buyer."""
    frame = report.drivers.frame
    rows = [
        (language.say(name), float(effect))
        for name, effect in zip(frame["driver"], frame["effect"], strict=True)
        if effect
    ]
    return _bars_of_change(
        report,
        rows,
        language,
        key="drivers",
        title=message("What drove the change: visitors, conversion or spend?"),
        good_is_red=good_is_red,
    )


def _contributions(
    report: OverviewReport,
    table: Table,
    language: Language,
    *,
    key: str,
    title: Text,
    good_is_red: bool,
) -> Chart:
    name = table.columns[0].key
    column = "gmv" if report.header.base is None else "gmv_change"
    frame = table.frame
    ranked = frame.loc[frame[column].abs().sort_values(ascending=False).index]
    head = ranked if len(ranked) <= MOST else ranked.head(MOST - 1)
    rows = [
        (language.term(label), float(value))
        for label, value in zip(head[name], head[column], strict=True)
    ]
    if len(ranked) > len(head):
        rest = float(ranked[column].iloc[len(head) :].sum())
        rows.append((language.say(message("Other")), rest))
    if report.header.base is None:
        title = message("Where does GMV come from?")
    return _bars_of_change(report, rows, language, key=key, title=title, good_is_red=good_is_red)


def _bars_of_change(
    report: OverviewReport,
    rows: list[tuple[str, float]],
    language: Language,
    *,
    key: str,
    title: Text,
    good_is_red: bool,
) -> Chart:
    """Lying bars around zero, each with its value; the first row on top."""
    currency = report.header.currency
    good, bad = good_bad(good_is_red)
    is_change = report.header.base is not None

    def colour(value: float) -> str:
        return (good if value >= 0 else bad) if is_change else ACCENT

    def written(value: float) -> str:
        sign = "+" if is_change and value > 0 else ""
        return sign + language.number(value, Unit.MONEY, currency=currency)

    figure = new_figure(
        language, unit=Unit.MONEY, currency=currency, height=max(180, 60 + 38 * len(rows))
    )
    figure.add_trace(
        go.Bar(
            y=[name for name, _ in rows],
            x=[value for _, value in rows],
            orientation="h",
            marker={"color": [colour(value) for _, value in rows]},
            text=[written(value) for _, value in rows],
            textposition="outside",
            cliponaxis=False,
            showlegend=False,
        )
    )
    # Room for the labels outside the bars, on the sides that have bars.
    low, high = (pick([0.0, *(value for _, value in rows)]) for pick in (min, max))
    room = 0.3 * ((high - low) or 1.0)
    figure.update_xaxes(range=[low - room if low < 0 else 0, high + room if high > 0 else 0])
    figure.update_yaxes(autorange="reversed")
    said = tuple(f"{name} {written(value)}" for name, value in rows)
    return Chart(
        key=key,
        figure=finish(figure),
        title=language.say(title),
        subtitle=_subtitle(report, language),
        alt=language.say(message("Bars by size: {rows}.", rows=said)),
    )


def _campaign_bands(figure: go.Figure, campaigns: Table, language: Language) -> None:
    """Light bands with a label; a day's bar is a day wide, so bands start and end between bars."""
    for row in campaigns.frame.to_dict("records"):
        half = pd.Timedelta(hours=12)
        figure.add_vrect(
            x0=pd.Timestamp(row["start"]) - half,
            x1=pd.Timestamp(row["end"]) + half,
            fillcolor=MUTED,
            opacity=0.4,
            line_width=0,
            layer="below",
            annotation={"text": row["name"], "font": {"size": 12}},
            annotation_position="top left",
        )


def _subtitle(report: OverviewReport, language: Language, *, has_unfinished: bool = False) -> str:
    header = report.header
    text = message(
        "GMV in {currency}, {period}", currency=header.currency or "–", period=header.period
    )
    if header.base is not None:
        text = message("{what}, compared with {base}", what=text, base=header.base)
    if has_unfinished:
        text = message("{what}; hatched days are not complete", what=text)
    return language.say(text)
