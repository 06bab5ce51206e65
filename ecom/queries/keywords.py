"""Visitors and buyers by search word, from exports that list the words of a day."""

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
from ecom.queries.scope import ResolvedScope, within_any
from ecom.queries.traffic_sources import (
    Choice,
    aggregate_keys,
    choose,
    ranked,
    with_days,
)
from ecom.schema import products, traffic_agg
from ecom.store import Store

_FLAGS = ("all_carriers", "all_devices", "whole_day")
MEASURES = ("keyword_visitor_days", "keyword_visitor_days_with_buyers", "keyword_buyer_days")
_KEYS = ("shop_id", "start", "end", "kind", "system", *_FLAGS)


@dataclass(frozen=True, eq=False, slots=True)
class Keywords:
    """The words of one period.

    Attributes
    ----------
    rows : one row a word, all shops together: keyword and the measures keyword_visitor_days,
        keyword_visitor_days_with_buyers, keyword_buyer_days (NaN: no row of the word tells it).
    daily : the same measures of all words together, by day; rows of several days are not in it.
    choice : which export spoke for which shop and days.
    days : shop days known, the measure of how much was seen.
    """

    rows: pd.DataFrame
    daily: pd.DataFrame
    choice: Choice
    days: int


def keywords(store: Store, resolved: ResolvedScope) -> tuple[Keywords, ...]:
    """Read the words of the period and of its base.

    One export speaks for a shop's day, as for visits; rows of several days are never spread.
    """
    periods = resolved.periods()
    words = _words(resolved, periods)
    known = _known(store, words)
    return tuple(_of(store, words, choose(known, period)) for period in periods)


def keyword_batches(store: Store, resolved: ResolvedScope, period: Period) -> pd.DataFrame:
    """What each batch adds to the words of a period.

    Columns as of ``ecom.queries.provenance``: batch_id, rows, units (visitors
    by day), amount (NaN).
    """
    words = _words(resolved, (period,))
    choice = choose(_known(store, words), period)
    if choice.rows.empty:
        return pd.DataFrame(columns=["batch_id", "rows", "units", "amount"])
    frame = store.read(
        select(
            words.c.batch_id,
            func.count().label("rows"),
            func.sum(words.c.uv).label("units"),
        )
        .where(or_(*_chosen(words, choice.rows)))
        .group_by(words.c.batch_id)
        .order_by(words.c.batch_id)
    )
    types = {"batch_id": "int64", "rows": "int64", "units": "float64"}
    return frame.astype(types).assign(amount=float("nan"))


def brand_names(store: Store) -> tuple[str, ...]:
    """The brands that product lists name, by alphabet."""
    name = products.c.brand
    frame = store.read(
        select(name)
        .where(
            products.c.is_current,
            func.coalesce(name, "") != "",
        )
        .distinct()
    )
    return tuple(sorted({str(brand).strip() for brand in frame["brand"]} - {""}))


def _words(resolved: ResolvedScope, periods: tuple[Period, ...]) -> Subquery:
    row = traffic_agg.c
    return (
        select(*aggregate_keys(), row.keyword, row.uv, row.paid_buyers, row.batch_id)
        .where(
            row.is_current,
            row.grain == "keyword",
            ~func.coalesce(row.is_rollup, False),
            func.coalesce(row.keyword, "") != "",
            row.shop_id.in_(resolved.shops),
            or_(within_any(row.period_start, periods), within_any(row.period_end, periods)),
        )
        .subquery("words")
    )


def _known(store: Store, words: FromClause) -> pd.DataFrame:
    """Which exports list words for which shop and days; see ``coverage`` of visits."""
    return ranked(with_days(store.read(select(*(words.c[key] for key in _KEYS)).distinct())))


def _of(store: Store, words: Subquery, choice: Choice) -> Keywords:
    rows = choice.rows
    spans = int(((rows["end"] - rows["start"]).dt.days + 1).sum()) if len(rows) else 0
    if rows.empty:
        nothing = pd.DataFrame(columns=["keyword", *MEASURES])
        return Keywords(nothing, nothing.drop(columns="keyword"), choice, spans)
    chosen = or_(*_chosen(words, rows))
    daily = _summed(store, words, words.c.start, and_(chosen, words.c.start == words.c.end))
    days = pd.Index(pd.to_datetime(daily["start"]).dt.date, name="day")
    return Keywords(
        rows=_summed(store, words, words.c.keyword, chosen),
        daily=daily.drop(columns="start").set_axis(days),
        choice=choice,
        days=spans,
    )


def _summed(
    store: Store, words: FromClause, by: ColumnElement[Any], condition: ColumnElement[bool]
) -> pd.DataFrame:
    """The measures by a column of the words, in its order."""
    told = case((words.c.paid_buyers.is_not(None), words.c.uv))
    frame = store.read(
        select(
            by,
            cast(func.sum(words.c.uv), Double).label("keyword_visitor_days"),
            cast(func.sum(told), Double).label("keyword_visitor_days_with_buyers"),
            cast(func.sum(words.c.paid_buyers), Double).label("keyword_buyer_days"),
        )
        .where(condition)
        .group_by(by)
        .order_by(by)
    )
    return frame.astype(dict.fromkeys(MEASURES, "float64"))


def _chosen(words: FromClause, rows: pd.DataFrame) -> Iterator[ColumnElement[bool]]:
    """A condition for each export of a shop: its days, and its rows of several days."""
    for _, mine in rows.groupby(["shop_id", "system", *_FLAGS], sort=True):
        export = mine.iloc[0]
        same = and_(
            words.c.shop_id == str(export["shop_id"]),
            words.c.system == str(export["system"]),
            *(words.c[flag] == int(export[flag]) for flag in _FLAGS),
        )
        single = mine[mine["start"] == mine["end"]]
        days = [day.date() for day in single["start"]]
        yield and_(same, words.c.start == words.c.end, words.c.start.in_(days))
        for row in mine.drop(single.index).to_dict("records"):
            yield and_(
                same,
                words.c.start == row["start"].date(),
                words.c.end == row["end"].date(),
            )
