"""Databases that are read like files: the list, how each of them does, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pandas as pd
import streamlit as st

from ecom.analysis.base import Column, Table, words
from ecom.errors import EcomError
from ecom.ingest import FileOutcome
from ecom.ingest.pull import try_source
from ecom.model import Unit
from ecom.sources import is_being_pulled, pull_now, utc_now
from ecom.store.sources import Source, delete_source, list_sources, save_source
from ecom.text import Text, message
from ecom.ui.data.examined import chosen_layouts, show_examined, show_outcome
from ecom.ui.data.source_form import edit
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.tables import draw
from ecom.ui.words import plain
from ecom.ui.workspace import source_url

_OUTCOME = "sources.outcome"


def show(view: View) -> None:
    """List the sources; a chosen one can be tested, pulled, paused, edited and deleted."""
    st.subheader(view.say(message("Databases")), anchor=False)
    if view.workspace.is_private:
        private = message("Databases fill the team's store. Leave the private workspace to see them.")
        st.caption(view.say(private))
        return
    outcome = st.session_state.pop(_OUTCOME, None)
    if outcome is not None:
        _outcome(view, outcome)
    found = list_sources(view.workspace.store)
    st.caption(
        view.say(
            message(
                "A shop's own MySQL, PostgreSQL or SQLite, read by a query and mapped like a file. "
                "It is only read, never written."
            )
        )
    )
    chosen = _choose(view, found) if found else None
    with st.container(horizontal=True):
        if chosen is not None:
            _actions(view, chosen)
        if st.button(
            view.say(message("Add a database …")),
            type="secondary" if found else "primary",
            icon=":material/database:",
            key="sources_add",
        ):
            edit(view, None)
    if chosen is not None:
        _problem(view, chosen)
        if st.session_state.get(_tested(chosen)):
            _trial(view, chosen)


def _choose(view: View, found: tuple[Source, ...]) -> Source | None:
    title = view.say(message("Databases"))
    picked = draw(
        _table(view, found),
        view.language,
        key=f"sources_{'_'.join(str(one.source_id) for one in found)}",
        alt=title,
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = picked["selection"]["rows"]
    if not rows:
        st.caption(view.say(message("Choose a row to test, pull or change it.")))
        return None
    return found[rows[0]]


def _table(view: View, found: tuple[Source, ...]) -> Table:
    now = utc_now()
    batches = view.workspace.store.batches()
    pulled = batches.groupby("source_id")["rows_read"].sum()
    frame = pd.DataFrame(
        {
            "name": [one.name for one in found],
            "state": words(_state(view, one) for one in found),
            "last": [_moment(one.last_pulled_at) for one in found],
            "rows": [pulled.get(one.source_id) for one in found],
            "next": [_moment(one.next_pull(now)) for one in found],
            "cursor": [one.cursor_column for one in found],
            "secret": [one.url_name for one in found],
        }
    )
    return Table.make(
        frame,
        Column("name", message("Name")),
        Column("state", message("State")),
        Column("last", message("Last pull (UTC)")),
        Column("rows", message("Rows read"), Unit.COUNT),
        Column("next", message("Next pull (UTC)")),
        Column("cursor", message("Cursor")),
        Column("secret", message("Secret")),
    )


def _state(view: View, source: Source) -> Text:
    if is_being_pulled(view.workspace.store, source):
        return message("is being pulled")
    if source.problem:
        return message("problem")
    if source.is_paused:
        return message("paused")
    if source.last_pulled_at is None:
        return message("not pulled yet")
    return message("OK")


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"


def _problem(view: View, source: Source) -> None:
    """What was wrong at the last pull; what was loaded before is still there."""
    if source.problem:
        said = " ".join(view.say(text) for text in source.problem)
        st.warning(plain(said), icon=":material/error:")


def _actions(view: View, source: Source) -> None:
    store = view.workspace.store

    def button(label: Text, icon: str, key: str, **options: str) -> bool:
        return st.button(view.say(label), icon=f":material/{icon}:", key=key, **options)  # type: ignore[arg-type]

    if button(message("Pull now"), "sync", "sources_pull", type="primary"):
        with st.spinner(view.say(message("Reading {file} …", file=source.name))):
            _then_anew(view, lambda: _pull(view, source))
    if button(message("Test"), "rule", "sources_test"):
        st.session_state[_tested(source)] = True
    if source.every_minutes:
        label = message("Resume") if source.is_paused else message("Pause")
        icon = "play_arrow" if source.is_paused else "pause"
        if button(label, icon, "sources_pause"):
            paused = replace(source, is_paused=not source.is_paused)
            _then_anew(view, lambda: save_source(store, paused))
    if button(message("Edit …"), "edit", "sources_edit"):
        edit(view, source)
    if button(message("Delete …"), "delete", "sources_delete"):
        _confirm(view, source)


def _pull(view: View, source: Source) -> None:
    st.session_state[_OUTCOME] = pull_now(view.workspace.store, source, resolve=source_url)


def _outcome(view: View, outcome: FileOutcome) -> None:
    """What a pull brought."""
    if outcome.problem is not None or outcome.batches:
        show_outcome(view, outcome)
        return
    said = message("{name}: nothing new since the last pull.", name=outcome.file_name)
    st.info(plain(view.say(said)), icon=":material/check_circle:")


def _tested(source: Source) -> str:
    """Where the wish to see a trial is kept."""
    return f"sources.tested.{source.source_id}"


def _trial(view: View, source: Source) -> None:
    """The first rows as a file would be shown; nothing is stored."""
    try:
        with st.spinner(view.say(message("Reading {file} …", file=source.name))):
            trial = try_source(view.workspace.store, source, resolve=source_url)
    except EcomError as error:
        show_fault(view.language, error)
        return
    with st.container(border=True):
        st.caption(view.say(message("The first rows; nothing is stored by a test.")))
        show_examined(view, trial.examination, trial.plan)
    chosen = dict(chosen_layouts(trial.examination)).get(0)
    if chosen and chosen != source.layout:
        # What was chosen in the trial holds for every pull.
        chosen_so = replace(source, layout=chosen)
        _then_anew(view, lambda: save_source(view.workspace.store, chosen_so))


def _then_anew(view: View, act: Callable[[], object]) -> None:
    """Do something and show the page anew, or say why it could not be done."""
    try:
        act()
    except EcomError as error:
        show_fault(view.language, error)
    else:
        st.rerun()


def _confirm(view: View, source: Source) -> None:
    @st.dialog(view.say(message("Delete “{name}”?", name=source.name)))
    def ask() -> None:
        st.write(
            view.say(
                message(
                    "It is not pulled any more. What it brought stays; undo its batches under "
                    "History to take that away too."
                )
            )
        )
        with st.container(horizontal=True):
            if st.button(view.say(message("Delete")), type="primary", key="source_delete_yes"):
                _then_anew(view, lambda: delete_source(view.workspace.store, source.source_id))
            if st.button(view.say(message("Keep it")), key="source_delete_no"):
                st.rerun()

    ask()
