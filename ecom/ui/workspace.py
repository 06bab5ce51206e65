"""Where a reader works: the team's store, one per process, or a private one that nobody keeps."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import streamlit as st

from ecom import inbox, sources
from ecom.jobs import Jobs
from ecom.store import Store, open_store
from ecom.store.memo import Memo
from ecom.store.remembering import Remembering

_REMEMBERED_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open store and what names it.

    Attributes
    ----------
    key : unlike any other store's; part of every cache key.
    is_private : files dropped here stay in this browser session's memory.
    stop : set when the store closes, so that nobody watches for it any longer.
    memo : what the team's store has answered at its newest version.
    """

    key: str
    store: Store
    is_private: bool = False
    stop: threading.Event = field(default_factory=threading.Event, compare=False)
    memo: Memo = field(default_factory=lambda: Memo(_REMEMBERED_BYTES), compare=False)

    def at(self, version: int) -> Store:
        """The store as of a version that it has just said; for reading only.

        Private stores have one reader and are as many as readers, so they remember nothing.
        """
        return self.store if self.is_private else Remembering(self.store, version, self.memo)


def inbox_folder() -> Path:
    """The folder the app imports from; ``ECOM_INBOX`` moves it."""
    return Path(os.environ.get("ECOM_INBOX") or inbox.DEFAULT_FOLDER)


@st.cache_resource(show_spinner=False)
def import_jobs() -> Jobs:
    """The queue of imports of this process, for all sessions."""
    return Jobs()


def source_url(name: str) -> str | None:
    """The URL of a source: from the environment, else from ``[sources]`` of Streamlit's secrets."""
    given = sources.environment_url(name)
    if given is not None:
        return given
    try:
        kept = st.secrets["sources"][name]
    except (KeyError, FileNotFoundError):  # no such entry, or no file of secrets at all
        return None
    return str(kept) or None


def _close(workspace: Workspace) -> None:
    workspace.stop.set()
    workspace.store.close()


@st.cache_resource(show_spinner=False, on_release=_close)
def team_workspace() -> Workspace:
    """The store of ``ECOM_DATABASE_URL``, opened once per process, its inbox and its sources."""
    workspace = Workspace(uuid4().hex, open_store())
    stop = workspace.stop
    threading.Thread(
        target=inbox.watch,
        args=(workspace.store, inbox_folder()),
        kwargs={
            "jobs": import_jobs(),
            "owner": workspace.key,
            "poll_seconds": 0.5,
            "stop": stop,
        },
        name="inbox",
        daemon=True,
    ).start()
    threading.Thread(
        target=sources.watch,
        args=(workspace.store,),
        kwargs={"resolve": source_url, "stop": stop},
        name="sources",
        daemon=True,
    ).start()
    return workspace


@st.cache_resource(show_spinner=False, scope="session", on_release=_close)
def private_workspace() -> Workspace:
    """An empty store in memory that ends with the browser session."""
    return Workspace(uuid4().hex, open_store("duckdb:///:memory:"), is_private=True)
