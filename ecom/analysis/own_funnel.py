"""A funnel of the reader's own: any steps after the visit, in any kind of order."""

from __future__ import annotations

from dataclasses import dataclass
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
    visits_in_scope,
)
from ecom.analysis.funnel_query import Breakdown, FunnelQuery, Step, Where
from ecom.analysis.funnel_tables import (
    breakdown_table,
    contrast_table,
    stage_table,
    step_table,
    trend_table,
)
from ecom.analysis.funnel_words import headline, log_notices, scope_notices, skip_notices
from ecom.errors import InvalidParameter
from ecom.model import Scope
from ecom.queries.event_log import EventLog, event_log, event_names
from ecom.queries.event_sets import VISIT
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import message

MOST_STEPS = 8
WINDOWS = (1, 3, 7, 14, 30, 90)
"""Days from the visit to the last step that a page offers."""
SAME = ("", "product_id", "category")
OPTIONAL = "?"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class OwnFunnelReport(FunnelReport):
    """The same tables as the preset's, without a trend and back-office counts.

    Attributes
    ----------
    same : the property that all steps of an attempt share, or "".
    offered : the events that the shops' logs have, as steps to choose from.
    path : the steps asked for that are offered; ``?`` after a name: may be skipped.
    """

    same: str
    offered: tuple[str, ...]
    path: tuple[str, ...]


def report(
    store: Store,
    scope: Scope,
    *,
    path: str = ">".join(ACTIONS),
    order: str = "ordered",
    unit: str = "person",
    by: str = "channel",
    window: int = 7,
    same: str = "",
) -> OwnFunnelReport:
    """Follow people from their visit through steps of one's own.

    Parameters
    ----------
    scope : chooses the visits, as on the preset.
    path : event names with ``>`` between them; ``?`` after a name that may be skipped. Names that
        no log has are left out.
    order, unit : as ``FunnelQuery`` has them; orders are not counted, for visits have none.
    by : the breakdown, as on the preset.
    window : days from the visit to the last step, at least 1.
    same : "product_id" or "category": the same one through all steps.

    Raises
    ------
    InvalidParameter
        An option is not offered, or the question has no sense.
    """
    _check(unit=unit, by=by, same=same)
    resolved = resolve(store, scope)
    offered = event_names(store, resolved, first=ACTIONS)
    steps = tuple(
        step for step in dict.fromkeys(path.split(">")) if step.removesuffix(OPTIONAL) in offered
    )[:MOST_STEPS]
    names = [step.removesuffix(OPTIONAL) for step in steps]
    log = event_log(store, resolved, names)
    now, before = None, None
    if log is not None and names:
        query = _question(
            resolved, log, steps, order=order, unit=unit, by=by, window=window, same=same
        )
        now, before = against_base(store, resolved, log, query)
    events = () if now is None else (VISIT, *names)
    breakdown = breakdown_table(events, BREAKDOWNS[by][1], now, before)
    stages = stage_table(None, None)
    return OwnFunnelReport(
        header=header_of(resolved),
        headline=message("Choose steps that the event log has.")
        if now is None
        else headline(now, before, unit=unit),
        kpis=(),
        gaps=() if offered else (Gap(message("The way of the same people"), LOGS),),
        notices=(
            *resolved.notices,
            *scope_notices(resolved.scope, stages.frame),
            *(() if log is None or now is None else log_notices(resolved, log, now)),
            *(() if now is None else skip_notices(now)),
        ),
        unit=unit,
        by=by,
        way="own",
        window_days=window,
        events=events,
        steps=step_table(now, before),
        breakdown=breakdown,
        contrasts=contrast_table(now, breakdown),
        trend=trend_table(None),
        stages=stages,
        order=order,
        same=same,
        offered=offered,
        path=steps,
    )


def _check(*, unit: str, by: str, same: str) -> None:
    """Refuse what is not offered."""
    for name, given, allowed in (
        ("unit", unit, UNITS),
        ("by", by, BREAKDOWNS),
        ("same", same, SAME),
    ):
        if given not in allowed:
            raise InvalidParameter.not_one_of(name, given, allowed)


def _question(
    resolved: ResolvedScope,
    log: EventLog,
    steps: tuple[str, ...],
    *,
    order: str,
    unit: str,
    by: str,
    window: int,
    same: str,
) -> FunnelQuery:
    last = len(steps) - 1
    return FunnelQuery(
        steps=(
            visits_in_scope(resolved.scope),
            *(
                Step(
                    step.removesuffix(OPTIONAL),
                    is_optional=step.endswith(OPTIONAL) and order == "ordered" and place < last,
                )
                for place, step in enumerate(steps)
            ),
        ),
        window=timedelta(days=window),
        unit=unit,
        period=resolved.period,
        until=log.last_day,
        where=(Where("shop_id", resolved.shops),),
        order=order,
        constant=same or None,
        breakdown=Breakdown(BREAKDOWNS[by][0], limit=MOST_VALUES),
    )
