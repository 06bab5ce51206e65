"""Files dropped on the data page: examined, shown row by row accounted for, loaded on request."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from ecom.errors import EcomError
from ecom.ingest import Examination, FileOutcome, examine_for_store, load_examined
from ecom.model import Period
from ecom.store import Shop
from ecom.text import message
from ecom.ui.data.corrections import is_confirmed
from ecom.ui.data.days import told_days
from ecom.ui.data.examined import chosen_layouts, show_examined, show_outcome
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.data.shop_choice import choose_shop

_ROUND = "uploads.round"  # counts up with every load, which empties the drop field
_OUTCOMES = "uploads.outcomes"
_TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "ods", "htm", "html", "xml", "zip"]


@dataclass(frozen=True, slots=True)
class Looked:
    """An examined upload, or why it can't be read."""

    file_name: str
    examination: Examination | None
    plan: FileOutcome | None
    fault: EcomError | None = None

    @property
    def can_be_loaded(self) -> bool:
        """Whether loading it would store something, and everything is confirmed."""
        if self.examination is None or self.plan is None or self.plan.problem is not None:
            return False
        return is_confirmed(self.examination)


def add_files(view: View) -> None:
    """The drop field and everything that follows from it."""
    for outcome in st.session_state.pop(_OUTCOMES, ()):
        show_outcome(view, outcome)
    number = st.session_state.setdefault(_ROUND, 0)
    left, right = st.columns([3, 2], gap="medium")
    with right:
        shop = choose_shop(view)
    with left:
        files = st.file_uploader(
            view.say(message("Exports (CSV, TSV or Excel), one or many")),
            type=_TYPES,
            accept_multiple_files=True,
            key=f"uploads_{number}",
        )
    looked = [_look(view, file, shop) for file in files]
    for one in looked:
        _show(view, one)
    ready = [one for one in looked if one.can_be_loaded]
    if ready:
        label = message("Load {count} file(s)", count=len(ready))
        if st.button(view.say(label), type="primary", key="uploads_load"):
            st.session_state[_OUTCOMES] = _load(view, ready)
            st.session_state[_ROUND] = number + 1
            st.rerun()


def _look(view: View, file: Any, shop: Shop | None) -> Looked:
    """Examine an upload; the same content for the same shop is parsed once a session."""
    content = file.getbuffer()
    digest = hashlib.sha256(content).hexdigest()
    try:
        with st.spinner(view.say(message("Reading {file} …", file=file.name))):
            known = view.workspace.store.shops()  # they decide whose file it is
            # ... and what was taught decides what it is.
            taught = tuple(one.mapping_id for one in view.workspace.store.mappings())
            first = _examined(view, content, file.name, digest, shop, known, taught, (), ())
            chosen, days = chosen_layouts(first), told_days(first)
            examination = _examined(
                view, content, file.name, digest, shop, known, taught, chosen, days
            )
            plan = _planned(
                view, examination, view.workspace.key, view.version, digest, shop, (chosen, days)
            )
    except EcomError as error:
        return Looked(file.name, None, None, error)
    return Looked(file.name, examination, plan)


# Resources, not data: an examination holds the whole file as Arrow, too much to copy on every run.
@st.cache_resource(scope="session", max_entries=8, show_spinner=False)
def _examined(
    _view: View,
    _content: memoryview,
    name: str,
    digest: str,
    shop: Shop | None,
    known: tuple[Shop, ...],
    taught: tuple[int, ...],
    chosen: tuple[tuple[int, str], ...],
    days: tuple[tuple[int, Period], ...],
) -> Examination:
    with tempfile.TemporaryDirectory() as folder:
        # The name stays with the person; on disk only its ending matters.
        path = Path(folder) / f"upload{Path(name).suffix.lower()}"
        path.write_bytes(_content)
        return examine_for_store(
            _view.workspace.store,
            path,
            shop=shop,
            file_name=name,
            layout_id=dict(chosen),
            days=dict(days),
        )


@st.cache_resource(scope="session", max_entries=8, show_spinner=False)
def _planned(
    _view: View,
    _examination: Examination,
    workspace: str,
    version: int,
    digest: str,
    shop: Shop | None,
    choices: tuple[tuple[tuple[int, str], ...], tuple[tuple[int, Period], ...]],
) -> FileOutcome:
    return load_examined(_view.workspace.store, _examination, dry_run=True)


def _show(view: View, looked: Looked) -> None:
    with st.container(border=True):
        if looked.fault is not None:
            st.markdown(f"**{looked.file_name}**")
            show_fault(view.language, looked.fault)
        elif looked.examination is not None and looked.plan is not None:
            show_examined(view, looked.examination, looked.plan)


def _load(view: View, ready: list[Looked]) -> list[FileOutcome]:
    outcomes = []
    with st.status(view.say(message("Loading …")), expanded=True) as status:
        bar = st.progress(0.0)
        for number, one in enumerate(ready):
            bar.progress(
                number / len(ready), view.say(message("Loading {file}", file=one.file_name))
            )
            assert one.examination is not None  # only such files are ready
            try:
                outcomes.append(
                    load_examined(view.workspace.store, one.examination, confirmed=True)
                )
            except EcomError as error:
                outcomes.append(
                    FileOutcome(one.file_name, problem=error.problem, remedy=error.remedy)
                )
        bar.progress(1.0)
        status.update(label=view.say(message("Done")), state="complete")
    return outcomes
