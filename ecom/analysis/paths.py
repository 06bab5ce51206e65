"""The paths of visits: what people did after landing, between two steps and before leaving."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from ecom.analysis import paths_tables as tables
from ecom.analysis.base import NO_CATEGORIES, Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.paths_tables import DAYS, LOOKS, Look, Steps, on_days
from ecom.errors import InvalidParameter
from ecom.model import Amount, Notice, Scope, Unit
from ecom.models import paths as model
from ecom.queries.paths import SPLITS, visit_sums, ways
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import Text, message

KPIS = ("sessions", "pages_per_session", "bounce_rate", "stay")
_SUMS = ["sessions", "page_views", "bounced_sessions", "stay_seconds"]
_LOGS = ("own_events",)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class PathsReport(Report):
    """What the paths of visits say. Visits come from event logs alone.

    Attributes
    ----------
    look, days : as asked for.
    start, end : the two steps' names, for ``between``.
    visits : visits on the chosen days; ``shown`` are those that the flow and the top paths speak
        of, ``started`` those that had ``start``.
    nodes, links : the flow; see ``paths_tables``, as for the other tables.
    groups : by channel, device or kind of day, whichever days are chosen.
    """

    look: str
    days: str
    start: Text | str
    end: Text | str
    visits: int
    started: int
    shown: int
    nodes: Table
    links: Table
    top: Table
    groups: Table
    returns: Table
    landings: Table
    exits: Table


def report(
    store: Store,
    scope: Scope,
    *,
    look: str = "landing",
    days: str = "all",
    split: str = "channel",
    start: str = "view_item",
    end: str = "purchase",
) -> PathsReport:
    """Answer the paths part of the traffic page.

    Parameters
    ----------
    look : "landing": the first five steps of visits; "leaving": the last five; "between": from the
        first ``start`` of a visit to the first ``end`` after it.
    days : which visits: "all"; "campaign": begun on a day that the calendar names; "night": begun
        before 6 o'clock local time; "ordinary": neither.
    split : what ``groups`` tells apart: "channel", "device" or "days".
    start, end : an event name, or the path of a page; one that nobody did leaves the flow empty.

    Raises
    ------
    InvalidParameter
        ``look``, ``days`` or ``split`` is not one of these.
    """
    _check(look=(look, LOOKS), days=(days, DAYS), split=(split, SPLITS))
    resolved = resolve(store, scope)
    sums = [visit_sums(store, resolved, period) for period in resolved.periods()]
    found = ways(store, resolved, until=_last_moment(sums[0], resolved), split=split)
    steps = Steps(found.names)
    looked = Look(look, steps.letter(start), steps.letter(end))
    chosen, folded = on_days(found.rows, days), model.folded(found.rows)
    counts = model.step_counts(chosen)
    windows = looked.at(on_days(folded, days))
    nodes, links = tables.flow_tables(model.flow(windows, align=LOOKS[look]), steps, looked)
    visits, shown = (int(frame["sessions"].sum()) for frame in (chosen, windows))
    started = int(counts["sessions"].get(looked.start, 0))
    ends = {"start": steps.said(start), "end": steps.said(end)}
    return PathsReport(
        header=header_of(resolved),
        headline=_headline(looked, windows, steps, visits=visits, started=started, ends=ends),
        kpis=_kpis([on_days(one, days) for one in sums]),
        gaps=() if len(found.rows) else (Gap(message("Paths of visits"), _LOGS),),
        notices=(*resolved.notices, *_notices(resolved, found.rows)),
        look=look,
        days=days,
        **ends,
        visits=visits,
        started=started,
        shown=shown,
        nodes=nodes,
        links=links,
        top=tables.top(windows, folded, steps, looked),
        groups=tables.groups(folded, steps, split=split),
        returns=tables.returns(counts, steps),
        landings=tables.landings(counts, steps),
        exits=tables.exits(counts, steps),
    )


def _check(**options: tuple[str, Collection[str]]) -> None:
    for name, (given, allowed) in options.items():
        if given not in allowed:
            raise InvalidParameter.not_one_of(name, given, allowed)


def _last_moment(sums: pd.DataFrame, resolved: ResolvedScope) -> datetime:
    if sums.empty:
        return datetime.combine(resolved.period.end, datetime.max.time())
    return pd.Timestamp(sums["last_at"].max()).to_pydatetime()


def _kpis(sums: list[pd.DataFrame]) -> tuple[Kpi, ...]:
    """From the visits of the period and, with a comparison, of its base."""
    now, *base = (_measures(one) for one in sums)
    daily = _with_denominators(sums[0].groupby("day")[_SUMS].sum())
    daily = daily.set_axis([pd.Timestamp(str(day)).date() for day in daily.index])
    before = base[0] if base else None
    return tuple(kpi(key, now=now, before=before, daily=daily) for key in KPIS)


def _measures(sums: pd.DataFrame) -> dict[str, float | None]:
    total = _with_denominators(sums[_SUMS].sum().to_frame().T)
    return {name: float(total[name].iloc[0]) if len(sums) else None for name in total.columns}


def _with_denominators(sums: pd.DataFrame) -> pd.DataFrame:
    return sums.assign(sessions_with_bounce=sums["sessions"], sessions_with_stay=sums["sessions"])


def _headline(
    looked: Look,
    windows: pd.DataFrame,
    steps: Steps,
    *,
    visits: int,
    started: int,
    ends: Mapping[str, Text | str],
) -> Text:
    if not visits:
        return message("No paths of visits are known for these days.")
    if looked.name == "between":
        return _went_on(looked, windows, started, ends)
    values = {
        "visits": Amount(visits),
        "path": steps.path(windows["way"].iloc[0], looked),
        "share": Amount(windows["sessions"].iloc[0] / visits, Unit.RATIO),
    }
    if looked.name == "leaving":
        return message("{visits} visits; the most common end is {path} ({share}).", **values)
    return message("{visits} visits; the most common beginning is {path} ({share}).", **values)


def _went_on(
    looked: Look, windows: pd.DataFrame, started: int, ends: Mapping[str, Text | str]
) -> Text:
    if windows.empty:
        return message("No visit went from “{start}” to “{end}”.", **ends)
    done = int(windows["sessions"].sum())
    went_on = message(
        "{done} of {started} visits with “{start}” went on to “{end}” ({share}).",
        done=Amount(done),
        started=Amount(started),
        share=Amount(done / started, Unit.RATIO),
        **ends,
    )
    direct = int(windows.loc[windows["way"] == looked.start + looked.end, "sessions"].sum())
    if not direct:
        return went_on
    return message(
        "{went_on} {direct} of them straight.",
        went_on=went_on,
        direct=Amount(direct / done, Unit.RATIO),
    )


def _notices(resolved: ResolvedScope, rows: pd.DataFrame) -> Iterator[Notice]:
    yield Notice(
        message(
            "Paths are those of visits in event logs: what happens at one moment is one step, and "
            "a step that repeats at once is one, too."
        )
    )
    if resolved.scope.categories:
        yield NO_CATEGORIES
    if len(rows) and not rows["is_campaign"].any():
        yield Notice(message("The calendar names none of these days as a campaign."))
