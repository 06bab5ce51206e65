"""Unknown SKUs, fixed in place: choose the seller's SKU, save, and every page follows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecom.analysis.skus import SkuReport, UnknownSku
from ecom.errors import EcomError
from ecom.export.words import harmless
from ecom.ingest.sku_edits import SkuChoice, map_skus
from ecom.text import message
from ecom.ui import blocks, cache
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.tables import column_config, shown_frame
from ecom.ui.words import plain

_CHOSEN = "chosen"


def show(view: View) -> None:
    """The unknown SKUs with proposals, the map so far, and what is known but never sold."""
    report = cache.skus(view.workspace, view.version)
    st.markdown(f"##### {plain(view.say(report.headline))}")
    if report.rows:
        _edit(view, report)
    if not report.mapped.is_empty:
        blocks.table(view, report.mapped, title=message("Mapped so far"), key="sku_map")
        hint = message("To take a mapping back, undo its batch under History.")
        st.caption(view.say(hint))
    if not report.reported.is_empty:
        blocks.table(
            view,
            report.reported,
            title=message("Product ids of reports that nothing else knows"),
            key="reported_products",
        )
    if not report.unsold.is_empty:
        blocks.table(view, report.unsold, title=message("Known, but never sold"), key="unsold")


def choices_of(chosen: pd.Series, rows: tuple[UnknownSku, ...]) -> tuple[SkuChoice, ...]:
    """What to save: the rows in which a SKU was chosen.

    Parameters
    ----------
    chosen : the seller's SKU or nothing; one a row of ``rows``, in their order.
    """
    return tuple(
        SkuChoice(row.shop_id, row.platform_sku, str(sku))
        for row, sku in zip(rows, chosen, strict=True)
        if isinstance(sku, str) and sku
    )


def map_csv(report: SkuReport) -> bytes:
    """The unknown SKUs as a file to fill in: shop_id, platform_sku, sku (proposed or blank)."""
    frame = pd.DataFrame(
        {
            "shop_id": [row.shop_id for row in report.rows],
            "platform_sku": [harmless(row.platform_sku) for row in report.rows],
            "sku": [harmless(_proposed(row) or "") for row in report.rows],
        }
    )
    return frame.to_csv(index=False).encode("utf-8-sig")  # with the mark Excel asks for


def _edit(view: View, report: SkuReport) -> None:
    table = report.unknown
    frame = shown_frame(table, view.language)
    # Beside the shop's name, where nobody has to scroll to it.
    frame.insert(2, _CHOSEN, [_proposed(row) for row in report.rows])
    config = column_config(table, frame, view.language, view.currency)
    config[_CHOSEN] = st.column_config.SelectboxColumn(
        view.say(message("Your SKU")),
        options=list(report.known),
        help=view.say(message("Choose it from your products and stock; blank leaves it open.")),
        width=140,
    )
    st.caption(
        view.say(
            message(
                "Choose your own SKU for what the shop calls otherwise. Sure proposals are filled "
                "in; nothing counts until you save."
            )
        )
    )
    edited = st.data_editor(
        frame,
        column_config=config,
        disabled=[column.key for column in table.columns],
        hide_index=True,
        placeholder="",
        key=f"sku_editor_{view.version}",  # an edit is a position, so it ends with the list
    )
    with st.container(horizontal=True):
        if st.button(
            view.say(message("Save the SKU mapping")),
            type="primary",
            icon=":material/save:",
            key="sku_save",
        ):
            _save(view, choices_of(edited[_CHOSEN], report.rows))
        st.download_button(
            view.say(message("As a CSV to fill in")),
            data=lambda: map_csv(report),
            file_name="sku_map.csv",
            mime="text/csv",
            icon=":material/download:",
            key="sku_csv",
            on_click="ignore",
        )


def _save(view: View, choices: tuple[SkuChoice, ...]) -> None:
    try:
        map_skus(view.workspace.store, choices)
    except EcomError as error:
        show_fault(view.language, error)
    else:
        st.rerun()


def _proposed(row: UnknownSku) -> str | None:
    return row.proposal.code if row.proposal is not None and row.proposal.is_sure else None
