"""The files a session has dropped: each examined once, in the background, and tried on the store."""

from __future__ import annotations

import itertools
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from ecom.errors import PasswordNeeded
from ecom.ingest import Examination, FileOutcome, examine_for_store, load_examined
from ecom.jobs import Job, Jobs
from ecom.model import Period
from ecom.progress import Watch
from ecom.store import Shop, Store

PATIENCE_SECONDS = 1.5  # what is done by then is shown at once, without a bar
_LOOKING = 0.6  # share of the work before the file is tried on the store


@dataclass(frozen=True, slots=True)
class Request:
    """All that decides what a file is read as; the same request is examined once.

    Attributes
    ----------
    digest : SHA-256 of the content.
    file_name : as dropped; it may say the days.
    shop : whose it is, as the reader says.
    known, taught : the store's shops and mappings, which decide where the reader says nothing.
    chosen, days : layout and days of a table by its place in the file, as the reader says.
    """

    digest: str
    file_name: str
    shop: Shop | None
    known: tuple[Shop, ...]
    taught: tuple[int, ...]
    chosen: tuple[tuple[int, str], ...] = ()
    days: tuple[tuple[int, Period], ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What has been found out about a request so far; nothing yet, at first.

    Attributes
    ----------
    examination, plan : what the file holds, and what loading it would do.
    version : of the store that ``plan`` was, or is just being, made on.
    outcome : the fault, where it can't be read.
    is_locked : the fault is that a password is needed.
    is_cancelled : the reader called it off.
    kept : a copy of a large file, which is read again while it is loaded.
    """

    examination: Examination | None = None
    plan: FileOutcome | None = None
    version: int = 0
    outcome: FileOutcome | None = None
    is_locked: bool = False
    is_cancelled: bool = False
    kept: Path | None = None

    @property
    def is_over(self) -> bool:
        """Whether the examination has ended, one way or another."""
        return self.plan is not None or self.outcome is not None


class Desk:
    """What one session has dropped into one workspace, and what is being done with it.

    Parameters
    ----------
    store : where the files would go.
    jobs : the queue that all sessions share.
    owner : who sees the loads; the key of the workspace. Examinations are seen by this session.
    stays : whether a large file may lie on the disk between its examination and its loading.
    """

    def __init__(self, store: Store, jobs: Jobs, *, owner: str, stays: bool) -> None:
        self.loads: dict[int, FileOutcome | None] = {}  # this session's, by number of the job
        self._store, self._jobs, self._owner, self._stays = store, jobs, owner, stays
        self._me = uuid4().hex
        self._folder = tempfile.TemporaryDirectory(prefix="dropped-")
        self._copies = itertools.count()
        self._changed = threading.Condition()
        self._looked: dict[Request, Looked] = {}
        self._running: dict[int, Request] = {}  # examinations and trials
        self._loading: dict[int, str] = {}  # digests, by number of the job
        self._loaded: set[str] = set()
        self._called_off: set[int] = set()
        self._passwords: dict[str, str] = {}  # in memory only, until the file is taken away
        self._patient_until = 0.0
        self._is_closed = False

    # --- looking ------------------------------------------------------------------------------

    def look(self, request: Request, content: memoryview) -> Looked:
        """What is known about a request; one that is new is put into the queue."""
        with self._changed:
            if request not in self._looked:
                self._looked[request] = Looked()
                self._begin(request, partial(self._examine, request, content))
            return self._looked[request]

    def known(self, request: Request) -> Looked:
        """What is known about a request that was looked at before."""
        return self._looked[request]

    def try_again(self, request: Request) -> None:
        """Forget what came of a request, so that the next look begins anew."""
        with self._changed:
            self._drop(request)

    def open_with(self, digest: str, password: str) -> None:
        """Use a password for a file from now on."""
        with self._changed:
            self._passwords[digest] = password
            for request in [one for one in self._looked if one.digest == digest]:
                self._drop(request)

    def refresh(self, request: Request, version: int) -> None:
        """Try an examined file anew on a store that has changed; until then the old plan stands.

        Large files that are read in blocks keep their first plan: a trial reads all of them.
        """
        with self._changed:
            looked = self._looked[request]
            if looked.plan is None or looked.version == version or looked.kept is not None:
                return
            self._looked[request] = replace(looked, version=version)
            self._begin(request, partial(self._try_on, request))

    def keep(self, requests: Iterable[Request], digests: Iterable[str]) -> None:
        """Let go of everything about files that are no longer there."""
        wanted, there = set(requests), set(digests)
        with self._changed:
            for request in [one for one in self._looked if one not in wanted]:
                self._drop(request)
            self._loaded &= there
            self._passwords = {d: word for d, word in self._passwords.items() if d in there}

    # --- loading ------------------------------------------------------------------------------

    def load(self, request: Request, *, confirmed: bool) -> None:
        """Put the loading of an examined file into the queue."""
        with self._changed:
            looked = self._looked[request]
            assert looked.examination is not None  # only such files are offered
            # The copy now belongs to the load, which takes it away at its end.
            self._looked[request] = replace(looked, kept=None)
            number = self._jobs.submit_examined(
                self._store,
                looked.examination,
                owner=self._owner,
                confirmed=confirmed,
                after=partial(self._after_load, request, looked.kept),
            )
            self.loads[number] = None
            self._loading[number] = request.digest
            self._patient_until = time.monotonic() + PATIENCE_SECONDS

    def is_loading(self, digest: str) -> bool:
        """Whether a file is on its way into the store."""
        return digest in self._loading.values()

    def is_loaded(self, digest: str) -> bool:
        """Whether a file was loaded since it was dropped."""
        return digest in self._loaded

    def close_results(self) -> None:
        """Forget the outcomes of loads that have ended."""
        with self._changed:
            self.loads = {n: outcome for n, outcome in self.loads.items() if outcome is None}

    # --- waiting ------------------------------------------------------------------------------

    def wait(self) -> None:
        """Wait a moment for what was begun just now; never for what has been running longer."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._running and not self._loading,
                timeout=max(0.0, self._patient_until - time.monotonic()),
            )

    def running(self) -> tuple[Job, ...]:
        """What is still going on, oldest first."""
        with self._changed:
            mine = {*self._running, *self._loading}
        jobs = (*self._jobs.of(self._me), *self._jobs.of(self._owner))
        return tuple(
            sorted(
                (job for job in jobs if job.job_id in mine and not job.is_over),
                key=lambda job: job.job_id,
            )
        )

    def cancel(self, job_id: int) -> None:
        """Call an examination or a load off."""
        with self._changed:
            self._called_off.add(job_id)
        self._jobs.cancel(job_id)

    def close(self) -> None:
        """End with the session: examinations are called off, loads that were asked for go on."""
        with self._changed:
            for request in list(self._looked):
                self._drop(request)
            self._is_closed = True
            self._tidy()

    # --- inside; the lock is held, but for what a job does ------------------------------------

    def _begin(self, request: Request, work: partial[FileOutcome]) -> None:
        ticket: list[int] = []  # the number is known once the job is in the queue
        number = self._jobs.submit(
            lambda watch: work(watch),
            owner=self._me,
            file_name=request.file_name,
            after=lambda outcome: self._after_look(ticket, outcome),
        )
        ticket.append(number)
        self._running[number] = request
        self._patient_until = time.monotonic() + PATIENCE_SECONDS

    def _examine(self, request: Request, content: memoryview, watch: Watch) -> FileOutcome:
        # The name stays with the person; on disk only its ending matters.
        suffix = Path(request.file_name).suffix.lower()
        path = Path(self._folder.name) / f"{next(self._copies)}{suffix}"
        kept = None
        looking, trying = watch.part(0.0, _LOOKING), watch.part(_LOOKING, 1.0)
        try:
            path.write_bytes(content)
            examination = examine_for_store(
                self._store,
                path,
                shop=request.shop,
                file_name=request.file_name,
                layout_id=dict(request.chosen),
                password=self._passwords.get(request.digest),
                days=dict(request.days),
                progress=looking.tell,
                stays=self._stays,
            )
            version = self._store.version
            plan = load_examined(self._store, examination, dry_run=True, progress=trying.tell)
            tables = examination.tables
            if any(one.staged is not None and one.staged.parts is not None for one in tables):
                kept = path
            self._learn(request, Looked(examination, plan, version, kept=kept))
        except PasswordNeeded:
            self._learn(request, Looked(is_locked=True))
            raise
        finally:
            if kept is None:
                path.unlink(missing_ok=True)
        return plan

    def _try_on(self, request: Request, watch: Watch) -> FileOutcome:
        looked = self._looked[request]
        assert looked.examination is not None  # only such files are tried
        plan = load_examined(self._store, looked.examination, dry_run=True, progress=watch.tell)
        self._learn(request, replace(looked, plan=plan))
        return plan

    def _learn(self, request: Request, looked: Looked) -> None:
        with self._changed:
            if request in self._looked:  # else it was taken away meanwhile
                self._looked[request] = looked
            elif looked.kept is not None:
                looked.kept.unlink(missing_ok=True)

    def _after_look(self, ticket: list[int], outcome: FileOutcome) -> None:
        with self._changed:
            (number,) = ticket
            request = self._running.pop(number, None)
            looked = None if request is None else self._looked.get(request)
            if request is not None and looked is not None and not looked.is_over:
                off = number in self._called_off
                self._looked[request] = replace(looked, outcome=outcome, is_cancelled=off)
            self._called_off.discard(number)
            self._changed.notify_all()

    def _after_load(self, request: Request, kept: Path | None, outcome: FileOutcome) -> None:
        if kept is not None and outcome.problem is None:
            kept.unlink(missing_ok=True)
        with self._changed:
            (number,) = [n for n, digest in self._loading.items() if digest == request.digest]
            del self._loading[number]
            self.loads[number] = outcome
            looked = self._looked.get(request)
            if outcome.problem is None:
                self._loaded.add(request.digest)
            elif kept is not None and looked is not None:
                self._looked[request] = replace(looked, kept=kept)  # it can be loaded once more
            elif kept is not None:
                kept.unlink(missing_ok=True)
            self._called_off.discard(number)
            self._tidy()
            self._changed.notify_all()

    def _tidy(self) -> None:
        if self._is_closed and not self._loading:
            self._folder.cleanup()

    def _drop(self, request: Request) -> None:
        looked = self._looked.pop(request, None)
        if looked is not None and looked.kept is not None:
            looked.kept.unlink(missing_ok=True)
        for number in [n for n, one in self._running.items() if one == request]:
            del self._running[number]
            self._jobs.cancel(number)
