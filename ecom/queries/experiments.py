"""Experiments, added up by variant: whom each was shown to, and what these people did.

Who counts is said in ``experiment_people``. Experiments are asked for as a whole, whatever the
period of the scope, since a part of one proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import CTE, ColumnElement, Double, case, cast, func, literal, select, union_all

from ecom.queries.experiment_people import assigned_to_shops, people_of
from ecom.queries.scope import ResolvedScope, in_currency
from ecom.schema import experiment_assignments, experiment_results
from ecom.store import Store

_MONEY_SUMS = ("revenue", "revenue_squares", "before", "before_squares", "products")
_COUNTS = ("visitors", "switched", "buyers", "seen", "bounced", "ordered", "refunded")


@dataclass(frozen=True, eq=False, slots=True)
class AssignedFacts:
    """What assigned people did.

    Attributes
    ----------
    variants : one row an experiment and variant, by name: ``visitors`` (who saw only this),
        ``switched`` (who saw several; only their sum over the variants has a meaning), ``buyers``
        (with an order within the window), ``revenue`` (within the window), ``revenue_squares``,
        ``before`` (revenue in the days before), ``before_squares``, ``products`` (revenue ×
        before), ``seen`` (with a visit in the window), ``bounced`` (all of them of a single page),
        ``ordered`` (with an order in the window whose refunds are known), ``refunded``,
        ``planned_share``, ``planned_visitors``, ``first_day``, ``last_day`` (of assignments).
    days : one row an experiment, variant and local day: ``visitors`` assigned and ``buyers`` whose
        first order in the window was then; by day.
    """

    variants: pd.DataFrame
    days: pd.DataFrame


def assigned_facts(
    store: Store, resolved: ResolvedScope, *, window_days: int, before_days: int
) -> AssignedFacts | None:
    """Add up every experiment of the scope's shops, whatever the period; None without any.

    Parameters
    ----------
    window_days : an order counts up to so many days after the first assignment.
    before_days : revenue of so many days before it is kept for CUPED.
    """
    table = experiment_assignments
    any_row = select(table.c.visitor_id).where(*assigned_to_shops(resolved)).limit(1)
    if store.read(any_row).empty:
        return None
    people = people_of(resolved, window_days=window_days, before_days=before_days)
    return AssignedFacts(_variants(store, people), _days(store, people))


def reported_results(store: Store, resolved: ResolvedScope) -> pd.DataFrame:
    """What other tools counted, by experiment and variant, in the report's currency.

    Returns
    -------
    DataFrame
        ``experiment``, ``variant``, ``visitors``, ``buyers``, ``revenue``, ``revenue_squares`` (NaN
        where a shop does not say), ``planned_share``, ``planned_visitors``, ``first_day``,
        ``last_day``.
    """
    told = experiment_results.c

    def whole(column: ColumnElement[float]) -> ColumnElement[float]:
        known = func.count(column) == func.count()
        return case((known, func.sum(cast(column, Double))))

    frame = store.read(
        select(
            told.experiment,
            told.variant,
            func.sum(told.visitors).label("visitors"),
            func.sum(told.conversions).label("buyers"),
            whole(told.revenue).label("revenue"),
            whole(told.revenue_squares).label("revenue_squares"),
            func.max(told.planned_share).label("planned_share"),
            func.max(told.planned_visitors).label("planned_visitors"),
            func.min(told.start_date).label("first_day"),
            func.max(told.end_date).label("last_day"),
        )
        .where(
            told.is_current,
            told.shop_id.in_(resolved.shops),
            in_currency(resolved, experiment_results),
            told.visitors > 0,
        )
        .group_by(told.experiment, told.variant)
        .order_by(told.experiment, told.variant)
    )
    return _typed(frame, "visitors", "buyers")


def _variants(store: Store, people: CTE) -> pd.DataFrame:
    person = people.c
    once = person.variants == 1

    def total(value: ColumnElement[float]) -> ColumnElement[float]:
        return func.sum(case((once, value), else_=0))

    frame = store.read(
        select(
            person.experiment,
            person.variant,
            total(literal(1)).label("visitors"),
            func.sum(case((once, 0), else_=1)).label("switched"),
            total(person.bought).label("buyers"),
            total(person.revenue).label("revenue"),
            total(person.revenue * person.revenue).label("revenue_squares"),
            total(person.before).label("before"),
            total(person.before * person.before).label("before_squares"),
            total(person.revenue * person.before).label("products"),
            *(total(person[name]).label(name) for name in ("seen", "bounced")),
            *(total(person[name]).label(name) for name in ("ordered", "refunded")),
            func.max(case((once, person.planned_share))).label("planned_share"),
            func.max(person.planned_visitors).label("planned_visitors"),
            func.min(person.day).label("first_day"),
            func.max(person.day).label("last_day"),
        )
        .group_by(person.experiment, person.variant)
        .order_by(person.experiment, person.variant)
    )
    return _typed(frame, *_COUNTS).astype(dict.fromkeys(_MONEY_SUMS, "float64"))


def _days(store: Store, people: CTE) -> pd.DataFrame:
    person = people.c
    parts = union_all(
        *(
            select(
                person.experiment,
                person.variant,
                day.label("day"),
                func.sum(visitors).label("visitors"),
                func.sum(buyers).label("buyers"),
            )
            .where(person.variants == 1, day.is_not(None))
            .group_by(person.experiment, person.variant, day)
            for day, visitors, buyers in (
                (person.day, literal(1), literal(0)),
                (person.bought_on, literal(0), literal(1)),
            )
        )
    ).subquery("parts")
    frame = store.read(
        select(
            parts.c.experiment,
            parts.c.variant,
            parts.c.day,
            func.sum(parts.c.visitors).label("visitors"),
            func.sum(parts.c.buyers).label("buyers"),
        )
        .group_by(parts.c.experiment, parts.c.variant, parts.c.day)
        .order_by(parts.c.experiment, parts.c.day, parts.c.variant)
    )
    return frame.assign(day=pd.to_datetime(frame["day"])).astype(
        {"visitors": "int64", "buyers": "int64"}
    )


def _typed(frame: pd.DataFrame, *counts: str) -> pd.DataFrame:
    """Whole numbers, plain numbers and timestamps."""
    plain = [
        name
        for name in ("revenue", "revenue_squares", "planned_share", "planned_visitors")
        if name in frame.columns
    ]
    return frame.assign(
        first_day=pd.to_datetime(frame["first_day"]),
        last_day=pd.to_datetime(frame["last_day"]),
    ).astype({**dict.fromkeys(counts, "int64"), **dict.fromkeys(plain, "float64")})
