"""The product funnel on the funnel page."""

from __future__ import annotations

import streamlit as st

from ecom.charts import product_funnel as charts
from ecom.text import message
from ecom.ui import blocks
from ecom.ui.frame import View


def show(view: View) -> None:
    """Products against their category, then what running out of stock cost."""
    report = view.report("product_funnel")
    if report.products.is_empty and blocks.empty(view, report):
        return
    blocks.opening(view, report)
    if report.products.is_empty:
        return
    good_is_red = view.settings.good_is_red
    if report.losses.frame["lost_revenue"].notna().any():
        blocks.chart(view, charts.lost_revenue(report, view.language, good_is_red=good_is_red))
    blocks.table(view, report.losses, title=message("Lost while out of stock"), key="stock_losses")
    hint = message(
        "An estimate: it takes the visitors of the days out of stock to be like those of the days "
        "in stock. Who did not come at all because the product was gone is not counted, and who "
        "bought later or something else is counted as lost."
    )
    st.caption(view.say(hint))
    blocks.chart(view, charts.against_category(report, view.language, good_is_red=good_is_red))
    blocks.table(view, report.products, title=message("By product"), key="product_funnel")
    blocks.table(view, report.categories, title=message("By category"), key="category_funnel")
    blocks.downloads(view, report)
