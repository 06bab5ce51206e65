"""The benchmark's reader against a real, tiny Streamlit app."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from unittest.mock import MagicMock
from urllib.parse import parse_qs

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.SessionStatus_pb2 import SessionStatus

from bench.app import App, running_app
from bench.wire import Reader, loopback, reader
from tests.loops import in_own_loop


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app("", script="tests/bench/tiny_app.py") as running:
        yield running


def _read(app: App, act: Callable[[Reader], Awaitable[None]]) -> Reader:
    async def run() -> Reader:
        async with reader(app.address) as page:
            await act(page)
            return page

    return in_own_loop(run())


def test_a_link_is_opened_and_its_choices_are_seen(app: App) -> None:
    async def act(page: Reader) -> None:
        assert await page.open("", word="hello", letter="a") > 0

    page = _read(app, act)
    assert page.options == {"letter-en": ["a", "b", "c"]}
    assert parse_qs(page.query)["word"] == ["hello"]
    assert page.faults == []


def test_what_is_chosen_reaches_the_app_and_its_error_is_noted(app: App) -> None:
    async def act(page: Reader) -> None:
        await page.open("")
        assert parse_qs(page.query)["letter"] == ["a"]
        await page.choose("letter-en", "b")

    page = _read(app, act)
    assert parse_qs(page.query)["letter"] == ["b"]
    assert len(page.faults) == 1
    assert any("b is refused" in traceback for traceback in app.tracebacks())


def test_fragments_run_by_themselves(app: App) -> None:
    async def act(page: Reader) -> None:
        await page.open("")
        first = parse_qs(page.query)["ticks"]
        async with asyncio.timeout(60):
            while parse_qs(page.query)["ticks"] == first:
                await page.choose("letter-en", "a")

    _read(app, act)


def test_a_fragment_that_is_no_longer_drawn_runs_no_more(app: App) -> None:
    async def act(page: Reader) -> None:
        await page.open("")
        assert len(page._repeating) == 1
        await page.choose("letter-en", "c")
        assert page._repeating == {}

    _read(app, act)


def test_a_reader_leaves_when_nothing_runs() -> None:
    async def run() -> None:
        page = Reader(MagicMock(), wait_seconds=60, _page="opened")
        page._take(_running(True))
        leaving = asyncio.create_task(page.leave())
        await asyncio.sleep(0)
        assert not leaving.done()
        page._take(_running(False))
        await leaving

    in_own_loop(run())


def _running(is_running: bool) -> ForwardMsg:
    status = SessionStatus(script_is_running=is_running)
    return ForwardMsg(session_status_changed=status)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org:8501",
        "http://192.168.1.4:8501",
        "http://127.0.0.1.example.org:8501",
        "http://localhost@example.org",
        "127.0.0.1:8501",
        "",
    ],
)
def test_other_machines_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not on this machine"):
        loopback(address)


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("http://127.0.0.1:8501", "127.0.0.1:8501"),
        ("http://localhost:8501/traffic", "localhost:8501"),
        ("http://[::1]:8501", "[::1]:8501"),
    ],
)
def test_this_machine_is_accepted(address: str, there: str) -> None:
    assert loopback(address) == there
