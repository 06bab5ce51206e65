"""The import history: what was loaded, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from ecom.analysis.base import Column, Table, words
from ecom.errors import EcomError
from ecom.ingest.findings import REMARKS
from ecom.ingest.mappings import layout_titles
from ecom.model import Period, Unit
from ecom.queries.provenance import stored_rows
from ecom.store import shop_names
from ecom.text import Text, message
from ecom.ui.data.examined import SEVERITY
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.tables import draw

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
    store = view.workspace.store
    table = _table(batches, layout_titles(store), stored_rows(store), shop_names(store.shops()))
    chosen = draw(
        table,
        view.language,
        key=f"batches_{view.version}",  # a selection is a position, so it ends with the list
        alt=view.say(message("Loaded files")),
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = chosen["selection"]["rows"]
    if not rows:
        st.caption(view.say(message("Choose a row to see its remarks or to undo it.")))
        _undone(view)
        return
    batch = batches.iloc[rows[0]]
    _remarks(view, int(batch["batch_id"]))
    if st.button(
        view.say(message("Undo batch {number} …", number=int(batch["batch_id"]))),
        icon=":material/undo:",
        key="batches_undo",
    ):
        _confirm(view, int(batch["batch_id"]), str(batch["file_name"]))


def remark_table(issues: pd.DataFrame) -> Table:
    """Remarks in words.

    Parameters
    ----------
    issues : answer of ``Store.issues``. Codes of an older version are shown as they are.
    """
    remarks = [REMARKS.get(code) for code in issues["code"]]
    return Table.make(
        issues.assign(
            severity=words(SEVERITY.get(name, name) for name in issues["severity"]),
            text=words(
                code if remark is None else remark.text
                for code, remark in zip(issues["code"], remarks, strict=True)
            ),
            allowed=words("" if one is None else one.allowed or "" for one in remarks),
            remedy=words("" if one is None else one.remedy or "" for one in remarks),
            cell=issues["cell"].fillna(""),
        ),
        Column("severity", message("Severity")),
        Column("text", message("Remark")),
        Column("sheet_name", message("Sheet")),
        Column("column_name", message("Column")),
        Column("raw_value", message("Value")),
        Column("cell", message("Cell")),
        Column("occurrences", message("Affected cells"), Unit.COUNT),
        Column("allowed", message("Allowed")),
        Column("remedy", message("What to do")),
    )


def _table(
    batches: pd.DataFrame,
    titles: Mapping[str, Text | str],
    stored: pd.DataFrame,
    shops: Mapping[str, str],
) -> Table:
    """The batches; ``stored`` says how many rows of each feed today's figures."""
    counted = stored.reindex(batches["batch_id"]).fillna(0)
    frame = batches.assign(
        layout=words(titles.get(name, name) for name in batches["layout_id"]),
        file=[
            " · ".join(filter(None, pair))
            for pair in zip(batches["file_name"], batches["sheet_name"], strict=True)
        ],
        shop=[shops.get(shop, shop) for shop in batches["shop_id"]],
        days=words(map(_days, batches["period_start"], batches["period_end"])),
        loaded=batches["loaded_at"].dt.strftime("%Y-%m-%d %H:%M"),
        # Empty cells instead of zeros: what happened stands out, columns where nothing did go.
        **{name: batches[name].where(batches[name] > 0) for name in _COUNTS},
        current=counted["current"].to_numpy(),
        superseded=counted["superseded"].where(counted["superseded"] > 0).to_numpy(),
    )
    return Table.make(
        frame,
        Column("batch_id", message("Batch"), Unit.COUNT),
        Column("file", message("File")),
        Column("layout", message("Recognised as")),
        *(Column(name, label, Unit.COUNT) for name, label in _COUNTS.items()),
        Column("current", message("Stored rows that count"), Unit.COUNT),
        Column("superseded", message("Overruled by newer files"), Unit.COUNT),
        Column("shop", message("Shop")),
        Column("days", message("Period")),
        Column("loaded", message("Loaded (UTC)")),
    )


def _days(first: pd.Timestamp, last: pd.Timestamp) -> Period | str:
    return "" if pd.isna(first) or pd.isna(last) else Period(first.date(), last.date())


def _remarks(view: View, batch_id: int) -> None:
    issues = view.workspace.store.issues(batch_id)
    if issues.empty:
        st.caption(view.say(message("No remarks about this batch.")))
        return
    table = remark_table(issues)
    draw(table, view.language, key=f"issues_{batch_id}", alt=view.say(message("Remarks")))


def _undone(view: View) -> None:
    log = view.workspace.store.undone()
    if log.empty:
        return
    with st.expander(view.say(message("Undone files ({count})", count=len(log)))):
        times = {name: log[name].dt.strftime("%Y-%m-%d %H:%M") for name in ("loaded_at", "undone_at")}
        table = Table.make(
            log.assign(**times),
            Column("batch_id", message("Batch"), Unit.COUNT),
            Column("file_name", message("File")),
            Column("loaded_at", message("Loaded (UTC)")),
            Column("undone_at", message("Undone (UTC)")),
        )
        draw(table, view.language, key=f"undone_{view.version}")


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
