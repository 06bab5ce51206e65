"""The products on the funnel page."""

from __future__ import annotations

from ecom.analysis.product_funnel import BASES, ProductFunnelReport
from ecom.charts import product_funnel as charts
from ecom.text import message
from ecom.ui import address, blocks
from ecom.ui.frame import View

_WIDTH = 480  # pixels; a product's name and its shop


def show(view: View) -> None:
    """Products against their category, what stock-outs cost, and one product day by day."""
    report = view.report("product_funnel")
    if report.products.is_empty and blocks.empty(view, report):
        return
    blocks.opening(view, report)
    if report.products.is_empty:
        return
    red = view.settings.good_is_red
    counted = set(report.products.frame["basis"])
    blocks.side_by_side(
        view,
        *(
            charts.against_category(report, view.language, basis=basis, red=red)
            for basis, label in BASES.items()
            if label in counted
        ),
    )
    if not report.losses.is_empty:
        blocks.table(
            view, report.losses, title=message("Lost while out of stock"), key="stock_losses"
        )
    _one(view, report, red=red)
    blocks.table(view, report.products, title=message("Products"), key="product_funnel")
    if not report.categories.is_empty:
        title = message("Categories: distinct visitors of the event log")
        blocks.table(view, report.categories, title=title, key="product_categories")
    blocks.downloads(view, report)


def _one(view: View, report: ProductFunnelReport, *, red: bool) -> None:
    """The product chosen, by day; at first the one that lost most."""
    options = {f"{one.shop_id}/{one.product}": f"{one.name} · {one.shop}" for one in report.drawn}
    if not options:
        return
    chosen = address.select(
        "funnel_product",
        view.say(message("Product by day")),
        options,
        next(iter(options)),
        key=f"funnel_product.{view.language.code}",
        width=_WIDTH,
    )
    place = list(options).index(chosen)
    blocks.chart(view, charts.one_product(report, view.language, place=place, red=red))
