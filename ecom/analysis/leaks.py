"""The costly leaks: what broke, and what a group would be worth if it went on like the rest.

What broke (``sudden_leaks``) is found in visits, so that it has days; what has always been so is
found in people, who have a week to buy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from ecom.analysis.base import Column, Gap, Report, Table, header_of
from ecom.analysis.funnel import ACTIONS, BREAKDOWNS, LOGS, against_base, preset
from ecom.analysis.funnel_counts import OTHER
from ecom.analysis.funnel_names import VALUE_LABELS, step_label
from ecom.analysis.funnel_query import FunnelResult
from ecom.analysis.funnel_tables import folded, people_by_value
from ecom.analysis.paradoxes import paradoxes
from ecom.analysis.sudden_leaks import Passages, sudden_leaks
from ecom.analysis.sudden_tables import (
    SPLIT_LABELS,
    sudden_days,
    sudden_headline,
    sudden_table,
)
from ecom.metrics import metric
from ecom.model import Amount, Good, Notice, Scope, Unit
from ecom.models.leaks import Passage, is_reversed, leak, together
from ecom.models.proportions import SIGNIFICANCE, Verdict, compare_shares
from ecom.queries.event_log import EventLog, event_log
from ecom.queries.event_sets import VISIT
from ecom.queries.sales import sales_measures
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

MOST_LEAKS = 15
# Each is a funnel of its own; first pages and regions are looked at for what broke.
LASTING = ("channel", "device", "visitor")
COLUMNS = (
    Column("step", message("Step")),
    Column("dimension", message("Split by")),
    Column("segment", message("Group"), terms=True),
    Column("people", message("At the step before"), Unit.COUNT),
    Column("rate", message("Of the step before"), Unit.RATIO, Good.UP),
    Column("rest", message("Of the rest"), Unit.RATIO),
    Column(
        "lost",
        message("Lost people"),
        Unit.COUNT,
        Good.DOWN,
        message("People of the group who would have gone on besides, at the rate of the rest."),
    ),
    Column(
        "at_stake",
        message("Revenue at stake"),
        Unit.MONEY,
        Good.DOWN,
        message(
            "Lost people, times the rest’s share from this step to the purchase, times the average "
            "order of the period in the shops chosen."
        ),
    ),
    Column("low", message("At least"), Unit.MONEY),
    Column(
        "high",
        message("At most"),
        Unit.MONEY,
        help=message(
            "Newcombe’s interval at 95 % of the difference to the rest; the later shares and the "
            "average order are taken as known."
        ),
    ),
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class LeaksReport(Report):
    """The answer.

    Attributes
    ----------
    average_order : revenue an order of the period, in the report's currency; None when unknown.
    sudden_leaks : groups of visits that went on less on some days than they did before, while the
        others did not, the clearest first; ``sudden_tables.COLUMNS``. No visit is in two rows.
    sudden_days : the days around the first of them; ``sudden_tables.DAY_COLUMNS``.
    costly_leaks : groups that go on less than the rest by more than chance, most revenue first;
        ``COLUMNS``, at most ``MOST_LEAKS``. Groups of different splits overlap: never add rows up.
    """

    average_order: float | None
    sudden_leaks: Table
    sudden_days: Table
    costly_leaks: Table


@dataclass(frozen=True, eq=False, slots=True)
class _Split:
    """Visitors by the values of one property: rows are values, columns steps."""

    label: Text
    now: pd.DataFrame
    before: pd.DataFrame | None

    def passages(self, counts: pd.DataFrame, step: int) -> list[Passage]:
        return [
            Passage(int(people), int(went_on))
            for people, went_on in counts.iloc[:, [step - 1, step]].to_numpy().tolist()
        ]


def report(store: Store, scope: Scope) -> LeaksReport:
    """Answer where which visitors cost most by leaving.

    Each visitor is in one group of each split, by the first visit; every step in turn. A group is
    held against everybody else of its split, with the two-proportion test divided among all cells
    (Bonferroni).
    """
    resolved = resolve(store, scope)
    log = event_log(store, resolved, ACTIONS)
    average = None if log is None else _average_order(store, resolved, log)
    splits = [] if log is None else _splits(store, resolved, log)
    found, too_few = _leaks(splits, average or math.nan)
    passages = Passages.read(store, resolved, log) if log is not None and splits else None
    broke = () if passages is None else sudden_leaks(passages)
    sudden = sudden_table(broke, passages, average or math.nan)
    return LeaksReport(
        header=header_of(resolved, is_compared=False),
        headline=sudden_headline(broke[0], sudden.frame.iloc[0], currency=resolved.currency)
        if broke
        else _headline(found, splits, resolved),
        kpis=(),
        gaps=()
        if splits
        else (Gap(message("The way of the same people from visit to purchase"), LOGS),),
        notices=(
            *resolved.notices,
            *_notices(splits, average, too_few),
            *(() if passages is None else _turned(passages)),
        ),
        average_order=average,
        sudden_leaks=sudden,
        sudden_days=sudden_days(broke[0] if broke else None, passages),
        costly_leaks=Table.make(found, *COLUMNS),
    )


def _average_order(store: Store, resolved: ResolvedScope, log: EventLog) -> float | None:
    """Of the shops whose visitors are counted."""
    of_log = replace(resolved, shops=log.shops)
    return metric("average_order").value(sales_measures(store, of_log, resolved.period))


def _splits(store: Store, resolved: ResolvedScope, log: EventLog) -> list[_Split]:
    """None at all where the log knows no purchases, or nobody came."""
    if log.common[-1:] != ACTIONS[-1:]:
        return []
    events = (VISIT, *log.common)
    splits = []
    for by in LASTING:
        _, label = BREAKDOWNS[by]
        query = preset(resolved, log, unit="person", by=by, way="all")
        now, before = against_base(store, resolved, log, query)
        counts = _counts(now, events)
        if counts is not None:
            splits.append(_Split(label, counts, _counts(before, events)))
    return splits


def _counts(result: FunnelResult | None, events: tuple[str, ...]) -> pd.DataFrame | None:
    if result is None or result.breakdown is None:
        return None
    return people_by_value(result.breakdown, events)


def _cells(splits: list[_Split]) -> Iterator[tuple[_Split, str, int]]:
    for split in splits:
        if len(split.now) > 1:
            for value in split.now.index:
                yield from ((split, value, step) for step in range(1, len(split.now.columns)))


def _leaks(splits: list[_Split], average: float) -> tuple[pd.DataFrame, int]:
    """The leaks, and how many cells have too few people to tell."""
    cells, rows, too_few = list(_cells(splits)), [], 0
    for split, value, step in cells:
        groups = dict(zip(split.now.index, split.passages(split.now, step), strict=True))
        group, rest = groups[value], together(list(groups.values())).less(groups[value])
        found = leak(group, rest, significance=SIGNIFICANCE / len(cells))
        too_few += found.verdict is Verdict.TOO_FEW
        if found.lost is None or found.interval is None:
            continue
        paid = split.now.iloc[:, -1].drop(value).sum()
        worth = float(paid) / rest.went_on * average
        rows.append(
            {
                "step": step_label(split.now.columns[step]),
                "dimension": split.label,
                "segment": VALUE_LABELS.get(value, value),
                "people": group.people,
                "rate": group.rate,
                "rest": rest.rate,
                "lost": found.lost,
                "at_stake": found.lost * worth,
                "low": found.interval.low * worth,
                "high": found.interval.high * worth,
            }
        )
    frame = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    ranked = frame.sort_values(["at_stake", "lost"], ascending=False, kind="stable")
    return ranked.head(MOST_LEAKS), too_few


def _headline(found: pd.DataFrame, splits: list[_Split], resolved: ResolvedScope) -> Text:
    if not splits:
        return message("No visitors are known from visit to purchase in this period.")
    if found.empty:
        return message("No group goes on less than the rest by more than chance.")
    worst = found.iloc[0]
    if math.isnan(worst["at_stake"]):
        return message(
            "The largest leak: {group} before “{step}” ({rate} go on, {rest} of the rest).",
            group=term(worst["segment"]),
            step=worst["step"],
            rate=Amount(worst["rate"], Unit.RATIO),
            rest=Amount(worst["rest"], Unit.RATIO),
        )
    return message(
        "The costliest leak: {group} before “{step}” ({rate} go on, {rest} of the rest). "
        "At stake: {value}, between {low} and {high}.",
        group=term(worst["segment"]),
        step=worst["step"],
        rate=Amount(worst["rate"], Unit.RATIO),
        rest=Amount(worst["rest"], Unit.RATIO),
        value=Amount(worst["at_stake"], Unit.MONEY, resolved.currency),
        low=Amount(worst["low"], Unit.MONEY, resolved.currency),
        high=Amount(worst["high"], Unit.MONEY, resolved.currency),
    )


def _notices(splits: list[_Split], average: float | None, too_few: int) -> Iterator[Notice]:
    if splits and not average:
        yield Notice(message("No orders of the period are known, so no leak has a price."))
    if too_few:
        text = message(
            "Too few people to tell in {count} pairs of group and step.", count=Amount(too_few)
        )
        yield Notice(text)
    for split in splits:
        yield from _paradoxes(split)


def _turned(passages: Passages) -> Iterator[Notice]:
    """Name the groups that only seem to go on less, or more, because of another split."""
    for one in paradoxes(passages):
        values = {
            "group": VALUE_LABELS.get(one.value) or term(one.value),
            "step": step_label(one.step),
            "rate": Amount(one.group.rate, Unit.RATIO),
            "rest": Amount(one.rest.rate, Unit.RATIO),
            "split": SPLIT_LABELS[one.within],
        }
        if one.group.rate < one.rest.rate:
            text = message(
                "Simpson’s paradox: of visits by {group} {rate} go on to “{step}”, of the rest "
                "{rest}; but within each “{split}” they go on more than the rest. The mix differs, "
                "not what they do.",
                **values,
            )
        else:
            text = message(
                "Simpson’s paradox: of visits by {group} {rate} go on to “{step}”, of the rest "
                "{rest}; but within each “{split}” they go on less than the rest. The mix differs, "
                "not what they do.",
                **values,
            )
        yield Notice(text, "warning")


def _paradoxes(split: _Split) -> Iterator[Notice]:
    """Name the steps where all moved one way by more than chance, and every group the other."""
    if split.before is None:
        return
    base = folded(split.before, split.now.index.drop(OTHER, errors="ignore"))
    if set(base.index) != set(split.now.index):
        return
    base = base.loc[split.now.index]
    for step in range(1, len(base.columns)):
        groups, then = split.passages(split.now, step), split.passages(base, step)
        whole, whole_then = together(groups), together(then)
        test = compare_shares(whole.went_on, whole.people, whole_then.went_on, whole_then.people)
        if test.verdict in (Verdict.HIGHER, Verdict.LOWER) and is_reversed(groups, then):
            text = message(
                "Simpson’s paradox: the share that goes on to “{step}” moved from {then} to {now}, "
                "but the other way in every group by “{split}”. The mix of groups has changed, not "
                "what they do.",
                step=step_label(base.columns[step]),
                then=Amount(whole_then.rate, Unit.RATIO),
                now=Amount(whole.rate, Unit.RATIO),
                split=split.label,
            )
            yield Notice(text, "warning")
