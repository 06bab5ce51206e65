"""How do the shops do, why did it move, and what needs attention?"""

from __future__ import annotations

from ecom.charts import overview as charts
from ecom.text import message
from ecom.ui import blocks, frame

view = frame.open_page("overview")
report = view.report()

if not blocks.empty(view, report):
    red = view.settings.good_is_red
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    blocks.chart(view, charts.sales_by_day(report, view.language, good_is_red=red))
    blocks.table(view, report.attention, title=message("What needs attention"), key="attention")
    blocks.side_by_side(
        view,
        charts.shop_contributions(report, view.language, good_is_red=red),
        charts.channel_contributions(report, view.language, good_is_red=red),
    )
    if not report.drivers.is_empty:
        blocks.chart(view, charts.drivers(report, view.language, good_is_red=red))
        blocks.table(view, report.drivers, title=message("Drivers of GMV"), key="drivers")
    blocks.table(view, report.targets, title=message("Targets"), key="targets")
    blocks.table(view, report.by_shop, title=message("Shops"), key="shops")
    blocks.table(view, report.by_channel, title=message("Channels"), key="channels")
    blocks.table(view, report.documents, title=message("What sales are made of"), key="documents")
    blocks.downloads(view, report)
