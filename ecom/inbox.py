"""The inbox: a folder whose files the running app imports, each of them once.

The embedded database lets one process write. Whoever has it open watches the folder, and other
programs hand their files over by putting them there. Apps that share a database server may share
the folder as well: a file belongs to the one that locks it first.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ecom.i18n import Language
from ecom.ingest import FileOutcome
from ecom.jobs import Jobs
from ecom.store import Shop, Store

try:
    import fcntl
except ImportError:  # Windows: one app an inbox
    fcntl = None  # type: ignore[assignment]

DEFAULT_FOLDER = "data/inbox"
_PART = ".part"
_SHOP = ".shop"  # a file beside the export that holds the shop's id
_LOG = logging.getLogger(__name__)
_ENGLISH = Language("en")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look into the folder found: every waiting file's size and time of change."""

    sizes: tuple[tuple[Path, int, int], ...] = ()


def watch(
    store: Store,
    folder: Path,
    *,
    jobs: Jobs | None = None,
    owner: str = "",
    poll_seconds: float = 1.0,
    stop: threading.Event,
) -> None:
    """Import what is dropped into the folder until ``stop`` is set.

    Parameters
    ----------
    folder : made if it is not there. Imported files move to ``done`` in it, refused ones to
        ``failed`` with a text file that says why.
    jobs, owner : the queue that the imports run in and show in, and whose they are there.
    poll_seconds : between two looks; a file is taken once it did not grow between two of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = Look()
    queue = Jobs() if jobs is None else jobs
    while not stop.wait(poll_seconds):
        try:
            now = look(folder)
            _import(store, folder, _settled(before, now), queue, owner)
            before = now
        except Exception:
            # A folder that is gone for a moment must not end the watch.
            _LOG.exception("the inbox %s could not be read", folder)


def scan_once(
    store: Store, folder: Path, *, settle_seconds: float = 0.2
) -> tuple[FileOutcome, ...]:
    """Import what lies in the folder now and did not grow within ``settle_seconds``."""
    before = look(folder)
    time.sleep(settle_seconds)
    with Jobs() as queue:
        return _import(store, folder, _settled(before, look(folder)), queue, "")


def look(folder: Path) -> Look:
    """See which files wait; hidden ones and those still being written (``.part``) do not."""
    found = []
    for path in sorted(folder.iterdir()):
        skipped = path.name.startswith(".") or path.suffix.lower() in (_PART, _SHOP)
        if not skipped and path.is_file():
            with suppress(FileNotFoundError):  # another app has just put it away
                state = path.stat()
                found.append((path, state.st_size, state.st_mtime_ns))
    return Look(tuple(found))


def hand_over(paths: Iterable[Path], folder: Path, *, shop_id: str | None = None) -> list[Path]:
    """Put copies into the inbox of the app that has the database open.

    Parameters
    ----------
    shop_id : whose exports they are, if the person said so.

    Returns
    -------
    list of Path
        The copies; none of them is seen before it is complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handed = []
    for path in paths:
        target = _free(folder / path.name)
        part = target.with_name(target.name + _PART)
        shutil.copy2(path, part)
        if shop_id is not None:
            _sidecar(target).write_text(shop_id, encoding="utf-8")
        part.rename(target)
        handed.append(target)
    return handed


def _claim(path: Path) -> BinaryIO | None:
    """The file, locked until it is closed or the process dies; None where another app has it."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    if fcntl is None:
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_here = os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        is_here = False
    except OSError:
        return file  # a file system without locks: the store itself takes no file twice
    if not is_here:
        file.close()
        return None
    return file


def _settled(before: Look, now: Look) -> list[Path]:
    return [entry[0] for entry in now.sizes if entry in before.sizes]


def _import(
    store: Store, folder: Path, paths: list[Path], jobs: Jobs, owner: str
) -> tuple[FileOutcome, ...]:
    """Put those that no other app has into the queue and wait for the last."""
    outcomes: dict[Path, FileOutcome] = {}
    held = {path: file for path in paths if (file := _claim(path)) is not None}

    def put_away(path: Path, outcome: FileOutcome) -> None:
        outcomes[path] = outcome
        _put_away(path, folder, outcome)
        _sidecar(path).unlink(missing_ok=True)

    numbers = []
    for path in held:
        sidecar = _sidecar(path)
        shop_id = sidecar.read_text(encoding="utf-8").strip() if sidecar.exists() else None
        shop = Shop(shop_id) if shop_id else None
        after = partial(put_away, path)
        numbers.append(jobs.submit_file(store, path, shop=shop, owner=owner, after=after))
    for number in numbers:
        jobs.wait(number)
    for file in held.values():
        file.close()
    return tuple(outcomes[path] for path in paths if path in outcomes)


def _put_away(path: Path, folder: Path, outcome: FileOutcome) -> None:
    shelf = folder / ("done" if outcome.problem is None else "failed")
    shelf.mkdir(exist_ok=True)
    target = _free(shelf / path.name)
    if outcome.problem is not None:
        reasons = [outcome.problem, *([outcome.remedy] if outcome.remedy else [])]
        reason = "\n".join(_ENGLISH.say(text) for text in reasons)
        target.with_name(target.name + ".txt").write_text(reason + "\n", encoding="utf-8")
    path.rename(target)


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + _SHOP)


def _free(path: Path) -> Path:
    """The path itself, or with a number when something of that name is there."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
