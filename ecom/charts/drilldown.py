"""Pictures of a level of the drill-down: its parts over time, and what they add to the change."""

from __future__ import annotations

from ecom.analysis.drilldown import DrilldownReport
from ecom.analysis.traffic_tables import PART_LABELS
from ecom.charts import traffic
from ecom.charts.base import Chart, drawn_once
from ecom.i18n import Language
from ecom.terms import term
from ecom.text import Text, message


@drawn_once
def share(report: DrilldownReport, language: Language) -> Chart:
    """Each part's share of the visitors of what is opened, over time."""
    return traffic.shares_over_time(
        report,
        report.parts,
        report.series,
        language,
        grain=report.grain,
        title=message("What is it made of?"),
        what=_of(report, message("Share of visitors")),
    )


@drawn_once
def moves(report: DrilldownReport, language: Language, *, good_is_red: bool = False) -> Chart:
    """What each part adds to the change of what is opened."""
    return traffic.moves(
        report,
        report.parts,
        language,
        titles=(message("What moved it?"), message("What brings most visitors?")),
        what=_of(report, message("Daily visitors")),
        good_is_red=good_is_red,
    )


def _of(report: DrilldownReport, measure: Text) -> Text:
    """What is opened, the level and what is counted, as a path."""
    path = message("{level} · {measure}", level=PART_LABELS[report.level], measure=measure)
    for name in reversed(report.opened):
        path = message("{outer} › {inner}", outer=term(name), inner=path)
    return path
