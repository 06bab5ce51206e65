"""How each dropped file stands, and all of them in one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.ingest import ExaminedTable
from ecom.model import Unit
from ecom.store import RowAccount
from ecom.text import Text, message
from ecom.ui.data.corrections import is_confirmed
from ecom.ui.data.desk import Desk, Looked, Request


class State(StrEnum):
    """What a file is waiting for."""

    READING = "reading"
    READY = "ready"
    NEEDS_YOU = "needs you"
    UNREADABLE = "unreadable"
    CANCELLED = "cancelled"
    SAME = "same"
    LOADING = "loading"
    LOADED = "loaded"


STATES: dict[State, Text] = {
    State.READING: message("being read"),
    State.READY: message("ready"),
    State.NEEDS_YOU: message("needs you"),
    State.UNREADABLE: message("can't be read"),
    State.CANCELLED: message("cancelled"),
    State.LOADING: message("being loaded"),
    State.LOADED: message("loaded"),
}
_LEFT_OUT = message("left out")


@dataclass(frozen=True, slots=True)
class Dropped:
    """One dropped file as it stands now.

    ``request`` and ``looked`` say what is known of it; not of one that is loaded, or the same as
    another (``same_as``, its name).
    """

    file_name: str
    state: State
    request: Request | None = None
    looked: Looked | None = None
    same_as: str = ""

    @classmethod
    def now(cls, desk: Desk, file_name: str, digest: str, request: Request | None) -> Dropped:
        """Ask the desk how a file stands."""
        if request is None:
            state = State.LOADED if desk.is_loaded(digest) else State.LOADING
            return cls(file_name, state)
        looked = desk.known(request)
        return cls(file_name, _state(looked), request, looked)

    @property
    def needs_attention(self) -> bool:
        """Whether there is something to do or to read before the rest."""
        if self.state in (State.NEEDS_YOU, State.UNREADABLE, State.CANCELLED):
            return True
        plan = self.looked.plan if self.looked is not None else None
        return plan is not None and any(account.rejected for account in plan.accounts)

    def tables(self) -> list[tuple[ExaminedTable, RowAccount | None]]:
        """The tables found in it, and where the rows of each would go."""
        if self.looked is None or self.looked.examination is None or self.looked.plan is None:
            return []
        accounts = iter(self.looked.plan.accounts)
        return [
            (table, next(accounts, None) if table.staged is not None else None)
            for table in self.looked.examination.tables
        ]


def place_of(file_name: str, table: ExaminedTable) -> str:
    """Where a table stands: file, file in the archive, sheet."""
    name = f"{file_name} › {table.member}" if table.member else file_name
    return f"{name} · {table.sheet}" if table.sheet else name


def summary(dropped: Sequence[Dropped]) -> Table:
    """One row a table of each file: what it is, where its rows would go, what it waits for."""
    rows = [row for one in dropped for row in _rows(one)]
    frame = pd.DataFrame(rows, columns=["file", "state", "layout", *_COUNTS])
    counts = {
        # Empty cells instead of zeros: what would happen stands out.
        name: pd.to_numeric(frame[name]).where(lambda cells: cells > 0)
        for name in _COUNTS
    }
    return Table.make(
        frame.assign(state=words(frame["state"]), layout=words(frame["layout"]), **counts),
        Column("file", message("File")),
        Column("state", message("State")),
        Column("layout", message("Recognised as")),
        *(Column(name, label, Unit.COUNT) for name, label in _COUNTS.items()),
    )


_COUNTS = {
    "new": message("New"),
    "changed": message("Changed"),
    "unchanged": message("Unchanged"),
    "rejected": message("Rejected"),
}


def _state(looked: Looked) -> State:
    if not looked.is_over:
        return State.READING
    if looked.is_cancelled:
        return State.CANCELLED
    if looked.is_locked:
        return State.NEEDS_YOU
    if looked.examination is None or looked.plan is None:
        return State.UNREADABLE
    if looked.plan.problem is not None:
        # What is merely unknown can be mapped, chosen or dated; what has no cells can't.
        known = any(table.headers for table in looked.examination.tables)
        return State.NEEDS_YOU if known else State.UNREADABLE
    return State.READY if is_confirmed(looked.examination) else State.NEEDS_YOU


def _rows(one: Dropped) -> list[tuple[object, ...]]:
    nothing = (None,) * len(_COUNTS)
    if one.state is State.SAME:
        return [(one.file_name, message("the same as {file}", file=one.same_as), "", *nothing)]
    rows: list[tuple[object, ...]] = []
    for table, account in one.tables():
        place = place_of(one.file_name, table)
        title = table.layout.name if table.layout is not None else ""
        if account is None:
            state = STATES[one.state] if one.state is not State.READY else _LEFT_OUT
            rows.append((place, state, title, *nothing))
        else:
            counts = (account.new, account.changed, account.unchanged, account.rejected)
            rows.append((place, STATES[one.state], title, *counts))
    return rows or [(one.file_name, STATES[one.state], "", *nothing)]
