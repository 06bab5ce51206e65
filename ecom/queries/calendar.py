"""The team's calendar: campaigns and festivals."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import func, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope
from ecom.schema import calendar_events
from ecom.store import Store


def campaigns(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """The calendar's entries that touch a period, of the scope's shops or of all.

    Those of the whole company stand under a shop without a platform.

    Returns
    -------
    DataFrame
        ``name``, ``kind``, ``start``, ``end`` (datetime.date, cut to the period), by start.
    """
    event = calendar_events
    shop = func.coalesce(event.c.shop_id, "")
    of_all = ("", *(each.shop_id for each in resolved.known_shops if not each.platform))
    frame = store.read(
        select(event.c.name, event.c.kind, event.c.start_date, event.c.end_date)
        .where(
            event.c.is_current,
            shop.in_((*of_all, *resolved.shops)),
            event.c.start_date <= period.end,
            func.coalesce(event.c.end_date, event.c.start_date) >= period.start,
        )
        .order_by(event.c.start_date, event.c.name)
    )
    start = pd.to_datetime(frame.pop("start_date"))
    end = pd.to_datetime(frame.pop("end_date")).fillna(start)
    return frame.assign(
        start=start.clip(lower=_day(period.start, frame)).dt.date,
        end=end.clip(upper=_day(period.end, frame)).dt.date,
    ).drop_duplicates(ignore_index=True)


def _day(day: object, frame: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.Timestamp(str(day)), index=frame.index)
