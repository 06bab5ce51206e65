"""Sources in time: each pulled when it is due or when somebody asks, never twice at once."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ecom.errors import SourceError
from ecom.ingest.pull import Resolve, pull
from ecom.ingest.service import FileOutcome
from ecom.store import Store
from ecom.store.sources import Source, list_sources
from ecom.text import message

_LOG = logging.getLogger(__name__)
_busy: set[tuple[int, int]] = set()  # the store's identity and the source's number
_turn = threading.Lock()


def environment_url(name: str) -> str | None:
    """The URL that the environment variable of this name holds."""
    return os.environ.get(name) or None


def utc_now() -> datetime:
    """The time, as the store writes it."""
    return datetime.now(UTC).replace(tzinfo=None)


def watch(
    store: Store,
    *,
    resolve: Resolve,
    stop: threading.Event,
    poll_seconds: float = 30.0,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Pull what is due, one source after the other, until ``stop`` is set.

    Parameters
    ----------
    resolve : finds the URL by the name of its secret.
    poll_seconds : between two looks at the list.
    clock : says the time, UTC.
    """
    while not stop.wait(poll_seconds):
        try:
            pull_due(store, resolve=resolve, clock=clock)
        except Exception:
            # A store that can't be read for a moment must not end the watch.
            _LOG.exception("the list of sources could not be read")


def pull_due(
    store: Store, *, resolve: Resolve, clock: Callable[[], datetime] = utc_now
) -> tuple[FileOutcome, ...]:
    """Pull the sources whose time has come; a source that is being pulled is passed over."""
    outcomes = []
    for name in [source.name for source in list_sources(store) if is_due(source, clock())]:
        # Read anew: the pull before may have taken long, and somebody may have edited this one.
        found = next((one for one in list_sources(store) if one.name == name), None)
        if found is None or not is_due(found, clock()):
            continue
        try:
            outcomes.append(pull_now(store, found, resolve=resolve, clock=clock))
        except SourceError:
            continue  # somebody pulls it by hand at this moment
    return tuple(outcomes)


def is_due(source: Source, now: datetime) -> bool:
    """Whether a source is to be pulled by itself now."""
    planned = source.next_pull(now)
    return planned is not None and planned <= now


def pull_now(
    store: Store,
    source: Source,
    *,
    resolve: Resolve,
    clock: Callable[[], datetime] = utc_now,
) -> FileOutcome:
    """Pull a source at once, paused or not.

    Raises
    ------
    SourceError
        It is being pulled already; no other fault is raised (see ``ecom.ingest.pull.pull``).
    """
    with _alone(store, source):
        return pull(store, source, resolve=resolve, now=clock())


def is_being_pulled(store: Store, source: Source) -> bool:
    """Whether somebody pulls the source at this moment."""
    return (id(store), source.source_id) in _busy


@contextmanager
def _alone(store: Store, source: Source) -> Iterator[None]:
    """Keep others away from a source, or refuse when they are there."""
    mine = (id(store), source.source_id)
    with _turn:
        if mine in _busy:
            raise SourceError(
                message("“{name}” is being pulled already.", name=source.name),
                message("Wait until it is done."),
            )
        _busy.add(mine)
    try:
        yield
    finally:
        with _turn:
            _busy.discard(mine)
