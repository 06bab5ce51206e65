"""What a daily series is expected to be, the band around that, and when its level left the band.

Each day is judged by the ordinary days before it. Deviations in standard errors are summed up on
either side (Page, 1954, "Continuous inspection schemes"): a step of the level is found after a few
days, one wild day at once, and a day that chance explains not at all. Days of a run don't teach
what is expected; a level that has stayed for ``SETTLED_DAYS`` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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

RATE_DAYS = 28
"""Ordinary days whose pooled ratio is expected; a ratio is noisier than a level."""

SETTLED_DAYS = 28
"""After as many known days a new level is the expected one."""

ALLOWANCE, ALARM = 1.0, 4.0
"""Of the sums, in standard errors: made for steps of two; by Siegmund's formula one false alarm in
about 7,500 days of independent normal noise, both sides together."""

_BACK_DAYS = 3  # in a row near what is expected: the run is over
_MAD_TO_SD = 1.4826  # for normal noise
_MEDIAN_CHI_SQUARE = 0.4549  # with one degree of freedom
_CLEAR = 9.0  # twice the log likelihood: three standard errors
_LEAST = 0.5  # stands for a count of zero, which has no logarithm


@dataclass(frozen=True, slots=True)
class Run:
    """Days outside, from position ``start`` to ``end``, both included.

    Attributes
    ----------
    direction : 1 above, -1 below what was expected.
    ratio : what came ÷ what was expected; unknown days are left out.
    difference : what came less what was expected; of a ratio in successes.
    is_open : whether it lasts to the end of the series.
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
class _Judged:
    expected: float
    low: float
    high: float
    z: float


_Judge = Callable[[list[int], int], _Judged]


def level_band(counts: Floats, *, weekdays: NDArray[np.int_], known: Flags) -> Band:
    """Hold daily counts against a weekday profile on the level of the days before.

    Worked on the log scale: the profile is the median distance of each weekday from the median of
    the week around it, the level the median of ``LEVEL_DAYS`` ordinary days, the spread the median
    absolute deviation from that level, at least as much as a Poisson count has.

    Parameters
    ----------
    counts : a number a day, shape (days,).
    weekdays : 0..6, shape (days,).
    known : False on days that are masked (campaigns) or not told, shape (days,).
    """
    logs = pd.Series(np.log(np.maximum(counts, _LEAST))).where(known)
    profile = _profile(logs, weekdays)
    flat = (logs - profile).to_numpy()
    before = logs.sub(profile)[known].rolling(LEVEL_DAYS).median().shift()
    off = (logs - profile)[known] - before
    spread = _MAD_TO_SD * float((off - off.median()).abs().median()) if off.count() else 0.0

    def judge(reference: list[int], day: int) -> _Judged:
        usual = median(flat[reference]) + profile[day]
        expected = float(np.exp(usual))
        error = max(spread, 1 / np.sqrt(max(expected, _LEAST)))
        z = (np.log(max(counts[day], _LEAST)) - usual) / error
        wide = np.exp(WIDTH * error)
        return _Judged(expected, expected / wide, expected * wide, float(z))

    return _follow(counts, np.ones(len(counts)), known, judge, days=LEVEL_DAYS)


def ratio_band(successes: Floats, trials: Floats, *, known: Flags) -> Band:
    """Hold a daily ratio against the pooled ratio of the ordinary days before it.

    The band is binomial, widened by as much as the days scatter more than chance (Pearson's
    dispersion, taken from the median so that a shift doesn't widen it; at least 1).

    Parameters
    ----------
    successes, trials : counts a day, shape (days,); a day without trials is not known.
    known : as for ``level_band``.
    """
    known = known & (trials > 0)
    pooled = successes[known].sum() / trials[known].sum() if known.any() else 0.0
    chance = trials * pooled * (1 - pooled)
    squares = ((successes - pooled * trials) ** 2)[known & (chance > 0)] / chance[
        known & (chance > 0)
    ]
    dispersion = max(1.0, float(np.median(squares)) / _MEDIAN_CHI_SQUARE) if len(squares) else 1.0

    def judge(reference: list[int], day: int) -> _Judged:
        usual = float(successes[reference].sum() / trials[reference].sum())
        size = max(trials[day], 1.0)
        error = float(np.sqrt(dispersion * max(usual * (1 - usual), 0.0) / size))
        z = (successes[day] / size - usual) / error if error else 0.0
        return _Judged(usual, max(0.0, usual - WIDTH * error), usual + WIDTH * error, float(z))

    rates = successes / np.where(trials > 0, trials, np.nan)
    return _follow(rates, trials, known, judge, days=RATE_DAYS)


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

    def until(self, count: int) -> _Found:
        """Its first days."""
        return _Found(self.start, self.direction, self.days[:count], self.scores[:count])

    @property
    def is_back(self) -> bool:
        """Whether the last days are nearer to what is expected than to the rest of the run."""
        if len(self.days) <= _BACK_DAYS:
            return False
        half = float(np.mean(self.scores[:-_BACK_DAYS])) / 2
        return max(self.scores[-_BACK_DAYS:]) < half


def _follow(values: Floats, weights: Floats, known: Flags, judge: _Judge, *, days: int) -> Band:
    """Judge day by day; ``days`` ordinary ones are needed before."""
    judged = np.full((len(values), 3), np.nan)
    scores = np.zeros(len(values))
    ordinary: list[int] = []
    found: _Found | None = None
    over: list[_Found] = []
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
                over.append(found.until(len(kept)))
                is_settled = len(kept) == len(found.days)
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
        over.append(found)
    last = None if found is None else found.days[-1]
    runs = [
        _run(values, weights, judged, one, is_open=one.days[-1] == last) for one in _joined(over)
    ]
    table = pd.DataFrame(judged, columns=["expected", "low", "high"])
    table.insert(0, "value", values)
    return Band(table, tuple(runs))


def _joined(runs: list[_Found]) -> list[_Found]:
    """Runs that go on the same way after the few days that seemed to end the one before."""
    joined: list[_Found] = []
    for one in runs:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.direction == one.direction
            and one.days[0] - before.days[-1] <= _BACK_DAYS + 1
        ):
            joined[-1] = _Found(
                before.start,
                before.direction,
                [*before.days, *one.days],
                [*before.scores, *one.scores],
            )
        else:
            joined.append(one)
    return joined


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
    *,
    is_open: bool,
) -> Run:
    days = found.days[_begins(found.scores) :]
    came = float((values[days] * weights[days]).sum())
    expected = float((judged[days, 0] * weights[days]).sum())
    ratio = came / expected if expected else float("nan")
    return Run(days[0], days[-1], found.direction, ratio, came - expected, is_open)


def _begins(scores: list[float]) -> int:
    """The likeliest first day of a run: a day before it may have been off by chance.

    Of all steps up to the run's end the one with the greatest likelihood (Hinkley 1970, Biometrika
    57: 1-17), within the first half, where it is clearly likelier than the first day found.
    """
    after = np.cumsum(scores[::-1])[::-1]
    likelihood = np.maximum(after, 0) ** 2 / np.arange(len(scores), 0, -1)
    best = int(likelihood[: (len(scores) + 1) // 2].argmax())
    return best if likelihood[best] > likelihood[0] + _CLEAR else 0
