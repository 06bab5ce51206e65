"""Sources in time, by a clock that the test turns."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from ecom import sources
from ecom.errors import SourceError
from ecom.ingest.service import FileOutcome
from ecom.sources import is_being_pulled, pull_due, pull_now, watch
from ecom.store import Store
from ecom.store.sources import Source, delete_source, find_source, note_pull, save_source

START = datetime(2026, 3, 1, 10)


class Clock:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pulled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names in the order they are pulled; a pull of these tests only notes its time."""
    names: list[str] = []

    def note(store: Store, source: Source, *, now: datetime, **_: object) -> FileOutcome:
        names.append(source.name)
        note_pull(store, source.source_id, at=now, problem=())
        return FileOutcome(source.name)

    monkeypatch.setattr(sources, "pull", note)
    return names


@pytest.fixture
def save(store: Store) -> Callable[..., Source]:
    def _save(name: str, **options: object) -> Source:
        return save_source(store, Source(name, "DB", "orders", **options))  # type: ignore[arg-type]

    return _save


def test_each_source_is_pulled_when_its_time_has_come(store, clock, pulled, save) -> None:
    save("hourly", every_minutes=60)
    save("by hand")
    save("often", every_minutes=15)
    save("paused", every_minutes=15, is_paused=True)

    def due() -> list[str]:
        pulled.clear()
        pull_due(store, resolve={}.get, clock=clock)
        return list(pulled)

    assert due() == ["hourly", "often"]  # new ones at once
    assert due() == []
    clock.turn(14)
    assert due() == []
    clock.turn(1)
    assert due() == ["often"]
    clock.turn(45)
    assert due() == ["hourly", "often"]
    # A night without the app is made up for once, not as often as it was missed.
    clock.turn(24 * 60)
    assert due() == ["hourly", "often"]
    assert due() == []


def test_a_source_that_fails_waits_for_its_next_time_and_others_go_on(store, clock, save) -> None:
    save("a", every_minutes=30)
    save("b", every_minutes=30)
    outcomes = pull_due(store, resolve={}.get, clock=clock)
    assert ["no secret DB" in str(one.problem) for one in outcomes] == [True, True]
    assert find_source(store, "a").last_pulled_at == START
    assert pull_due(store, resolve={}.get, clock=clock) == ()
    clock.turn(30)
    assert len(pull_due(store, resolve={}.get, clock=clock)) == 2


def test_a_source_edited_or_deleted_meanwhile_is_seen_so(store, clock, pulled, save, monkeypatch):
    _, second, third = (save(name, every_minutes=5) for name in "abc")
    note = sources.pull

    def meddle(store: Store, source: Source, **options: object) -> FileOutcome:
        if source.name == "a":
            delete_source(store, second.source_id)
            note_pull(store, third.source_id, at=clock(), problem=())
        return note(store, source, **options)

    monkeypatch.setattr(sources, "pull", meddle)
    pull_due(store, resolve={}.get, clock=clock)
    assert pulled == ["a"]


def test_a_source_is_never_pulled_twice_at_once(store, clock, save, monkeypatch) -> None:
    own = save("own", every_minutes=5)
    inside, go = threading.Event(), threading.Event()

    def slow(store: Store, source: Source, **_: object) -> FileOutcome:
        inside.set()
        assert go.wait(10)
        return FileOutcome(source.name)

    monkeypatch.setattr(sources, "pull", slow)
    worker = threading.Thread(target=pull_now, args=(store, own), kwargs={"resolve": {}.get})
    worker.start()
    try:
        assert inside.wait(10)
        assert is_being_pulled(store, own)
        with pytest.raises(SourceError, match="already"):
            pull_now(store, own, resolve={}.get)
        assert pull_due(store, resolve={}.get, clock=clock) == ()
    finally:
        go.set()
        worker.join(10)
    assert not is_being_pulled(store, own)
    assert pull_now(store, own, resolve={}.get).file_name == "own"


def test_a_fault_of_ours_is_a_sentence_and_frees_the_source(store, save, monkeypatch) -> None:
    own = save("own")

    def broken(name: str) -> str:
        raise ZeroDivisionError

    outcome = pull_now(store, own, resolve=broken)
    assert "fault in the program" in str(outcome.problem)
    assert not is_being_pulled(store, own)
    assert "fault in the program" in str(find_source(store, "own").problem[0])


def test_the_watch_survives_a_store_that_can_not_be_read(store, monkeypatch) -> None:
    looks, stop = [], threading.Event()

    def look(*_: object, **__: object) -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise OSError("away for a moment")

    monkeypatch.setattr(sources, "pull_due", look)
    watcher = threading.Thread(
        target=watch, args=(store,), kwargs={"resolve": {}.get, "stop": stop, "poll_seconds": 0}
    )
    watcher.start()
    watcher.join(10)
    assert not watcher.is_alive()
    assert len(looks) == 3
