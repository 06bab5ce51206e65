"""A funnel of the reader's own: any steps after the visit, in any kind of order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ecom.analysis.base import Gap, header_of
from ecom.analysis.funnel import (
    ACTIONS,
    BREAKDOWNS,
    LOGS,
    MOST_VALUES,
    UNITS,
    FunnelReport,
    against_base,
    unknown_split,
    visits_in_scope,
)
from ecom.analysis.funnel_names import step_keys
from ecom.analysis.funnel_query import (
    Breakdown,
    Exclusion,
    FunnelQuery,
    FunnelResult,
    Step,
    Where,
)
from ecom.analysis.funnel_tables import (
    breakdown_table,
    contrast_table,
    split_from,
    stage_table,
    step_table,
    time_table,
    trend_table,
)
from ecom.analysis.funnel_words import (
    headline,
    log_notices,
    scope_notices,
    skip_notices,
    split_notices,
)
from ecom.analysis.own_steps import OwnStep, length_of, path_of, steps_of
from ecom.analysis.own_words import question
from ecom.errors import InvalidParameter
from ecom.model import Notice, Scope
from ecom.queries.event_log import EventLog, event_log, event_names
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import Text, message

MOST_STEPS = 8
MOST_WITHOUT = 8
WINDOWS = ("30m", "1h", "6h", "24h", "3d", "7d", "14d", "30d", "90d", "180d")
"""Lengths of time that a page offers."""
SAME = ("", "product_id", "category")
OWN_UNITS = (*UNITS, "order")
_ATTRIBUTIONS = {"first": "first_touch", "last": "last_touch"}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class OwnFunnelReport(FunnelReport):
    """The same tables as the preset's, without a trend and back-office counts.

    Attributes
    ----------
    question : what is counted, in words; None without steps.
    same : the property that all steps of an attempt share, or "".
    offered : the events that the shops' logs have, as steps to choose from.
    path : the steps asked for that are offered, as ``own_steps`` writes them.
    """

    question: Text | None
    same: str
    offered: tuple[str, ...]
    path: str


def report(
    store: Store,
    scope: Scope,
    *,
    path: str = ">".join(ACTIONS),
    order: str = "ordered",
    unit: str = "person",
    by: str = "channel",
    touch: str = "first",
    window: str = "7d",
    same: str = "",
    entry: str = "any",
    without: str = "",
) -> OwnFunnelReport:
    """Follow people from their visit, or orders from their first step, through steps of one's own.

    Parameters
    ----------
    scope : chooses the visits, as on the preset.
    path : steps with ``>`` between them, as ``own_steps`` reads them: event names, with what they
        are narrowed to, whether they may be skipped, and a window of their own. One event may be
        several steps, each of which takes an event of its own. Names that no log has are left out.
    order, unit, entry : as ``FunnelQuery`` has them. An order is followed through the events that
        name it; it has no visit before them, so that the first step can't be skipped and filters
        on channel, device and region do not apply.
    by : the breakdown, as on the preset.
    touch : whose value splits: "first" or "last" of the person, or the step of that name
        (``purchase#2``: the second step that is a purchase).
    window : from the visit to the last step: "30m", "2h", "7d".
    same : "product_id" or "category": the same one through all steps.
    without : event names with ``>`` between them; one of these in between voids an attempt.

    Raises
    ------
    InvalidParameter
        An option is not offered, or the question has no sense.
    """
    for name, given, allowed in (
        ("unit", unit, OWN_UNITS),
        ("by", by, BREAKDOWNS),
        ("same", same, SAME),
    ):
        if given not in allowed:
            raise InvalidParameter.not_one_of(name, given, allowed)
    counted = _Counted(order, unit, by, touch, length_of(window), same, entry)
    resolved = resolve(store, scope)
    offered = event_names(store, resolved, first=ACTIONS)
    steps = tuple(step for step in steps_of(path) if step.event in offered)[:MOST_STEPS]
    barred = tuple(name for name in dict.fromkeys(without.split(">")) if name in offered)
    log = event_log(store, resolved, list(dict.fromkeys(step.event for step in steps)))
    query, now, before = None, None, None
    if log is not None and steps:
        query = _question(resolved, log, steps, barred[:MOST_WITHOUT], counted)
        now, before = against_base(store, resolved, log, query)
    return _answer(resolved, log, counted, now, before, steps=steps, offered=offered, query=query)


@dataclass(frozen=True, slots=True)
class _Counted:
    """How it is counted: the options of ``report`` that are no steps."""

    order: str
    unit: str
    by: str
    touch: str
    window: timedelta
    same: str
    entry: str

    def breakdown(self, steps: Sequence[Step]) -> Breakdown:
        """The split, by the value at the place that is asked for."""
        first = Breakdown(BREAKDOWNS[self.by][0], limit=MOST_VALUES, has_times=False)
        if self.touch in _ATTRIBUTIONS:
            return replace(first, attribution=_ATTRIBUTIONS[self.touch])
        keys = step_keys(steps)
        if self.touch not in keys:
            raise InvalidParameter.not_one_of("touch", self.touch, (*_ATTRIBUTIONS, *keys))
        return replace(first, attribution="step", step=keys.index(self.touch))


def _answer(
    resolved: ResolvedScope,
    log: EventLog | None,
    counted: _Counted,
    now: FunnelResult | None,
    before: FunnelResult | None,
    *,
    steps: Sequence[OwnStep],
    offered: tuple[str, ...],
    query: FunnelQuery | None,
) -> OwnFunnelReport:
    label, stages = BREAKDOWNS[counted.by][1], stage_table(None, None)
    breakdown = breakdown_table(label, now, before)
    return OwnFunnelReport(
        header=header_of(resolved),
        headline=message("Choose steps that the event log has.")
        if now is None
        else headline(now, before, unit=counted.unit),
        kpis=(),
        gaps=unknown_split(now) if offered else (Gap(message("The way of the same people"), LOGS),),
        notices=(
            *resolved.notices,
            *(_order_notices(resolved) if counted.unit == "order" else ()),
            *scope_notices(resolved.scope, stages.frame),
            *(() if log is None or now is None else log_notices(resolved, log, now)),
            *(() if now is None else skip_notices(now)),
            *(() if now is None else split_notices(now)),
        ),
        unit=counted.unit,
        by=counted.by,
        way="own",
        window=counted.window,
        split_from=0 if now is None else split_from(now.query),
        events=() if now is None else step_keys(now.query.steps),
        steps=step_table(now, before),
        breakdown=breakdown,
        contrasts=contrast_table(now, breakdown),
        times=time_table(now),
        trend=trend_table(None),
        stages=stages,
        order=counted.order,
        question=None if query is None else question(query, split=label),
        same=counted.same,
        offered=offered,
        path=path_of(steps),
    )


def _order_notices(resolved: ResolvedScope) -> tuple[Notice, ...]:
    scope = resolved.scope
    if not (scope.channels or scope.devices or scope.regions):
        return ()
    text = message(
        "Filters on channel, device and region do not apply: orders begin with no visit."
    )
    return (Notice(text),)


def _question(
    resolved: ResolvedScope,
    log: EventLog,
    steps: Sequence[OwnStep],
    without: Sequence[str],
    counted: _Counted,
) -> FunnelQuery:
    opens = () if counted.unit == "order" else (visits_in_scope(resolved),)
    last = len(steps) - 1
    asked = (
        *opens,
        *(
            step.as_step(
                may_skip=counted.order == "ordered" and -len(opens) < place < last,
                has_window=counted.order != "unordered",
            )
            for place, step in enumerate(steps)
        ),
    )
    end = len(asked) - 1
    return FunnelQuery(
        steps=asked,
        window=counted.window,
        unit=counted.unit,
        period=resolved.period,
        until=log.last_day,
        where=(Where("shop_id", resolved.shops),),
        entry=counted.entry,
        order=counted.order,
        constant=counted.same or None,
        exclusions=tuple(Exclusion(Step(name), 0, end) for name in without if end),
        breakdown=counted.breakdown(asked),
    )
