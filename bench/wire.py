"""A reader without a browser: speaks Streamlit's websocket protocol to an app on this machine.

Does what Streamlit's page does, as far as the server can tell: asks for runs with the state of the
widgets, answers fragments that want to run every so often, and keeps large messages, so that the
server sends a reference instead.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

_KEPT_RUNS = 2  # as Streamlit's page keeps messages
_LARGEST_MESSAGE = 2**26


@dataclass(slots=True)
class Reader:
    """One open page.

    Attributes
    ----------
    faults : every exception and error box shown, and every run that could not be compiled.
    pages : URL path -> what the server calls the page, once it has been told.
    query : the query string as the server has last set it.
    options : key of a select box -> labels to choose from, as on the page now.
    live_runs : runs that nobody asked for here, such as after an import.
    """

    socket: ClientConnection
    wait_seconds: float
    faults: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    query: str = ""
    options: dict[str, list[str]] = field(default_factory=dict)
    live_runs: int = 0
    _page: str = ""
    _path: str = ""
    _started: bool = False
    _finished: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: dict[str, str] = field(default_factory=dict)
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _kept: dict[str, int] = field(default_factory=dict)
    _drawn: set[str] = field(default_factory=set)
    _repeating: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def open(self, path: str, **query: str) -> float:
        """Open a link; seconds until the script has finished."""
        self._path, self._page, self.query = path, "", urlencode(query)
        return await self._run()

    async def go(self, path: str) -> float:
        """Follow the menu to another page, filters kept; seconds as before."""
        self._path, self._page = path, self.pages[path]
        return await self._run()

    async def choose(self, key: str, label: str) -> float:
        """Choose in the select box of a key; seconds until the script has finished."""
        widget = self._ids[key]
        self._states[widget] = WidgetState(id=widget, string_value=label)
        return await self._run()

    async def _run(self) -> float:
        self._started = False
        self._finished.clear()
        started = time.perf_counter()
        await self._ask()
        async with asyncio.timeout(self.wait_seconds):
            await self._finished.wait()
        return time.perf_counter() - started

    async def _ask(self, fragment: str = "") -> None:
        state = ClientState(
            query_string=self.query,
            page_script_hash=self._page,
            page_name="" if self._page else self._path,
            fragment_id=fragment,
            is_auto_rerun=bool(fragment),
            cached_message_hashes=list(self._kept),
        )
        state.widget_states.widgets.extend(self._states.values())
        state.context_info.locale = "en-GB"
        state.context_info.timezone = "UTC"
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def leave(self) -> None:
        """Wait until nothing runs for this page, so that no run loses the one it is for."""
        if self._page:
            async with asyncio.timeout(self.wait_seconds):
                await self._idle.wait()

    async def _listen(self) -> None:
        try:
            async for payload in self.socket:
                message = ForwardMsg()
                message.ParseFromString(payload)
                self._take(message)
        finally:
            self._stop(*self._repeating)

    def _take(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self._kept[message.hash] = 0
        match message.WhichOneof("type"):
            case "new_session":
                # A fragment's run leaves the rest of the page as it is.
                if not message.metadata.run.fragment_ids:
                    self._started = True
                    self._drawn.clear()
                    self._stop(*self._repeating)  # those that are drawn again ask again
                    self._page = message.new_session.page_script_hash
            case "navigation":
                self.pages = {
                    page.url_pathname: page.page_script_hash
                    for page in message.navigation.app_pages
                }
                self._page = message.navigation.page_script_hash
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._see(message.delta.new_element)
            case "auto_rerun":
                self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop(*message.stop_auto_rerun.fragment_ids)
            case "session_event" if message.session_event.HasField("script_compilation_exception"):
                self.faults.append(message.session_event.script_compilation_exception.message)
            case "session_status_changed":
                if message.session_status_changed.script_is_running:
                    self._idle.clear()
                else:
                    self._idle.set()
            case "script_finished":
                self._end(message.script_finished)

    def _see(self, element: Element) -> None:
        match element.WhichOneof("type"):
            case "exception":
                self.faults.append(f"{element.exception.type}: {element.exception.message}")
            case "alert" if element.alert.format == element.alert.ERROR:
                self.faults.append(element.alert.body)
            case "selectbox":
                box = element.selectbox
                key = box.id.split("-", 2)[2]  # after a mark and a hash
                self._drawn.add(box.id)
                self._ids[key] = box.id
                self.options[key] = list(box.options)
                if box.set_value:
                    self._states[box.id] = WidgetState(id=box.id, string_value=box.raw_value)

    def _end(self, status: ForwardMsg.ScriptFinishedStatus.ValueType) -> None:
        if status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            return
        self._kept = {name: age + 1 for name, age in self._kept.items() if age < _KEPT_RUNS}
        # One that is run anew has not finished, and the end of an earlier run is not this one's.
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN or not self._started:
            return
        # As a browser does: the state of a widget that is no longer there is not sent again.
        self._states = {name: it for name, it in self._states.items() if name in self._drawn}
        self.live_runs += self._finished.is_set()
        self._finished.set()

    def _repeat(self, fragment: str, seconds: float) -> None:
        if fragment not in self._repeating:
            self._repeating[fragment] = asyncio.create_task(self._every(fragment, seconds))

    async def _every(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._ask(fragment)

    def _stop(self, *fragments: str) -> None:
        for fragment in fragments:
            if fragment in self._repeating:
                self._repeating.pop(fragment).cancel()


@asynccontextmanager
async def reader(address: str, *, wait_seconds: float = 60.0) -> AsyncIterator[Reader]:
    """A new reader of the app at ``address``, such as ``http://127.0.0.1:8501``.

    Parameters
    ----------
    wait_seconds : after which a run that has not ended raises ``TimeoutError``, also on leaving.

    Raises
    ------
    ValueError
        The address is not of this machine.
    """
    async with connect(
        f"ws://{loopback(address)}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]  # a plain str is one
        max_size=_LARGEST_MESSAGE,
        proxy=None,
    ) as socket:
        opened = Reader(socket, wait_seconds)
        listening = asyncio.create_task(opened._listen())
        try:
            yield opened
            await opened.leave()
        finally:
            listening.cancel()


def loopback(address: str) -> str:
    """Host and port of an address of this machine; any other is refused."""
    parts = urlsplit(address)
    try:
        is_here = ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_here = parts.hostname == "localhost"
    if not is_here:
        raise ValueError(f"{address} is not on this machine; load goes nowhere else")
    return parts.netloc
