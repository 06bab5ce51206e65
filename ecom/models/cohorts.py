"""Cohorts by periods since they began, from one row a person and period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecom.models.customers import MONEY
from ecom.models.runs import IntArray, changes, sizes

NEVER = int(np.iinfo(np.int32).max)  # later than any day


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """One element a person and period, by person and then period.

    Attributes
    ----------
    person : a number, rising.
    period : place among the periods read; -1 before them.
    returns : number of events (orders) that count as a return.
    amount : money of those, in ten-thousandths of the currency.
    start_day : day of the first start in the period, ``NEVER`` without one.
    event_day : the same of the start's event however it is filtered.
    """

    person: IntArray
    period: IntArray
    returns: IntArray
    amount: NDArray[np.float64]
    start_day: IntArray
    event_day: IntArray


@dataclass(frozen=True, eq=False, slots=True)
class Grids:
    """Cohorts (rows) by offsets in periods (columns).

    Attributes
    ----------
    sizes : people of each cohort.
    people : those with a return at that offset, from 1 on.
    amount : money of members in that period, the cohort's own included.
    """

    sizes: IntArray
    people: NDArray[np.float64]
    amount: NDArray[np.float64]


def first_starts(seen: Seen, *, of_all: bool) -> IntArray:
    """The rows in which each person starts for the first time.

    Parameters
    ----------
    of_all : only those who had never done the start's event before, in whatever way.
    """
    starts = np.flatnonzero(seen.start_day < NEVER)
    firsts = starts[changes(seen.person[starts])]
    if not of_all or not len(firsts):
        return firsts
    opens = np.flatnonzero(changes(seen.person))
    earliest = np.minimum.reduceat(seen.event_day, opens)
    beside = np.repeat(earliest, sizes(opens, len(seen.person)))
    return firsts[seen.start_day[firsts] == beside[firsts]]


def every_start(seen: Seen) -> IntArray:
    """All rows with a start."""
    return np.flatnonzero(seen.start_day < NEVER)


def follow(
    seen: Seen,
    members: IntArray,
    *,
    cohorts: int,
    offsets: int,
    min_returns: int = 1,
    last_only: bool = False,
) -> Grids:
    """Count returns of members from their cohort's period on.

    Parameters
    ----------
    members : rows of ``seen`` that make a member of their period's cohort.
    cohorts, offsets : size of the grids; who starts before or after the cohorts is left out.
    min_returns : needed within one period.
    last_only : a person counts once, in the last period of a return.
    """
    members = members[(seen.period[members] >= 0) & (seen.period[members] < cohorts)]
    opens = np.flatnonzero(changes(seen.person))
    count = sizes(opens, len(seen.person))
    length = np.repeat(opens + count, count)[members] - members
    begins = np.cumsum(length) - length
    row = np.repeat(members - begins, length) + np.arange(length.sum())
    cohort = np.repeat(seen.period[members], length)
    offset = seen.period[row] - cohort
    is_return = (offset > 0) & (seen.returns[row] >= min_returns)
    if last_only and len(members):
        last = np.maximum.reduceat(np.where(is_return, np.arange(len(row)), -1), begins)
        is_return = np.zeros(len(row), dtype=bool)
        is_return[last[last >= 0]] = True
    cell = cohort * offsets + offset

    def grid(values: NDArray[Any]) -> NDArray[np.float64]:
        summed = np.bincount(cell, weights=values, minlength=cohorts * offsets)
        return summed.astype("float64").reshape(cohorts, offsets)

    return Grids(
        sizes=np.bincount(seen.period[members], minlength=cohorts),
        people=grid(is_return),
        amount=grid(seen.amount[row]) / MONEY,
    )


def by_period(
    person: IntArray,
    period: IntArray,
    day: IntArray,
    amount: NDArray[np.float64],
    starts: NDArray[np.bool_],
) -> Seen:
    """``Seen`` of sales, sorted by person and day: each is a return and the start's event.

    Parameters
    ----------
    period : as in ``Seen``.
    starts : whether the sale is a start.
    """
    opens = np.flatnonzero(changes(person) | changes(period))
    if not len(opens):
        return Seen(person, period, person, amount, day, day)
    return Seen(
        person=person[opens],
        period=period[opens],
        returns=sizes(opens, len(person)),
        amount=np.add.reduceat(amount, opens),
        start_day=np.minimum.reduceat(np.where(starts, day, NEVER), opens),
        event_day=day[opens],
    )
