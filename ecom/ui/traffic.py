"""Who comes, as the traffic page opens."""

from __future__ import annotations

from ecom.charts import traffic as charts
from ecom.charts.sources import source_strip
from ecom.text import message
from ecom.ui import blocks, province_map
from ecom.ui.frame import View
from ecom.ui.hour_visits import open_hour


def show(view: View) -> None:
    """Visits by channel, hour, device, region and first page, and where the counts come from."""
    report = view.report()
    if blocks.empty(view, report):
        return
    red = view.settings.good_is_red
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if not report.channels.is_empty:
        blocks.chart(view, charts.share(report, view.language))
    if not report.source_spans.is_empty:
        blocks.chart(view, source_strip(report, view.language))
    if not report.channels.is_empty:
        blocks.table(view, report.channels, title=message("Channels"), key="channels")
        moves = charts.channel_moves(report, view.language, good_is_red=red)
        if report.hours.is_empty:
            blocks.chart(view, moves)
        else:
            hours = charts.hours(report, view.language)
            click = blocks.Click(open_hour, message("Click an hour to see who comes then."))
            blocks.side_by_side(view, moves, hours, clicks={hours.key: click})
    if report.daily.frame["new_visitor_days"].notna().any():
        blocks.chart(view, charts.new_and_returning(report, view.language))
    has_map = not report.provinces.is_empty
    if has_map:
        province_map.show(view, report)
    drawn = [(report.devices, charts.devices)]
    if not has_map:
        drawn.append((report.regions, charts.regions))
    shown = [draw(report, view.language) for table, draw in drawn if not table.is_empty]
    if shown:
        blocks.side_by_side(view, *shown)
    if not report.devices.is_empty:
        blocks.table(view, report.devices, title=message("Devices"), key="devices")
    if not report.regions.is_empty:
        blocks.table(view, report.regions, title=message("Regions"), key="regions")
    if not report.landing_pages.is_empty:
        title = message("First pages of visits")
        blocks.table(view, report.landing_pages, title=title, key="landing_pages")
    blocks.table(view, report.sources, title=message("Where the counts come from"), key="sources")
    blocks.downloads(view, report)
