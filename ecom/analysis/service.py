"""Customer service as part of conversion: who asked, how soon somebody answered, and who paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ecom.analysis.base import Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.service_tables import (
    Effect,
    buckets_table,
    effect_of,
    effect_table,
    measures,
    work_table,
)
from ecom.metrics import metric
from ecom.metrics.service import PAID_WITHIN_DAYS
from ecom.model import Amount, Notice, Scope, Unit
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.service import enquiries
from ecom.store import Store
from ecom.text import Text, message

ASSOCIATION = message(
    "What fast answers go along with is an association, not a proof: people closer to buying may "
    "also be answered sooner."
)
_KPIS = (
    "enquiries",
    "answered_share",
    "first_response_median",
    "first_response_p90",
    "enquiry_paid_rate",
    "paid_per_enquiry",
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ServiceReport(Report):
    """The answer.

    Attributes
    ----------
    told, matched : paid enquiries of which the file says so, and those that an order of the same
        customer tells.
    buckets : paid rate by how long people waited for the first response.
    effect : what answering everybody within a minute goes along with; empty with too few.
    queues, agents : one row each, most enquiries first.
    """

    told: int
    matched: int
    buckets: Table
    effect: Table
    queues: Table
    agents: Table


def report(store: Store, scope: Scope) -> ServiceReport:
    """Answer what enquiries to customer service led to.

    Only the dates and the shop filter apply. An enquiry is paid when the file names an order or an
    amount after it, or when its customer paid an order within ``PAID_WITHIN_DAYS``.
    """
    resolved = resolve(store, scope)
    rows = enquiries(store, resolved, resolved.period)
    before = enquiries(store, resolved, resolved.base) if resolved.base else None
    effect = effect_of(rows)
    return ServiceReport(
        header=header_of(resolved),
        headline=_headline(rows),
        kpis=_kpis(rows, before),
        gaps=()
        if len(rows)
        else (Gap(message("Enquiries to customer service"), ("own_service",)),),
        notices=(*resolved.notices, *_notices(rows, effect, resolved)),
        told=int(rows["told"].sum()),
        matched=int(rows["matched"].sum()),
        buckets=buckets_table(rows),
        effect=effect_table(effect, resolved.currency),
        queues=work_table(rows, before, by="queue"),
        agents=work_table(rows, before, by="agent"),
    )


def _kpis(rows: pd.DataFrame, before: pd.DataFrame | None) -> tuple[Kpi, ...]:
    if rows.empty and (before is None or before.empty):
        return ()
    told = measures(rows)
    earlier = None if before is None else measures(before)
    daily = _by_day(rows)
    return tuple(kpi(key, now=told, before=earlier, daily=daily) for key in _KPIS)


def _by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Measures of the days that enquiries are known of; no row is no word on a day."""
    days = {day: measures(mine) for day, mine in rows.groupby(rows["day"].dt.date)}
    return pd.DataFrame.from_dict(days, orient="index", columns=list(measures(rows)))


def _headline(rows: pd.DataFrame) -> Text:
    if rows.empty:
        return message("No enquiry to customer service is known in this period.")
    told = measures(rows)
    rate = metric("enquiry_paid_rate").value(told)
    count, paid = Amount(len(rows)), Amount(rate or 0.0, Unit.RATIO)
    if told["first_response_median"] is None:
        return message(
            "{count} enquiries, none of them answered; {paid} were paid after.",
            count=count,
            paid=paid,
        )
    return message(
        "{count} enquiries; half of those answered waited up to {median}, and {paid} paid.",
        count=count,
        median=Amount(told["first_response_median"], Unit.SECONDS),
        paid=paid,
    )


def _notices(rows: pd.DataFrame, effect: Effect, resolved: ResolvedScope) -> list[Notice]:
    if rows.empty:
        return []
    said = [
        Notice(
            message(
                "Only the dates and the shop filter apply here. An enquiry counts as paid when its "
                "file names an order or an amount. Where it names a customer instead, that "
                "customer's first order paid within {days} days after it counts; an order counts "
                "for the last enquiry before it.",
                days=PAID_WITHIN_DAYS,
            )
        ),
        _of_effect(effect),
    ]
    if rows["matched"].any() and resolved.last_day is not None:
        said.extend(_still_open(rows, resolved.last_day))
    if effect.more_paid() is not None:
        said.append(Notice(ASSOCIATION))
    unknown = int((rows["paid"] & rows["amount"].isna()).sum())
    if unknown:
        said.append(
            Notice(
                message(
                    "{count} paid enquiries have no amount in {currency}; they count in the rate, "
                    "not in amounts.",
                    count=Amount(unknown),
                    currency=resolved.currency or "–",
                )
            )
        )
    return said


def _still_open(rows: pd.DataFrame, last_day: date) -> list[Notice]:
    """Enquiries too young to be called unpaid."""
    recent = rows["day"] > pd.Timestamp(last_day) - pd.Timedelta(days=PAID_WITHIN_DAYS)
    count = int((recent & ~rows["paid"]).sum())
    text = message(
        "{count} unpaid enquiries are of the last {days} days of data: their customers may still "
        "pay.",
        count=Amount(count),
        days=PAID_WITHIN_DAYS,
    )
    return [Notice(text)] if count else []


def _of_effect(effect: Effect) -> Notice:
    told = effect.difference
    if told.value is None:
        return Notice(
            message(
                "Too few enquiries to compare fast with slow answers in the same queue and hour: "
                "{fast} answered within a minute, {slow} others.",
                fast=Amount(told.people),
                slow=Amount(told.base_people),
            )
        )
    return Notice(
        message(
            "Fast and slow answers are compared within the same queue and hour of the day "
            "(Mantel-Haenszel; Sato, Greenland and Robins 1989): {fast} answered within a minute, "
            "{slow} others, unanswered ones among them.",
            fast=Amount(told.people),
            slow=Amount(told.base_people),
        )
    )
