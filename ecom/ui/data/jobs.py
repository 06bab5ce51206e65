"""Running imports on the data page: how far each is, a button to call it off, what came of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ecom.ingest import Examination
from ecom.jobs import After, Job, State
from ecom.store import Shop
from ecom.text import message
from ecom.ui.data.examined import show_outcome
from ecom.ui.frame import View
from ecom.ui.words import plain
from ecom.ui.workspace import import_jobs

_LOOK_SECONDS = 1.0
_SHOWN_RUNNING, _SHOWN_ENDED = 10, 5  # the oldest running, the newest ended
_CLOSED = "jobs.closed"  # outcomes that this session has closed


def import_in_background(
    view: View, path: Path, *, shop: Shop | None, file_name: str, after: After | None = None
) -> int:
    """Import a file that stays where it is until ``after`` is called; returns the job's number."""
    return import_jobs().submit_file(
        view.workspace.store,
        path,
        shop=shop,
        owner=view.workspace.key,
        file_name=file_name,
        after=after,
    )


def load_in_background(view: View, examination: Examination, *, after: After | None = None) -> int:
    """Load what was examined; returns the job's number."""
    return import_jobs().submit_examined(
        view.workspace.store, examination, owner=view.workspace.key, after=after
    )


def show_jobs(view: View) -> None:
    """The workspace's imports; looks again every second while one is running.

    The rest of the page is not run again: open pages notice a new store version by themselves.
    """
    jobs = _shown(view)
    if not jobs:
        return
    running = any(not job.is_over for job in jobs)

    @st.fragment(run_every=_LOOK_SECONDS if running else None)
    def _list() -> None:
        now = _shown(view)
        for job in now:
            _show(view, job)
        if running and all(job.is_over for job in now):
            st.rerun()  # nothing runs any more, so nobody has to look again

    _list()


def _shown(view: View) -> tuple[Job, ...]:
    closed = st.session_state.setdefault(_CLOSED, set())
    jobs = [job for job in import_jobs().of(view.workspace.key) if job.job_id not in closed]
    running = [job for job in jobs if not job.is_over]
    ended = [job for job in jobs if job.is_over]
    return (*running[-_SHOWN_RUNNING:], *ended[:_SHOWN_ENDED])


def _show(view: View, job: Job) -> None:
    left, right = st.columns([6, 1], vertical_alignment="center")
    with left:
        if not job.is_over:
            st.progress(job.share, plain(f"{job.file_name}: {view.say(job.doing)}"))
        elif job.state is State.CANCELLED:
            st.info(plain(view.say(message("{file} was cancelled.", file=job.file_name))))
        elif job.outcome is not None:
            show_outcome(view, job.outcome)
    with right:
        if not job.is_over:
            st.button(
                view.say(message("Cancel")),
                key=f"job_cancel_{job.job_id}",
                on_click=import_jobs().cancel,
                args=(job.job_id,),
            )
        else:
            st.button(
                view.say(message("Close")),
                key=f"job_close_{job.job_id}",
                on_click=st.session_state[_CLOSED].add,
                args=(job.job_id,),
            )
