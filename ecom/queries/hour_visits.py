"""Visits by the hour of the week they began in, on the shop's clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Double, and_, case, cast, func, select, true

from ecom.model import Period
from ecom.queries.passages import count_if, split_columns, visits_of
from ecom.queries.products_seen import products_seen
from ecom.queries.scope import ResolvedScope, in_currency
from ecom.schema import sessions
from ecom.store import Store
from ecom.store.functions import day_of_week


def hour_sums(
    store: Store, resolved: ResolvedScope, period: Period, *, shops: Sequence[str]
) -> pd.DataFrame:
    """Sum the visits of each day by the hour they began in.

    Parameters
    ----------
    shops : whose visits; the scope's filters hold besides.

    Returns
    -------
    DataFrame
        day (timestamp), hour (0..23), sessions, buying_sessions (with a purchase), visit_revenue
        (of purchases in the report's currency), revenue_squares (the sum of each visit's, squared).
    """
    visit = sessions.c
    told = cast(case((in_currency(resolved, sessions), visit.revenue)), Double)
    revenue = func.coalesce(told, 0.0)
    frame = store.read(
        select(
            visit.session_date.label("day"),
            visit.local_hour.label("hour"),
            func.count().label("sessions"),
            count_if(visit.purchases > 0).label("buying_sessions"),
            func.sum(revenue).label("visit_revenue"),
            func.sum(revenue * revenue).label("revenue_squares"),
        )
        .where(*visits_of(resolved, period, shops=shops))
        .group_by(visit.session_date, visit.local_hour)
        .order_by(visit.session_date, visit.local_hour)
    )
    sums = ("sessions", "buying_sessions", "visit_revenue", "revenue_squares")
    return frame.assign(day=pd.to_datetime(frame["day"])).astype(
        {"hour": "int64", **dict.fromkeys(sums, "float64")}
    )


def hour_groups(
    store: Store,
    resolved: ResolvedScope,
    *,
    shops: Sequence[str],
    weekday: int | None,
    hour: int | None,
) -> pd.DataFrame:
    """Count the visits of the period by what they are.

    Parameters
    ----------
    weekday, hour : 0 (Monday) to 6 and 0 to 23; None: every one.

    Returns
    -------
    DataFrame
        ``SPLITS`` as in ``visit_passages``; ``at`` and ``on``: all visits, and those of them that
        began in these hours.
    """
    chosen = visits_of(resolved, resolved.period, shops=shops)
    splits = split_columns(store, resolved, chosen)
    columns: list[ColumnElement[Any]] = [
        *(part.label(name) for name, part in splits.items()),
        func.count().label("at"),
        count_if(_begun(weekday, hour)).label("on"),
    ]
    return store.read(select(*columns).where(*chosen).group_by(*splits.values()).order_by(*splits))


def hour_products(
    store: Store,
    resolved: ResolvedScope,
    *,
    shops: Sequence[str],
    weekday: int | None,
    hour: int | None,
) -> pd.DataFrame:
    """Count the visits that saw each product: ``products_seen`` of all hours and of these."""
    begun = _begun(weekday, hour)
    return products_seen(store, resolved, shops=shops, among=true(), looked_at=begun, most="on")


def _begun(weekday: int | None, hour: int | None) -> ColumnElement[bool]:
    """The condition that a visit began in these hours of the week."""
    parts: list[ColumnElement[bool]] = [true()]
    if weekday is not None:
        parts.append(day_of_week(sessions.c.session_date) == weekday)
    if hour is not None:
        parts.append(sessions.c.local_hour == hour)
    return and_(*parts)
