"""What is this number made of: the files behind a page, at its foot."""

from __future__ import annotations

import streamlit as st

from ecom.analysis.provenance import PAGES
from ecom.text import message
from ecom.ui import address, cache
from ecom.ui.frame import SHARED, View
from ecom.ui.pages import BY_KEY
from ecom.ui.tables import draw


def made_of(view: View) -> None:
    """List the batches behind the page, with a way to the history; asked when it is opened."""
    if view.page.key not in PAGES:
        return
    title = view.say(message("What are these numbers made of?"))
    shown = st.expander(
        title, key=f"{view.page.key}_made_of", on_change="rerun", icon=":material/account_tree:"
    )
    if not shown.open:
        return
    with shown:
        found = cache.provenance(view.workspace, view.version, view.scope, view.page.key)
        said = message("Rows that count in {period}, by file", period=found.period)
        st.caption(view.say(said))
        draw(
            found.batches,
            view.language,
            key=f"{view.page.key}_made_of_table",
            currency=found.currency,
            alt=title,
        )
        st.page_link(
            BY_KEY["data"].path,
            label=view.say(message("Loaded files: remarks, undo")),
            icon=":material/history:",
            query_params=[
                *((name, value) for name in SHARED for value in address.chosen(name)),
                ("data_part", "history"),
            ],
        )
