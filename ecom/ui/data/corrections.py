"""What can be done about a file before it is loaded: mend it, see what it changes, confirm it."""

from __future__ import annotations

import streamlit as st

from ecom.analysis.changes import Effect, effect, effect_table
from ecom.errors import EcomError
from ecom.export.findings import findings_file_name, findings_workbook
from ecom.ingest import Examination
from ecom.text import message
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.tables import draw
from ecom.ui.words import plain

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def offer_workbook(view: View, examination: Examination) -> None:
    """The faulty rows as a workbook, where there are any; written when it is asked for."""
    if not examination.is_correctable:
        return
    st.download_button(
        view.say(message("Workbook with the faulty cells in colour")),
        data=lambda: findings_workbook(examination, view.language),
        file_name=findings_file_name(examination),
        mime=_XLSX,
        icon=":material/edit_document:",
        help=view.say(message("Mend the cells and add the workbook here: only those rows are new.")),
        key=f"correct_{examination.sha256[:12]}",
        on_click="ignore",
    )


def show_effect(view: View, examination: Examination) -> None:
    """What loading would change on the overview; computed when the reader opens it."""
    if not any(table.staged is not None for table in examination.tables):
        return
    key = f"effect_{examination.sha256[:12]}"
    title = view.say(message("What would change on the overview"))
    shown = st.expander(title, key=key, on_change="rerun", icon=":material/difference:")
    if not shown.open:
        return
    with shown:
        try:
            found = _effect(view, examination, view.workspace.key, view.version)
        except EcomError as error:
            show_fault(view.language, error)
            return
        period = message("Key figures of {period}", period=found.period)
        st.caption(plain(view.say(period)))
        if not found.changed:
            st.caption(view.say(message("No key figure of these days would change.")))
            return
        draw(effect_table(found), view.language, key=f"{key}_table", alt=title)


def ask_to_confirm(view: View, examination: Examination) -> None:
    """Ask what has to be confirmed before the file can be loaded."""
    for text in examination.must_confirm:
        st.warning(plain(view.say(text)), icon=":material/storefront:")
    if examination.must_confirm:
        key = _confirm_key(examination)
        st.checkbox(
            view.say(message("Load it all the same")),
            value=key in _confirmed(),
            key=key,
            on_change=_toggle,
            args=(key,),
        )


def is_confirmed(examination: Examination) -> bool:
    """Whether the reader has confirmed what had to be."""
    if not examination.must_confirm:
        return True
    return _confirm_key(examination) in _confirmed()


def _confirmed() -> set[str]:
    # Not the box itself: a card that is closed draws none, and Streamlit forgets what is not drawn.
    known: set[str] = st.session_state.setdefault("confirmed", set())
    return known


def _toggle(key: str) -> None:
    _confirmed().symmetric_difference_update({key})


def _confirm_key(examination: Examination) -> str:
    shops = "_".join(t.staged.shop.shop_id for t in examination.tables if t.staged is not None)
    return f"confirm_{examination.sha256[:12]}_{shops}"


# An examination is told by its file and by what its tables were read as, for whom.
@st.cache_data(
    scope="session",
    max_entries=8,
    show_spinner=False,
    hash_funcs={
        Examination: lambda one: (
            one.sha256,
            [
                (t.staged.layout_id, t.staged.shop, t.staged.period_start, t.staged.period_end)
                for t in one.tables
                if t.staged is not None
            ],
        )
    },
)
def _effect(_view: View, examination: Examination, workspace: str, version: int) -> Effect:
    staged = [table.staged for table in examination.tables if table.staged is not None]
    return effect(_view.workspace.store, *staged)
