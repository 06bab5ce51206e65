"""The queue of imports: side by side, each told, called off and forgotten on its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecom.errors import InvalidParameter
from ecom.ingest import FileOutcome, examine_for_store
from ecom.jobs import Jobs, State
from ecom.store import Shop, Store

ORDERS = "order_id,created_at,paid_at,status,paid_amount,currency\n"
SHOP = Shop("shop", "own", "", "CNY", "Asia/Shanghai")


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    with Jobs() as queue:
        yield queue


def orders(folder: Path, number: int) -> Path:
    path = folder / f"orders{number}.csv"
    path.write_text(
        f"{ORDERS}o{number},2026-03-01 10:00:00,2026-03-01 10:01:00,paid,100.00,CNY\n",
        encoding="utf-8",
    )
    return path


def test_several_files_at_once_all_arrive(store: Store, jobs: Jobs, tmp_path: Path) -> None:
    put_away: list[str] = []
    numbers = [
        jobs.submit_file(
            store,
            orders(tmp_path, number),
            shop=SHOP,
            owner="team",
            after=lambda outcome: put_away.append(outcome.file_name),
        )
        for number in range(5)
    ]
    ended = [jobs.wait(number, seconds=60) for number in numbers]
    assert {job.state for job in ended} == {State.DONE}
    assert [job.outcome.accounts[0].new for job in ended if job.outcome] == [1] * 5
    assert sorted(put_away) == [f"orders{number}.csv" for number in range(5)]
    assert len(store.batches()) == 5
    assert [job.job_id for job in jobs.of("team")] == numbers[::-1]
    assert jobs.of("somebody else") == ()


def test_a_refused_file_fails_and_says_why(store: Store, jobs: Jobs, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    job = jobs.wait(jobs.submit_file(store, path), seconds=60)
    assert job.state is State.FAILED
    assert job.outcome is not None
    assert "empty" in str(job.outcome.problem)


def test_what_was_examined_is_loaded(store: Store, jobs: Jobs, tmp_path: Path) -> None:
    examination = examine_for_store(store, orders(tmp_path, 1), shop=SHOP)
    job = jobs.wait(jobs.submit_examined(store, examination), seconds=60)
    assert job.state is State.DONE
    assert job.share == 1.0


def test_a_waiting_job_is_called_off_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    started, go_on = threading.Event(), threading.Event()
    outcomes: list[FileOutcome] = []

    def hold(_: FileOutcome) -> None:
        started.set()
        go_on.wait(60)

    with Jobs(workers=1) as queue:
        first = queue.submit_file(store, orders(tmp_path, 1), shop=SHOP, after=hold)
        second = queue.submit_file(store, orders(tmp_path, 2), shop=SHOP, after=outcomes.append)
        assert started.wait(60)
        assert queue.job(second).state is State.WAITING
        queue.cancel(second)
        go_on.set()
        assert queue.wait(second, seconds=60).state is State.CANCELLED
        assert queue.wait(first, seconds=60).state is State.DONE
        queue.cancel(first)  # too late; nothing happens
    assert len(store.batches()) == 1
    assert [one.file_name for one in outcomes] == ["orders2.csv"]


def test_old_jobs_are_forgotten(store: Store, tmp_path: Path) -> None:
    with Jobs(kept=2) as queue:
        numbers = [queue.submit_file(store, orders(tmp_path, number)) for number in range(4)]
        for number in numbers:
            queue.wait(number, seconds=60)
        assert [job.job_id for job in queue.of("")] == numbers[:1:-1]
        with pytest.raises(InvalidParameter, match="There is no import 1"):
            queue.job(numbers[0])
    with Jobs(kept_seconds=0) as queue:
        queue.wait(queue.submit_file(store, orders(tmp_path, 9)), seconds=60)
        assert queue.of("") == ()
