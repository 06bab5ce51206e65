"""Paid search words: clicks, cost and conversions of what people typed before they saw an ad.

Spans of days count as those of ad spend do: a row of several days where it lies wholly inside what
is asked for, unless finer rows of the same account lie in it. Rows in another currency than the
report's are left out with all they tell, so that a cost per click has both of its halves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Subquery,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency
from ecom.queries.traffic_sources import with_days
from ecom.schema import search_terms
from ecom.store import Store

MEASURES = (
    "paid_word_impressions",
    "paid_word_clicks",
    "paid_word_spend",
    "paid_word_conversions",
    "paid_word_clicks_with_conversions",
    "paid_word_spend_with_conversions",
)
_ACCOUNT = ["shop_id", "platform", "account"]
_SPAN = [*_ACCOUNT, "start", "end"]


@dataclass(frozen=True, eq=False, slots=True)
class PaidWords:
    """The paid words of one period.

    Attributes
    ----------
    rows : one row a word and ad platform, all shops together: keyword, platform and ``MEASURES``
        (NaN: no row tells it). Conversions are told against the clicks and the spend of the rows
        that tell them.
    daily : ``MEASURES`` of all words together, by day; rows of several days are not in it.
    left_out : spans of several days that touch the period and do not count: columns ``platform``,
        ``start``, ``end``.
    foreign : currencies of rows that are left out.
    days : days that count, of each account by itself.
    """

    rows: pd.DataFrame
    daily: pd.DataFrame
    left_out: pd.DataFrame
    foreign: tuple[str, ...]
    days: int


def paid_words(store: Store, resolved: ResolvedScope) -> tuple[PaidWords, ...]:
    """Read the paid words of the period and of its base."""
    return tuple(_of(store, resolved, period) for period in resolved.periods())


def paid_word_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """What each batch adds to the paid words of a period.

    Columns as of ``ecom.queries.provenance``: batch_id, rows, units (clicks), amount (spend).
    """
    terms = _terms(resolved, period)
    counts, _ = counting(_spans(store, terms), period)
    if counts.empty:
        return pd.DataFrame(columns=["batch_id", "rows", "units", "amount"])
    frame = store.read(
        select(
            terms.c.batch_id,
            func.count().label("rows"),
            func.sum(terms.c.clicks).label("units"),
            func.sum(terms.c.spend).label("amount"),
        )
        .where(terms.c.is_ours == 1, or_(*_chosen(terms, counts)))
        .group_by(terms.c.batch_id)
        .order_by(terms.c.batch_id)
    )
    types = {"batch_id": "int64", "rows": "int64", "units": "float64", "amount": "float64"}
    return frame.astype(types)


def counting(spans: pd.DataFrame, period: Period) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Which spans of days count in a period, and which touch it and do not.

    Parameters
    ----------
    spans : shop_id, platform, account, start, end (timestamps), one row each.
    """
    first, last = pd.Timestamp(period.start), pd.Timestamp(period.end)
    length = spans["end"] - spans["start"]
    finest = spans.assign(length=length).sort_values(["length", "start"])
    kept: list[int] = []
    taken: dict[tuple[str, ...], list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    cells = (finest[name].tolist() for name in _SPAN)
    for place, *account, start, end in zip(finest.index.tolist(), *cells, strict=True):
        counted = taken.setdefault(tuple(account), [])
        is_inside = start >= first and end <= last
        if is_inside and (start == end or all(end < one or start > two for one, two in counted)):
            kept.append(place)
            counted.append((start, end))
    rest = spans.drop(index=kept)
    return spans.loc[kept], rest[rest["start"] < rest["end"]]


def _of(store: Store, resolved: ResolvedScope, period: Period) -> PaidWords:
    terms = _terms(resolved, period)
    counts, left_out = counting(_spans(store, terms), period)
    foreign = _foreign(store, terms)
    if counts.empty:
        nothing = pd.DataFrame(columns=["keyword", "platform", *MEASURES])
        daily = nothing.drop(columns=["keyword", "platform"])
        return PaidWords(nothing, daily, left_out, foreign, 0)
    chosen = and_(terms.c.is_ours == 1, or_(*_chosen(terms, counts)))
    daily = _summed(store, and_(chosen, terms.c.start == terms.c.end), terms, terms.c.start)
    days = pd.Index(pd.to_datetime(daily["start"]).dt.date, name="day")
    return PaidWords(
        rows=_summed(store, chosen, terms, terms.c.keyword, terms.c.platform),
        daily=daily.drop(columns="start").set_axis(days),
        left_out=left_out,
        foreign=foreign,
        days=int(((counts["end"] - counts["start"]).dt.days + 1).sum()),
    )


def _terms(resolved: ResolvedScope, period: Period) -> Subquery:
    """Rows that touch a period; ``is_ours``: in the report's currency."""
    row = search_terms.c
    return (
        select(
            row.shop_id,
            row.ad_platform.label("platform"),
            row.account,
            row.period_start.label("start"),
            row.period_end.label("end"),
            row.keyword,
            func.coalesce(row.currency, "").label("currency"),
            case((in_currency(resolved, search_terms), 1), else_=0).label("is_ours"),
            row.impressions,
            row.clicks,
            row.spend,
            row.attributed_orders,
            row.batch_id,
        )
        .where(
            row.is_current,
            row.keyword != "",
            row.shop_id.in_(resolved.shops),
            row.period_start <= period.end,
            row.period_end >= period.start,
        )
        .subquery("terms")
    )


def _spans(store: Store, terms: FromClause) -> pd.DataFrame:
    columns = [terms.c[name] for name in _SPAN]
    ours = select(*columns).where(terms.c.is_ours == 1).distinct()
    return with_days(store.read(ours.order_by(*columns)))


def _foreign(store: Store, terms: FromClause) -> tuple[str, ...]:
    other = select(terms.c.currency).where(terms.c.is_ours == 0).distinct()
    return tuple(sorted(store.read(other)["currency"]))


def _summed(
    store: Store,
    condition: ColumnElement[bool],
    terms: FromClause,
    *by: ColumnElement[Any],
) -> pd.DataFrame:
    """The measures by some columns, in their order."""
    tells = terms.c.attributed_orders.is_not(None)
    parts = (
        terms.c.impressions,
        terms.c.clicks,
        terms.c.spend,
        terms.c.attributed_orders,
        case((tells, terms.c.clicks)),
        case((tells, terms.c.spend)),
    )
    frame = store.read(
        select(
            *by,
            *(
                cast(func.sum(part), Double).label(name)
                for name, part in zip(MEASURES, parts, strict=True)
            ),
        )
        .where(condition)
        .group_by(*by)
        .order_by(*by)
    )
    return frame.astype(dict.fromkeys(MEASURES, "float64"))


def _chosen(terms: FromClause, counts: pd.DataFrame) -> Iterator[ColumnElement[bool]]:
    """A condition for each account: its days, and its rows of several days."""
    for account, mine in counts.groupby(_ACCOUNT, sort=True):
        same = and_(
            *(terms.c[name] == str(cell) for name, cell in zip(_ACCOUNT, account, strict=True))
        )
        single = mine[mine["start"] == mine["end"]]
        days = [day.date() for day in single["start"]]
        yield and_(same, terms.c.start == terms.c.end, terms.c.start.in_(days))
        for row in mine.drop(single.index).to_dict("records"):
            yield and_(
                same,
                terms.c.start == row["start"].date(),
                terms.c.end == row["end"].date(),
            )
