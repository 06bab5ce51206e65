"""When which source spoke for a shop, and where it changes from one to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.model import Notice, Unit
from ecom.queries.traffic_sources import Choice, SourceKind
from ecom.terms import term
from ecom.text import Text, message

KIND_LABELS = {
    SourceKind.EVENTS: message("Event log"),
    SourceKind.SHOP: message("Shop totals"),
    SourceKind.TOTAL: message("Whole-shop row of a channel export"),
    SourceKind.CHANNELS: message("Channels added up: a visitor counts once per channel"),
}
"""Kind of source -> how it is called."""

_NAMED = 5  # switches in one notice; the rest is counted
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Switch:
    """A day from which another source speaks for a shop.

    Attributes
    ----------
    shop : its name.
    day : the first day of the new source; the days before it may have no source at all.
    before, after : kind of source.
    system_before, system_after : the back office an export came from, "events" for an event log.
    """

    shop: str
    day: date
    before: SourceKind
    system_before: str
    after: SourceKind
    system_after: str

    @property
    def said(self) -> Text:
        """The switch in words."""
        return message(
            "{shop} on {day} from {before} to {after}",
            shop=self.shop,
            day=self.day,
            before=source_name(self.before, self.system_before),
            after=source_name(self.after, self.system_after),
        )


def source_name(kind: SourceKind, system: str) -> Text:
    """The kind of source and the system it came from, as "Shop totals (Sycm)"."""
    label = KIND_LABELS[kind]
    if kind is SourceKind.EVENTS:
        return label
    return message("{source} ({system})", source=label, system=term(system))


def source_spans(choices: Mapping[Text, Sequence[Choice]], names: Mapping[str, str]) -> Table:
    """Runs of days on which one source spoke for a shop, without a day left out inside a run.

    Parameters
    ----------
    choices : what the numbers are for -> who spoke, in the period and in what it is compared with.
    names : shop id -> name.

    Returns
    -------
    Table
        shop; use (a key of ``choices``); start and end (dates, both included); days; source (a
        value of ``KIND_LABELS``); system. By shop, use and start. A run ends with the period it
        lies in.
    """
    runs = [
        (names.get(run.shop_id, run.shop_id), place, run)
        for place, periods in enumerate(choices.values())
        for choice in periods
        for run in _runs(choice.rows)
    ]
    runs.sort(key=lambda one: (one[0], one[1], one[2].start))
    uses = list(choices)
    frame = pd.DataFrame(
        {
            "shop": [shop for shop, _, _ in runs],
            "use": words(uses[place] for _, place, _ in runs),
            "start": pd.Series([run.start.date() for _, _, run in runs], dtype="object"),
            "end": pd.Series([run.end.date() for _, _, run in runs], dtype="object"),
            "days": [(run.end - run.start).days + 1 for _, _, run in runs],
            "source": words(KIND_LABELS[run.kind] for _, _, run in runs),
            "system": words(run.system for _, _, run in runs),
        }
    )
    return Table.make(
        frame,
        Column("shop", message("Shop")),
        Column("use", message("Used for")),
        Column("start", message("From")),
        Column("end", message("To")),
        Column("days", message("Days"), Unit.COUNT),
        Column("source", message("Counted from")),
        Column("system", message("Export"), terms=True),
    )


def source_switches(
    now: Choice, before: Choice | None, names: Mapping[str, str]
) -> tuple[Switch, ...]:
    """Where a shop changes from one source to another, by day and shop.

    The base comes before the period, so its last source and the period's first are compared too.

    Parameters
    ----------
    now, before : who spoke in the period and in what it is compared with.
    names : shop id -> name.
    """
    runs = [*(_runs(before.rows) if before is not None else ()), *_runs(now.rows)]
    switches: list[Switch] = []
    last: dict[str, _Run] = {}
    for run in runs:
        earlier = last.get(run.shop_id)
        if earlier is not None and earlier.source != run.source:
            switches.append(
                Switch(
                    shop=names.get(run.shop_id, run.shop_id),
                    day=run.start.date(),
                    before=earlier.kind,
                    system_before=earlier.system,
                    after=run.kind,
                    system_after=run.system,
                )
            )
        last[run.shop_id] = run
    return tuple(sorted(switches, key=lambda one: (one.day, one.shop)))


def switch_notices(totals: Sequence[Switch], channels: Sequence[Switch]) -> Iterator[Notice]:
    """Name the switches of the totals, and those that only the channels make.

    Five at most are named; the rest is counted.
    """
    if totals:
        yield Notice(
            message(
                "Counted from another source: {switches}. Part of a change may be the counting.",
                switches=_listed(totals),
            ),
            "warning",
        )
    alone = [one for one in channels if one not in totals]
    if alone:
        yield Notice(
            message(
                "Channels counted from another source: {switches}. Part of a change may be the "
                "counting.",
                switches=_listed(alone),
            ),
            "warning",
        )


def _listed(switches: Sequence[Switch]) -> tuple[Text, ...]:
    named = tuple(one.said for one in switches[:_NAMED])
    rest = len(switches) - len(named)
    return (*named, message("{count} more", count=rest)) if rest else named


@dataclass(frozen=True, slots=True)
class _Run:
    shop_id: str
    start: pd.Timestamp
    end: pd.Timestamp
    kind: SourceKind
    system: str

    @property
    def source(self) -> tuple[SourceKind, str]:
        return self.kind, self.system


def _runs(rows: pd.DataFrame) -> list[_Run]:
    """The chosen rows with neighbours of one source joined, by shop and day."""
    runs: list[_Run] = []
    rows = rows.sort_values(["shop_id", "start"])
    columns = (rows[name] for name in ("shop_id", "start", "end", "kind", "system"))
    for shop_id, start, end, kind, system in zip(*columns, strict=True):
        run = _Run(shop_id, start, end, SourceKind(kind), system)
        last = runs[-1] if runs else None
        if (
            last is not None
            and last.shop_id == run.shop_id
            and last.source == run.source
            and last.end + _DAY == run.start
        ):
            runs[-1] = _Run(run.shop_id, last.start, run.end, run.kind, run.system)
        else:
            runs.append(run)
    return runs
