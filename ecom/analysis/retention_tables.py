"""The tables of the retention page: cohorts, second orders, tiers, new and returning money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecom.analysis.base import Column, Table
from ecom.analysis.cohorts import CohortQuery, CohortTable
from ecom.model import Grain, Unit
from ecom.models.customers import MONEY
from ecom.models.rfm import TIERS, segment
from ecom.models.survival import cumulative_incidence
from ecom.text import Text, message

WINDOWS = (30, 60, 90)  # days within which a second order counts as an early repeat
LONGEST_WAIT = 365  # days shown of the time to the second order


def _values(table: CohortTable, measure: str) -> pd.DataFrame:
    return table.retention if measure == "customers" else table.per_member


def _value_unit(measure: str) -> Unit:
    return Unit.RATIO if measure == "customers" else Unit.MONEY


def _kept(table: CohortTable) -> pd.Series:
    """Cohorts from the first that has a member on."""
    return table.sizes.gt(0).cummax()


def cohort_table(table: CohortTable, *, grain: Grain, measure: str) -> Table:
    """One row a cohort: first day, size, value at each offset."""
    kept = _kept(table)
    first = 1 if measure == "customers" else 0
    names = {offset: f"offset_{offset}" for offset in range(first, table.counts.shape[1])}
    frame = _values(table, measure)[kept].rename(columns=names)
    frame.insert(0, "size", table.sizes[kept])
    return Table.make(
        frame.reset_index(),
        Column("cohort", message("First order in"), grain=grain),
        Column("size", message("New customers"), Unit.COUNT),
        *(
            Column(name, _offset_label(offset, grain), _value_unit(measure))
            for offset, name in names.items()
        ),
    )


def _offset_label(offset: int, grain: Grain) -> Text:
    if grain is Grain.WEEK:
        return message("Week {number}", number=offset)
    return message("Month {number}", number=offset)


def cell_table(table: CohortTable, query: CohortQuery, *, measure: str) -> Table:
    """One row a cell, with its people and whether its period is over."""
    kept = _kept(table)
    parts = {
        "customers": table.counts[kept].astype("float64"),
        "value": _values(table, measure)[kept],
        "is_complete": table.complete[kept],
    }
    frame = pd.DataFrame({name: part.stack() for name, part in parts.items()})
    frame = frame[frame["customers"].notna()].reset_index()
    frame["period"] = [
        query.step(cohort, offset)
        for cohort, offset in zip(frame["cohort"], frame["offset"], strict=True)
    ]
    return Table.make(
        frame.astype({"customers": "int64", "offset": "int64", "is_complete": bool}),
        Column("cohort", message("First order in"), grain=query.grain),
        Column("offset", message("Periods since"), Unit.COUNT),
        Column("period", message("Period from"), grain=query.grain),
        Column("customers", message("Customers"), Unit.COUNT),
        Column("value", _value_label(measure), _value_unit(measure)),
        Column("is_complete", message("Period is over")),
    )


def _value_label(measure: str) -> Text:
    if measure == "customers":
        return message("Share of the cohort that bought")
    return message("Paid per customer of the cohort")


def mean_table(table: CohortTable, *, measure: str) -> Table:
    """Weighted mean at each offset, over complete cells."""
    mean = table.mean() if measure == "customers" else table.mean_per_member()
    members = table.complete.mul(table.sizes, axis=0).sum()
    frame = pd.DataFrame({"offset": mean.index, "value": mean.to_numpy(), "customers": members})
    return Table.make(
        frame[frame["customers"] > 0],
        Column("offset", message("Periods since"), Unit.COUNT),
        Column("value", _value_label(measure), _value_unit(measure)),
        Column(
            "customers",
            message("Customers"),
            Unit.COUNT,
            help=message("Members of the cohorts whose period at this offset is over."),
        ),
    )


def repeat_table(waits: pd.DataFrame, *, until: date, months: int) -> Table:
    """Share of each month's new customers with a second order within ``WINDOWS``.

    Parameters
    ----------
    waits : rows of ``waits``.
    until : the last day watched; a window that has not elapsed for the whole month stays empty.
    months : how many, the latest.
    """
    rows = []
    again = waits["customers"].where(waits["came_back"], 0)
    for _, mine in list(waits.assign(again=again).groupby("month"))[-months:]:
        month = mine["month"].iloc[0]
        size = int(mine["customers"].sum())
        youngest = (pd.Timestamp(month) + pd.offsets.MonthEnd(0)).date()
        shares = [
            int(mine["again"].to_numpy()[mine["days"] <= window].sum()) / size
            if youngest + timedelta(window) <= until
            else np.nan
            for window in WINDOWS
        ]
        rows.append((month, size, *shares))
    names = [f"within_{window}" for window in WINDOWS]
    return Table.make(
        pd.DataFrame(rows, columns=["month", "size", *names]),
        Column("month", message("First order in"), grain=Grain.MONTH),
        Column("size", message("New customers"), Unit.COUNT),
        *(
            Column(name, message("Again within {days} days", days=window), Unit.RATIO)
            for name, window in zip(names, WINDOWS, strict=True)
        ),
    )


def second_order_table(waits: pd.DataFrame) -> Table:
    """Share with a second order by days since the first, from rows of ``waits``."""
    share = cumulative_incidence(
        waits.rename(columns={"came_back": "happened", "customers": "people"})
    )
    came = waits[waits["came_back"]].groupby("days")["customers"].sum()
    frame = pd.DataFrame(
        {"share": share, "customers": came.reindex(share.index, fill_value=0)}
    ).loc[:LONGEST_WAIT]
    return Table.make(
        frame.reset_index(),
        Column("days", message("Days since the first order"), Unit.COUNT),
        Column(
            "share",
            message("With a second order"),
            Unit.RATIO,
            help=message(
                "Customers who are younger than this count for as long as they have been watched "
                "(Kaplan-Meier)."
            ),
        ),
        Column("customers", message("Second orders on that day"), Unit.COUNT),
    )


def median_days(waits: pd.DataFrame) -> float | None:
    """Median days to the second order of those who placed one."""
    came = waits[waits["came_back"]]
    if came.empty:
        return None
    return float(np.median(np.repeat(came["days"].to_numpy(), came["customers"].to_numpy())))


def tier_table(customers: pd.DataFrame) -> Table:
    """The eight tiers, from rows of ``customer_totals``; all eight, or none without customers."""
    tier = segment(customers)["tier"].cat

    def add(values: pd.Series) -> NDArray[Any]:
        return np.bincount(tier.codes, weights=values, minlength=len(TIERS))

    named = {one.key: one for one in TIERS}
    sums = {
        "customers": np.bincount(tier.codes, minlength=len(TIERS)),
        "orders": add(customers["orders"]),
        # Whole numbers, so that the sum does not depend on the order of customers.
        "revenue": add((customers["amount"] * MONEY).round()) / MONEY,
        "days_since": add(customers["days_since"]),
    }
    frame = pd.DataFrame(sums, index=tier.categories)
    frame = frame.reindex(list(named) if len(customers) else [])
    members = frame["customers"].where(frame["customers"] > 0)
    frame = frame.assign(
        tier=frame.index.map(lambda key: named[key].label).astype(object),
        action=frame.index.map(lambda key: named[key].action).astype(object),
        customer_share=frame["customers"] / (frame["customers"].sum() or np.nan),
        revenue_share=frame["revenue"] / (frame["revenue"].sum() or np.nan),
        average_order=frame["revenue"] / frame["orders"].where(frame["orders"] > 0),
        orders_each=frame["orders"] / members,
        days_since=frame["days_since"] / members,
    )
    return Table.make(
        frame.astype({"customers": "int64"}),
        Column("tier", message("Tier")),
        Column("customers", message("Customers"), Unit.COUNT),
        Column("customer_share", message("Share of customers"), Unit.RATIO),
        Column("revenue", message("Revenue"), Unit.MONEY),
        Column("revenue_share", message("Share of revenue"), Unit.RATIO),
        Column("action", message("What to do")),
        Column.of("average_order"),
        Column("orders_each", message("Orders each"), Unit.NUMBER),
        Column("days_since", message("Days since last order"), Unit.DAYS),
    )


def revenue_table(
    known: pd.DataFrame, nameless: pd.DataFrame, query: CohortQuery, *, last_day: date
) -> Table:
    """Paid amount by period of the query.

    Parameters
    ----------
    known : answer of ``newness``.
    nameless : answer of ``unknown_sales``.
    """
    unknown = nameless["amount"].loc[query.starts[0] :].rename("unknown")
    daily = known.join(unknown, how="outer").fillna(0.0).sort_index()
    starts = [query.start_of(day) for day in daily.index]
    frame = daily.groupby(pd.Index(starts, name="period")).sum()
    found = [start for start in query.starts if starts and start >= starts[0]]
    frame = frame.reindex(pd.Index(found, name="period"), fill_value=0.0).reset_index()
    named = frame["new"] + frame["returning"]
    frame = frame.assign(
        returning_share=frame["returning"] / named.where(named > 0),
        is_complete=[query.end_of(start) <= last_day for start in frame["period"]],
    )
    return Table.make(
        frame,
        Column("period", message("Period from"), grain=query.grain),
        Column("new", message("New customers"), Unit.MONEY),
        Column("returning", message("Returning customers"), Unit.MONEY),
        Column("unknown", message("Unknown customers"), Unit.MONEY),
        Column("returning_share", message("Returning share"), Unit.RATIO),
        Column("is_complete", message("Period is over")),
    )
