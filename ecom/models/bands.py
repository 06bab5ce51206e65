"""What a daily series is expected to be, the band around that, and when its level left the band.

Each day is judged by the ordinary days before it. Deviations in standard errors are summed up on
either side (Page, 1954, "Continuous inspection schemes"): a step of the level is found after a few
days, one wild day at once, and a day that chance explains not at all. Days of a run don't teach
what is expected; a level that has stayed for ``SETTLED_DAYS`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WIDTH = 3.5
"""Half the band in robust standard deviations (Iglewicz and Hoaglin, 1993)."""

LEVEL_DAYS = 14
"""Ordinary days whose median is the level."""

SETTLED_DAYS = 28
"""After as many known days a new level is the expected one; the run lasts on for as long as
the last ``LEVEL_DAYS`` keep half of it."""

ALLOWANCE, ALARM = 1.0, 4.0
"""Of the sums, in standard errors: made for steps of two; by Siegmund's formula one false alarm in
about 7,500 days of independent normal noise, both sides together."""

_BACK_DAYS = 3  # in a row near what is expected: the run is over
_JOIN_DAYS = 7  # ordinary days between two runs of one change
_MAD_TO_SD = 1.4826  # for normal noise
_LEAST_RATIO = 0.01
_CUT = 2.5  # spreads; farther days tell nothing of how alike neighbours are
_MOST_ALIKE = 0.6
_LEAST = 0.5  # stands for a count of zero, which has no logarithm


@dataclass(frozen=True, slots=True)
class Run:
    """Days outside, from position ``start`` to ``end``, both included.

    Attributes
    ----------
    direction : 1 above, -1 below what was expected.
    ratio : what came ÷ what was expected; unknown days are left out.
    difference : what came less what was expected; of a ratio in successes.
    is_open : whether it lasts to the end of the series, be it as the level expected by then.
    """

    start: int
    end: int
    direction: int
    ratio: float
    difference: float
    is_open: bool


@dataclass(frozen=True, eq=False, slots=True)
class Band:
    """A series with its band.

    Attributes
    ----------
    days : value, expected, low, high; NaN while too few days are known. As long as the series.
    runs : oldest first.
    """

    days: pd.DataFrame
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is expected of one day, its band, and how many standard errors off it is."""

    expected: float
    low: float
    high: float
    z: float


Judge = Callable[[list[int], int], Judged]


def level_band(
    counts: Floats,
    *,
    weekdays: NDArray[np.int_],
    known: Flags,
    effect: Floats | None = None,
) -> Band:
    """Hold daily counts against a weekday profile on the level of the days before.

    Worked on the log scale: the profile is the median distance of each weekday from the median of
    the week around it, the level the median of ``LEVEL_DAYS`` ordinary days, the spread the median
    absolute deviation from that level, at least as much as a Poisson count has.

    Parameters
    ----------
    counts : a number a day, shape (days,).
    weekdays : 0..6, shape (days,).
    known : False on days that are masked (campaigns) or not told, shape (days,).
    effect : what is known to add to the logarithm on each day (spend, the shop's day), shape
        (days,); default: nothing.

    Notes
    -----
    Days that follow each other are alike, so the sums would run off by themselves: the standard
    error is raised by the square root of (1 + r) / (1 - r), r being the correlation with the day
    before (Bayley and Hammersley, 1946, for a first-order process).
    """
    added = np.zeros(len(counts)) if effect is None else effect
    logs = pd.Series(np.log(np.maximum(counts, _LEAST)) - added).where(known)
    profile = _profile(logs, weekdays)
    flat = (logs - profile).to_numpy()
    off = _surprise(pd.Series(flat), known)
    spread = robust_spread(off.to_numpy()) * _stickiness(off)

    def judge(reference: list[int], day: int) -> Judged:
        usual = median(flat[reference]) + profile[day]
        expected = float(np.exp(usual + added[day]))
        error = max(spread, 1 / np.sqrt(max(expected, _LEAST)))
        z = (np.log(max(counts[day], _LEAST)) - usual - added[day]) / error
        # The logarithm of a small count is skewed: a quiet day seems rarer than it is.
        z = np.copysign(min(abs(z), abs(_anscombe(counts[day], expected))), z)
        wide = np.exp(WIDTH * error)
        return Judged(expected, expected / wide, expected * wide, float(z))

    return follow(counts, np.ones(len(counts)), known, judge, days=LEVEL_DAYS)


def _anscombe(count: float, expected: float) -> float:
    """Standard errors between a Poisson count and its mean, by Anscombe's root (1948)."""
    return 2 * float(np.sqrt(count + 3 / 8) - np.sqrt(expected + 3 / 8))


def surprises(
    counts: Floats,
    *,
    weekdays: NDArray[np.int_],
    known: Flags,
    effect: Floats | None = None,
) -> Floats:
    """Logarithm of what came less the level before and the weekday, shape (days,); else NaN.

    Parameters are those of ``level_band``.
    """
    added = np.zeros(len(counts)) if effect is None else effect
    logs = pd.Series(np.log(np.maximum(counts, _LEAST)) - added).where(known)
    off = _surprise(logs - _profile(logs, weekdays), known)
    values: Floats = off.reindex(range(len(counts))).to_numpy("float64", copy=True)
    return values


def robust_spread(values: Floats) -> float:
    """Standard deviation by the median absolute deviation; 0 where nothing is known."""
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0
    return _MAD_TO_SD * float(np.median(np.abs(known - np.median(known))))


def _surprise(flat: pd.Series, known: Flags) -> pd.Series:
    """Distance of each known day from the level of those before it."""
    ordinary = flat[known]
    return ordinary - ordinary.rolling(LEVEL_DAYS).median().shift()


def _stickiness(off: pd.Series) -> float:
    """What the standard error grows by since neighbouring days are alike; at least 1.

    The correlation is taken between differences from the median that are cut at three spreads, so
    that a change of level doesn't count as alikeness.
    """
    spread = robust_spread(off.to_numpy())
    if not spread:
        return 1.0
    cut = ((off - off.median()) / spread).where(lambda z: z.abs() <= _CUT)
    r = float(np.clip(np.nan_to_num(cut.corr(cut.shift())), 0.0, _MOST_ALIKE))
    return float(np.sqrt((1 + r) / (1 - r)))


def _profile(logs: pd.Series, weekdays: NDArray[np.int_]) -> Floats:
    """What each day's weekday adds to the logarithm; 0 where nothing is known."""
    around = logs.rolling(7, center=True, min_periods=7).median()
    by_weekday = (logs - around).groupby(weekdays).median().reindex(range(7)).fillna(0.0)
    profile: Floats = (by_weekday - by_weekday.mean()).to_numpy()[weekdays]
    return profile


@dataclass(slots=True)
class _Side:
    """The sum of one direction's deviations and the day it last left zero."""

    direction: int
    total: float = 0.0
    since: int = 0

    def add(self, z: float, day: int) -> bool:
        if self.total == 0:
            self.since = day
        self.total = max(0.0, self.total + self.direction * z - ALLOWANCE)
        return self.total > ALARM


@dataclass(slots=True)
class _Found:
    """A run being followed."""

    start: int
    direction: int
    days: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def add(self, day: int, z: float) -> None:
        self.days.append(day)
        self.scores.append(self.direction * z)

    @property
    def is_back(self) -> bool:
        """Whether the last days are nearer to what is expected than to the rest of the run."""
        if len(self.days) <= _BACK_DAYS:
            return False
        half = float(np.mean(self.scores[:-_BACK_DAYS])) / 2
        return max(self.scores[-_BACK_DAYS:]) < half


def follow(values: Floats, weights: Floats, known: Flags, judge: Judge, *, days: int) -> Band:
    """Judge day by day; ``days`` ordinary ones are needed before."""
    judged = np.full((len(values), 3), np.nan)
    scores = np.zeros(len(values))
    ordinary: list[int] = []
    found: _Found | None = None
    runs: list[Run] = []
    settled: dict[int, list[int]] = {}  # number of the run -> the days that taught before it
    sides = (_Side(1), _Side(-1))
    for day in range(len(values)):
        if len(ordinary) >= days:
            one = judge(ordinary[-days:], day)
            judged[day], scores[day] = (one.expected, one.low, one.high), one.z
        if not known[day]:
            continue
        if found is not None:
            found.add(day, scores[day])
            kept = _kept(found)
            if kept is not None:
                is_settled = len(kept) == len(found.days)
                if is_settled:
                    settled[len(runs)] = ordinary[-days:]
                runs.append(_run(values, weights, judged, found, kept))
                ordinary += kept if is_settled else found.days[-_BACK_DAYS:]
                found, sides = None, (_Side(1), _Side(-1))
            continue
        ordinary.append(day)
        if np.isnan(judged[day, 0]):
            continue
        rang = [side for side in sides if side.add(scores[day], day)]
        if rang:
            found = _Found(rang[0].since, rang[0].direction)
            late = [one for one in ordinary if one >= found.start]
            ordinary = ordinary[: -len(late)]
            # Once more, since the first days of the run have taught those after them.
            for again in range(found.start, day + 1):
                one = judge(ordinary[-days:], again)
                judged[again], scores[again] = (one.expected, one.low, one.high), one.z
            for again in late:
                found.add(again, scores[again])
    if found is not None:
        runs.append(_run(values, weights, judged, found, found.days, is_open=True))
    table = pd.DataFrame(judged, columns=["expected", "low", "high"])
    table.insert(0, "value", values)
    for number, before in settled.items():
        lasting = _lasting(runs[number], values, weights, np.flatnonzero(known), judge, before)
        if lasting is not None:
            runs[number] = lasting
    return Band(table, tuple(_joined(runs, known)))


def _lasting(
    run: Run,
    values: Floats,
    weights: Floats,
    known: NDArray[np.int_],
    judge: Judge,
    before: list[int],
) -> Run | None:
    """The run to the end of the series, held against the level before it, if that still differs."""
    days = known[known >= run.start]
    expected = np.array([judge(before, int(day)).expected for day in days])
    came = values[days] * weights[days]
    expected = expected * weights[days]
    ratio = float(came.sum() / expected.sum())
    late = float(came[-LEVEL_DAYS:].sum() / expected[-LEVEL_DAYS:].sum())
    if _log(late) * run.direction < abs(_log(run.ratio)) / 2:
        return None
    return replace(
        run, end=int(days[-1]), ratio=ratio, difference=float((came - expected).sum()), is_open=True
    )


def _joined(runs: list[Run], known: Flags) -> Iterator[Run]:
    """Put runs together that go the same way with few ordinary days between: one change."""
    held: Run | None = None
    for run in runs:
        if held is None:
            held = run
        elif run.direction == held.direction and (
            run.start <= held.end or known[held.end + 1 : run.start].sum() <= _JOIN_DAYS
        ):
            held = _both(held, run)
        else:
            yield held
            held = run
    if held is not None:
        yield held


def _both(first: Run, second: Run) -> Run:
    """Two runs as one; one within the other adds nothing."""
    if second.end <= first.end:
        return first
    expected = sum(one.difference / (one.ratio - 1) for one in (first, second) if one.ratio != 1)
    difference = first.difference + second.difference
    ratio = 1 + difference / expected if expected else float("nan")
    return Run(first.start, second.end, first.direction, ratio, difference, second.is_open)


def _log(ratio: float) -> float:
    return float(np.log(max(ratio, _LEAST_RATIO)))


def _kept(found: _Found) -> list[int] | None:
    """The days of a run that is over; None while it lasts."""
    if found.is_back:
        return found.days[:-_BACK_DAYS]
    return list(found.days) if len(found.days) >= SETTLED_DAYS else None


def _run(
    values: Floats,
    weights: Floats,
    judged: Floats,
    found: _Found,
    days: list[int],
    *,
    is_open: bool = False,
) -> Run:
    came = float((values[days] * weights[days]).sum())
    expected = float((judged[days, 0] * weights[days]).sum())
    ratio = came / expected if expected else float("nan")
    return Run(found.start, days[-1], found.direction, ratio, came - expected, is_open)
