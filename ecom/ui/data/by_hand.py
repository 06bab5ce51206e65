"""The way from an examined table to its mapping screen."""

from __future__ import annotations

import streamlit as st

from ecom.ingest import ExaminedTable
from ecom.ingest.recognition.guess import guess
from ecom.text import message
from ecom.ui.data.mapping import mapping_screen
from ecom.ui.frame import View

_TOGGLE = "by_hand_"


def is_being_mapped(file: str) -> bool:
    """Whether a mapping of one of a file's tables is open; ``file`` is what their keys start with."""
    start = f"{_TOGGLE}{file}"
    return any(str(key).startswith(start) and st.session_state[key] for key in st.session_state)


def map_by_hand(view: View, table: ExaminedTable, *, key: str, file_name: str) -> bool:
    """Offer to map a table's columns; True in the run in which a mapping was taught.

    A table that was recognised starts from that layout, so that it can be put right.
    """
    if table.raw is None:
        return False
    unknown = table.staged is None
    wish = message("Map its columns") if unknown else message("This is wrong, map it myself")
    opened = st.toggle(view.say(wish), key=f"{_TOGGLE}{key}")
    if not opened:
        return False
    likely = guess(table.raw, nearest=table.layout or table.nearest)
    layout = mapping_screen(
        view,
        table.raw,
        likely,
        key=f"map_{key}",
        file_name=file_name,
        shop=table.staged.shop if table.staged is not None else None,
    )
    if layout is None:
        return False
    del st.session_state[f"{_TOGGLE}{key}"]
    return True
