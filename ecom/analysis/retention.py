"""Do customers come back, and which ones? Cohorts, second orders, tiers, new and returning money.

Customers are followed over their whole history up to the end of the period; the key figures speak
of the period itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.cohorts import CohortQuery, Membership, Source, cohorts
from ecom.analysis.retention_tables import (
    cell_table,
    cohort_table,
    mean_table,
    median_days,
    repeat_table,
    revenue_table,
    second_order_table,
    tier_table,
)
from ecom.errors import InvalidParameter
from ecom.model import Amount, Grain, Notice, Period, Scope, Unit
from ecom.models.customers import CustomerOrders, customer_days, customer_sums
from ecom.models.repeat import customer_totals, newness, waits
from ecom.queries.customers import customer_orders, unknown_sales
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import Text, message

PERIODS = 13  # a year of offsets after the cohort's own period
WINDOW = 90  # days: the early repeat that the headline speaks of
KPIS = ("repeat_rate", "new_buyers", "orders_per_buyer", "revenue_per_buyer", "active_customers")
MEASURES = ("customers", "revenue")
GRAINS = (Grain.MONTH, Grain.WEEK)
LAYOUTS = (
    "taobao_export_order_list_v1",
    "qianniu_order_v2",
    "jd_order_pop",
    "doudian_order_73",
    "shopify_orders",
    "own_orders",
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class RetentionReport(Report):
    """What the retention page says.

    Attributes
    ----------
    grain, measure : of the cohort tables: by "month" or "week"; "customers" (share who bought) or
        "revenue" (paid per member of the cohort).
    cohorts : one row a cohort: first day, size, then the value at each offset (for customers from
        offset 1 on: offset 0 is the size).
    cells : the same, one row a cell, with ``is_complete``; unfinished cells are in no mean.
    mean : weighted mean at each offset and the members it rests on.
    repeat : by month of the first order, share who ordered again within 30, 60 and 90 days; empty
        until the youngest customer of the month has had that long.
    second_order : share of customers with a second order by days since the first.
    median_days : half of those who ordered again did so within this many days.
    tiers : recency, frequency and money in eight tiers.
    revenue : paid amount by period, of new, returning and unknown customers.
    """

    grain: Grain
    measure: str
    cohorts: Table
    cells: Table
    mean: Table
    repeat: Table
    second_order: Table
    median_days: float | None
    tiers: Table
    revenue: Table


def report(
    store: Store, scope: Scope, *, grain: str = "month", measure: str = "customers"
) -> RetentionReport:
    """Answer the retention page.

    Parameters
    ----------
    grain : "month" or "week", the width of a cohort.
    measure : "customers" or "revenue", what the cohort table shows.

    Raises
    ------
    InvalidParameter
        Another grain or measure.
    """
    if grain not in GRAINS:
        raise InvalidParameter.not_one_of("grain", grain, [one.value for one in GRAINS])
    if measure not in MEASURES:
        raise InvalidParameter.not_one_of("measure", measure, MEASURES)
    resolved = resolve(store, scope)
    until = resolved.period.end
    query = CohortQuery(
        until=until,
        grain=Grain(grain),
        periods=PERIODS,
        source=Source.SALES,
        membership=Membership.FIRST_EVER,
        week_start=resolved.settings.week_start,
        last_day=resolved.last_day,
    )
    last_day = min(query.end_of(query.starts[-1]), resolved.last_day or until)
    shown = Period(query.starts[0], last_day)
    orders = customer_orders(store, resolved, until=last_day)
    nameless = unknown_sales(
        store, resolved, Period(min(shown.start, resolved.period.start), last_day)
    )
    table = cohorts(store, query, resolved=resolved, orders=orders)
    known = orders.until(until)
    waited = waits(known, until=until)
    second_order, median = second_order_table(waited), median_days(waited)
    kpis = _kpis(known, resolved)
    return RetentionReport(
        header=header_of(resolved),
        headline=_headline(kpis, second_order, median),
        kpis=kpis,
        gaps=_gaps(kpis),
        notices=(*resolved.notices, *_notices(resolved, nameless)),
        grain=Grain(grain),
        measure=measure,
        cohorts=cohort_table(table, grain=Grain(grain), measure=measure),
        cells=cell_table(table, query, measure=measure),
        mean=mean_table(table, measure=measure),
        repeat=repeat_table(waited, until=until, months=PERIODS),
        second_order=second_order,
        median_days=median,
        tiers=tier_table(customer_totals(known, until=until)),
        revenue=revenue_table(newness(orders, shown), nameless, query, last_day=last_day),
    )


def _kpis(orders: CustomerOrders, resolved: ResolvedScope) -> tuple[Kpi, ...]:
    dormant, base = resolved.settings.dormant_days, resolved.base
    now = customer_sums(orders, resolved.period, dormant_days=dormant)
    before = None if base is None else customer_sums(orders, base, dormant_days=dormant)
    daily = customer_days(orders, resolved.period, dormant_days=dormant)
    return tuple(kpi(key, now=now, before=before, daily=daily) for key in ("buyers", *KPIS))


def _headline(kpis: tuple[Kpi, ...], second_order: Table, median_days: float | None) -> Text:
    value = {one.metric: one.delta.value for one in kpis}
    if not value["buyers"]:
        return message("No paid order of this period names its customer.")
    numbers = {
        "share": Amount(value["repeat_rate"], Unit.RATIO),
        "buyers": Amount(value["buyers"]),
        "new": Amount(value["new_buyers"]),
    }
    within = second_order.frame.set_index("days")["share"].get(WINDOW)
    if within is None or median_days is None:
        return message(
            "{share} of {buyers} buyers bought again or had bought before; {new} are new.",
            **numbers,
        )
    return message(
        "{share} of {buyers} buyers bought again or had bought before; {new} are new. {within} of "
        "all customers place a second order within {window} days; it typically comes after "
        "{median}.",
        **numbers,
        within=Amount(float(within), Unit.RATIO),
        window=WINDOW,
        median=Amount(median_days, Unit.DAYS),
    )


def _gaps(kpis: tuple[Kpi, ...]) -> tuple[Gap, ...]:
    if any(one.delta.value is not None for one in kpis):
        return ()
    return (Gap(message("Paid orders that name their customer"), LAYOUTS),)


def _notices(resolved: ResolvedScope, nameless: pd.DataFrame) -> list[Notice]:
    scope, notices = resolved.scope, []
    period = resolved.period
    unknown = int(nameless["orders"].loc[period.start : period.end].sum())
    if unknown:
        notices.append(
            Notice(
                message(
                    "{orders} paid orders of this period name no customer; they are left out of "
                    "everything but revenue.",
                    orders=Amount(unknown),
                )
            )
        )
    if scope.categories:
        notices.append(
            Notice(
                message(
                    "Customers are followed over whole orders, so the category filter is not "
                    "applied here."
                ),
                "warning",
            )
        )
    if scope.channels or scope.devices or scope.regions:
        notices.append(
            Notice(
                message(
                    "Filtered: a cohort is the customers whose first order passes the filter; "
                    "their later orders count wherever they were placed."
                )
            )
        )
    first, known = resolved.first_day, resolved.settings.dormant_days
    if first is not None and (resolved.period.start - first).days < known:
        notices.append(
            Notice(
                message(
                    "The data begins on {day}. Customers who bought before that look new when "
                    "they come back.",
                    day=first,
                )
            )
        )
    return notices
