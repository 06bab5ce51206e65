"""Garbage collections leave out what is held, and yet nothing is kept for ever."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
import streamlit as st

from ecom.ui import collector
from tests.ui.conftest import open_app


class Knot:
    """Held by nobody but itself once let go of."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def own_sweep() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    gc.unfreeze()


def test_what_is_held_is_left_out_of_collections() -> None:
    held = [Knot() for _ in range(100)]
    collector.spare()
    walked = {id(thing) for thing in gc.get_objects()}
    assert gc.get_freeze_count() > len(held)
    assert not walked & {id(knot) for knot in held}


def test_what_was_held_once_is_freed_by_the_next_sweep() -> None:
    knot = Knot()
    alive = weakref.ref(knot)
    collector.spare()
    del knot
    collector.spare()
    gc.collect()
    assert alive() is not None
    st.cache_resource.clear()  # as if its time had passed
    collector.spare()
    assert alive() is None


@pytest.mark.usefixtures("filled")
def test_a_run_of_a_page_ends_without_a_collection() -> None:
    app = open_app("overview")  # the sweep is done
    full: list[str] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if (phase, info["generation"]) == ("start", 2):
            full.append(phase)

    gc.disable()  # those that come by themselves come at any time
    gc.callbacks.append(note)
    try:
        app.run()
    finally:
        gc.callbacks.remove(note)
        gc.enable()
    assert full == []
