"""Which days a table speaks of, where neither its columns nor its file say it."""

from __future__ import annotations

import streamlit as st

from ecom.ingest import Examination
from ecom.model import Period
from ecom.text import message
from ecom.ui.frame import View

_DAYS = "days.told"  # by table: a widget of a table that can be loaded is no longer drawn


def ask_days(view: View, examination: Examination, number: int) -> None:
    """Ask for the first and last day of a table; the answer counts from the next run on."""
    given = st.date_input(
        view.say(message("Days that this table speaks of")),
        value=[],
        key=f"{_key(examination, number)}.input",
        width=320,
    )
    if isinstance(given, tuple) and len(given) == 2:
        st.session_state.setdefault(_DAYS, {})[_key(examination, number)] = Period(*given)
        st.rerun()


def told_days(examination: Examination) -> tuple[tuple[int, Period], ...]:
    """Place of a table in the file and the days that its reader said."""
    told = st.session_state.get(_DAYS, {})
    keys = ((number, _key(examination, number)) for number in range(len(examination.tables)))
    return tuple((number, told[key]) for number, key in keys if key in told)


def _key(examination: Examination, number: int) -> str:
    return f"days_{examination.sha256[:12]}_{number}"
