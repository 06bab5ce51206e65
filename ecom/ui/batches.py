"""The import history: what was loaded, and taking it back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecom.analysis.base import Column, Table
from ecom.errors import EcomError
from ecom.ingest import layouts
from ecom.model import Unit
from ecom.text import message
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.tables import column_config, height_of, shown_frame

_COUNTS = {
    "rows_read": message("Read"),
    "rows_new": message("New"),
    "rows_changed": message("Changed"),
    "rows_unchanged": message("Unchanged"),
    "rows_rejected": message("Rejected"),
    "rows_totals": message("Totals"),
}


def batch_list(view: View) -> None:
    """List the batches, newest first; a chosen one shows its remarks and can be undone."""
    batches = view.workspace.store.batches()
    st.subheader(view.say(message("Loaded files")), anchor=False)
    if batches.empty:
        st.caption(view.say(message("Nothing was loaded yet.")))
        return
    table = _table(batches)
    chosen = st.dataframe(
        shown_frame(table, view.language),
        column_config=column_config(table, view.language, ""),
        hide_index=True,
        height=height_of(len(batches)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"batches_{view.version}",  # a selection is a position, so it ends with the list
        alt=view.say(message("Loaded files")),
    )
    rows = chosen["selection"]["rows"]
    if not rows:
        st.caption(view.say(message("Choose a row to see its remarks or to undo it.")))
        return
    batch = batches.iloc[rows[0]]
    _remarks(view, int(batch["batch_id"]))
    if st.button(
        view.say(message("Undo batch {number} …", number=int(batch["batch_id"]))),
        icon=":material/undo:",
        key="batches_undo",
    ):
        _confirm(view, int(batch["batch_id"]), str(batch["file_name"]))


def _table(batches: pd.DataFrame) -> Table:
    titles = {layout.layout_id: layout.title for layout in layouts()}
    frame = batches.assign(
        layout=batches["layout_id"].map(lambda name: titles.get(name, name)),
        days=batches["period_start"].astype("str").where(batches["period_start"].notna(), "")
        + " – "
        + batches["period_end"].astype("str").where(batches["period_end"].notna(), ""),
        loaded=batches["loaded_at"].dt.strftime("%Y-%m-%d %H:%M"),
    )
    return Table.make(
        frame,
        Column("batch_id", message("Batch"), Unit.COUNT),
        Column("file_name", message("File")),
        Column("sheet_name", message("Sheet")),
        Column("layout", message("Recognised as")),
        Column("shop_id", message("Shop")),
        Column("days", message("Days")),
        *(Column(name, label, Unit.COUNT) for name, label in _COUNTS.items()),
        Column("loaded", message("Loaded (UTC)")),
    )


def _remarks(view: View, batch_id: int) -> None:
    issues = view.workspace.store.issues(batch_id)
    if issues.empty:
        st.caption(view.say(message("No remarks about this batch.")))
        return
    table = Table.make(
        issues,
        Column("severity", message("Weight")),
        Column("code", message("Remark")),
        Column("sheet_name", message("Sheet")),
        Column("column_name", message("Column")),
        Column("raw_value", message("Value")),
        Column("source_row", message("Row"), Unit.COUNT),
        Column("occurrences", message("Cells"), Unit.COUNT),
    )
    st.dataframe(
        shown_frame(table, view.language),
        column_config=column_config(table, view.language, ""),
        hide_index=True,
        height=height_of(len(issues)),
        key=f"issues_{batch_id}",
    )


def _confirm(view: View, batch_id: int, file_name: str) -> None:
    @st.dialog(view.say(message("Undo batch {number}?", number=batch_id)))
    def ask() -> None:
        st.write(
            view.say(
                message(
                    "The rows of {file} are taken out of the store, as if the file had never come. "
                    "Older files that say the same count again. You can load it anew at any time.",
                    file=file_name,
                )
            )
        )
        with st.container(horizontal=True):
            if st.button(view.say(message("Undo")), type="primary", key="undo_yes"):
                try:
                    view.workspace.store.undo(batch_id)
                except EcomError as error:
                    show_fault(view.language, error)
                else:
                    st.rerun()
            if st.button(view.say(message("Keep it")), key="undo_no"):
                st.rerun()

    ask()
