"""Who is at a step: the visits that went on or left there, by what they are and what they saw.

Groups, never people: a share of those chosen beside the same share of all who were at the step
before. Visits are counted, each for itself: one that left may belong to somebody who bought later.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Gap, Report, Table, header_of
from ecom.analysis.funnel import ACTIONS, LOGS
from ecom.analysis.funnel_names import step_label
from ecom.analysis.group_tables import (
    by_split,
    counted,
    counted_columns,
    no_groups,
    product_table,
    segment_table,
)
from ecom.errors import InvalidParameter
from ecom.model import Amount, Notice, Period, Scope, Unit
from ecom.queries.event_log import EventLog, event_log
from ecom.queries.passages import visit_passages
from ecom.queries.products_seen import step_products
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import Text, message

SIDES = ("left", "went_on")
COLUMNS = counted_columns(
    message("Of all at the step before"),
    help=message("The same share of all visits that did the step before."),
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class StepSegmentsReport(Report):
    """The answer.

    Attributes
    ----------
    step, side : as asked; "" where there is no log.
    segments : split, value and ``COLUMNS``: every value of every split, most visits first within a
        split.
    products : product and ``COLUMNS``: what these visits viewed, most visits first. A visit that
        viewed several is in several rows.
    """

    step: str
    side: str
    segments: Table
    products: Table


def report(
    store: Store, scope: Scope, *, step: str = "purchase", side: str = "left"
) -> StepSegmentsReport:
    """Answer who went on to a step, or left before it.

    Parameters
    ----------
    step : one of ``ACTIONS``. A step that the log doesn't know is taken for its last.
    side : "left": did the step before, but not this one; "went_on": did both.

    Raises
    ------
    InvalidParameter
        No such step or side.
    """
    if step not in ACTIONS:
        raise InvalidParameter.not_one_of("step", step, ACTIONS)
    if side not in SIDES:
        raise InvalidParameter.not_one_of("side", side, SIDES)
    resolved = resolve(store, scope)
    log = event_log(store, resolved, ACTIONS)
    if log is None or not log.common or not _tells_of(log, resolved.period):
        return _answer(resolved, None, "", side, no_groups(COLUMNS))
    step = step if step in log.common else log.common[-1]
    place = log.common.index(step)
    frame = visit_passages(
        store, resolved, resolved.period, shops=log.shops, steps=log.common
    ).rename(columns={f"at_{step}": "at", f"on_{step}": "on"})
    products = step_products(
        store,
        resolved,
        shops=log.shops,
        before=log.common[place - 1] if place else None,
        step=step,
    )
    all_visits, went_on = int(frame["at"].sum()), int(frame["on"].sum())
    chosen = went_on if side == "went_on" else all_visits - went_on
    segments, seen = (
        counted(_of_side(rows, side), chosen=chosen, all_visits=all_visits)
        for rows in (by_split(frame), products)
    )
    tables = segment_table(segments, COLUMNS), product_table(seen, COLUMNS)
    return _answer(resolved, log, step, side, tables, chosen=chosen, all_visits=all_visits)


def _tells_of(log: EventLog, period: Period) -> bool:
    """Whether the log reaches into the period; before and after it nobody is known to have left."""
    return log.first_day <= period.end and log.last_day >= period.start


def _of_side(rows: pd.DataFrame, side: str) -> pd.DataFrame:
    """``on``, or the rest of ``at``, as the visits chosen."""
    return rows.assign(visits=rows["on"] if side == "went_on" else rows["at"] - rows["on"])


def _answer(
    resolved: ResolvedScope,
    log: EventLog | None,
    step: str,
    side: str,
    tables: tuple[Table, Table],
    *,
    chosen: int = 0,
    all_visits: int = 0,
) -> StepSegmentsReport:
    notice = message("Visits are counted, not people: who left may have bought in a later visit.")
    return StepSegmentsReport(
        header=header_of(resolved, is_compared=False),
        headline=_headline(step, side, chosen, all_visits),
        kpis=(),
        gaps=()
        if log
        else (Gap(message("The way of the same people from visit to purchase"), LOGS),),
        notices=(*resolved.notices, *((Notice(notice),) if log else ())),
        step=step,
        side=side,
        segments=tables[0],
        products=tables[1],
    )


def _headline(step: str, side: str, chosen: int, all_visits: int) -> Text:
    if not all_visits:
        return message("No visit reached the step before.")
    values = {
        "step": step_label(step),
        "count": Amount(chosen),
        "all": Amount(all_visits),
        "share": Amount(chosen / all_visits, Unit.RATIO),
    }
    if side == "left":
        return message("{count} of {all} visits ({share}) left before “{step}”.", **values)
    return message("{count} of {all} visits ({share}) went on to “{step}”.", **values)
