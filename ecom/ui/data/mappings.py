"""What was taught: list, rename, edit, share as a file, import, delete."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from ecom.analysis.base import Column, Table
from ecom.errors import EcomError
from ecom.ingest.files.raw import RawTable
from ecom.ingest.mappings import export_mapping, import_mapping
from ecom.ingest.recognition.checking import check_mapping
from ecom.ingest.recognition.guess import guess
from ecom.ingest.recognition.labels import TABLES
from ecom.model import Unit
from ecom.store.mappings import Taught
from ecom.text import message
from ecom.ui.data.mapping import mapping_screen
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.tables import draw

_ROUND = "mappings.round"  # counts up with every import, which empties the drop field


def mapping_list(view: View) -> None:
    """All mappings of this store; a chosen one can be changed, shared and deleted."""
    st.subheader(view.say(message("Saved mappings")), anchor=False)
    taught = view.workspace.store.mappings()
    if taught:
        chosen = draw(
            _table(taught),
            view.language,
            key=f"mappings_{view.version}",  # a selection is a position, so it ends with the list
            alt=view.say(message("Saved mappings")),
            on_select="rerun",
            selection_mode="single-row",
        )
        rows = chosen["selection"]["rows"]
        if rows:
            _one(view, taught[rows[0]])
        else:
            st.caption(view.say(message("Choose a row to change, share or delete it.")))
    else:
        st.caption(
            view.say(
                message(
                    "Nothing was taught yet. Drop a file that is not recognised and map its "
                    "columns; the next one with these columns is then known."
                )
            )
        )
    _import(view)


def headers_only(taught: Taught) -> RawTable:
    """A table without rows, for a mapping that is changed without a file."""
    return RawTable(
        sheet="",
        headers=taught.headers,
        columns=tuple(pa.array([], pa.string()) for _ in taught.headers),
        rows=np.zeros(0, dtype=np.int32),
        header_row=1,
    )


def _table(taught: tuple[Taught, ...]) -> Table:
    frame = pd.DataFrame(
        {
            "number": [one.mapping_id for one in taught],
            "title": [one.title for one in taught],
            "kind": [TABLES[str(one.layout["grain"])] for one in taught],
            "headers": [", ".join(one.headers) for one in taught],
            "stored": [len(one.layout["columns"]) for one in taught],
            "changed": [one.updated_at.strftime("%Y-%m-%d %H:%M") for one in taught],
        }
    )
    return Table.make(
        frame,
        Column("number", message("Number"), Unit.COUNT),
        Column("title", message("Name")),
        Column("kind", message("What one row is")),
        Column("stored", message("Columns stored"), Unit.COUNT),
        Column("changed", message("Changed (UTC)")),
        Column("headers", message("Columns of the file")),
    )


def _one(view: View, taught: Taught) -> None:
    store, key = view.workspace.store, f"mapping_{taught.mapping_id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            view.say(message("Name")), value=taught.title, max_chars=80, key=f"{key}_name"
        )
        if st.button(view.say(message("Rename")), key=f"{key}_rename") and title.strip():
            store.rename_mapping(taught.mapping_id, title.strip())
            st.rerun()
        st.download_button(
            view.say(message("Share as a file")),
            data=export_mapping(taught),
            file_name=f"{_file_name(taught.title)}.yaml",
            mime="application/yaml",
            icon=":material/download:",
            key=f"{key}_share",
            on_click="ignore",
        )
        if st.button(
            view.say(message("Delete …")), icon=":material/delete:", key=f"{key}_delete"
        ):
            _confirm(view, taught)
    if st.toggle(view.say(message("Change the mapping")), key=f"{key}_edit"):
        _edit(view, taught, key)


def _edit(view: View, taught: Taught, key: str) -> None:
    st.caption(
        view.say(
            message(
                "What was loaded with it stays as it is; undo its batch and load the file again."
            )
        )
    )
    raw = headers_only(taught)
    try:
        likely = guess(raw, nearest=check_mapping(taught.layout))
    except EcomError as error:
        show_fault(view.language, error)
        return
    if mapping_screen(view, raw, likely, key=key, title=taught.title) is not None:
        st.rerun()


def _confirm(view: View, taught: Taught) -> None:
    @st.dialog(view.say(message("Delete the mapping {title}?", title=taught.title)))
    def ask() -> None:
        words = message(
            "Files with these columns are no longer recognised. What was loaded with it stays."
        )
        st.write(view.say(words))
        with st.container(horizontal=True):
            if st.button(view.say(message("Delete")), type="primary", key="mapping_delete_yes"):
                try:
                    view.workspace.store.delete_mapping(taught.mapping_id)
                except EcomError as error:
                    show_fault(view.language, error)
                else:
                    st.rerun()
            if st.button(view.say(message("Keep it")), key="mapping_delete_no"):
                st.rerun()

    ask()


def _import(view: View) -> None:
    number = st.session_state.setdefault(_ROUND, 0)
    file = st.file_uploader(
        view.say(message("Add a mapping that was shared as a file")),
        type=["yaml", "yml"],
        max_upload_size=1,
        key=f"mappings_file_{number}",
    )
    if file is None:
        return
    try:
        import_mapping(view.workspace.store, file.getvalue())
    except EcomError as error:
        show_fault(view.language, error)
        return
    st.session_state[_ROUND] = number + 1
    st.rerun()


def _file_name(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title).strip("-") or "mapping"
