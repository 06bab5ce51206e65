"""The traffic page: who comes, from where, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from ecom.analysis import traffic_tables as tables
from ecom.analysis.base import NO_CATEGORIES, Gap, Kpi, Report, Table, header_of, kpi
from ecom.analysis.traffic_provinces import Silent, provinces, silent
from ecom.analysis.traffic_spans import Switch, source_spans, source_switches, switch_notices
from ecom.metrics import metric
from ecom.model import Amount, Delta, Grain, Notice, Period, Scope, Unit
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.traffic import landing_pages, range_visitors
from ecom.queries.traffic_facts import TrafficFacts, traffic_facts, traffic_splits
from ecom.queries.traffic_sources import SourceKind, choose, coverage
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

KPIS = (
    "daily_visitors",
    "visitors",
    "page_views",
    "sessions",
    "bounce_rate",
    "stay",
    "new_visitor_share",
    "conversion",
    "revenue_per_visitor",
)
_VISITS = ("own_events", "own_traffic", "sycm_self_service", "ga4_traffic_acquisition")
_BY_CHANNEL = ("own_events", "own_traffic", "sycm_shop_source", "ga4_traffic_acquisition")
_EVENTS = ("own_events",)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TrafficReport(Report):
    """What the traffic page says.

    Attributes
    ----------
    channels, devices, regions : see ``traffic_tables.breakdown``.
    provinces : see ``traffic_provinces.provinces``.
    without_regions : the shops whose visitors are in no region.
    channel_series : see ``traffic_tables.channel_series``; one point a ``grain``.
    hours : mean visits by weekday and hour.
    daily : visitors, new and returning, by day.
    landing_pages : the 15 that most visits began on.
    sources : which source spoke for which shop and days.
    source_spans : the same by runs of days, period and base; see ``traffic_spans.source_spans``.
    switches, channel_switches : where a shop's totals and its channels change from one source to
        another, also in the base.
    channel_change : sum over channels of daily visitors, now and before.
    """

    channels: Table
    channel_series: Table
    daily: Table
    hours: Table
    devices: Table
    regions: Table
    provinces: Table
    without_regions: Silent
    landing_pages: Table
    sources: Table
    source_spans: Table
    switches: tuple[Switch, ...]
    channel_switches: tuple[Switch, ...]
    grain: Grain
    channel_change: Delta


def report(store: Store, scope: Scope) -> TrafficReport:
    """Answer the traffic page.

    Visits come from one source a shop and day: the event log, else the shop's row of a back-office
    export, else an export by channel. Sources are never added, and ``sources`` names them.
    """
    resolved = resolve(store, scope)
    periods = resolved.periods()
    covered = coverage(store, resolved, periods)

    splits = traffic_splits(
        store, resolved, periods, splits=("", "channel", "device", "region"), covered=covered
    )

    def facts(by: str) -> tuple[TrafficFacts, TrafficFacts | None]:
        answer = splits[by]
        base = answer[1] if len(answer) > 1 and not answer[1].rows.empty else None
        return answer[0], base

    total, base = facts("")
    channel, channel_base = facts("channel")
    (hourly,) = traffic_facts(store, resolved, periods[:1], by="hour", covered=covered)
    names = resolved.shop_names
    channels = tables.breakdown(channel, channel_base, by="channel")
    devices = _told(tables.breakdown(*facts("device"), by="device"), "device")
    regions = _told(tables.breakdown(*facts("region"), by="region"), "region")
    pages = tables.landings(landing_pages(store, resolved))
    hours = tables.hours(hourly)
    kpis = _kpis(store, resolved, total, base, names)
    uses = {message("Totals"): (total, base), message("Channels"): (channel, channel_base)}
    switches, channel_switches = (
        source_switches(one.choice, before.choice if before else None, names)
        for one, before in uses.values()
    )
    return TrafficReport(
        header=header_of(resolved),
        headline=_headline(kpis[0].delta, channels, total),
        kpis=kpis,
        gaps=tuple(_gaps(total, channels, hours, devices, regions, pages)),
        notices=(
            *resolved.notices,
            *_notices(resolved, total, base, covered, names),
            *switch_notices(switches, channel_switches),
        ),
        channels=channels,
        channel_series=tables.channel_series(channel, week_start=resolved.settings.week_start),
        daily=tables.daily(total.daily),
        hours=hours,
        devices=devices,
        regions=regions,
        provinces=provinces(*facts("region")),
        without_regions=silent(total, facts("region")[0], names),
        landing_pages=pages,
        sources=tables.sources({use: one.choice for use, (one, _) in uses.items()}, names),
        source_spans=source_spans(
            {use: [one.choice for one in facts if one] for use, facts in uses.items()}, names
        ),
        switches=switches,
        channel_switches=channel_switches,
        grain=tables.grain_of(resolved.period.days),
        channel_change=_sum_of(channels),
    )


def _kpis(
    store: Store,
    resolved: ResolvedScope,
    total: TrafficFacts,
    base: TrafficFacts | None,
    names: Mapping[str, str],
) -> tuple[Kpi, ...]:
    now = {**total.measures, "visitors": range_visitors(store, resolved, total)}
    before = None
    if base is not None:
        before = {**base.measures, "visitors": range_visitors(store, resolved, base)}
    daily = total.daily
    return tuple(
        kpi(key, now=now, before=before, daily=daily, note=_note(key, now, total, names))
        for key in KPIS
    )


def _note(
    key: str, now: Mapping[str, float | None], total: TrafficFacts, names: Mapping[str, str]
) -> Text | None:
    """Whose numbers a key figure lacks."""
    rows = total.rows
    if rows.empty:
        return None
    if key == "visitors":
        if now["visitors"] is not None:
            return None
        by_day = rows.loc[rows["kind"] != SourceKind.EVENTS, "shop_id"]
        return message(
            "Not known: the exports of {shops} count visitors by day or channel only.",
            shops=_named(by_day, names),
        )
    told = set(rows.loc[rows[metric(key).numerator].notna(), "shop_id"])
    silent = set(rows["shop_id"]) - told
    if not told or not silent:
        return None
    return message("Without {shops}: not told there.", shops=_named(silent, names))


def _headline(change: Delta, channels: Table, total: TrafficFacts) -> Text:
    visits = total.measures["sessions"]
    if change.value is None:
        if visits is None:
            return message("No visits are known for these days.")
        return message("{visits} visits in these days.", visits=Amount(visits))
    came = _who_came(change, channels)
    bought = metric("conversion").value(total.measures)
    if bought is None:
        return came
    return message("{came} {share} of them bought.", came=came, share=Amount(bought, Unit.RATIO))


def _who_came(change: Delta, channels: Table) -> Text:
    visitors, frame = Amount(change.value), channels.frame
    if frame.empty:
        return message("{visitors} visitors a day.", visitors=visitors)
    if change.relative is None or not frame["difference"].notna().any():
        return message(
            "{visitors} visitors a day, most from {channel} ({share}).",
            visitors=visitors,
            share=Amount(float(frame["share"].iloc[0]), Unit.RATIO),
            channel=term(frame["channel"].iloc[0]),
        )
    mover = frame.iloc[int(frame["difference"].abs().argmax())]
    size = Amount(round(abs(float(mover["difference"])), 1))
    channel = term(mover["channel"])
    if mover["difference"] >= 0:
        moved = message("{channel} with {size} more", channel=channel, size=size)
    else:
        moved = message("{channel} with {size} fewer", channel=channel, size=size)
    whole = {"visitors": visitors, "moved": moved}
    share = Amount(abs(change.relative), Unit.RATIO)
    if change.relative >= 0:
        return message(
            "{visitors} visitors a day, {share} more than before; the largest move is {moved}.",
            share=share,
            **whole,
        )
    return message(
        "{visitors} visitors a day, {share} fewer than before; the largest move is {moved}.",
        share=share,
        **whole,
    )


def _gaps(
    total: TrafficFacts, channels: Table, hours: Table, devices: Table, regions: Table, pages: Table
) -> Iterator[Gap]:
    if total.rows.empty:
        yield Gap(message("Visits"), _VISITS)
        return
    if channels.is_empty:
        yield Gap(message("Channels"), _BY_CHANNEL)
    if hours.is_empty:
        yield Gap(message("Visits by hour and weekday"), ("own_events", "ga4_channels_by_hour"))
    if devices.is_empty:
        yield Gap(message("Devices"), ("own_events", "own_traffic"))
    if regions.is_empty:
        yield Gap(message("Regions"), _EVENTS)
    if pages.is_empty:
        yield Gap(message("First pages of visits"), _EVENTS)
    if total.measures["new_visitor_days"] is None:
        yield Gap(message("New and returning visitors"), ("own_events", "own_traffic"))


def _notices(
    resolved: ResolvedScope,
    total: TrafficFacts,
    base: TrafficFacts | None,
    covered: pd.DataFrame,
    names: Mapping[str, str],
) -> Iterator[Notice]:
    rows = total.rows
    if resolved.scope.categories:
        yield NO_CATEGORIES
    everybody = set(choose(covered, resolved.period).rows["shop_id"])
    missing = everybody - set(total.choice.rows["shop_id"])
    if missing:
        yield Notice(
            message(
                "Left out, because their exports don't tell what is filtered by: {shops}.",
                shops=_named(missing, names),
            ),
            "warning",
        )
    is_split = (rows["kind"] == SourceKind.CHANNELS) & rows["visitor_days"].notna()
    per_channel = rows.loc[is_split, "shop_id"]
    if len(per_channel):
        yield Notice(
            message(
                "Visitors of {shops} are counted once per channel and added up: their export has "
                "no total.",
                shops=_named(per_channel, names),
            )
        )
    for row in total.choice.left_out.to_dict("records"):
        yield Notice(
            message(
                "A row of several days is never spread over them, so this one is left out: {shop}, "
                "{span}.",
                shop=names.get(row["shop_id"], row["shop_id"]),
                span=Period(row["start"].date(), row["end"].date()),
            )
        )
    if base is not None:
        yield from _unlike(total, base, names)


def _unlike(total: TrafficFacts, base: TrafficFacts, names: Mapping[str, str]) -> Iterator[Notice]:
    """Where the base covers other days than the period."""
    now, before = (
        facts.choice.rows.groupby("shop_id")["start"].nunique() for facts in (total, base)
    )
    days = pd.DataFrame({"now": now, "before": before}).fillna(0)
    uneven = days.index[days["now"] != days["before"]]
    if len(uneven):
        yield Notice(
            message(
                "Not the same number of days is known on both sides for {shops}: sums are not like "
                "for like, daily means are.",
                shops=_named(uneven, names),
            ),
            "warning",
        )


def _told(table: Table, key: str) -> Table:
    """Nothing, when no row tells the dimension."""
    told = [isinstance(cell, str) for cell in table.frame[key]]
    return table if any(told) else replace(table, frame=table.frame.iloc[0:0])


def _sum_of(channels: Table) -> Delta:
    frame = channels.frame
    if frame.empty:
        return Delta(None, None)
    value, moved = frame["daily_visitors"].sum(min_count=1), frame["difference"].sum(min_count=1)
    if pd.isna(value):
        return Delta(None, None)
    return Delta(float(value), None if pd.isna(moved) else float(value - moved))


def _named(shops: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(shop, shop) for shop in sorted(set(shops)))
