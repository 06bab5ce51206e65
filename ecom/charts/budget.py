"""Pictures of the budget page: spend and return by month, budget against actual, efficiency."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.budget import BudgetReport
from ecom.analysis.pacing import METRICS
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, MUTED, colours_of, good_bad
from ecom.charts.template import finish, new_figure, scale
from ecom.i18n import Language
from ecom.model import Amount, Period, Unit
from ecom.text import message

MOST = 6
"""Channels in one picture; what is left becomes Other."""


@drawn_once
def spend_by_month(report: BudgetReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Spend of each month, stacked by channel; the unfinished month hatched."""
    frame = _with_other(report.months.frame, language)
    sums = frame.groupby(["channel", "month", "is_unfinished"], as_index=False)["spend"].sum()
    names = _by_spend(frame)
    colours = colours_of("channel", names)
    figure = new_figure(language, unit=Unit.MONEY, currency=report.header.currency)
    for name in names:
        rows = sums[sums["channel"] == name].sort_values("month")
        figure.add_trace(
            go.Bar(
                x=rows["month"],
                y=rows["spend"],
                name=language.term(name),
                marker={
                    "color": colours[name],
                    "pattern": {"shape": ["/" if flag else "" for flag in rows["is_unfinished"]]},
                },
            )
        )
    figure.update_layout(barmode="stack")
    total = float(frame["spend"].sum())
    return Chart(
        key="spend_by_month",
        figure=finish(figure),
        title=language.say(message("Where does the money go?")),
        subtitle=language.say(
            message(
                "Ad spend by month and channel in {currency}, {months}; an unfinished month is "
                "hatched",
                currency=report.header.currency or "–",
                months=_months(report),
            )
        ),
        alt=language.say(
            message(
                "Stacked bars of ad spend by month, {total} in all; largest channels: {names}.",
                total=Amount(total, Unit.MONEY, report.header.currency),
                names=tuple(map(language.term, names[:3])),
            )
        ),
    )


@drawn_once
def roas_by_month(report: BudgetReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Return of each channel by month; from orders where they name it, else the platform's."""
    frame = report.months.frame
    names = _by_spend(frame)[:MOST]
    colours = colours_of("channel", names)
    figure = new_figure(language, unit=Unit.MULTIPLE)
    last = []
    for name in names:
        rows = frame[frame["channel"] == name].sort_values("month")
        from_orders = rows["channel_roas"].notna().any()
        roas = rows["channel_roas"] if from_orders else rows["platform_roas"]
        if roas.isna().all():
            continue
        label = language.term(name)
        if not from_orders:
            label = language.say(message("{name} (claimed)", name=label))
        figure.add_trace(
            go.Scatter(
                x=rows["month"],
                y=roas,
                mode="lines+markers",
                line={"color": colours[name], "width": 2},
                name=label,
            )
        )
        latest = roas.dropna().iloc[-1]
        last.append(f"{label} {language.number(float(latest), Unit.MULTIPLE)}")
    figure.add_hline(
        y=report.roas_target,
        line={"color": BASE, "dash": "dash", "width": 1.5},
        annotation={"text": language.say(message("Target")), "font": {"color": BASE}},
    )
    figure.update_yaxes(rangemode="tozero")
    return Chart(
        key="roas_by_month",
        figure=finish(figure),
        title=language.say(message("Which channels pay?")),
        subtitle=language.say(
            message(
                "Revenue per unit of spend, {months}; revenue of orders that name the channel, "
                "else what the platform claims",
                months=_months(report),
            )
        ),
        alt=language.say(
            message(
                "Lines of ROAS by month against the target of {target}; latest: {last}.",
                target=Amount(report.roas_target, Unit.MULTIPLE),
                last=tuple(last),
            )
        ),
    )


@drawn_once
def budget_bullets(report: BudgetReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Spend so far (bar) in its budget (outline), with a mark where the days say it should be."""
    frame = report.budgets.frame
    is_spend = frame["metric"].map(lambda label: label == METRICS["spend"]).astype("bool")
    spend = frame[is_spend & ((frame["budget"] > 0) | (frame["actual"] > 0))]
    names = [
        f"{language.term(channel)} · {language.say(shop)}"
        if shop != channel
        else language.say(shop)
        for channel, shop in zip(spend["channel"], spend["shop"], strict=True)
    ]
    figure = new_figure(
        language,
        unit=Unit.MONEY,
        currency=report.header.currency,
        height=max(200, 70 + 40 * len(names)),
    )
    _, bad = good_bad(good_is_red)
    _add_bullets(figure, names, spend, language, over_budget=bad)
    longest = float(spend[["budget", "actual"]].max(axis=1).max()) if len(spend) else 1.0
    figure.update_xaxes(range=[0, longest * 1.15])  # room for the last label
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(autorange="reversed")
    said = tuple(
        f"{name} {language.number(float(pace), Unit.RATIO)}"
        for name, pace in zip(names, spend["pace"], strict=True)
    )
    return Chart(
        key="budget_bullets",
        figure=finish(figure),
        title=language.say(message("Does the month keep to its budget?")),
        subtitle=language.say(
            message(
                "Ad spend in {currency}, {month}: {elapsed} of the month's days; percentages are "
                "the pace, so far ÷ expected so far",
                currency=report.header.currency or "–",
                month=report.month,
                elapsed=Amount(report.elapsed, Unit.RATIO),
            )
        ),
        alt=language.say(message("Spend against budget; pace: {rows}.", rows=said)),
    )


@drawn_once
def efficiency(report: BudgetReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """Revenue over spend, a point a channel; on the line the target is met."""
    frame = report.channels.frame
    revenue = frame["sales"].fillna(frame["claimed"])
    known = frame.assign(revenue=revenue)[revenue.notna()]
    currency = report.header.currency
    channels = [str(name) for name in known["channel"]]
    names = [language.term(name) for name in channels]
    colours = colours_of("channel", channels)
    figure = new_figure(language, unit=Unit.MONEY, currency=currency, height=380)
    widest = float(known["spend"].max() or 0.0) * 1.15 if len(known) else 1.0
    _add_target(figure, report.roas_target, widest, language)
    said = [
        language.say(
            message(
                "{name}: {revenue} for {spend}",
                name=name,
                revenue=Amount(float(earned), Unit.MONEY, currency),
                spend=Amount(float(spent), Unit.MONEY, currency),
            )
        )
        for name, earned, spent in zip(names, known["revenue"], known["spend"], strict=True)
    ]
    figure.add_trace(
        go.Scatter(
            x=known["spend"],
            y=known["revenue"],
            mode="markers+text",
            text=names,
            textposition="top center",
            marker={"size": 14, "color": [colours[name] for name in channels]},
            hovertext=said,
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
        )
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(
        title={"text": language.say(message("Ad spend"))},
        rangemode="tozero",
        showgrid=True,
        gridcolor=MUTED,
    )
    figure.update_yaxes(title={"text": language.say(message("Revenue"))}, rangemode="tozero")
    scale(figure, "x")
    return Chart(
        key="efficiency",
        figure=finish(figure),
        title=language.say(message("What does each channel return for its spend?")),
        subtitle=language.say(
            message(
                "Revenue over ad spend in {currency}, {period}; orders that name the channel, else "
                "what the platform claims",
                currency=currency or "–",
                period=report.header.period,
            )
        ),
        alt=language.say(message("Points by channel. {rows}.", rows=tuple(said))),
    )


def _add_bullets(
    figure: go.Figure,
    names: list[str],
    spend: pd.DataFrame,
    language: Language,
    *,
    over_budget: str,
) -> None:
    """Outline, bar, mark and pace of each channel; a bar beyond its outline has another colour."""
    outline = {"color": "rgba(0,0,0,0)", "line": {"color": BASE, "width": 1.5}}
    figure.add_trace(
        go.Bar(
            y=names,
            x=spend["budget"],
            orientation="h",
            width=0.7,
            name=language.say(message("Budget")),
            marker=outline,
        )
    )
    over = spend["actual"] > spend["budget"]
    figure.add_trace(
        go.Bar(
            y=names,
            x=spend["actual"],
            orientation="h",
            width=0.36,
            name=language.say(message("So far")),
            marker={"color": [over_budget if flag else ACCENT for flag in over]},
        )
    )
    figure.add_trace(
        go.Scatter(
            y=names,
            x=spend["expected"],
            mode="markers",
            marker={
                "symbol": "line-ns-open", "size": 24, "color": BASE, "line": {"width": 3}
            },
            name=language.say(message("Expected so far")),
            hoverinfo="skip",
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            y=names,
            x=spend[["budget", "actual"]].max(axis=1),
            mode="text",
            text=[f" {language.number(float(pace), Unit.RATIO)}" for pace in spend["pace"]],
            textposition="middle right",
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
    )


def _add_target(figure: go.Figure, target: float, widest: float, language: Language) -> None:
    """The line on which revenue is ``target`` times the spend, up to a spend of ``widest``."""
    figure.add_trace(
        go.Scatter(
            x=[0, widest],
            y=[0, widest * target],
            mode="lines",
            line={"color": BASE, "dash": "dash", "width": 1.5},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    # Low on the line, below it: channels that matter stand further up.
    figure.add_annotation(
        x=widest * 0.12,
        y=widest * 0.12 * target,
        text=language.say(message("Target {target}", target=Amount(target, Unit.MULTIPLE))),
        showarrow=False,
        xanchor="left",
        xshift=8,
        yanchor="top",
        font={"color": BASE},
    )


def _by_spend(frame: pd.DataFrame) -> list[str]:
    """Channel names, largest spend first, Other last."""
    totals = frame.groupby("channel")["spend"].sum().sort_values(ascending=False)
    return [str(name) for name in totals.index]


def _with_other(frame: pd.DataFrame, language: Language) -> pd.DataFrame:
    names = _by_spend(frame)
    if len(names) <= MOST:
        return frame
    kept = frame["channel"].isin(names[: MOST - 1])
    return frame.assign(channel=frame["channel"].where(kept, language.say(message("Other"))))


def _months(report: BudgetReport) -> Period:
    months = report.months.frame["month"]
    return Period(min(months, default=report.header.period.start), report.header.period.end)
