"""A card for each dropped file: what it is, what is wrong with it, what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ecom.text import message
from ecom.ui.data.desk import Desk
from ecom.ui.data.dropped import STATES, Dropped, State
from ecom.ui.data.examined import show_examined
from ecom.ui.data.by_hand import is_being_mapped
from ecom.ui.frame import View
from ecom.ui.words import plain

_ICONS = {
    State.READY: ":material/check_circle:",
    State.NEEDS_YOU: ":material/help:",
    State.UNREADABLE: ":material/error:",
    State.CANCELLED: ":material/cancel:",
}


def show_cards(view: View, desk: Desk, dropped: Sequence[Dropped]) -> None:
    """Every file there is something to say about; those that need somebody first.

    One file stands open. Of several only those that need attention do, and what is closed is not
    drawn, so that a folder of hundreds stays quick.
    """
    shown = [one for one in dropped if one.state in _ICONS]
    if len(dropped) == 1:
        for one in shown:
            with st.container(border=True):
                _card(view, desk, one, is_named=False)
        return
    for one in sorted(shown, key=lambda one: not one.needs_attention):
        assert one.request is not None  # files in these states have been asked about
        short = one.request.digest[:12]
        card = st.expander(
            _title(view, one),
            expanded=one.needs_attention,
            icon=_ICONS[one.state],
            key=f"card_{short}",
            on_change="rerun",
        )
        # A mapping that is half done would be forgotten if it were not drawn.
        if card.open or is_being_mapped(short):
            with card:
                _card(view, desk, one, is_named=True)


def _title(view: View, one: Dropped) -> str:
    titles = dict.fromkeys(
        view.say(t.layout.name) for t, _ in one.tables() if t.layout is not None
    )
    words = [one.file_name, *titles, view.say(STATES[one.state])]
    return plain(" · ".join(words))


def _card(view: View, desk: Desk, one: Dropped, *, is_named: bool) -> None:
    assert one.request is not None
    assert one.looked is not None
    looked = one.looked
    if looked.examination is not None and looked.plan is not None:
        show_examined(view, looked.examination, looked.plan, is_named=is_named)
        return
    if not is_named:
        st.markdown(f"**{plain(one.file_name)}**")
    if one.state is State.CANCELLED:
        st.caption(view.say(message("You called this off; nothing of it was stored.")))
        st.button(
            view.say(message("Read it after all")),
            key=f"again_{one.request.digest[:12]}",
            on_click=desk.try_again,
            args=(one.request,),
        )
    elif looked.is_locked:
        _ask_for_password(view, desk, one)
    else:
        _refused(view, one)


def _refused(view: View, one: Dropped) -> None:
    outcome = one.looked.outcome if one.looked is not None else None
    if outcome is not None and outcome.problem is not None:
        said = [outcome.problem, *([outcome.remedy] if outcome.remedy is not None else [])]
        st.error(plain(" ".join(view.say(text) for text in said)), icon=":material/error:")


def _ask_for_password(view: View, desk: Desk, one: Dropped) -> None:
    assert one.request is not None
    assert one.looked is not None
    outcome, digest = one.looked.outcome, one.request.digest
    if outcome is not None and outcome.problem is not None:
        st.warning(plain(view.say(outcome.problem)), icon=":material/lock:")
    key = f"password_{digest[:12]}"
    # The field is emptied as soon as the password is handed over; the desk keeps it in memory.
    with st.form(f"{key}_form", border=False, clear_on_submit=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            password = st.text_input(
                view.say(message("Password of the file")),
                type="password",
                key=key,
                width=280,
                autocomplete="off",
            )
            given = st.form_submit_button(
                view.say(message("Open")), icon=":material/lock_open:", key=f"{key}_open"
            )
        st.caption(view.say(message("It is used to read the file and kept nowhere.")))
    if given and password:
        desk.open_with(digest, password)
        st.rerun()
