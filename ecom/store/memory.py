"""What this process asks of the system's memory."""

from __future__ import annotations

import ctypes
import os

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1  # of the C library's ``mallopt``
_MB = 1 << 20
_OWN_PIECE = 32 * _MB  # the largest that is allowed
_SPARE = 64 * _MB


def reuse_memory() -> None:
    """Keep some freed memory for the next array instead of giving it back at once.

    A report makes some hundred arrays of a few megabytes. Left alone, the C library gives the
    memory of each back to the system, which fills the next one with zeros, page by page: a fifth
    of what a funnel of two hundred thousand visits takes. Other C libraries than glibc have no such
    setting and stay as they are; so does a process whose environment says it itself, ``MALLOC_…``.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_MMAP_THRESHOLD, _OWN_PIECE)
    mallopt(_TRIM_THRESHOLD, _SPARE)
