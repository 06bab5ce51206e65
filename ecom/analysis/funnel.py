"""The conversion page: how far visitors get from the visit to the purchase, where they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pandas as pd

from ecom.analysis.base import Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.funnel_query import (
    Breakdown,
    FunnelQuery,
    FunnelResult,
    Step,
    Trend,
    Where,
    funnel,
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
    order_notices,
    scope_notices,
    skip_notices,
    split_notices,
    stage_headline,
)
from ecom.errors import InvalidParameter
from ecom.metrics import metric
from ecom.model import Scope
from ecom.queries.event_log import EventLog, event_log
from ecom.queries.event_sets import VISIT
from ecom.queries.members import MEMBER
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.stages import stage_counts
from ecom.store import Store
from ecom.text import Text, message

ACTIONS = ("view_item", "add_to_cart", "begin_checkout", "purchase")
SKIPPABLE = ("add_to_cart", "begin_checkout")
WAYS = ("all", "shortcuts")
KPIS = ("funnel_entered", "funnel_conversion", "cart_rate", "cart_abandonment")
# Name of a breakdown -> the property, and the column's label. Of a visit, or of its visitor; the
# category is that of what was looked at or bought.
BREAKDOWNS: dict[str, tuple[str, Text]] = {
    "channel": ("channel", message("Channel")),
    "device": ("device", message("Device")),
    "visitor": ("is_new_visitor", message("New or returning")),
    "region": ("region", message("Region")),
    "page": ("landing_page", message("First page")),
    "member": (MEMBER, message("Member tier")),
    "category": ("category", message("Category")),
}
UNITS = ("person", "session")
_FEW_STAGES = 2  # those who came and those who bought: nothing of the way
_PEOPLE_STAGES = (("conversion", "paid_buyers"), ("cart_rate", "cart_uv"))
_VISIT_STAGES = (("visit_conversion", "converted_sessions"), ("cart_rate", "cart_sessions"))
MOST_VALUES = 6
LOGS = ("own_events", "rees46_events")
CUSTOMERS = ("own_customers",)
BACK_OFFICE = ("own_traffic", "sycm_self_service", "sycm_shop_source")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class FunnelReport(Report):
    """The conversion page.

    Attributes
    ----------
    unit : "person" or "session".
    by : a key of ``BREAKDOWNS``.
    way : "all" steps in turn, or "shortcuts": cart and checkout may be skipped.
    window : longest time from the visit to the last step that counts.
    order : "ordered", "strict" or "unordered"; see ``FunnelQuery``.
    split_from : the place of the step that tells the values of ``by``; 0: the visit does.
    events : a key for each step, its event's name (``funnel_names.step_keys``), the visit first;
        empty without an event log.
    steps : one row a step; ``funnel_tables.STEP_COLUMNS``.
    times : how many took how long to each step; ``funnel_tables.TIME_COLUMNS``.
    breakdown : one row a value of ``by``, with people at each step.
    contrasts : where a value differs from the rest; ``funnel_tables.CONTRAST_COLUMNS``.
    trend : one row a day of entry; ``funnel_tables.TREND_COLUMNS``.
    stage_unit : whether ``stages`` are visitors of a day ("person") or visits ("session").
    stages : back-office exports: visitors, carts, orders, payments counted once a day, which are
        not the same people; ``funnel_tables.STAGE_COLUMNS``. Never added to the steps.
    """

    unit: str
    by: str
    way: str
    window: timedelta
    order: str = "ordered"
    split_from: int = 0
    stage_unit: str = "person"
    events: tuple[str, ...]
    steps: Table
    times: Table
    breakdown: Table
    contrasts: Table
    trend: Table
    stages: Table


def report(
    store: Store, scope: Scope, *, unit: str = "person", by: str = "channel", way: str = "all"
) -> FunnelReport:
    """Answer the conversion page.

    Parameters
    ----------
    scope : channels, devices and regions choose the visits that people come in by; what they do
        later counts however they came back. Categories do not apply.
    unit : who counts: "person" (a visitor of a shop) or "session".
    by : the breakdown, of the first visit: "channel", "device", "visitor" (new or returning),
        "region" or "page" (the first one); "member", the group that the newest customer list
        puts a visitor in who was known before the period; or "category", the first one in any step.
    way : "all": who skips a step is stopped by it; "shortcuts": cart and checkout are optional, as
        where one buys at once.

    Raises
    ------
    InvalidParameter
        No such unit, breakdown or way.
    """
    if unit not in UNITS:
        raise InvalidParameter.not_one_of("unit", unit, UNITS)
    if by not in BREAKDOWNS:
        raise InvalidParameter.not_one_of("by", by, BREAKDOWNS)
    if way not in WAYS:
        raise InvalidParameter.not_one_of("way", way, WAYS)
    resolved = resolve(store, scope)
    log = event_log(store, resolved, ACTIONS)
    now, before = None, None
    if log is not None:
        query = preset(resolved, log, unit=unit, by=by, way=way)
        now, before = against_base(store, resolved, log, query)
    events = () if log is None or now is None else (VISIT, *log.common)
    stage_unit, stages = _stages(store, resolved, unit)
    breakdown = breakdown_table(BREAKDOWNS[by][1], now, before)
    return FunnelReport(
        header=header_of(resolved),
        headline=stage_headline(resolved, stages[0])
        if now is None
        else headline(now, before, unit=unit),
        kpis=_stage_kpis(stages) if now is None else _kpis(events, now, before),
        gaps=(*_gaps(events, stages[0]), *unknown_split(now)),
        notices=(
            *resolved.notices,
            *scope_notices(resolved.scope, stages[0]),
            *(() if log is None or now is None else log_notices(resolved, log, now)),
            *(() if now is None else order_notices(now)),
            *(() if now is None else skip_notices(now)),
            *(() if now is None else split_notices(now)),
        ),
        unit=unit,
        by=by,
        way=way,
        window=timedelta(days=resolved.settings.funnel_window_days),
        split_from=0 if now is None else split_from(now.query),
        events=events,
        steps=step_table(now, before),
        breakdown=breakdown,
        contrasts=contrast_table(now, breakdown),
        times=time_table(now),
        trend=trend_table(now),
        stage_unit=stage_unit,
        stages=stage_table(stages[0], stages[1] if len(stages) > 1 else None),
    )


def unknown_split(now: FunnelResult | None) -> tuple[Gap, ...]:
    """What is missing where nobody's group is known."""
    asked = None if now is None else now.query.breakdown
    if now is None or asked is None or now.breakdown is None or any(now.breakdown["value"] != ""):
        return ()
    what = next(label for name, label in BREAKDOWNS.values() if name == asked.property)
    return (Gap(what, CUSTOMERS if asked.property == MEMBER else LOGS),)


def visits_in_scope(resolved: ResolvedScope) -> Step:
    """The step that everyone begins with: a visit by the channels, devices and regions chosen."""
    scope = resolved.scope
    regions = resolved.spellings.all_of(scope.regions)
    chosen = {"channel": scope.channels, "device": scope.devices, "region": regions}
    return Step(
        VISIT,
        tuple(
            Where(name, tuple(value or None for value in values))
            for name, values in chosen.items()
            if values
        ),
    )


def preset(resolved: ResolvedScope, log: EventLog, *, unit: str, by: str, way: str) -> FunnelQuery:
    """From the visit to the purchase, through the steps that all shops record.

    Parameters
    ----------
    unit, by, way : as of ``report``.
    """
    skippable = SKIPPABLE if way == "shortcuts" else ()
    return FunnelQuery(
        steps=(
            visits_in_scope(resolved),
            *(
                Step(name, is_optional=name in skippable and name != log.common[-1])
                for name in log.common
            ),
        ),
        window=timedelta(days=resolved.settings.funnel_window_days),
        unit=unit,
        period=resolved.period,
        until=log.last_day,
        where=(Where("shop_id", resolved.shops),),
        breakdown=Breakdown(BREAKDOWNS[by][0], limit=MOST_VALUES, has_times=False),
        trend=Trend(),
    )


def against_base(
    store: Store, resolved: ResolvedScope, log: EventLog, query: FunnelQuery
) -> tuple[FunnelResult | None, FunnelResult | None]:
    """The funnel of the period and of its base, like for like; None where nobody entered.

    The base's has no times, which nobody compares.

    Parameters
    ----------
    query : of the period; its breakdown is asked of the base in full.
    """
    now = funnel(store, query)
    base = resolved.base
    if base is None or base.end < log.first_day:
        return _entered(now), None
    # Like for like: the base's people get as many days to convert as the period's have had.
    grace = max(log.last_day - resolved.period.end, timedelta(0))
    before = funnel(
        store,
        replace(
            query,
            period=base,
            until=base.end + grace,
            breakdown=None if query.breakdown is None else replace(query.breakdown, limit=None),
            trend=None,
            has_times=False,
        ),
    )
    return _entered(now), _entered(before)


def _entered(result: FunnelResult) -> FunnelResult | None:
    return result if result.steps["people"].iloc[0] else None


def _kpis(events: Sequence[str], now: FunnelResult, before: FunnelResult | None) -> tuple[Kpi, ...]:
    # Of those who may skip the cart, nobody can tell by the sums who left theirs.
    shown = KPIS if len(now.query.required) == len(events) else KPIS[:-1]
    current = _measures(events, now.steps["people"].tolist())
    base = None if before is None else _measures(events, before.steps["people"].tolist())
    trend = now.trend
    assert trend is not None  # always asked for
    reached = trend[[f"step_{place}" for place in range(len(events))]]
    daily = pd.DataFrame(
        [_measures(events, row) for row in reached.to_numpy().tolist()], index=trend["period"]
    )
    return tuple(kpi(key, now=current, before=base, daily=daily) for key in shown)


def _stages(
    store: Store, resolved: ResolvedScope, unit: str
) -> tuple[str, tuple[pd.DataFrame, ...]]:
    """The chain of those who are counted; the other one where that tells more of the way."""
    periods = resolved.periods()
    chosen = stage_counts(store, resolved, periods, unit=unit)
    if len(chosen[0]) > _FEW_STAGES:
        return unit, chosen
    other = next(one for one in UNITS if one != unit)
    found = stage_counts(store, resolved, periods, unit=other)
    return (other, found) if len(found[0]) > len(chosen[0]) else (unit, chosen)


def _stage_kpis(stages: Sequence[pd.DataFrame]) -> tuple[Kpi, ...]:
    """Key figures of the back-office chain, where there is no event log."""
    of_visits = any("sessions" in counts.index for counts in stages)
    note = (
        message("Visits as the back office counts them.")
        if of_visits
        else message("Visitors counted once a day, from back-office exports: not the same people.")
    )

    def measures(counts: pd.DataFrame, key: str, stage: str) -> dict[str, float | None]:
        if stage not in counts.index:
            return {}
        entry = metric(key)
        assert entry.denominator is not None  # both are shares
        return {
            entry.numerator: counts["people"].to_dict()[stage],
            entry.denominator: counts["visitors"].to_dict()[stage],
        }

    shown = []
    for key, stage in _VISIT_STAGES if of_visits else _PEOPLE_STAGES:
        now, *base = (measures(counts, key, stage) for counts in stages)
        before = base[0] if base else None
        shown.append(kpi(key, now=now, before=before, note=note if now else None))
    return tuple(shown)


def _measures(events: Sequence[str], people: Sequence[float]) -> dict[str, float | None]:
    reached = dict(zip(events, people, strict=True))
    carts, finished = reached.get("add_to_cart"), reached.get("purchase")
    lost = None if carts is None or finished is None else carts - finished
    return {
        "entered": reached[VISIT],
        "finished": finished,
        "carts": carts,
        "abandoned_carts": lost,
    }


def _gaps(events: Sequence[str], stages: pd.DataFrame) -> tuple[Gap, ...]:
    gaps = []
    if not events:
        gaps.append(Gap(message("The way of the same people from visit to purchase"), LOGS))
        if stages.empty:
            what = message("Visitors, carts, orders and payments by day")
            gaps.append(Gap(what, BACK_OFFICE))
    return tuple(gaps)
