"""An event loop of a test's own: the browser's tests leave theirs running in the main thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")


def in_own_loop(work: Coroutine[Any, Any, _Answer]) -> _Answer:
    """What the work comes to, run in a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
