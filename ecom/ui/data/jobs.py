"""Running imports on the data page: how far each is, a button to call it off, what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

import streamlit as st

from ecom.jobs import Job, State
from ecom.text import message
from ecom.ui.data.desk import Desk
from ecom.ui.data.examined import show_outcome
from ecom.ui.frame import View
from ecom.ui.words import plain
from ecom.ui.workspace import import_jobs

_LOOK_SECONDS = 1.0
_REDRAW_SECONDS = 3.0  # files that are ready join the page this often while others are read
_SHOWN_RUNNING, _SHOWN_ENDED = 6, 5  # the oldest running, the newest ended
_CLOSED = "jobs.closed"  # outcomes that this session has closed
_SINCE = "jobs.since"  # when this session first looked; what had ended before is history


def show_running(view: View, desk: Desk) -> None:
    """This session's examinations and loads while they go on.

    Only this list looks every second. The page is drawn anew when the last has ended, and now and
    then before that, never while nothing has changed.
    """
    at_first = {job.job_id for job in desk.running()}
    if not at_first:
        return
    drawn = time.monotonic()

    @st.fragment(run_every=_LOOK_SECONDS)
    def _list() -> None:
        now = desk.running()
        _bars(view, now, desk.cancel)
        has_ended = at_first - {job.job_id for job in now}
        if not now or (has_ended and time.monotonic() - drawn > _REDRAW_SECONDS):
            st.rerun()

    _list()


def show_jobs(view: View, *, without: Collection[int] = ()) -> None:
    """What others and the inbox import into the workspace; looks again every second while one is running.

    The rest of the page is not run again: open pages notice a new store version by themselves.

    Parameters
    ----------
    without : numbers of jobs that are shown elsewhere.
    """
    jobs = _shown(view, without)
    if not jobs:
        return
    running = any(not job.is_over for job in jobs)

    @st.fragment(run_every=_LOOK_SECONDS if running else None)
    def _list() -> None:
        now = _shown(view, without)
        if now:
            st.caption(view.say(message("Imported by colleagues, or from the inbox folder")))
        _bars(view, [job for job in now if not job.is_over], import_jobs().cancel)
        for job in now:
            if job.is_over:
                _ended(view, job)
        if running and all(job.is_over for job in now):
            st.rerun()  # nothing runs any more, so nobody has to look again

    _list()


def _shown(view: View, without: Collection[int]) -> tuple[Job, ...]:
    hidden = {*st.session_state.setdefault(_CLOSED, set()), *without}
    jobs = [job for job in import_jobs().of(view.workspace.key) if job.job_id not in hidden]
    running = [job for job in reversed(jobs) if not job.is_over]
    since = st.session_state.setdefault(_SINCE, time.monotonic())
    ended = [job for job in jobs if job.is_over and (job.ended_at or since) >= since]
    return (*running, *ended[:_SHOWN_ENDED])


def _bars(view: View, running: Sequence[Job], cancel: Callable[[int], None]) -> None:
    for job in running[:_SHOWN_RUNNING]:
        left, right = _row()
        with left:
            st.progress(job.share, plain(f"{job.file_name}: {view.say(job.doing)}"))
        with right:
            st.button(
                view.say(message("Cancel")),
                key=f"job_cancel_{job.job_id}",
                on_click=cancel,
                args=(job.job_id,),
            )
    more = len(running) - _SHOWN_RUNNING
    if more > 0:
        st.caption(view.say(message("{count} more are waiting.", count=more)))


def _ended(view: View, job: Job) -> None:
    left, right = _row()
    with left:
        if job.state is State.CANCELLED:
            st.info(plain(view.say(message("{file} was cancelled.", file=job.file_name))))
        elif job.outcome is not None:
            show_outcome(view, job.outcome)
    with right:
        st.button(
            view.say(message("Dismiss")),
            key=f"job_close_{job.job_id}",
            on_click=st.session_state[_CLOSED].add,
            args=(job.job_id,),
        )


def _row() -> tuple[st.delta_generator.DeltaGenerator, st.delta_generator.DeltaGenerator]:
    """Room for words, and beside it for a button that keeps its width."""
    row = st.container(horizontal=True, vertical_alignment="center")
    return row.container(width="stretch"), row.container(width="content")
