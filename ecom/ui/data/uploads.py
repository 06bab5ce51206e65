"""Files dropped on the data page: examined in the background, accounted for, loaded on request."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from ecom.store import Shop
from ecom.text import message
from ecom.ui.data.cards import show_cards
from ecom.ui.data.days import told_days
from ecom.ui.data.desk import Desk, Request
from ecom.ui.data.dropped import Dropped, State, summary
from ecom.ui.data.examined import chosen_layouts
from ecom.ui.data.jobs import show_jobs, show_running
from ecom.ui.data.results import show_results
from ecom.ui.data.shop_choice import choose_shop
from ecom.ui.frame import View
from ecom.ui.tables import draw
from ecom.ui.workspace import Workspace, import_jobs

_ROUND = "uploads.round"  # counts up when all is loaded, which empties the drop field
_DIGESTS = "uploads.digests"
_TYPES = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "htm", "html", "xml", "zip"]
_FEW = 1  # files that are shown without a list


def desk_of(workspace: Workspace) -> Desk:
    """What this session has dropped into a workspace."""
    return _desk(workspace, workspace.key)


@st.cache_resource(scope="session", show_spinner=False, on_release=Desk.close)
def _desk(_workspace: Workspace, key: str) -> Desk:
    stays = not _workspace.is_private
    return Desk(_workspace.store, import_jobs(), owner=key, stays=stays)


def add_files(view: View) -> None:
    """The drop field and everything that follows from it."""
    desk = desk_of(view.workspace)
    results = st.container()
    left, right = st.columns([3, 2], gap="medium")
    with right:
        shop = choose_shop(view)
    with left:
        files = st.file_uploader(
            view.say(message("Exports in any format, one or many")),
            type=_TYPES,
            accept_multiple_files=True,
            # A file that was dropped in private is not offered to the team's store.
            key=f"uploads_{view.workspace.key}_{st.session_state.setdefault(_ROUND, 0)}",
            help=view.say(
                message(
                    "CSV, TSV, Excel (also old and protected ones), OpenDocument, HTML tables and "
                    "ZIP archives of them. Drop a whole folder's files together."
                )
            ),
        )
    dropped = _look(view, desk, files, shop)
    with results:
        show_results(view, desk)
    show_running(view, desk)
    if dropped and all(one.state in (State.LOADED, State.SAME) for one in dropped):
        st.session_state[_ROUND] += 1
        st.rerun()
    if len(dropped) > _FEW:
        draw(
            summary(dropped),
            view.language,
            key=f"uploads_summary_{len(dropped)}",
            alt=view.say(message("Dropped files")),
        )
        _offer(view, desk, dropped)
        show_cards(view, desk, dropped)
    else:
        show_cards(view, desk, dropped)
        _offer(view, desk, dropped)
    show_jobs(view, without=desk.loads)


def _look(view: View, desk: Desk, files: Sequence[Any], shop: Shop | None) -> list[Dropped]:
    """Put what is new into the queue, wait a moment, and say how each file stands."""
    store = view.workspace.store
    known = store.shops()  # they decide whose file it is
    taught = tuple(one.mapping_id for one in store.mappings())  # ... and these, what it is
    contents = {_digest(file): file for file in reversed(files)}  # the first of the same counts
    asked = {
        digest: Request(digest, file.name, shop, known, taught)
        for digest, file in contents.items()
        if not desk.is_loaded(digest) and not desk.is_loading(digest)
    }
    first = tuple(asked.values())
    for digest, request in asked.items():
        desk.look(request, contents[digest].getbuffer())
    desk.wait()
    for digest, request in asked.items():
        examination = desk.look(request, contents[digest].getbuffer()).examination
        if examination is not None:
            choices = chosen_layouts(examination), told_days(examination)
            asked[digest] = replace(request, chosen=choices[0], days=choices[1])
            desk.look(asked[digest], contents[digest].getbuffer())
        desk.refresh(asked[digest], view.version)
    desk.keep((*first, *asked.values()), contents)
    desk.wait()
    dropped = []
    for file in files:
        digest = _digest(file)
        same = contents[digest]
        dropped.append(
            Dropped.now(desk, file.name, digest, asked.get(digest))
            if same is file
            else Dropped(file.name, State.SAME, same_as=same.name)
        )
    return dropped


def _offer(view: View, desk: Desk, dropped: Sequence[Dropped]) -> None:
    """Load what is ready."""
    ready = [one.request for one in dropped if one.state is State.READY and one.request]
    if not ready:
        return
    label = message("Load {count} file(s)", count=len(ready))
    if st.button(
        view.say(label), type="primary", icon=":material/database_upload:", key="uploads_load"
    ):
        desk.close_results()
        for request in ready:
            desk.load(request, confirmed=True)  # only what was confirmed is ready
        st.rerun()


def _digest(file: Any) -> str:
    """SHA-256 of an upload, computed once."""
    known: dict[str, str] = st.session_state.setdefault(_DIGESTS, {})
    if file.file_id not in known:
        known[file.file_id] = hashlib.sha256(file.getbuffer()).hexdigest()
    return known[file.file_id]
