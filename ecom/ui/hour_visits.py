"""Who comes when, on the traffic page."""

from __future__ import annotations

from ecom.analysis.hour_words import HOURS, WEEKDAYS
from ecom.charts import hour_visits as charts
from ecom.charts.group_index import has_clear
from ecom.text import message
from ecom.ui import address, blocks
from ecom.ui.frame import View

_ALL = "all"
_PART, _WEEKDAY, _HOUR = "traffic_part", "traffic_weekday", "traffic_hour"
PART = "hours"


def show(view: View) -> None:
    """The visits of an hour of the week: what they are, what they saw, what they bring."""
    weekday, hour = _hours(view)
    report = view.report("hour_visits", weekday=weekday, hour=hour)
    # An hour without a visit is an answer beside those of the other hours.
    if not report.hours.frame["sessions"].any() and blocks.empty(view, report):
        return
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if report.hours.frame["visit_conversion"].notna().any():
        blocks.chart(view, charts.buying(report, view.language))
    if not report.compared.is_empty:
        title = message("These hours against the others")
        blocks.table(view, report.compared, title=title, key="hours_compared")
        if has_clear(report.segments):
            blocks.chart(view, charts.index(report, view.language))
    if report.segments.frame["visits"].any():
        blocks.table(view, report.segments, title=message("By what they are"), key="hour_segments")
    if not report.products.is_empty:
        title = message("By what they viewed")
        blocks.table(view, report.products, title=title, key="hour_products")
    blocks.table(view, report.hours, title=message("Hour by hour"), key="hour_by_hour")
    blocks.downloads(view, report)


def open_hour(place: int) -> None:
    """Open the part with an hour of the week chosen.

    Parameters
    ----------
    place : of its cell in the heat map, row by row: weekday × 24 + hour.
    """
    weekday, hour = divmod(place, 24)
    for name, value in ((_PART, PART), (_WEEKDAY, str(weekday)), (_HOUR, str(hour))):
        address.keep(name, (value,))
    address.touch()


def _hours(view: View) -> tuple[int | None, int | None]:
    """Ask for the weekday and the hour; None: every one."""
    weekday = view.choose(
        "weekday",
        message("Weekday"),
        {_ALL: message("Every day"), **{str(day): name for day, name in enumerate(WEEKDAYS)}},
        _ALL,
        wrap=True,
    )
    hours = {_ALL: message("All hours"), **{str(hour): name for hour, name in enumerate(HOURS)}}
    with view.switches:
        hour = address.select(
            _HOUR,
            view.say(message("Hour of the day")),
            {name: view.say(label) for name, label in hours.items()},
            _ALL,
            key=f"{_HOUR}.{view.language.code}",
            width=180,
        )
    return (None if weekday == _ALL else int(weekday), None if hour == _ALL else int(hour))
