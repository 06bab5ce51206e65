"""Content, live streams, messages and the private domain: reach, clicks, orders, revenue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.analysis.base import Column, Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.content_tables import (
    KINDS_FLOOR,
    MEMBERS,
    MESSAGE,
    PIECE,
    kinds_table,
    members_by_day,
    of_pieces,
    pieces_tables,
    sums,
)
from ecom.model import Amount, Notice, Period, Scope, Unit
from ecom.queries.content import STANDS_DAYS, member_days, messages, pieces
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

_LAYOUTS = {
    PIECE: (
        message("Notes, short videos and live streams"),
        ("own_content", "xiaohongshu_notes"),
    ),
    MESSAGE: (message("Messages to customers"), ("own_crm", "klaviyo_campaigns")),
    MEMBERS: (message("Groups, official accounts and mini programs"), ("own_private_domain",)),
}
_ACCOUNTS = (
    Column("account", message("Group or account")),
    Column("kind", message("Kind"), terms=True),
    Column("members", message("Members"), Unit.COUNT),
    Column("joined", message("Joined"), Unit.COUNT),
    Column("left", message("Members lost"), Unit.COUNT),
    Column("visitors", message("Visitors"), Unit.COUNT),
    Column("orders", message("Orders"), Unit.COUNT),
    Column("revenue", message("Revenue"), Unit.MONEY),
    Column("gpm", message("Revenue per thousand members"), Unit.MONEY),
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ContentReport(Report):
    """The answer.

    Attributes
    ----------
    kinds : one row a kind, most revenue first: what came of it, held against the comparison.
    best, weakest : pieces by revenue per thousand views or delivered messages.
    members : members, joined and left by day.
    accounts : groups and accounts, most members first.
    """

    kinds: Table
    best: Table
    weakest: Table
    members: Table
    accounts: Table


@dataclass(frozen=True, eq=False, slots=True)
class _Reach:
    """What was published in a period; ``rows`` has one row a piece, message or account."""

    rows: pd.DataFrame
    days: pd.DataFrame
    unknown: int
    corrected: int


def report(store: Store, scope: Scope) -> ContentReport:
    """Answer what content, messages and groups reached and brought in.

    Only the dates and the shop filter apply. Orders and revenue are those the platforms attribute:
    they overlap with each other and are part of the shops' own, so nothing here is added to sales.
    """
    resolved = resolve(store, scope)
    now = _reach(store, resolved, resolved.period)
    base = _reach(store, resolved, resolved.base) if resolved.base else None
    kinds = kinds_table(now.rows, None if base is None else base.rows)
    best, weakest = pieces_tables(now.rows, resolved)
    standing = _standing(now.days, resolved.period)
    return ContentReport(
        header=header_of(resolved),
        headline=_headline(kinds, resolved),
        kpis=_kpis(now, base, standing) if len(now.rows) or (base and len(base.rows)) else (),
        gaps=tuple(
            Gap(what, layouts)
            for family, (what, layouts) in _LAYOUTS.items()
            if not (now.rows["family"] == family).any()
        ),
        notices=(*resolved.notices, *_notices(now)),
        kinds=kinds,
        best=best,
        weakest=weakest,
        members=members_by_day(standing, now.days),
        accounts=_accounts(now.rows),
    )


def _reach(store: Store, resolved: ResolvedScope, period: Period) -> _Reach:
    found = pieces(store, resolved, period)
    known = found[found["is_known"]]
    content = known.assign(
        family=PIECE,
        piece=known["title"].where(known["title"] != "", known["content_id"]),
        reach=known["impressions"],
        base=known["views"],
        click_base=known["views"],
        clicks=known["product_clicks"],
        orders=known["paid_orders"],
        revenue=known["paid_amount"],
    )
    sent = messages(store, resolved, period)
    sent = sent.assign(
        family=MESSAGE,
        piece=sent["name"].where(sent["name"] != "", sent["campaign_id"]),
        reach=sent["recipients"],
        base=sent["delivered"],
        click_base=sent["delivered"],
    )
    days = member_days(store, resolved, period)
    rows = pd.concat([content, sent, _of_accounts(days, period)], ignore_index=True)
    return _Reach(
        rows=rows.reindex(columns=_ROWS),
        days=days,
        unknown=int((~found["is_known"].astype(bool)).sum()),
        corrected=int(found["fell"].sum()),
    )


_ROWS = (
    "family shop_id platform kind piece day reach base click_base clicks visitors orders revenue "
    "unsubscribes new_followers members joined left"
).split()


def _of_accounts(days: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Groups and accounts over a period: counts of days added up, members at its end and mean."""
    keys = ["shop_id", "platform", "account"]
    inside = days[days["day"] >= pd.Timestamp(period.start)]
    flows = ["new_members", "left_members", "reach", "clicks", "visitors", "orders", "revenue"]
    found = inside.groupby(keys)[flows].sum(min_count=1)
    counts = _standing(days, period)
    found = found.assign(
        members=counts.iloc[-1].reindex(found.index), base=counts.mean().reindex(found.index)
    ).reset_index()
    return found.assign(
        family=MEMBERS,
        kind=found["platform"],
        piece=found["account"].where(found["account"] != "", found["platform"]),
        click_base=found["reach"],
        joined=found["new_members"],
        left=found["left_members"],
    )


def _standing(days: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Members of each account on each day; a count stands until the next, for a month at most."""
    keys = ["shop_id", "platform", "account"]
    wide = days.pivot(index="day", columns=keys, values="members")
    first = pd.Timestamp(period.start) - pd.Timedelta(days=STANDS_DAYS)
    every = pd.date_range(first, pd.Timestamp(period.end))
    return wide.reindex(every).ffill(limit=STANDS_DAYS).loc[pd.Timestamp(period.start) :]


def _kpis(now: _Reach, base: _Reach | None, standing: pd.DataFrame) -> tuple[Kpi, ...]:
    told, before = _measures(now), None if base is None else _measures(base)
    daily = _daily(now, standing)
    only = message("Of notes, short videos and live streams.")
    return (
        kpi("content_views", now=told, before=before),
        kpi("content_click_rate", now=told, before=before, note=only),
        kpi("content_gpm", now=told, before=before, note=only),
        kpi("unsubscribe_rate", now=told, before=before, daily=daily),
        kpi("members", now=told, before=before, daily=daily),
    )


def _daily(reach: _Reach, standing: pd.DataFrame) -> pd.DataFrame:
    """What is told by day: messages by the day they were sent, members by the count that stands.

    Counters of content are read on some days only, so what they gained is of no day.
    """
    sent = reach.rows[reach.rows["family"] == MESSAGE]
    days = {day: sums(mine) for day, mine in sent.groupby("day")}
    names = ["unsubscribes", "delivered_with_unsubscribes"]
    by_day = pd.DataFrame.from_dict(days, orient="index", columns=None if days else names)
    daily = by_day.reindex(standing.index)[names].astype("float64")
    daily["members"] = standing.sum(axis=1, min_count=1)
    return daily.set_axis(pd.DatetimeIndex(daily.index).date)


def _measures(reach: _Reach) -> dict[str, float | None]:
    """Sums of the key figures: rates of content alone, so that nothing unlike is mixed."""
    rows = reach.rows
    content = rows[rows["family"] == PIECE]
    sent = sums(rows[rows["family"] == MESSAGE])
    members = rows.loc[rows["family"] == MEMBERS, "members"].sum(min_count=1)
    return {
        **sums(content),
        "content_views": float(content["base"].sum(min_count=1)),
        "unsubscribes": sent["unsubscribes"],
        "delivered_with_unsubscribes": sent["delivered_with_unsubscribes"],
        "members": float(members),
    }


def _headline(kinds: Table, resolved: ResolvedScope) -> Text:
    frame = kinds.frame
    if frame.empty:
        return message("No content, message or group is known in this period.")
    told = of_pieces(kinds)
    if told.empty:
        return message(
            "{count} kinds, none of content or messages with known revenue.", count=len(frame)
        )
    top = told.iloc[0]
    return message(
        "Most revenue for its reach: {kind}, {gpm} per thousand {base}.",
        kind=term(top["kind"]),
        gpm=Amount(float(top["gpm"]), Unit.MONEY, resolved.currency),
        base=top["per"],
    )


def _notices(now: _Reach) -> tuple[Notice, ...]:
    said = [
        Notice(
            message(
                "Only the dates and the shop filter apply here. Orders and revenue are those the "
                "platforms attribute; they overlap with each other and are part of the shops' own."
            )
        ),
        Notice(
            message(
                "Counters of content are totals so far: what counts is the last one in the period "
                "less the last one before it. Rates of fewer than {floor} clicks, views, messages "
                "or people are left empty.",
                floor=KINDS_FLOOR,
            )
        ),
    ]
    if now.unknown:
        said.append(
            Notice(
                message(
                    "Left out, because they were counted only once and published before: {count} "
                    "pieces. Load an earlier export, too.",
                    count=now.unknown,
                )
            )
        )
    if now.corrected:
        said.append(
            Notice(
                message(
                    "Counters that fell, which is a correction by the platform: {count} pieces. "
                    "What such a counter gained counts as zero.",
                    count=now.corrected,
                )
            )
        )
    return tuple(said)


def _accounts(rows: pd.DataFrame) -> Table:
    mine = rows[rows["family"] == MEMBERS]
    enough = mine["base"].where(mine["base"] >= KINDS_FLOOR)
    frame = mine.assign(account=mine["piece"], gpm=mine["revenue"] / enough * 1_000)
    order = frame.sort_values(["members", "account", "shop_id"], ascending=[False, True, True])
    numbers = [column.key for column in _ACCOUNTS if column.unit is not None]
    return Table.make(order.astype(dict.fromkeys(numbers, np.float64)), *_ACCOUNTS)
