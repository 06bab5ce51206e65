"""Search words as pictures: how many of their visitors buy, and what paid ones cost."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.keywords import KeywordsReport
from ecom.analysis.keywords_tables import KINDS
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, ORANGE
from ecom.charts.template import finish, new_figure, whiskers
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.terms import term
from ecom.text import message

_MOST = 15
_ROW = 30  # pixels a word
_ROOM = 1.3  # times the longest bar


@drawn_once
def conversion(report: KeywordsReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """The words with most visitors, and each one's conversion with its interval."""
    frame = report.words.frame.head(_MOST)
    figure = new_figure(language, unit=Unit.RATIO, height=110 + _ROW * max(len(frame), 1))
    for is_brand, colour in ((True, ORANGE), (False, ACCENT)):
        mine = frame[[kind == KINDS[is_brand] for kind in frame["kind"]]]
        if mine.empty:
            continue
        figure.add_trace(
            go.Bar(
                y=mine["keyword"],
                x=mine["conversion"],
                orientation="h",
                width=0.6,
                name=language.say(KINDS[is_brand]),
                marker={"color": colour},
                error_x=whiskers(
                    mine["conversion"], mine["low"], mine["high"], color=BASE, thickness=1.5
                ),
            )
        )
    figure.update_layout(barmode="overlay")
    # The order of visitors, whatever the order of the two traces.
    figure.update_yaxes(
        autorange="reversed",
        type="category",
        categoryorder="array",
        categoryarray=frame["keyword"].tolist(),
    )
    return Chart(
        key="keywords",
        figure=finish(figure),
        title=language.say(message("Which words bring buyers?")),
        subtitle=language.say(
            message(
                "Paying buyers ÷ visitors of each word with 95 % intervals; the {count} words with "
                "most visitors, the most on top · {period}",
                count=Amount(len(frame)),
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Conversion by search word. {rows}.",
                rows=tuple(
                    message(
                        "{word}: {conversion} of {visitors} visitors",
                        word=row["keyword"],
                        conversion=Amount(_known(row["conversion"]), Unit.RATIO),
                        visitors=Amount(int(row["visitors"])),
                    )
                    for row in frame.to_dict("records")
                ),
            )
        ),
    )


@drawn_once
def paid_cost(report: KeywordsReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """The paid words that cost most, each with its conversions."""
    frame = report.paid.frame.head(_MOST)
    currency = report.header.currency
    figure = new_figure(
        language, unit=Unit.MONEY, currency=currency, height=110 + _ROW * max(len(frame), 1)
    )
    sources = tuple(term(name) for name in frame["platform"].unique())
    names = frame["keyword"].tolist()
    if len(sources) > 1:  # a word may stand in the reports of both
        names = [
            f"{row['keyword']} · {language.say(term(row['platform']))}"
            for row in frame.to_dict("records")
        ]
    bought = _bought(report, language)
    for is_brand, colour in ((True, ORANGE), (False, ACCENT)):
        mine = [place for place, kind in enumerate(frame["kind"]) if kind == KINDS[is_brand]]
        if not mine:
            continue
        figure.add_trace(
            go.Bar(
                y=[names[place] for place in mine],
                x=frame["spend"].iloc[mine],
                orientation="h",
                width=0.6,
                name=language.say(KINDS[is_brand]),
                marker={"color": colour},
                text=[bought[place] for place in mine],
                textposition="outside",
                cliponaxis=False,
            )
        )
    figure.update_layout(barmode="overlay")
    if len(frame):
        figure.update_xaxes(range=[0, _ROOM * frame["spend"].max()])  # for the words at the bars
    figure.update_yaxes(
        autorange="reversed", type="category", categoryorder="array", categoryarray=names
    )
    return Chart(
        key="paid_words",
        figure=finish(figure),
        title=language.say(message("What do paid words cost, and what do they bring?")),
        subtitle=language.say(
            message(
                "Cost of clicks by each word and the conversions that the ad platform credits; the "
                "{count} dearest words · {sources} · {period}",
                count=Amount(len(frame)),
                sources=sources,
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Cost by paid word. {rows}.",
                rows=tuple(
                    message(
                        "{word}: {cost}, {conversions}",
                        word=name,
                        cost=Amount(_known(cost), Unit.MONEY, currency),
                        conversions=told,
                    )
                    for name, cost, told in zip(names, frame["spend"], bought, strict=True)
                ),
            )
        ),
    )


def _bought(report: KeywordsReport, language: Language) -> list[str]:
    """The conversions of each word shown, in words."""
    unit = next(one.unit for one in report.paid.columns if one.key == "conversions")
    return [
        language.say(
            message("conversions not told")
            if _known(one) is None
            else message("{count} conversions", count=Amount(one, unit or Unit.NUMBER))
        )
        for one in report.paid.frame["conversions"].head(_MOST)
    ]


def _known(value: float) -> float | None:
    return None if value != value else float(value)
