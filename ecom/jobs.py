"""Imports in the background: several at once, each watched and called off on its own.

Files are examined side by side; the store lets them in one after the other. One queue serves all
readers of the app.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ecom.errors import Cancelled, InvalidParameter
from ecom.ingest import Examination, FileOutcome, import_file, load_examined, outcome_of
from ecom.progress import Watch
from ecom.store import Shop, Store
from ecom.text import Text, message

Work = Callable[[Watch], FileOutcome]
After = Callable[[FileOutcome], None]
_WAITING = message("Waiting")
_LOG = logging.getLogger(__name__)


class State(StrEnum):
    """Where a job stands; the last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Job:
    """One import as it stands now.

    Attributes
    ----------
    owner : who sees it; the key of a workspace.
    share, doing : how far it is, 0..1, and what is being done: reading, checking, storing ...
    outcome : once it has ended; of a cancelled one the ``problem`` says so.
    ended_at : seconds of ``time.monotonic``.
    """

    job_id: int
    owner: str
    file_name: str
    state: State = State.WAITING
    share: float = 0.0
    doing: Text = _WAITING
    outcome: FileOutcome | None = None
    ended_at: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.state in ENDED


class Jobs:
    """A queue of imports and the threads that work it off.

    Parameters
    ----------
    workers : files examined at the same time.
    kept, kept_seconds : how many ended jobs are remembered, and for how long.
    """

    def __init__(self, *, workers: int = 2, kept: int = 100, kept_seconds: float = 3_600) -> None:
        self._kept, self._kept_seconds = kept, kept_seconds
        self._jobs: dict[int, Job] = {}
        self._called_off: dict[int, threading.Event] = {}
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._waiting: queue.SimpleQueue[tuple[int, Work, After | None] | None]
        self._waiting = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, name=f"import-{number}", daemon=True)
            for number in range(1, workers + 1)
        ]
        for thread in self._threads:
            thread.start()

    def submit_file(
        self,
        store: Store,
        path: Path,
        *,
        shop: Shop | None = None,
        owner: str = "",
        file_name: str | None = None,
        after: After | None = None,
    ) -> int:
        """Import a file in the background.

        Parameters
        ----------
        path : stays where it is until the job has ended.
        shop : as for ``ecom.ingest.import_files``.
        file_name : the name the person knows, when ``path`` is a temporary copy.
        after : called with the outcome at the end, however it ended: to put the file away.

        Returns
        -------
        int
            The job's number.
        """
        name = file_name or path.name

        def work(watch: Watch) -> FileOutcome:
            return import_file(store, path, shop=shop, file_name=name, watch=watch)

        return self.submit(work, owner=owner, file_name=name, after=after)

    def submit_examined(
        self,
        store: Store,
        examination: Examination,
        *,
        owner: str = "",
        confirmed: bool = False,
        after: After | None = None,
    ) -> int:
        """Load a file that was examined, in the background; returns the job's number.

        ``confirmed`` is as for ``ecom.ingest.load_examined``.
        """

        def work(watch: Watch) -> FileOutcome:
            return load_examined(
                store,
                examination,
                confirmed=confirmed,
                progress=watch.progress,
                cancelled=watch.cancelled,
            )

        return self.submit(work, owner=owner, file_name=examination.file_name, after=after)

    def submit(
        self, work: Work, *, owner: str = "", file_name: str = "", after: After | None = None
    ) -> int:
        """Do any work on a file in the background; returns the job's number.

        Parameters
        ----------
        work : gets the watch it has to tell and to ask; what it raises becomes the outcome.
        after : called with the outcome at the end, however it ended.
        """
        with self._changed:
            self._forget()
            job_id = next(self._numbers)
            self._jobs[job_id] = Job(job_id, owner, file_name)
            self._called_off[job_id] = threading.Event()
        self._waiting.put((job_id, work, after))
        return job_id

    def cancel(self, job_id: int) -> None:
        """Call a job off; one that has ended stays as it is."""
        with self._changed:
            job = self._known(job_id)
            if not job.is_over:
                self._called_off[job_id].set()
                self._change(job_id, doing=message("Cancelling"))

    def job(self, job_id: int) -> Job:
        """One job as it stands.

        Raises
        ------
        InvalidParameter
            It never was, or ended too long ago.
        """
        with self._changed:
            return self._known(job_id)

    def of(self, owner: str) -> tuple[Job, ...]:
        """The jobs of a workspace, newest first."""
        with self._changed:
            self._forget()
            mine = [job for job in self._jobs.values() if job.owner == owner]
        return tuple(reversed(mine))

    def wait(self, job_id: int, *, seconds: float | None = None) -> Job:
        """Wait until a job has ended, ``seconds`` at most."""
        with self._changed:
            self._changed.wait_for(lambda: self._known(job_id).is_over, timeout=seconds)
            return self._known(job_id)

    def close(self) -> None:
        """Call off what has not ended, and end the threads."""
        with self._changed:
            for called_off in self._called_off.values():
                called_off.set()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Jobs:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- inside ------------------------------------------------------------------------------

    def _serve(self) -> None:
        while (next_one := self._waiting.get()) is not None:
            self._run(*next_one)

    def _run(self, job_id: int, work: Work, after: After | None) -> None:
        def progress(share: float, doing: Text) -> None:
            with self._changed:
                self._change(job_id, share=share, doing=doing, state=State.RUNNING)

        watch = Watch(progress, self._called_off[job_id].is_set)
        name = self.job(job_id).file_name
        try:
            watch.check()
            outcome = outcome_of(name, lambda: work(watch))
            state = State.DONE if outcome.problem is None else State.FAILED
        except Cancelled as error:
            outcome = FileOutcome(name, problem=error.problem, remedy=error.remedy)
            state = State.CANCELLED
        if after is not None:
            try:
                after(outcome)
            except Exception:
                # The import itself has ended well or not; that much stays to be told.
                _LOG.exception("what follows the import of %s failed", name)
        with self._changed:
            self._change(job_id, state=state, share=1.0, outcome=outcome, ended_at=time.monotonic())
            del self._called_off[job_id]

    def _change(self, job_id: int, **news: object) -> None:
        self._jobs[job_id] = replace(self._jobs[job_id], **news)  # type: ignore[arg-type]  # fields of Job
        self._changed.notify_all()

    def _known(self, job_id: int) -> Job:
        if job_id not in self._jobs:
            raise InvalidParameter(
                message("There is no import {number}.", number=job_id),
                message("The list of imports shows those of the last hour."),
            )
        return self._jobs[job_id]

    def _forget(self) -> None:
        """Let go of what ended long ago: outcomes hold findings, findings hold cells."""
        ended = [job for job in self._jobs.values() if job.ended_at is not None]
        latest = time.monotonic() - self._kept_seconds
        too_many = len(ended) - self._kept
        for place, job in enumerate(sorted(ended, key=lambda job: job.ended_at or 0.0)):
            if place < too_many or (job.ended_at or 0.0) < latest:
                del self._jobs[job.job_id]
