"""Garbage collections that stay short however much the app holds."""

from __future__ import annotations

import gc

import streamlit as st

_SWEEP_SECONDS = 30


def spare() -> None:
    """Leave what is held now out of garbage collections until the next sweep.

    A collection of all generations walks some 300,000 objects of loaded modules and shared answers,
    and takes longer than to draw a page. Streamlit does one after every run, also after each look
    of an open page; ``.streamlit/config.toml`` turns that off, and Python's own, which come by
    themselves, find only what is new since the last page.
    """
    _sweep()
    gc.freeze()


@st.cache_resource(ttl=_SWEEP_SECONDS, show_spinner=False)
def _sweep() -> None:
    """Collect all there is, every so often: what was spared may have become garbage."""
    gc.unfreeze()
    gc.collect()
