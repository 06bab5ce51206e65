"""Visitors from the channel down to the product: four levels, one opened inside the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ecom.analysis import traffic_tables as tables
from ecom.analysis.base import NO_CATEGORIES, Gap, Kpi, Report, Table, header_of, kpi
from ecom.channels import ChannelRule, kind_of
from ecom.errors import InvalidParameter
from ecom.model import Amount, Grain, Notice, Scope, Unit
from ecom.queries.carts import product_names
from ecom.queries.options import filter_options
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.traffic_facts import TrafficFacts, largest_parts, traffic_splits
from ecom.queries.traffic_products import product_facts
from ecom.queries.traffic_sources import Choice, SourceKind, coverage
from ecom.queries.traffic_sums import OTHER
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

LEVELS = ("channel", "origin", "landing", "product")
"""From the wide to the narrow; keys of ``traffic_tables.PART_LABELS``."""

KIND = "kind"
FIRST = ("channel", KIND)
"""What may come first: channels as they are, or the kinds of them."""

NONE = "(none)"
"""How a part without a name is opened."""

MOST_PARTS = 20
"""Rows of a level; the rest is Other."""

KPIS = ("daily_visitors", "sessions", "bounce_rate", "conversion", "revenue_per_visitor")
NOTHING = message("(none)")
REST = message("Other")
_NO_CHANNEL = " "  # names are trimmed when they are loaded
_WHOLE_FROM = 100  # visitors a day; of fewer the fraction says something
_TOLD_APART = 200  # first pages counted one by one; distinct visitors of the others are Other's
_BY_CHANNEL = ("own_events", "own_traffic", "sycm_shop_source", "ga4_traffic_acquisition")
_LOGS = ("own_events", "rees46_events")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class DrilldownReport(Report):
    """The answer.

    Attributes
    ----------
    level : of the rows, one of ``LEVELS`` or ``KIND``.
    opened : what is opened above it, from the first level on; ``NONE`` where that has no name.
    parts : one row a part of the level, most visitors first, at most ``MOST_PARTS`` and Other;
        columns of ``traffic_tables.breakdown``.
    keys : what each row is opened by; "" where it can't be. Products open nothing.
    series : the level's largest parts over time.
    grain : how wide a point of ``series`` is.
    sources : who counted which shop's visitors on which days.
    """

    level: str
    opened: tuple[str, ...]
    parts: Table
    keys: tuple[str, ...]
    series: Table
    grain: Grain
    sources: Table


def report(
    store: Store, scope: Scope, *, opened: tuple[str, ...] = (), first: str = "channel"
) -> DrilldownReport:
    """Answer what a channel, a source, a first page is made of.

    Parameters
    ----------
    opened : a channel, what is opened in it, and so on; up to three names, four below a kind.
    first : one of ``FIRST``; with "kind" channels are opened by their kind.

    Raises
    ------
    InvalidParameter
        More names than there are levels above the product, or another first level.
    """
    if first not in FIRST:
        raise InvalidParameter.not_one_of("first", first, FIRST)
    levels = (KIND, *LEVELS) if first == KIND else LEVELS
    if len(opened) >= len(levels):
        raise InvalidParameter(
            message("There is nothing to open below a product."),
            message("Open up to {most} levels.", most=len(levels) - 1),
        )
    resolved = resolve(store, scope)
    level = levels[len(opened)]
    within = {
        name: "" if part == NONE else part for name, part in zip(levels, opened, strict=False)
    }
    if KIND in within:
        resolved = _of_kind(store, resolved, within.pop(KIND))
    whole, split = _facts(store, resolved, level, within)
    now, *bases = _cut(_told(split))
    before = next((facts for facts in bases if not facts.rows.empty), None)
    parts = _parts(now, before, level)
    keys = tuple(_key(cell) for cell in parts.frame[level]) if level != LEVELS[-1] else ()
    series = tables.channel_series(now, week_start=resolved.settings.week_start, by=level)
    if level == "product":
        names = product_names(store) if len(parts.frame) else {}
        parts, series = (_with_names(table, names) for table in (parts, series))
    kpis = _kpis(_told(whole))
    return DrilldownReport(
        header=header_of(resolved),
        headline=_headline(kpis, parts, opened),
        kpis=kpis,
        gaps=tuple(_gaps(now, level, opened)),
        notices=(*resolved.notices, *_notices(now, resolved, level)),
        level=level,
        opened=opened,
        parts=parts,
        keys=keys,
        series=series,
        grain=tables.grain_of(resolved.period.days),
        sources=tables.sources(
            {tables.PART_LABELS[level]: _who(now, whole[0])}, resolved.shop_names
        ),
    )


def _of_kind(store: Store, resolved: ResolvedScope, kind: str) -> ResolvedScope:
    """The scope with only the channels of a kind, of those that its filter lets pass."""
    wanted = resolved.scope.channels or filter_options(store).channels
    rules = resolved.settings.kinds
    channels = tuple(channel for channel in wanted if kind_of(channel, rules=rules) == kind)
    # Without any the filter is a name that no channel has: no filter means all.
    return replace(resolved, scope=replace(resolved.scope, channels=channels or (_NO_CHANNEL,)))


def _facts(
    store: Store, resolved: ResolvedScope, level: str, within: dict[str, str]
) -> tuple[tuple[TrafficFacts, ...], tuple[TrafficFacts, ...]]:
    """What is opened as a whole, and by the level, in the period and in its base."""
    periods = resolved.periods()
    covered = coverage(store, resolved, periods)
    if level == "product":
        whole = traffic_splits(
            store, resolved, periods, splits=("",), covered=covered, within=within
        )[""]
        return whole, product_facts(store, resolved, periods, within=within, covered=covered)
    if level == KIND:
        splits = traffic_splits(store, resolved, periods, splits=("channel", ""), covered=covered)
        rules = resolved.settings.kinds
        return splits[""], tuple(_by_kind(facts, rules) for facts in splits["channel"])
    kept = None
    if level == "landing":
        kept = largest_parts(store, resolved, periods, level, within=within, limit=_TOLD_APART)
    splits = traffic_splits(
        store, resolved, periods, splits=(level, ""), covered=covered, within=within, kept=kept
    )
    return splits[""], splits[level]


def _by_kind(facts: TrafficFacts, rules: Sequence[ChannelRule]) -> TrafficFacts:
    """The facts by channel with the channels' kinds in their place."""
    kinds = [kind_of(channel, rules=rules) for channel in facts.rows["part"]]
    return replace(facts, rows=facts.rows.assign(part=pd.Series(kinds, facts.rows.index, "str")))


def _told(facts: tuple[TrafficFacts, ...]) -> tuple[TrafficFacts, ...]:
    """The facts with the days that were counted, not only those on which somebody came."""
    shops = {shop for one in facts for shop in one.rows["shop_id"]}

    def days(one: TrafficFacts) -> float | None:
        counted = one.choice.rows[one.choice.rows["shop_id"].isin(shops)]
        return float(counted["start"].nunique()) or None

    return tuple(replace(one, measures={**one.measures, "days": days(one)}) for one in facts)


def _who(now: TrafficFacts, whole: TrafficFacts) -> Choice:
    """Who counted the visitors here: of the shops that have any; of the whole without parts."""
    spoke = whole if now.rows.empty else now
    rows = spoke.choice.rows
    return replace(spoke.choice, rows=rows[rows["shop_id"].isin(spoke.rows["shop_id"])])


def _cut(facts: tuple[TrafficFacts, ...]) -> tuple[TrafficFacts, ...]:
    """The facts with all but the period's largest parts as one, in the base as well."""
    rows = facts[0].rows
    basis = "visitor_days" if rows["visitor_days"].notna().any() else "sessions"
    sums = rows.groupby("part")[basis].sum().drop(OTHER, errors="ignore")
    kept = sums.sort_values(ascending=False, kind="stable").index[:MOST_PARTS]

    def part(one: TrafficFacts) -> pd.Series:
        return one.rows["part"].where(one.rows["part"].isin(kept), OTHER)

    return tuple(replace(one, rows=one.rows.assign(part=part(one))) for one in facts)


def _parts(now: TrafficFacts, before: TrafficFacts | None, level: str) -> Table:
    """The level's rows, Other last."""
    found = tables.breakdown(now, before, by=level, blank=NOTHING)
    columns = found.columns
    if not found.frame["daily_visitors"].max() >= _WHOLE_FROM:
        small = ("daily_visitors", "difference")
        columns = tuple(
            replace(one, unit=Unit.NUMBER) if one.key in small else one for one in columns
        )
    is_other = pd.Series([cell == REST for cell in found.frame[level]], dtype="bool")
    return Table.make(pd.concat([found.frame[~is_other], found.frame[is_other]]), *columns)


def _key(cell: Text | str) -> str:
    """What a row is opened by; "" where it can't be."""
    if cell == REST:
        return ""
    return NONE if cell == NOTHING else str(cell)


def _with_names(table: Table, names: dict[str, str]) -> Table:
    """The table with products by their names."""
    frame = table.frame
    cells = [names.get(cell, cell) if isinstance(cell, str) else cell for cell in frame["product"]]
    return replace(table, frame=frame.assign(product=pd.Series(cells, frame.index, dtype="object")))


def _kpis(whole: tuple[TrafficFacts, ...]) -> tuple[Kpi, ...]:
    now, *bases = whole
    before = next((facts.measures for facts in bases if not facts.rows.empty), None)
    return tuple(kpi(key, now=now.measures, before=before, daily=now.daily) for key in KPIS)


def _headline(kpis: tuple[Kpi, ...], parts: Table, opened: tuple[str, ...]) -> Text:
    place = message("All sources") if not opened else tuple(term(name) for name in opened)
    visitors = kpis[0].delta
    if visitors.value is None:
        return message("{place}: no visitors are known in these days.", place=place)
    values = {"place": place, "visitors": Amount(visitors.value)}
    level = parts.columns[0].key
    is_named = pd.Series([cell != REST for cell in parts.frame[level]], dtype="bool")
    frame = parts.frame[is_named]
    moved = frame["difference"].abs()
    if visitors.relative is None or not moved.notna().any():
        return message("{place}: {visitors} visitors a day.", **values)
    row = frame.iloc[int(moved.fillna(0.0).to_numpy().argmax())]
    return message(
        "{place}: {visitors} visitors a day, {change} against before; the largest move is {part} "
        "({difference} a day).",
        change=_signed(visitors.relative, Unit.RATIO),
        part=term(row[level]),
        difference=_signed(round(float(row["difference"]), 1), Unit.COUNT),
        **values,
    )


def _signed(value: float, unit: Unit) -> Text:
    size = Amount(abs(value), unit)
    return message("−{size}", size=size) if value < 0 else message("+{size}", size=size)


def _gaps(now: TrafficFacts, level: str, opened: tuple[str, ...]) -> Iterator[Gap]:
    if not now.rows.empty:
        return
    what = message("Channels") if not opened else tables.PART_LABELS[level]
    yield Gap(what, _LOGS if level in ("landing", "product") else _BY_CHANNEL)


def _notices(now: TrafficFacts, resolved: ResolvedScope, level: str) -> Iterator[Notice]:
    if resolved.scope.categories:
        yield NO_CATEGORIES
    kinds = set(now.rows["kind"])
    if level == "origin" and kinds - {SourceKind.EVENTS}:
        yield Notice(
            message(
                "Exports tell what is below their channel, not campaigns; first pages and products "
                "of visits are known from event logs only."
            )
        )
    if level == "product":
        yield Notice(
            message(
                "A visit counts at every product it looked at or went on with, so shares are of "
                "all pairs of visitor and product. Buyers and revenue are the product’s own."
            )
        )
