"""Who comes back: a table of cohorts by periods since they began.

The rules. Offset 0 is the size of the cohort; returns count from the next period on, so a second
order on the first day is no return. A cell is complete when its period has ended; unfinished cells
are shown but left out of every mean. With ``ON_OR_AFTER`` every return cell stays open until the
last period read has ended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecom.model import Scope
from ecom.models.cohorts import every_start, first_starts, follow
from ecom.models.customers import CustomerOrders
from ecom.queries.cohort_query import CohortQuery, Criteria, Membership, Source
from ecom.queries.cohorts import seen_people
from ecom.queries.event_sets import EventSet, Where
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store

__all__ = [
    "CohortQuery",
    "CohortTable",
    "Criteria",
    "EventSet",
    "Membership",
    "Source",
    "Where",
    "cohorts",
]


@dataclass(frozen=True, eq=False, slots=True)
class CohortTable:
    """Cohorts (rows, first day of their period) by offset in periods (columns 0, 1, ...).

    Attributes
    ----------
    counts : Int64; people with a return at that offset, column 0 the cohort's size. <NA> where the
        table does not reach.
    sizes : int; people of each cohort.
    retention : float 0..1; counts over sizes, NaN where there is no cell or no member.
    amounts : float; money of returning events in that period, the cohort's own included.
    complete : bool; whether the cell's period has ended.
    """

    counts: pd.DataFrame
    sizes: pd.Series
    retention: pd.DataFrame
    amounts: pd.DataFrame
    complete: pd.DataFrame

    @property
    def per_member(self) -> pd.DataFrame:
        """Money per member of the cohort and period; NaN where there is no cell or no member."""
        return self.amounts.div(self.sizes.where(self.sizes > 0).astype("float64"), axis=0)

    def mean(self, *, weighted: bool = True) -> pd.Series:
        """Mean retention at each offset, over complete cells.

        Parameters
        ----------
        weighted : bool
            Sum of returns over sum of sizes; otherwise the plain mean of the cohorts' shares.
        """
        return self._mean(self.counts.astype("float64"), weighted=weighted)

    def mean_per_member(self, *, weighted: bool = True) -> pd.Series:
        """Mean money per member at each offset, over complete cells."""
        return self._mean(self.amounts, weighted=weighted)

    def _mean(self, totals: pd.DataFrame, *, weighted: bool) -> pd.Series:
        kept = totals.where(self.complete)
        sizes = self.sizes.where(self.sizes > 0).astype("float64")
        if not weighted:
            return kept.div(sizes, axis=0).mean()
        below = kept.notna().mul(sizes.fillna(0.0), axis=0).sum()
        return kept.sum().div(below.where(below > 0))


def cohorts(
    store: Store,
    query: CohortQuery,
    *,
    resolved: ResolvedScope | None = None,
    orders: CustomerOrders | None = None,
) -> CohortTable:
    """Answer a cohort question.

    Parameters
    ----------
    resolved : the shops to count; default all. For sales its channel, device and region filters
        narrow the starts: a cohort is attributed by its members' first order, and returns count
        through whatever channel they come.
    orders : of sales, where they are read already; see ``seen_people``.

    Raises
    ------
    InvalidParameter
        By ``CohortQuery`` itself.
    """
    seen = seen_people(store, resolved or resolve(store, Scope()), query, orders=orders)
    starts, reach = query.starts, query.reach
    on_or_after = query.criteria is Criteria.ON_OR_AFTER
    grids = follow(
        seen,
        every_start(seen)
        if query.membership is Membership.RECURRING
        else first_starts(seen, of_all=query.membership is Membership.FIRST_EVER),
        cohorts=len(starts),
        offsets=max(len(reach), query.periods),
        min_returns=query.min_occurrences,
        last_only=on_or_after,
    )
    returns = grids.people
    if on_or_after:
        # Each person stands at the last return, and so was seen on or after every earlier offset.
        returns = returns[:, ::-1].cumsum(axis=1)[:, ::-1]
    returns[:, 0] = grids.sizes
    exists = _cells(len(starts), len(reach), query)
    index, columns = pd.Index(starts, name="cohort"), pd.RangeIndex(query.periods, name="offset")

    def frame(values: NDArray[np.float64]) -> pd.DataFrame:
        cut = values[:, : query.periods]
        return pd.DataFrame(np.where(exists, cut, np.nan), index=index, columns=columns)

    counts = frame(returns)
    members = pd.Series(grids.sizes, index=index, name="size")
    return CohortTable(
        counts=counts.astype("Int64"),
        sizes=members,
        retention=counts.div(members.where(members > 0).astype("float64"), axis=0),
        amounts=frame(grids.amount),
        complete=pd.DataFrame(_complete(query) & exists, index=index, columns=columns),
    )


def _cells(cohort_count: int, period_count: int, query: CohortQuery) -> np.ndarray:
    """Which cells the table has: those whose period is read."""
    cohort, offset = np.indices((cohort_count, query.periods))
    return cohort + offset < period_count


def _complete(query: CohortQuery) -> np.ndarray:
    """Whether the period of each cell has ended."""
    last_day = query.last_day or query.until
    ended = np.array([query.end_of(start) <= last_day for start in query.reach])
    cohort, offset = np.indices((len(query.starts), query.periods))
    complete = ended[np.minimum(cohort + offset, len(ended) - 1)]
    if query.criteria is Criteria.ON_OR_AFTER:
        complete = np.where(offset == 0, complete, ended[-1])
    return complete
