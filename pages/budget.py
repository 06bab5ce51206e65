"""What does our spend bring, and does the month keep to its budget?"""

from __future__ import annotations

from ecom.charts import budget as charts
from ecom.text import message
from ecom.ui import blocks, frame

view = frame.open_page("budget")
report = view.report()

if not blocks.empty(view, report):
    red = view.settings.good_is_red
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    blocks.side_by_side(
        view,
        charts.budget_bullets(report, view.language, good_is_red=red),
        charts.efficiency(report, view.language, good_is_red=red),
    )
    blocks.table(view, report.channels, title=message("Channels"), key="channels")
    blocks.side_by_side(
        view,
        charts.spend_by_month(report, view.language, good_is_red=red),
        charts.roas_by_month(report, view.language, good_is_red=red),
    )
    blocks.table(view, report.budgets, title=message("Budget against actual"), key="budgets")
    blocks.table(view, report.months, title=message("Months"), key="months")
    blocks.downloads(view, report)
