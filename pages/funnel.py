"""Where do visitors leave on their way to the purchase?"""

from ecom.text import message
from ecom.ui import carts, experiments, frame, funnel

SHOW = {"steps": funnel.show, "carts": carts.show, "experiments": experiments.show}

view = frame.open_page("funnel")
part = view.choose(
    "part",
    message("Section"),
    {
        "steps": message("Steps"),
        "carts": message("Abandoned carts"),
        "experiments": message("Experiments"),
    },
    "steps",
)
<<<<<<< HEAD
SHOW[part](view)
=======
way = view.choose(
    "way",
    message("Steps"),
    {"all": message("All in turn"), "shortcuts": message("Cart and checkout optional")},
    "all",
)
report = view.report(unit=unit, by=by, way=way)

if not blocks.empty(view, report):
    red = view.settings.good_is_red
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if report.events:
        blocks.chart(view, charts.steps(report, view.language, good_is_red=red))
        blocks.side_by_side(
            view,
            charts.leaks(report, view.language, good_is_red=red),
            charts.conversion(report, view.language, good_is_red=red),
        )
        blocks.chart(view, charts.trend(report, view.language, good_is_red=red))
        blocks.table(view, report.steps, title=message("Step by step"), key="steps")
        blocks.table(view, report.breakdown, title=message("Who converts"), key="breakdown")
        blocks.table(view, report.trend, title=message("By day of entry"), key="trend")
    if not report.stages.is_empty:
        blocks.chart(view, charts.stages(report, view.language, good_is_red=red))
        blocks.table(view, report.stages, title=message("Back-office counts"), key="stages")
    blocks.downloads(view, report)
>>>>>>> engine
