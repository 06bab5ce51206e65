"""A page reaches its reader whole, whatever comes in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest.mock import MagicMock

import pytest
from streamlit import config
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.dataframe_source_manager import DataframeSourceManager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

from ecom.ui import blocks, cache
from tests.conftest import ROOT
from tests.loops import in_own_loop

_LONGEST_RUN = 60  # seconds
_PAGE = ClientState(page_name="overview")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a session needs of the server, as Streamlit's own test runner puts it up."""
    served = MagicMock(spec=Runtime)
    served.media_file_mgr = MediaFileManager(MemoryMediaFileStorage("/media"))
    served.dataframe_source_mgr = DataframeSourceManager()
    served.bidi_component_registry = BidiComponentManager()
    monkeypatch.setattr(Runtime, "_instance", served)
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    watched = config.get_option("server.fileWatcherType")
    config.set_option("server.fileWatcherType", "none")
    yield
    config.set_option("server.fileWatcherType", watched)


@pytest.mark.usefixtures("filled", "server")
def test_a_look_for_news_does_not_cut_off_a_page_that_has_just_finished() -> None:
    opened, chosen, looked = in_own_loop(_opened_chosen_looked())
    assert _ends(opened) == [ForwardMsg.FINISHED_SUCCESSFULLY]
    assert _ends(chosen) == [ForwardMsg.FINISHED_SUCCESSFULLY]
    assert _drawn(chosen) == _drawn(opened)
    assert len(_drawn(chosen)) > 50
    # One turn was left out, not the fragment.
    assert _ends(looked) == [ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY]


async def _opened_chosen_looked() -> list[list[ForwardMsg]]:
    """What is told of a page, of its next run with a look at its very end, and of a later look."""
    session = _session()
    try:
        session.request_rerun(_PAGE)
        opened = await _told(session)
        session.request_rerun(_PAGE)
        _busy_until_run(session)
        session.request_rerun(_look(opened))
        chosen = await _told(session)
        session.request_rerun(_look(opened))
        return [opened, chosen, await _told(session)]
    finally:
        session.shutdown()


@pytest.mark.usefixtures("filled", "server")
def test_who_leaves_while_it_is_drawn_leaves_the_page_whole_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left, stayed, later = in_own_loop(_left_stayed_later(monkeypatch))
    assert len(_drawn(left)) < len(_drawn(stayed))
    assert _ends(stayed) == [ForwardMsg.FINISHED_SUCCESSFULLY]
    assert _drawn(stayed) == _drawn(later)


async def _left_stayed_later(monkeypatch: pytest.MonkeyPatch) -> list[list[ForwardMsg]]:
    """What three readers are told; the first stops amid key figures, the last shares nothing."""
    sessions = [_session() for _ in range(3)]
    draw = blocks._kpi

    def leave(*args: Any) -> None:
        sessions[0].request_script_stop()
        draw(*args)

    told = []
    try:
        for number, session in enumerate(sessions):
            monkeypatch.setattr(blocks, "_kpi", draw if number else leave)
            session.request_rerun(_PAGE)
            told.append(await _told(session))
            if number:
                cache.forget()  # what the next one is told owes nothing to the first
    finally:
        for session in sessions:
            session.shutdown()
    return told


@pytest.mark.usefixtures("filled", "server")
def test_for_who_leaves_while_waiting_for_a_turn_nothing_is_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed: list[str] = []
    monkeypatch.setitem(cache._QUESTIONS, "report", lambda store, page, *_: computed.append(page))
    assert in_own_loop(_ended_in_the_queue()) == [ForwardMsg.FINISHED_SUCCESSFULLY]
    assert computed == []


async def _ended_in_the_queue() -> list[int]:
    """What a reader is told who stops while others compute and go on computing."""
    session = _session()
    with ExitStack() as others:
        for _ in range(cache._turns._at_once):
            others.enter_context(cache._turns.taken(lambda: None))
        try:
            session.request_rerun(_PAGE)
            while not cache._turns.waiting:
                await asyncio.sleep(0.01)
            session.request_script_stop()
            return _ends(await _told(session))
        finally:
            session.shutdown()


def _session() -> AppSession:
    data = ScriptData(str(ROOT / "app.py"), is_hello=False)
    return AppSession(data, MagicMock(), ScriptCache(), None, {})


def _look(opened: list[ForwardMsg]) -> ClientState:
    """What the browser sends when the time has come for the fragment that looks for news."""
    asked = next(told.auto_rerun for told in opened if told.WhichOneof("type") == "auto_rerun")
    return ClientState(page_name=_PAGE.page_name, fragment_id=asked.fragment_id, is_auto_rerun=True)


def _busy_until_run(session: AppSession) -> None:
    """The server has other work until the script has run, as with many readers."""
    assert session._scriptrunner is not None
    assert session._scriptrunner._script_thread is not None
    session._scriptrunner._script_thread.join(_LONGEST_RUN)


async def _told(session: AppSession) -> list[ForwardMsg]:
    """All that reaches the browser until nothing runs."""
    deadline = time.monotonic() + _LONGEST_RUN
    while session._scriptrunner is not None and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    return session.flush_browser_queue()


def _ends(told: list[ForwardMsg]) -> list[int]:
    return [each.script_finished for each in told if each.WhichOneof("type") == "script_finished"]


def _drawn(told: list[ForwardMsg]) -> list[tuple[int, ...]]:
    """Where on the page something was put."""
    return [tuple(each.metadata.delta_path) for each in told if each.WhichOneof("type") == "delta"]
