"""Ways to fill the store besides dropping files."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import streamlit as st

from ecom.demo.load import load_demo
from ecom.errors import EcomError
from ecom.ingest import write_templates
from ecom.text import Text, message
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.workspace import inbox_folder

_PRIVATE_SCALE = 0.2  # a private workspace lives in the server's memory, once per reader


def demo_offer(view: View) -> None:
    """Offer the made-up shop while the store is empty."""
    if len(view.workspace.store.batches()):
        return
    with st.container(border=True):
        st.markdown(
            view.say(
                message(
                    "Nothing is loaded yet. Drop your exports below, or look around with a made-up "
                    "brand: three shops, two years, every page filled."
                )
            )
        )
        if st.button(
            view.say(message("Load the demo shop")),
            type="primary",
            icon=":material/storefront:",
            key="demo_load",
        ):
            _load_demo(view)


def other_ways(view: View) -> None:
    """Templates for data no platform exports, and the folder the app imports from."""
    st.subheader(view.say(message("Other ways in")), anchor=False)
    st.markdown(
        view.say(
            message(
                "For data that no platform exports (events, budgets, targets, stock counts) there "
                "are templates: fill in the CSV and drop it above."
            )
        )
    )
    st.download_button(
        view.say(message("Templates")),
        data=_templates,
        file_name="templates.zip",
        mime="application/zip",
        icon=":material/folder_zip:",
        key="data_templates",
        on_click="ignore",
    )
    if not view.workspace.is_private:
        hint = message(
            "Files put into the folder {folder} are loaded by themselves within seconds; all open "
            "pages follow.",
            folder=str(inbox_folder()),
        )
        st.caption(view.say(hint))


def _templates() -> bytes:
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w") as archive:
        for path in write_templates(Path(folder)):
            archive.write(path, path.name)
    return target.getvalue()


def _load_demo(view: View) -> None:
    bar = st.progress(0.0, view.say(message("Making the demo shop …")))

    def tell(share: float, what: Text) -> None:
        bar.progress(min(share, 1.0), view.say(what))

    try:
        with tempfile.TemporaryDirectory() as folder:
            load_demo(
                view.workspace.store,
                Path(folder),
                scale=_PRIVATE_SCALE if view.workspace.is_private else 1.0,
                progress=tell,
            )
    except EcomError as error:
        show_fault(view.language, error)
        return
    st.rerun()
