"""What runs out, what to order, and what lies too long?"""

from __future__ import annotations

from ecom.charts import inventory as charts
from ecom.text import message
from ecom.ui import blocks, frame

view = frame.open_page("inventory")
report = view.report()

if not blocks.empty(view, report):
    red = view.settings.good_is_red
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    levels = charts.levels(report, view.language, good_is_red=red)
    if report.pareto.is_empty:
        blocks.chart(view, levels)
    else:
        cover = charts.cover(report, view.language, good_is_red=red)
        blocks.side_by_side(view, levels, cover)
    blocks.table(view, report.orders, title=message("To order now"), key="orders")
    blocks.table(view, report.stock, title=message("All SKUs"), key="stock")
    if not report.pareto.is_empty:
        blocks.side_by_side(
            view,
            charts.stock_and_sales(report, view.language),
            charts.pareto(report, view.language),
        )
        blocks.table(view, report.classes, title=message("ABC classes"), key="classes")
        blocks.table(view, report.lost, title=message("Sales lost to empty shelves"), key="lost")
        blocks.table(view, report.slow, title=message("No sale in 90 days"), key="slow")
    blocks.downloads(view, report)
