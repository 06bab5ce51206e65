"""Which source speaks for a shop on a day. Event logs and back-office exports are never added."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, within_any
from ecom.schema import daily_visits, sessions, traffic_agg
from ecom.store import Store


class SourceKind(StrEnum):
    """What a visit count was made from."""

    EVENTS = "events"  # visits counted from an event log
    SHOP = "shop"  # the shop's row in a back-office export
    TOTAL = "total"  # the whole-shop row of an export by channel
    CHANNELS = "channels"  # the channels of such an export, added up


# The first that covers a shop's day speaks for it. Among equals: the export's name, by alphabet.
POLICY = (SourceKind.EVENTS, SourceKind.SHOP, SourceKind.TOTAL, SourceKind.CHANNELS)

# How exports write "not split by this": only these rows count beside rows that are split.
_WHOLE = tuple("全店 全部 全部终端 整体 汇总 店铺流量 全店流量 all total Total".split())
_SPAN = ["shop_id", "start", "end", "system"]
_KEYS = ["shop_id", "start", "end", "kind", "system", "all_carriers", "all_devices", "whole_day"]


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """The rows that count in a period.

    Attributes
    ----------
    rows : one row a shop and day (or longer span): shop_id, start, end, kind, system and the flags
        that say how finely the rows are split. Index: the place in the answer of ``coverage``.
    left_out : rows of several days that can't be used here: shop_id, start, end, system.
    """

    rows: pd.DataFrame
    left_out: pd.DataFrame

    def of(self, facts: pd.DataFrame) -> pd.DataFrame:
        """The facts of the chosen rows; ``facts`` is an answer of ``placed``."""
        return facts[facts["place"].isin(self.rows.index)].drop(columns="place")


def visit_keys(shop_id: ColumnElement[str], day: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The identifying columns of visits."""
    return [
        shop_id,
        day.label("start"),
        day.label("end"),
        literal(str(SourceKind.EVENTS), String).label("kind"),
        literal("events", String).label("system"),
        *(literal(1, Integer).label(name) for name in ("all_carriers", "all_devices", "whole_day")),
    ]


def aggregate_keys() -> list[ColumnElement[Any]]:
    """The identifying columns of aggregate rows: those of visits in name and type."""
    row = traffic_agg.c
    is_shop = row.grain == "shop"
    kind = case(
        (is_shop, str(SourceKind.SHOP)),
        (row.is_rollup, str(SourceKind.TOTAL)),
        else_=str(SourceKind.CHANNELS),
    )
    return [
        row.shop_id,
        row.period_start.label("start"),
        row.period_end.label("end"),
        kind.label("kind"),
        row.source.label("system"),
        _flag(_is_whole(row.carrier, is_shop)).label("all_carriers"),
        _flag(_is_whole(row.device, is_shop)).label("all_devices"),
        _flag(row.hour < 0).label("whole_day"),
    ]


def usable_aggregates(resolved: ResolvedScope, periods: Collection[Period]) -> ColumnElement[bool]:
    """Aggregate rows that can speak for a shop: its own, its channels', or their whole-shop sum.

    Subtotals of a group of channels are neither leaves nor the whole, so they are left out; a
    product's, keyword's or campaign's visitors are not the shop's.
    """
    row = traffic_agg.c
    whole_shop = and_(
        row.channel_l1.in_(("", *_WHOLE)), func.coalesce(row.channel_l2, "").in_(("", *_WHOLE))
    )
    is_rollup = func.coalesce(row.is_rollup, False)
    return and_(
        row.is_current,
        row.shop_id.in_(resolved.shops),
        row.period_end >= min(period.start for period in periods),
        row.period_start <= max(period.end for period in periods),
        or_(row.grain == "shop", and_(row.grain == "channel", or_(~is_rollup, whole_shop))),
        or_(
            *(
                and_(row.period_start <= period.end, row.period_end >= period.start)
                for period in periods
            )
        ),
    )


def visit_days(resolved: ResolvedScope, periods: Collection[Period]) -> ColumnElement[bool]:
    """Visits of the shops on the days of the periods."""
    return and_(
        sessions.c.shop_id.in_(resolved.shops), within_any(sessions.c.session_date, periods)
    )


def coverage(store: Store, resolved: ResolvedScope, periods: Collection[Period]) -> pd.DataFrame:
    """Which rows there are, whatever the filters say: one row each, with the columns of a key.

    A filter must not change who speaks for a day, so this looks past channels and devices. The
    rows that are to be preferred come first; see ``ranked``.
    """
    visits = daily_visits.c
    days = (
        select(visits.shop_id, visits.day)
        .where(
            visits.split == "",
            visits.shop_id.in_(resolved.shops),
            within_any(visits.day, periods),
        )
        .distinct()
        .subquery("days")
    )
    parts: tuple[Select[Any], ...] = (
        select(*visit_keys(days.c.shop_id, days.c.day)),
        select(*aggregate_keys()).where(usable_aggregates(resolved, periods)).distinct(),
    )
    return ranked(with_days(store.read(union_all(*parts))))


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of sources, those that come first in ``POLICY`` and are split least before the others.

    Parameters
    ----------
    rows : the columns of a key, ``start`` and ``end`` as timestamps; repeated rows are dropped.
    """
    rank = rows["kind"].map({str(kind): place for place, kind in enumerate(POLICY)})
    return (
        rows[_KEYS]
        .drop_duplicates()
        .assign(rank=rank)
        .sort_values(
            ["rank", "system", "all_carriers", "all_devices", "whole_day", "shop_id", "start"],
            ascending=[True, True, False, False, False, True, True],
        )
        .drop(columns="rank")
        .reset_index(drop=True)
    )


def placed(facts: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Facts with ``place``: where ``rows``, an answer of ``coverage``, has their key."""
    return facts.merge(rows.reset_index(names="place"), on=_KEYS)


def with_days(frame: pd.DataFrame) -> pd.DataFrame:
    """``start`` and ``end`` as timestamps, whatever the engine returned."""
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))


def choose(rows: pd.DataFrame, period: Period, *, needs: Collection[str] = ()) -> Choice:
    """Take one source for each shop and day.

    A row of several days is never spread over them. It counts where it lies wholly in the period
    and the shop has no row of a single day there.

    Parameters
    ----------
    rows : answer of ``coverage`` or ``ranked``.
    needs : "channel", "device", "region", "landing", "hour": what the numbers are split or
        filtered by; only sources that tell it can speak.
    """
    first, last = pd.Timestamp(period.start), pd.Timestamp(period.end)
    overlapping = rows[(rows["start"] <= last) & (rows["end"] >= first) & _tells(rows, needs)]
    is_long = overlapping["start"] < overlapping["end"]
    if not is_long.any():
        return Choice(rows=_best(overlapping), left_out=rows.iloc[:0][_SPAN])
    daily, several = _best(overlapping[~is_long]), overlapping[is_long]
    fits = (several["start"] >= first) & (several["end"] <= last)
    fits &= ~several["shop_id"].isin(daily["shop_id"])
    longer = _apart(_best(several[fits]))
    spans = several[_SPAN].drop_duplicates().merge(longer[_SPAN], how="left", indicator=True)
    return Choice(
        rows=pd.concat([daily, longer]),
        left_out=spans.loc[spans["_merge"] == "left_only", _SPAN],
    )


def _best(rows: pd.DataFrame) -> pd.DataFrame:
    """Of the ranked rows about a shop's span, the first."""
    return rows.drop_duplicates(["shop_id", "start", "end"])


def _tells(rows: pd.DataFrame, needs: Collection[str]) -> pd.Series:
    is_events = rows["kind"] == SourceKind.EVENTS
    told = pd.Series(True, index=rows.index)
    if "channel" in needs:
        told &= is_events | (rows["kind"] == SourceKind.CHANNELS)
    if "device" in needs:
        told &= is_events | (rows["all_devices"] == 0)
    if "hour" in needs:
        told &= is_events | (rows["whole_day"] == 0)
    if not {"region", "landing"}.isdisjoint(needs):
        told &= is_events
    return told


def _apart(spans: pd.DataFrame) -> pd.DataFrame:
    """Of spans that overlap in a shop, the longest first, so that no day counts twice."""
    length = (spans["end"] - spans["start"]).rename("length")
    kept: list[Any] = []
    for row in spans.assign(length=length).sort_values(["length", "start"]).iloc[::-1].itertuples():
        if all(
            row.shop_id != other.shop_id or row.end < other.start or row.start > other.end
            for other in kept
        ):
            kept.append(row)
    return spans.loc[[row.Index for row in kept]]


def _is_whole(column: ColumnElement[Any], is_shop: ColumnElement[bool]) -> ColumnElement[bool]:
    # A blank in a shop's own row means the whole shop; in a channel's row it means not told.
    return or_(column.in_(_WHOLE), and_(is_shop, func.coalesce(column, "") == ""))


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
