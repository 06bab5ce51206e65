"""What of a large file lies on the disk between its examination and its loading; plans anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ecom.jobs import Jobs
from ecom.store import Store
from ecom.ui.data.desk import Desk, Looked, Request

EVENTS = (
    b"event_time,event_name,visitor_id,session_id\n"
    b"2026-03-01 10:00:00,page_view,v1,s1\n"
    b"2026-03-01 10:01:00,page_view,v2,s2\n"
)
REQUEST = Request("digest", "events.csv", None, (), ())


@pytest.fixture
def desk(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk for which every event log is a large one."""
    # The package has a function of the same name.
    monkeypatch.setattr(sys.modules["ecom.ingest.examine"], "STREAMED_BYTES", 10)
    with Jobs() as jobs:
        opened = Desk(store, jobs, owner="team", stays=True)
        yield opened
        opened.close()


def _looked(desk: Desk, request: Request = REQUEST) -> Looked:
    desk.look(request, memoryview(EVENTS))
    _until_quiet(desk)
    looked = desk.known(request)
    assert looked.plan is not None
    assert [account.new for account in looked.plan.accounts] == [2]
    return looked


def _until_quiet(desk: Desk) -> None:
    with desk._changed:
        assert desk._changed.wait_for(lambda: not desk._running and not desk._loading, 60)


def test_the_copy_goes_when_the_file_is_loaded(desk: Desk, store: Store) -> None:
    copy = _looked(desk).kept
    assert copy is not None
    assert copy.read_bytes() == EVENTS
    desk.load(REQUEST, confirmed=True)
    _until_quiet(desk)
    (outcome,) = desk.loads.values()
    assert outcome is not None
    assert outcome.problem is None
    assert desk.is_loaded("digest")
    assert store.batches()["rows_new"].tolist() == [2]
    assert not copy.exists()


def test_the_copy_goes_when_the_file_is_taken_away(desk: Desk) -> None:
    copy = _looked(desk).kept
    assert copy is not None
    desk.keep([], [])
    assert not copy.exists()


def test_the_copy_goes_with_the_session(desk: Desk) -> None:
    copy = _looked(desk).kept
    assert copy is not None
    desk.close()
    assert not copy.parent.exists()


def test_a_small_file_leaves_no_copy(store: Store) -> None:
    with Jobs() as jobs:
        desk = Desk(store, jobs, owner="team", stays=True)
        assert _looked(desk).kept is None
        assert list(Path(desk._folder.name).iterdir()) == []
        desk.close()


def test_a_plan_follows_the_store(desk: Desk, store: Store) -> None:
    desk._stays = False  # read as a whole, so that it is tried anew
    looked = _looked(desk)
    other = replace(REQUEST, digest="other", file_name="same.csv")
    _looked(desk, other)
    desk.load(other, confirmed=True)
    _until_quiet(desk)
    desk.refresh(REQUEST, store.version)
    _until_quiet(desk)
    plan = desk.known(REQUEST).plan
    assert store.version > looked.version
    assert plan is not None
    assert [(account.new, account.unchanged) for account in plan.accounts] == [(0, 2)]
