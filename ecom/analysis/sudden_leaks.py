"""Sudden leaks: groups that go on less than they did, while the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, product

import numpy as np
import pandas as pd

from ecom.model import Period
from ecom.models.sudden import Floats, Sudden, coverage, sudden, threshold
from ecom.queries.event_log import EventLog
from ecom.queries.passages import OTHER, SPLITS, visit_passages
from ecom.queries.scope import ResolvedScope
from ecom.store import Store

LEARN_DAYS = 56
"""Days before the period that teach what is usual."""

MOST_SUDDEN = 5
_MOST_VALUES = 8  # of a split; the others together


@dataclass(frozen=True, slots=True)
class SuddenLeak:
    """A group of visits that went on less on some days than before, by more than the others.

    Attributes
    ----------
    step : event name of the step that was not made.
    group : split -> value; one split, or two where both together say it better.
    start, end : the first and last day.
    people, went_on : visits of the group at the step before on these days, and who of them made it.
    expected : share that would have, 0..1.
    lost, low, high : visits that would have gone on besides, with the interval.
    """

    step: str
    group: tuple[tuple[str, str], ...]
    start: date
    end: date
    people: int
    went_on: int
    expected: float
    lost: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, slots=True)
class Passages:
    """Visits by day and group of a span.

    Attributes
    ----------
    frame : an answer of ``visit_passages``; of splits, the place of each value in ``values``.
    values : split -> its values.
    steps : event names, the visit not among them.
    first : position of the period's first day in the span.
    """

    frame: pd.DataFrame
    values: Mapping[str, tuple[str, ...]]
    steps: tuple[str, ...]
    span: Period
    first: int

    @classmethod
    def read(cls, store: Store, resolved: ResolvedScope, log: EventLog) -> Passages:
        """The visits of the period and of the days before that teach what is usual."""
        period = resolved.period
        begins = min(max(period.start - timedelta(LEARN_DAYS), log.first_day), period.start)
        span = Period(begins, period.end)
        frame = visit_passages(store, resolved, span, shops=log.shops, steps=log.common)
        values = {}
        visits = frame[f"at_{log.common[0]}"]
        for split in SPLITS:
            often = visits.groupby(frame[split]).sum().nlargest(_MOST_VALUES).index
            shown = frame[split].where(frame[split].isin(often), OTHER)
            codes, names = pd.factorize(shown, sort=True)
            frame[split], values[split] = codes, tuple(names)
        return cls(frame, values, log.common, span, (period.start - begins).days)

    def without(self, found: SuddenLeak) -> Passages:
        """The visits that a leak does not tell of."""
        frame = self.frame
        told = frame["day"].between(pd.Timestamp(found.start), pd.Timestamp(found.end))
        for split, value in found.group:
            told &= frame[split] == self.values[split].index(value)
        return replace(self, frame=frame[~told])

    def by_day(self, split: tuple[str, ...]) -> tuple[list[tuple[str, ...]], Floats]:
        """The groups of some splits, and their visits at each step and past it by day.

        Returns
        -------
        list, array
            Values of the splits; shape (steps, 2, groups, days).
        """
        names = list(product(*(self.values[one] for one in split)))
        place = np.zeros(len(self.frame), dtype=np.int64)
        for one in split:
            place = place * len(self.values[one]) + self.frame[one].to_numpy()
        day = (self.frame["day"] - pd.Timestamp(self.span.start)).dt.days.to_numpy()
        place, days = place * self.span.days + day, self.span.days
        counts = [
            np.bincount(place, self.frame[name].to_numpy("float64"), len(names) * days)
            for step in self.steps
            for name in (f"at_{step}", f"on_{step}")
        ]
        shape = (len(self.steps), 2, len(names), days)
        return names, np.array(counts, dtype=np.float64).reshape(shape)


def sudden_leaks(passages: Passages) -> tuple[SuddenLeak, ...]:
    """What broke, the clearest first; no visit is told of twice."""
    chosen: list[tuple[SuddenLeak, Sudden, int]] = []
    rest, tests = passages, 0
    while len(chosen) < MOST_SUDDEN:
        every = list(_every(rest))
        tests = tests or sum(len(found.start) for _, _, _, found in every)
        needed = threshold(tests, passages.span.days - passages.first)
        best = max(every, key=lambda one: one[3].evidence.max(initial=-np.inf), default=None)
        if best is None or best[3].evidence.max(initial=-np.inf) < needed:
            break
        step, split, names, found = best
        place = int(found.evidence.argmax())
        made = _leak(passages, step, tuple(zip(split, names[place], strict=True)), found, place)
        chosen.append((made, found, place))
        rest = rest.without(made)
    sigmas = coverage(len(chosen), tests)
    return tuple(
        replace(made, low=found.lost(place, -sigmas), high=found.lost(place, sigmas))
        for made, found, place in chosen
    )


def _every(
    passages: Passages,
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]], Sudden]]:
    """Each step by each split and each pair of splits."""
    if passages.frame.empty:
        return
    splits = [split for split in SPLITS if passages.frame[split].nunique() > 1]
    for split in (*((one,) for one in splits), *combinations(splits, 2)):
        names, counts = passages.by_day(split)
        for step, (people, went_on) in zip(passages.steps, counts, strict=True):
            yield step, split, names, sudden(people, went_on, first=passages.first)


def _leak(
    passages: Passages, step: str, group: tuple[tuple[str, str], ...], found: Sudden, place: int
) -> SuddenLeak:
    start = passages.span.start
    return SuddenLeak(
        step=step,
        group=group,
        start=start + timedelta(int(found.start[place])),
        end=start + timedelta(int(found.end[place])),
        people=int(found.people[place]),
        went_on=int(found.went_on[place]),
        expected=float(found.expected[place]),
        lost=found.lost(place),
        low=0.0,
        high=0.0,
    )
