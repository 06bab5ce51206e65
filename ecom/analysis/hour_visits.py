"""Who comes when: the visits begun in some hours of the week, by what they are and what they bring.

Groups, never people: a share of those hours' visits beside the same share of the other hours'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecom.analysis.base import NO_CATEGORIES, Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.funnel import ACTIONS, LOGS
from ecom.analysis.group_tables import (
    by_split,
    counted,
    counted_columns,
    no_groups,
    product_table,
    segment_table,
)
from ecom.analysis.hour_tables import COMPARED_COLUMNS, HOUR_COLUMNS, compared_table, hours_table
from ecom.analysis.hour_week import HourWeek, hour_week
from ecom.analysis.hour_words import HOURS, when
from ecom.errors import InvalidParameter
from ecom.model import Amount, Notice, Scope, Unit
from ecom.models.proportions import SIGNIFICANCE
from ecom.queries.event_log import EventLog, event_log
from ecom.queries.hour_visits import hour_groups, hour_products
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import Text, message

COLUMNS = counted_columns(
    message("Of the other hours"),
    help=message("The same share of the visits begun in all other hours of the week."),
)
_PLAIN = ("split", "value", "product", "visits", "share")
_WHOLE_FROM = 10  # visits a week; of fewer the fraction says something
_KPIS = ("visits_a_day", "visit_conversion", "revenue_per_visit")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class HourVisitsReport(Report):
    """The answer.

    Attributes
    ----------
    weekday, hour : as asked; None: every one.
    hours : the hours of the chosen weekday, or of all days; a row each.
    compared : what a visit of these hours brings, against one of the other hours; empty where
        there are no others.
    segments : split, value and ``COLUMNS``: every value of every split, most visits first within a
        split; without the comparison where there are no other hours.
    products : product and ``COLUMNS``: what these visits viewed, most visits first.
    """

    weekday: int | None
    hour: int | None
    hours: Table
    compared: Table
    segments: Table
    products: Table


def report(
    store: Store, scope: Scope, *, weekday: int | None = None, hour: int | None = None
) -> HourVisitsReport:
    """Answer who comes in an hour of the week, and what these visits bring.

    A visit belongs to the hour it began in, on the shop's clock. Visits are those of event logs.

    Parameters
    ----------
    weekday : 0 (Monday) to 6 (Sunday); None: every day.
    hour : 0 to 23; None: all hours.

    Raises
    ------
    InvalidParameter
        No such weekday or hour.
    """
    for name, given, allowed in (("weekday", weekday, range(7)), ("hour", hour, range(24))):
        if given is not None and given not in allowed:
            raise InvalidParameter.not_one_of(name, given, allowed)
    resolved = resolve(store, scope)
    log = event_log(store, resolved, ACTIONS)
    if log is None:
        return _without_log(resolved, weekday, hour)
    week, *before = (
        hour_week(store, resolved, log, period, weekday=weekday, hour=hour)
        for period in resolved.periods()
    )
    groups = hour_groups(store, resolved, shops=log.shops, weekday=weekday, hour=hour)
    products = hour_products(store, resolved, shops=log.shops, weekday=weekday, hour=hour)
    chosen, all_visits = int(groups["on"].sum()), int(groups["at"].sum())
    segments, seen = (
        counted(
            rows.assign(visits=rows["on"]),
            chosen=chosen,
            all_visits=all_visits,
            against_others=True,
        )
        for rows in (by_split(groups), products)
    )
    tables = segment_table(segments, COLUMNS), product_table(seen, COLUMNS)
    if chosen == all_visits:  # nothing to hold them against
        tables = tables[0].only(*_PLAIN), tables[1].only(*_PLAIN)
    compared = compared_table(week.inside, week.outside, currency=resolved.currency)
    return HourVisitsReport(
        header=header_of(resolved),
        headline=_headline(week, compared),
        kpis=_kpis(week, before[0] if before else None),
        gaps=tuple(_gaps(log)),
        notices=(*resolved.notices, *_notices(resolved, log, week)),
        weekday=weekday,
        hour=hour,
        hours=hours_table(week.of_day),
        compared=compared,
        segments=tables[0],
        products=tables[1],
    )


def _without_log(
    resolved: ResolvedScope, weekday: int | None, hour: int | None
) -> HourVisitsReport:
    segments, products = no_groups(COLUMNS)
    return HourVisitsReport(
        header=header_of(resolved),
        headline=message("No event log tells when visits began."),
        kpis=(),
        gaps=(Gap(message("Visits by hour and weekday"), LOGS),),
        notices=resolved.notices,
        weekday=weekday,
        hour=hour,
        hours=Table.without_rows(*HOUR_COLUMNS),
        compared=Table.without_rows(*COMPARED_COLUMNS),
        segments=segments,
        products=products,
    )


def _kpis(week: HourWeek, before: HourWeek | None) -> tuple[Kpi, ...]:
    base = None if before is None else before.measures
    return tuple(kpi(key, now=week.measures, before=base, daily=week.daily) for key in _KPIS)


def _headline(week: HourWeek, compared: Table) -> Text:
    visits = week.inside["sessions"].sum()
    values = {"when": when(week.weekday, week.hour), "count": Amount(float(visits))}
    if not visits:
        return message("{when}: no visit.", **values)
    unit = Unit.NUMBER if week.a_week < _WHOLE_FROM else Unit.COUNT
    values |= {
        "mean": Amount(week.a_week, unit),
        "share": Amount(float(visits / week.grid["sessions"].sum()), Unit.RATIO),
    }
    if week.outside.empty:
        hours = week.inside.groupby("hour")["sessions"].sum().reindex(range(24), fill_value=0)
        busiest = int(hours.to_numpy().argmax())
        return message(
            "{when}: {count} visits, {mean} a week; the busiest hour is {hour} ({busiest}).",
            hour=HOURS[busiest],
            busiest=Amount(float(hours.max() / visits), Unit.RATIO),
            **values,
        )
    if compared.is_empty:
        return message("{when}: {count} visits, {mean} a week, {share} of all.", **values)
    bought = compared.frame.iloc[0]
    return message(
        "{when}: {count} visits, {mean} a week, {share} of all. {here} of them bought, {others} in "
        "the other hours. {verdict}.",
        here=bought["here"],
        others=bought["others"],
        verdict=bought["verdict"],
        **values,
    )


def _gaps(log: EventLog) -> Iterator[Gap]:
    if "purchase" not in log.common:
        yield Gap(message("Purchases in the event log of every shop"), LOGS)


def _notices(resolved: ResolvedScope, log: EventLog, week: HourWeek) -> Iterator[Notice]:
    yield Notice(
        message(
            "Visits are counted, not people, by the hour they began in on the shop’s clock; what "
            "was bought later in another visit is not theirs."
        )
    )
    if set(log.shops) < set(resolved.shops):
        told = tuple(resolved.named(log.shops))
        yield Notice(message("Only shops with an event log are counted here: {shops}.", shops=told))
    if resolved.scope.categories:
        yield NO_CATEGORIES
    if not week.outside.empty:
        yield Notice(
            message(
                "Whoever looks at many hours finds some that differ by chance: at 5 %, about "
                "{count} of the 168 hours of a week.",
                count=round(168 * SIGNIFICANCE),
            )
        )
