"""What content, messages and the private domain gained in a period."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Double, and_, case, cast, func, or_, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency, within
from ecom.schema import content_daily, crm_campaigns, private_domain_daily
from ecom.store import Store

STANDS_DAYS = 31
"""A count of members stands for at most as long as this, until the next one."""
_PIECE = ["shop_id", "platform", "account", "content_id"]
_COUNTERS = ["impressions", "views", "new_followers", "product_clicks", "paid_orders"]


def pieces(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """What each piece of content gained in a period.

    Counters are totals so far as of a day. A piece gained what its last count in the period says
    above its last count before. Without one before, a piece published in the period began at zero;
    of an older piece the first count in the period is where counting begins.

    Returns
    -------
    DataFrame
        shop_id, platform, account, content_id, title, kind, the counters and ``paid_amount`` (in
        the report's currency; NaN: not told), ``is_known`` (False: an older piece with one single
        count, so what it gained can't be known; all counters NaN) and ``fell`` (a counter is lower
        than it was: a correction; the gain is zero then).
    """
    row = content_daily.c
    keys = [row[name] for name in _PIECE]
    bounds = (
        select(
            *keys,
            func.max(case((row.as_of_date < period.start, row.as_of_date))).label("before"),
            func.min(case((row.as_of_date >= period.start, row.as_of_date))).label("first"),
            func.max(row.as_of_date).label("last"),
        )
        .where(row.is_current, row.shop_id.in_(resolved.shops), row.as_of_date <= period.end)
        .group_by(*keys)
        .having(func.max(row.as_of_date) >= period.start)
        .subquery("bounds")
    )
    found = store.read(
        select(
            *keys,
            row.title,
            row.content_type.label("kind"),
            row.published_date,
            row.as_of_date,
            *(row[name] for name in _COUNTERS),
            _money(resolved, content_daily, row.paid_amount).label("paid_amount"),
            bounds.c.before,
            bounds.c.first,
            bounds.c.last,
        )
        .select_from(
            content_daily.join(bounds, and_(*(row[name] == bounds.c[name] for name in _PIECE)))
        )
        .where(
            row.is_current,
            or_(*(row.as_of_date == bounds.c[name] for name in ("before", "first", "last"))),
        )
        .order_by(*keys, row.as_of_date)
    )
    return _gained(found, period)


def _gained(found: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Last counts less those to begin with; ``found`` has up to three days a piece."""
    counters = [*_COUNTERS, "paid_amount"]
    days = ["published_date", "as_of_date", "before", "first", "last"]
    found = found.assign(
        **{name: pd.to_datetime(found[name]) for name in days},
        **{name: found[name].astype("float64") for name in counters},
    )
    last = found[found["as_of_date"] == found["last"]].set_index(_PIECE)
    begins = found["before"].fillna(found["first"])
    begin = found[found["as_of_date"] == begins].set_index(_PIECE).reindex(last.index)
    is_new = (last["before"].isna()) & (last["published_date"] >= pd.Timestamp(period.start))
    is_known = is_new | (last["last"] > begin["as_of_date"])
    start = begin[counters].copy()
    start.loc[is_new] = 0.0
    gain = last[counters] - start
    gain[~is_known] = np.nan
    fell = (gain < 0).any(axis=1)
    told = last[["title", "kind"]].fillna("")
    return pd.concat([told, gain.clip(lower=0), is_known.rename("is_known"), fell.rename("fell")],
                     axis=1).reset_index()  # fmt: skip


def messages(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """The messages sent in a period, one row a campaign.

    Returns
    -------
    DataFrame
        shop_id, platform, campaign_id, name, kind, day (timestamp), recipients, delivered
        (recipients where it is not told), clicks, orders, revenue (in the report's currency),
        unsubscribes; NaN: not told.
    """
    row = crm_campaigns.c
    numbers = {
        "recipients": row.recipients,
        "delivered": func.coalesce(row.delivered, row.recipients),
        "clicks": row.clicks,
        "orders": row.orders,
        "revenue": _money(resolved, crm_campaigns, row.revenue),
        "unsubscribes": row.unsubscribes,
    }
    keys = [row.shop_id, row.platform, row.campaign_id]
    found = store.read(
        select(
            *keys,
            func.coalesce(row.name, "").label("name"),
            func.coalesce(func.lower(row.channel), "").label("kind"),
            row.sent_date.label("day"),
            *(value.label(name) for name, value in numbers.items()),
        )
        .where(row.is_current, row.shop_id.in_(resolved.shops), within(row.sent_date, period))
        .order_by(*keys)
    )
    return found.assign(day=pd.to_datetime(found["day"])).astype(dict.fromkeys(numbers, "float64"))


def member_days(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """Groups and accounts by day, from ``STANDS_DAYS`` before the period on.

    Returns
    -------
    DataFrame
        shop_id, platform, account, day (timestamp), members, new_members, left_members, reach,
        clicks, visitors, orders, revenue (in the report's currency); NaN: not told.
    """
    row = private_domain_daily.c
    names = ["members", "new_members", "left_members", "reach", "clicks", "visitors", "orders"]
    keys = [row.shop_id, row.platform, row.account, row.as_of_date]
    found = store.read(
        select(
            *keys[:3],
            row.as_of_date.label("day"),
            *(row[name] for name in names),
            _money(resolved, private_domain_daily, row.revenue).label("revenue"),
        )
        .where(
            row.is_current,
            row.shop_id.in_(resolved.shops),
            row.as_of_date.between(period.start - timedelta(STANDS_DAYS), period.end),
        )
        .order_by(*keys)
    )
    kinds: dict[str, Any] = dict.fromkeys([*names, "revenue"], "float64")
    return found.assign(day=pd.to_datetime(found["day"])).astype(kinds)


def _money(resolved: ResolvedScope, facts: Any, amount: ColumnElement[Any]) -> ColumnElement[Any]:
    """An amount where it is in the report's currency, else NULL."""
    return cast(case((in_currency(resolved, facts), amount)), Double)
