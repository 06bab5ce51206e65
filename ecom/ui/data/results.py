"""What became of the files that this session loaded, and where to go from there."""

from __future__ import annotations

import streamlit as st

from ecom.ingest import FileOutcome
from ecom.text import message
from ecom.ui import address
from ecom.ui.data.desk import Desk
from ecom.ui.data.examined import show_outcome
from ecom.ui.frame import View
from ecom.ui.pages import BY_KEY
from ecom.ui.words import plain

_FEW = 3  # outcomes that are told one by one


def show_results(view: View, desk: Desk) -> None:
    """The outcomes of loads that have ended, until they are closed or the next load begins."""
    outcomes = [outcome for outcome in desk.loads.values() if outcome is not None]
    if not outcomes:
        return
    loaded = [outcome for outcome in outcomes if outcome.problem is None]
    if len(loaded) > _FEW:
        _in_one(view, loaded)
    else:
        for outcome in loaded:
            show_outcome(view, outcome)
    for outcome in outcomes:
        if outcome.problem is not None:
            show_outcome(view, outcome)
    with st.container(horizontal=True, vertical_alignment="center"):
        if loaded:
            _next_steps(view)
        st.button(
            view.say(message("Dismiss")),
            key="results_close",
            type="tertiary",
            icon=":material/close:",
            on_click=desk.close_results,
        )


def _in_one(view: View, loaded: list[FileOutcome]) -> None:
    accounts = [account for outcome in loaded for account in outcome.accounts]
    words = message(
        "{count} files are loaded: {new} rows new, {changed} changed, {unchanged} unchanged, "
        "{rejected} rejected.",
        count=len(loaded),
        new=sum(account.new for account in accounts),
        changed=sum(account.changed for account in accounts),
        unchanged=sum(account.unchanged for account in accounts),
        rejected=sum(account.rejected for account in accounts),
    )
    st.success(plain(view.say(words)), icon=":material/check_circle:")


def _next_steps(view: View) -> None:
    st.page_link(
        BY_KEY["overview"].path,
        label=view.say(message("See the overview")),
        icon=":material/dashboard:",
        query_params=[(n, value) for n in ("lang", "store") for value in address.chosen(n)],
    )
    for part, label, icon in (
        ("history", message("See or undo what was loaded"), ":material/history:"),
        ("coverage", message("See which days are covered"), ":material/calendar_month:"),
    ):
        st.button(
            view.say(label),
            key=f"results_{part}",
            type="tertiary",
            icon=icon,
            on_click=_go_to,
            args=(part,),
        )


def _go_to(part: str) -> None:
    address.keep("data_part", (part,))
    address.touch()
