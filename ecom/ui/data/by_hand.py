"""The way from an examined table to its mapping screen."""

from __future__ import annotations

import streamlit as st

from ecom.ingest import ExaminedTable
from ecom.ingest.recognition.guess import guess
from ecom.text import message
from ecom.ui.data.mapping import mapping_screen
from ecom.ui.frame import View


def map_by_hand(view: View, table: ExaminedTable, *, key: str, file_name: str) -> bool:
    """Offer to map a table's columns; True in the run in which a mapping was taught.

    A table that was recognised starts from that layout, so that it can be put right.
    """
    if table.raw is None:
        return False
    unknown = table.staged is None
    wish = message("Map its columns") if unknown else message("This is wrong, map it myself")
    opened = st.toggle(view.say(wish), key=f"by_hand_{key}")
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
    del st.session_state[f"by_hand_{key}"]
    return True
