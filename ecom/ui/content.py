"""Content and private domain on the traffic page."""

from __future__ import annotations

from ecom.analysis.content_tables import PIECE_FLOOR, of_pieces
from ecom.charts import content as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """What content, messages and groups reached, and what a thousand of each bring."""
    report = view.report("content")
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if len(of_pieces(report.kinds)):
        blocks.chart(view, charts.per_thousand(report, view.language))
    blocks.table(view, report.kinds, title=message("By kind"), key="content_kinds")
    best = message("Best pieces, of those with {floor} views or messages", floor=PIECE_FLOOR)
    blocks.table(view, report.best, title=best, key="content_best")
    weakest = message("Weakest pieces, of those with {floor} views or messages", floor=PIECE_FLOOR)
    blocks.table(view, report.weakest, title=weakest, key="content_weakest")
    if not report.members.is_empty:
        red = view.settings.good_is_red
        blocks.chart(view, charts.members(report, view.language, good_is_red=red))
        blocks.table(
            view, report.accounts, title=message("Groups and accounts"), key="content_accounts"
        )
    blocks.downloads(view, report)
