"""Search words as a picture: how many come by each against how many of them buy."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.keywords import KeywordsReport
from ecom.analysis.keywords_tables import KINDS
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, ORANGE
from ecom.charts.template import finish, new_figure, whiskers
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import message

_MOST = 15
_ROW = 30  # pixels a word


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


def _known(value: float) -> float | None:
    return None if value != value else float(value)
