"""Do customers come back, and which ones?"""

from __future__ import annotations

from ecom.charts import retention as charts
from ecom.text import message
from ecom.ui import blocks, frame

view = frame.open_page("retention")
grain = view.choose(
    "grain",
    message("Cohorts by"),
    {"month": message("Month"), "week": message("Week")},
    "month",
)
measure = view.choose(
    "measure",
    message("Cells show"),
    {"customers": message("Share who bought"), "revenue": message("Paid per customer")},
    "customers",
)
report = view.report(grain=grain, measure=measure)

if not blocks.empty(view, report):
    red = view.settings.good_is_red
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    blocks.chart(view, charts.cohort_map(report, view.language, good_is_red=red))
    blocks.side_by_side(
        view,
        charts.second_orders(report, view.language, good_is_red=red),
        charts.revenue(report, view.language, good_is_red=red),
    )
    blocks.chart(view, charts.tiers(report, view.language, good_is_red=red))
    blocks.table(view, report.tiers, title=message("Customer tiers"), key="tiers")
    blocks.table(view, report.repeat, title=message("Early repeat by cohort"), key="repeat")
    blocks.table(view, report.cohorts, title=message("Cohorts"), key="cohorts")
    blocks.downloads(view, report)
